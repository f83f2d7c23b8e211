"""Bad input by hand to the minimizers and line searches: an error that says what to do."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

from refmath.errors import InvalidInput
from refmath.optimizers import BFGS, LBFGS
from refmath.optimizers.minimize import Newton
from refmath.optimizers.minimize import line_search as searches

X0 = np.array([-1.2, 1.0])
RAGGED = [1.0, [2.0, 3.0]]
METHODS = {"LBFGS": LBFGS, "BFGS": BFGS, "Newton": Newton}
EACH = pytest.mark.parametrize("name", METHODS)


def run(name: str, **changed: Any) -> Any:
    """Rosenbrock's function through SciPy, with something changed."""
    given: dict[str, Any] = {"fun": rosen, "x0": X0, "jac": rosen_der, **changed}
    if name == "Newton":
        given.setdefault("hess", rosen_hess)
    return minimize(method=METHODS[name](), **given)


BAD = [
    ({"x0": [math.nan, 1.0]}, r"x0\[0\]=nan: expected a finite start"),
    ({"x0": [1.0, -math.inf]}, r"x0\[1\]=-inf: expected a finite start"),
    ({"x0": [1j, 1.0]}, "x0 has shape .2,. and dtype complex128"),
    ({"x0": []}, "expected a vector of at least one real number"),
    ({"jac": False}, "expected the gradient as a function, or True"),
    ({"jac": None}, "approx_fprime"),
    ({"jac": "2-point"}, "approx_fprime"),
    ({"jac": lambda x: np.ones(3)}, r"the gradient that jac returned has shape \(3,\)"),
    ({"jac": lambda x: np.ones((2, 1))}, r"has shape \(2, 1\).*expected \(2,\)"),
    ({"jac": lambda x: None}, "dtype object"),
    ({"jac": lambda x: RAGGED}, "the gradient that jac returned: .*rows of different lengths"),
    ({"fun": lambda x: x}, r"fun returned an array of shape \(2,\)"),
    ({"fun": lambda x: 1j}, "complex128: expected one real number"),
    ({"fun": lambda x: RAGGED}, "what fun returned: expected an array, found rows"),
    ({"fun": lambda x: math.nan}, "fun is not finite at x0"),
    ({"tol": math.nan}, r"tol=nan: expected a number in \[0, oo\)"),
    ({"tol": -1.0}, "tol=-1.0: expected a number"),
    ({"bounds": [(0, 1)] * 2}, "is unconstrained; expected bounds=None"),
    ({"constraints": {"type": "eq", "fun": rosen}}, "trust-constr"),
    ({"callback": 3}, "callback=3: expected a function"),
]  # fmt: skip


@EACH
@pytest.mark.parametrize(("changed", "said"), BAD, ids=[f"{i}-{s[:20]}" for i, (_, s) in
                                                        enumerate(BAD)])  # fmt: skip
def test_bad_input_is_refused_in_words(name: str, changed: dict[str, Any], said: str) -> None:
    """Through `scipy.optimize.minimize`, by every minimizer alike."""
    with pytest.raises(InvalidInput, match=said):
        run(name, **changed)


@EACH
def test_ragged_starts_are_refused(name: str) -> None:
    """By the minimizer itself; SciPy refuses them before it is called."""
    with pytest.raises(InvalidInput, match="x0: expected an array, found rows"):
        METHODS[name]().minimize(rosen, RAGGED, jac=rosen_der, hess=None)


@EACH
def test_callbacks_that_stop_and_that_raise(name: str) -> None:
    """StopIteration ends the run where it is; any other error is the caller's own."""

    def stopping(xk: Any) -> None:
        raise StopIteration

    def raising(xk: Any) -> None:
        raise LookupError("mine")

    found = run(name, callback=stopping)
    assert (found.status, found.nit, found.success) == (99, 1, False)
    with pytest.raises(LookupError, match="mine"):
        run(name, callback=raising)


@pytest.mark.parametrize(
    ("given", "said"),
    [(RAGGED, "hess_inv0: expected an array"), ("a", "hess_inv0 has shape"),
     (1j * np.eye(2), "real numbers, found dtype complex128"), (np.eye(3), r"shape \(3, 3\)")],
    ids=["ragged", "text", "complex", "shape"],
)  # fmt: skip
def test_a_first_matrix_of_the_wrong_kind(given: Any, said: str) -> None:
    """Nothing of it is dropped in silence."""
    with pytest.raises(InvalidInput, match=said):
        BFGS(hess_inv0=given).minimize(rosen, X0, jac=rosen_der)


def test_a_ragged_hessian() -> None:
    """Newton's hess may answer with anything."""
    with pytest.raises(InvalidInput, match="the Hessian that hess returned: expected an array"):
        run("Newton", hess=lambda x: RAGGED)


def test_a_memory_larger_than_the_machine_s_is_no_error() -> None:
    """Rows are made when they are needed."""
    found = LBFGS(memory=10**12).minimize(rosen, X0, jac=rosen_der)
    assert found.success
    assert found.fun < 1e-8


@pytest.mark.parametrize("least", [0, -1])
@pytest.mark.parametrize("name", ["armijo", "weak_wolfe", "more_thuente"])
def test_no_evaluations_are_refused(name: str, least: int) -> None:
    """A search that may try nothing finds nothing."""
    start = (0.0, -1.0)
    functions = (lambda t: t * t - t,) + (() if name == "armijo" else (lambda t: 2 * t - 1,))
    with pytest.raises(InvalidInput, match=f"max_evaluations={least}: expected an integer of at"):
        getattr(searches, name)(*functions, *start, max_evaluations=least)


@pytest.mark.parametrize(
    ("option", "said"),
    [({"max_sections": 0}, "max_sections=0"), ({"max_doublings": -1}, "max_doublings=-1"),
     ({"max_step": 0.0}, "max_step=0.0: expected a positive"), ({"max_step": math.nan}, "nan")],
    ids=["sections", "doublings", "zero", "nan"],
)  # fmt: skip
def test_a_zoom_without_room_is_refused(option: dict[str, Any], said: str) -> None:
    """Bracketing and zooming as well."""
    with pytest.raises(InvalidInput, match=said):
        searches.strong_wolfe(lambda t: t * t - t, lambda t: 2 * t - 1, 0.0, -1.0, **option)
