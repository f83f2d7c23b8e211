"""What the minimizers refuse, and what they say."""

import math
from typing import Any

import numpy as np
import pytest
from interface_cases import EACH, MORE, X0, run
from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

from refmath.errors import InvalidInput, UnknownName
from refmath.optimizers import BFGS, LBFGS, SGD, Newton

REFUSED = [
    ({"bounds": [(0, 1)] * 2}, r"bounds=.* is unconstrained; expected bounds=None"),
    ({"constraints": {"type": "eq", "fun": rosen}}, r"constraints=.*expected none"),
    ({"jac": None}, r"jac=None: expected the gradient as a function.*approx_fprime"),
    ({"x0": [math.nan, 1.0]}, r"x0\[0\]=nan: expected a finite start"),
    ({"x0": [0.0, math.inf]}, r"x0\[1\]=inf: expected a finite start"),
    ({"x0": []}, r"x0 has shape \(0,\)"),
    ({"x0": [1j, 1.0]}, r"x0 has shape \(2,\) and dtype complex128"),
    ({"jac": lambda x: rosen_der(x)[:1]}, r"gradient that jac returned has shape \(1,\).*\(2,\)"),
    ({"jac": lambda x: rosen_der(x)[:, None]}, r"has shape \(2, 1\).*expected \(2,\)"),
    ({"jac": lambda x: rosen_der(x) + 1j}, r"dtype complex128"),
    ({"fun": lambda x: x}, r"fun returned an array of shape \(2,\)"),
    ({"fun": lambda x: "1"}, r"fun returned an array of shape \(\) and dtype <U1"),
    ({"fun": lambda x: math.nan}, r"fun is not finite at x0 \(fun\(x0\)=nan\)"),
    ({"jac": lambda x: x * math.inf}, r"the gradient is not finite at x0"),
    ({"options": {"gtol": -1.0}}, r"gtol=-1.0: expected a number in \[0, oo\)"),
    ({"options": {"gtol": "1"}}, r"gtol='1': expected .* of type str"),
    ({"options": {"maxiter": 1.5}}, r"maxiter=1.5: expected an integer"),
    ({"options": {"maxfun": 0}}, r"maxfun=0: expected an integer of at least 1"),
    ({"callback": 3}, r"callback=3: expected a function"),
]


@EACH
@pytest.mark.parametrize(("bad", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_bad_input_is_refused(name: str, bad: dict[str, Any], message: str) -> None:
    """With what was expected, what was found, and where the cure is known with it."""
    with pytest.raises(InvalidInput, match=message):
        run(name, **bad)


@EACH
def test_unknown_options_are_refused(name: str) -> None:
    """And the nearest known one is named."""
    with pytest.raises(UnknownName, match=r"unknown option 'maxiters'. Did you mean 'maxiter'\?"):
        run(name, options={"maxiters": 3})


def test_bad_options_of_one_minimizer() -> None:
    """Constructors and runs refuse the same."""
    for make, bad, message in (
        (LBFGS, {"memory": 0}, r"memory=0: expected an integer of at least 1"),
        (LBFGS, {"maxls": True}, r"maxls=True: expected an integer"),
        (BFGS, {"c1": 0.95}, r"c1=0.95, c2=0.9: expected c1 < c2"),
        (BFGS, {"c2": 1.0}, r"c2=1.0: expected a number in \(0, 1\)"),
        (BFGS, {"flat_rho": -1.0}, r"flat_rho=-1.0"),
        (BFGS, {"scale_first": 1}, r"scale_first=1: expected False or True"),
        (Newton, {"form": "full"}, r"form='full': expected 'safeguarded', 'damped' or 'plain'"),
    ):
        with pytest.raises(InvalidInput, match=message):
            make(**bad)
        with pytest.raises(InvalidInput, match=message):
            make().minimize(rosen, X0, jac=rosen_der, **MORE.get(make, {}), **bad)
    for bad_matrix, message in (
        (np.eye(3), r"hess_inv0 has shape \(3, 3\): expected \(2, 2\)"),
        (-np.eye(2), r"hess_inv0: expected a symmetric positive definite matrix"),
        (np.array([[1.0, 0.5], [0.0, 1.0]]), r"expected a symmetric"),
        (np.full((2, 2), math.nan), r"of finite numbers"),
    ):
        with pytest.raises(InvalidInput, match=message):
            BFGS(hess_inv0=bad_matrix).minimize(rosen, X0, jac=rosen_der)


def test_pairs_and_hessians_of_wrong_kinds() -> None:
    """jac=True wants a pair, Newton wants a square matrix of numbers."""
    with pytest.raises(InvalidInput, match=r"fun returned float.*pair \(value, gradient\)"):
        LBFGS().minimize(lambda x: 1.0, X0, jac=True)
    with pytest.raises(InvalidInput, match="fun: expected a function"):
        LBFGS().minimize(3, X0, jac=rosen_der)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=r"hess=None: expected the Hessian as a function"):
        Newton().minimize(rosen, X0, jac=rosen_der)
    with pytest.raises(InvalidInput, match=r"hess returned an array of shape \(2,\)"):
        Newton().minimize(rosen, X0, jac=rosen_der, hess=rosen_der)


@pytest.mark.parametrize("name", ["LBFGS", "BFGS", "Adam"])
def test_what_is_not_used_is_said(name: str) -> None:
    """A Hessian given to a method that has no use for it is a warning, as in SciPy."""
    with pytest.warns(RuntimeWarning, match="does not use hess$"):
        run(name, hess=rosen_hess)
    with pytest.warns(RuntimeWarning, match="does not use hessp$"):
        run(name, hessp=lambda x, p: p)


def test_maximizing_optimizers_are_refused() -> None:
    """They would climb what is to be minimized."""
    with pytest.raises(InvalidInput, match=r"GradientDescent\(maximize=True\) ascends"):
        minimize(rosen, X0, jac=rosen_der, method=SGD(maximize=True))
