"""The minimizers as SciPy's custom methods: arguments, options, callbacks, results, refusals."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from interface_cases import EACH, MINIMIZERS, X0, run, same
from minimize_problems import HIMMELBLAU, PROBLEMS, rosenbrock
from scipy import sparse
from scipy.optimize import OptimizeResult, minimize, rosen, rosen_der, rosen_hess

from refmath import optimizers
from refmath.optimizers import BFGS, LBFGS, Newton


@EACH
def test_the_result_is_complete_and_true(name: str) -> None:
    """Value and gradient are those at x; the calls are counted; the minimum is found."""
    calls = {"f": 0, "g": 0}

    def fun(x: np.ndarray) -> float:
        calls["f"] += 1
        return float(rosen(x))

    def jac(x: np.ndarray) -> np.ndarray:
        calls["g"] += 1
        return np.asarray(rosen_der(x))

    result = run(name, fun, jac=jac)
    assert isinstance(result, OptimizeResult)
    assert result.success
    assert result.status == 0
    assert result.message.startswith("converged: ")
    assert result.fun == rosen(result.x)
    assert result.jac.tolist() == rosen_der(result.x).tolist()
    assert (calls["f"], calls["g"]) == (result.nfev, result.njev)
    if result.message.startswith("converged: the largest entry"):
        assert np.abs(result.jac).max() <= 1e-5
    assert result.x.dtype == np.float64
    assert isinstance(result.fun, float)


@pytest.mark.parametrize("name", ["LBFGS", "BFGS", "Newton"])
def test_alone_it_does_the_same(name: str) -> None:
    """`minimize` of the minimizer itself, and a call of it, give what SciPy's function gives."""
    method, more = MINIMIZERS[name]
    expected = run(name)
    assert same(method.minimize(rosen, X0, jac=rosen_der, **more), expected)
    assert same(method(rosen, X0, jac=rosen_der, **more), expected)


@EACH
def test_value_and_gradient_from_one_call(name: str) -> None:
    """With jac=True, through SciPy and without it, the run is the same; each point costs a call."""
    points = []

    def both(x: np.ndarray) -> tuple[float, np.ndarray]:
        points.append(x.copy())
        return float(rosen(x)), np.asarray(rosen_der(x))

    expected = run(name)
    assert np.array_equal(run(name, both, jac=True).x, expected.x)
    points.clear()
    method, more = MINIMIZERS[name]
    alone = method(both, X0, jac=True, **more)
    assert np.array_equal(alone.x, expected.x)
    assert alone.nfev == alone.njev == len(points)
    assert len({p.tobytes() for p in points}) == len(points)


@EACH
def test_arguments_are_passed_on(name: str) -> None:
    """A tuple of further arguments, and one that is none, reach function, gradient, Hessian."""
    more = {k: lambda x, a: rosen_hess(x) for k in MINIMIZERS[name][1]}
    for args in ((2.0,), 2.0):
        result = run(
            name,
            lambda x, a: rosen(x) + a,
            jac=lambda x, a: rosen_der(x) + (a - 2),
            args=args,
            **more,
        )
        assert result.fun == pytest.approx(2.0, abs=1e-6)


@EACH
def test_both_signatures_of_callbacks(name: str) -> None:
    """`callback(xk)` and `callback(intermediate_result)` see every iterate, as copies."""
    seen: list[np.ndarray] = []
    whole: list[OptimizeResult] = []

    def by_x(xk: np.ndarray) -> None:
        seen.append(xk.copy())
        xk[:] = math.nan

    def by_result(*, intermediate_result: OptimizeResult) -> None:
        whole.append(OptimizeResult(intermediate_result, x=intermediate_result.x.copy()))
        intermediate_result.x[:] = math.nan

    expected = run(name)
    assert same(run(name, callback=by_x), expected)
    assert same(run(name, callback=by_result), expected)
    assert len(seen) == len(whole) == expected.nit
    assert all(np.array_equal(a, b.x) for a, b in zip(seen, whole, strict=True))
    assert all(b.fun == rosen(b.x) for b in whole)
    assert np.array_equal(seen[-1], expected.x)


@EACH
def test_a_callback_may_stop_the_run(name: str) -> None:
    """StopIteration ends it cleanly, at the iterate that the callback saw."""
    seen: list[np.ndarray] = []

    def callback(xk: np.ndarray) -> None:
        seen.append(xk.copy())
        if len(seen) == 3:
            raise StopIteration

    result = run(name, callback=callback)
    assert (result.nit, result.status, result.success) == (3, 99, False)
    assert "StopIteration" in result.message
    assert np.array_equal(result.x, seen[-1])
    assert result.fun == rosen(result.x)


@EACH
def test_other_errors_of_the_user_come_through(name: str) -> None:
    """What a callback or a function raises is not swallowed."""

    def broken(*_: Any) -> float:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        run(name, callback=broken)
    with pytest.raises(ZeroDivisionError, match="mine"):
        run(name, broken)


@EACH
def test_no_iterations(name: str) -> None:
    """With maxiter=0 the start comes back, with its value and gradient."""
    result = run(name, options={"maxiter": 0})
    assert (result.nit, result.nfev, result.status, result.success) == (0, 1, 1, False)
    assert result.x.tolist() == X0.tolist()
    assert result.message == "stopped at the limit: maxiter=0"


@EACH
def test_a_run_that_converges_at_its_limit_has_converged(name: str) -> None:
    """The tolerances are looked at before the number of iterations."""
    whole = run(name)
    assert same(run(name, options={"maxiter": whole.nit}), whole)
    cut = run(name, options={"maxiter": whole.nit - 1})
    assert (cut.status, cut.nit) == (1, whole.nit - 1)


@EACH
def test_starting_at_the_minimum(name: str) -> None:
    """No step is made; a second run is like the first."""
    for _ in range(2):
        result = run(name, x0=[1.0, 1.0])
        assert (result.nit, result.nfev, result.njev, result.success) == (0, 1, 1, True)
        assert result.x.tolist() == [1.0, 1.0]


@EACH
@pytest.mark.parametrize("x0", [3.0, [3.0], np.float32(3.0), np.array([3])])
def test_one_variable(name: str, x0: Any) -> None:
    """A number and a vector of one, integers and single precision all start at 3.0."""
    more = {k: lambda x: np.array([[2.0]]) for k in MINIMIZERS[name][1]}
    method, _ = MINIMIZERS[name]
    result = minimize(
        lambda x: float(x[0] - 1) ** 2, x0, jac=lambda x: 2 * (x - 1), method=method, **more
    )
    assert result.success
    assert result.x.shape == (1,)
    assert abs(result.x[0] - 1) <= 1e-5


@EACH
def test_single_precision_becomes_double(name: str) -> None:
    """The start is taken as float64, and so are all points; the caller's array stays."""
    start = np.array([-1.2, 1.0], np.float32)
    dtypes = set()

    def fun(x: np.ndarray) -> float:
        dtypes.add(x.dtype)
        return float(rosen(x))

    result = run(name, fun, x0=start)
    assert dtypes == {np.dtype(np.float64)}
    assert same(result, run(name, x0=start.astype(float)))
    assert start.tolist() == np.array([-1.2, 1.0], np.float32).tolist()


@EACH
def test_functions_may_do_as_they_like_with_arrays(name: str) -> None:
    """Overwriting x, and returning one and the same buffer, changes nothing."""
    buffer = np.empty(2)

    def fun(x: np.ndarray) -> float:
        value = float(rosen(x))
        x[:] = math.nan
        return value

    def jac(x: np.ndarray) -> np.ndarray:
        buffer[:] = rosen_der(x)
        x[:] = math.nan
        return buffer

    assert same(run(name, fun, jac=jac), run(name))


@EACH
def test_single_precision_gradients(name: str) -> None:
    """A gradient of another real dtype, or a list, is taken as float64."""
    fun, jac = HIMMELBLAU
    more = {k: lambda x: np.eye(2) * 40 for k in MINIMIZERS[name][1]}
    method, _ = MINIMIZERS[name]
    for kind in (lambda g: g.astype(np.float32), list):
        result = minimize(
            fun, [2.5, 2.5], jac=lambda x, kind=kind: kind(jac(x)), method=method,
            options={"gtol": 1e-3}, **more,
        )  # fmt: skip
        assert result.jac.dtype == np.float64


def test_tol_stands_for_the_tolerances() -> None:
    """As in SciPy: gtol, and ftol too for L-BFGS; one that is given itself counts."""
    for method, names in ((LBFGS(), ("gtol", "ftol")), (BFGS(), ("gtol",))):
        by_tol = minimize(rosen, X0, jac=rosen_der, method=method, tol=1e-3)
        named = dict.fromkeys(names, 1e-3)
        assert same(by_tol, minimize(rosen, X0, jac=rosen_der, method=method, options=named))
    options = {"gtol": 1e-9}
    close = minimize(rosen, X0, jac=rosen_der, method=BFGS(), tol=1.0, options=options)
    assert np.abs(close.jac).max() <= 1e-9


def test_the_three_tolerances() -> None:
    """Each stops a run by its own condition, and the message says which and its value."""
    small = minimize(rosen, X0, jac=rosen_der, method=LBFGS(ftol=None, gtol=1e-3))
    assert "gradient" in small.message
    assert "gtol=0.001" in small.message
    flat = minimize(rosen, X0, jac=rosen_der, method=BFGS(gtol=0.0, ftol=1e-3))
    assert "ftol=0.001" in flat.message
    short = minimize(rosen, X0, jac=rosen_der, method=BFGS(gtol=0.0, xrtol=1e-2))
    assert "xrtol=0.01" in short.message


def quartic(x: np.ndarray) -> float:
    """Flat at its minimum, 0."""
    return float(np.sum(x**4))


STEEP = {
    "Rosenbrock": (rosen, rosen_der),
    "raised": (lambda x: rosen(x) + 1e6, rosen_der),
    "quartic": (quartic, lambda x: 4 * x**3),
    "plane": (np.sum, np.ones_like),
}


def iterates(name: str, method: Any) -> tuple[OptimizeResult, list[np.ndarray]]:
    """A run and its iterates, the start among them."""
    fun, jac = STEEP[name]
    points = [X0]
    result = minimize(fun, X0, jac=jac, method=method, callback=points.append)
    return result, points


@pytest.mark.parametrize("name", STEEP)
@pytest.mark.parametrize("ftol", [1e-9, 1e-3, 0.6])
def test_the_tolerance_on_values_is_relative_above_one(name: str, ftol: float) -> None:
    """A run stops at the first decrease of at most ftol * max(|f_old|, |f_new|, 1)."""
    result, points = iterates(name, LBFGS(gtol=0.0, ftol=ftol, maxiter=40))
    values = [float(STEEP[name][0](x)) for x in points]
    stops = [a - b <= ftol * max(abs(a), abs(b), 1.0) for a, b in pairwise(values)]
    assert True not in stops[:-1]
    assert stops[-1] == result.success


@pytest.mark.parametrize("name", STEEP)
@pytest.mark.parametrize("xrtol", [1e-3, 1e-2, 0.5])
def test_the_tolerance_on_steps_is_relative(name: str, xrtol: float) -> None:
    """A run stops at the first step no longer than xrtol * (xrtol + |x|), as in SciPy's BFGS."""
    result, points = iterates(name, BFGS(gtol=0.0, xrtol=xrtol, maxiter=40))
    lengths = [np.linalg.norm(b - a) for a, b in pairwise(points)]
    bounds = [xrtol * (xrtol + np.linalg.norm(b)) for b in points[1:]]
    stops = [length <= bound for length, bound in zip(lengths, bounds, strict=True)]
    assert True not in stops[:-1]
    assert stops[-1] == result.success


def test_instances_hold_options_only() -> None:
    """Runs share nothing, the options can be read, and the repr makes an equal minimizer."""
    for method in (LBFGS(memory=3), BFGS(scale_first=True), Newton(form="plain")):
        more = {"hess": rosen_hess} if isinstance(method, Newton) else {}
        first = method.minimize(rosen, X0, jac=rosen_der, **more)
        method.minimize(rosen, [3.0, -2.0], jac=rosen_der, maxiter=4, **more)
        assert same(method.minimize(rosen, X0, jac=rosen_der, **more), first)
        again = eval(repr(method), vars(optimizers))
        assert again.options == method.options
        method.options["gtol"] = 7.0
        assert again.options == method.options


def test_options_of_a_run_replace_the_instances() -> None:
    """For that run."""
    method = LBFGS(memory=3)
    wide = method.minimize(rosen, X0, jac=rosen_der, memory=10)
    assert same(wide, LBFGS().minimize(rosen, X0, jac=rosen_der))
    assert method.options["memory"] == 3


def test_the_inverse_hessians() -> None:
    """BFGS gives a matrix, L-BFGS an operator; both are symmetric and close to the inverse."""
    problem = PROBLEMS[10]
    n = problem.x0.size
    hessian = np.stack([problem.jac(e) - problem.jac(0 * e) for e in np.eye(n)])
    matrix = minimize(problem.fun, problem.x0, jac=problem.jac, method=BFGS(gtol=1e-9)).hess_inv
    assert np.allclose(matrix, matrix.T, rtol=0, atol=n * 2.0**-50)
    large = PROBLEMS[12]
    exactly = minimize(large.fun, large.x0, jac=large.jac, method=BFGS()).hess_inv
    assert np.array_equal(exactly, exactly.T)
    assert np.abs(matrix @ hessian - np.eye(n)).max() < 0.1
    operator = minimize(problem.fun, problem.x0, jac=problem.jac, method=LBFGS(gtol=1e-9)).hess_inv
    dense = operator.todense()
    assert operator.shape == dense.shape == (n, n)
    assert np.allclose(dense, dense.T, rtol=0, atol=n * 2.0**-50)
    v = np.arange(1.0, n + 1)
    assert np.array_equal(operator @ v, operator.T @ v)
    assert np.linalg.eigvalsh(dense)[0] > 0


def test_a_given_inverse_hessian_is_used() -> None:
    """It starts the run, as in SciPy; it is not scaled, even where I would be, nor changed."""
    first = np.array([[0.02, 0.01], [0.01, 0.03]])
    kept = first.copy()
    runs: list[list[list[float]]] = []
    for method, options in (
        ("BFGS", {"hess_inv0": first}),
        (BFGS(hess_inv0=first), {}),
        (BFGS(hess_inv0=first, scale_first=True), {}),
        (BFGS(), {}),
    ):
        points: list[list[float]] = []
        minimize(
            rosen, X0, jac=rosen_der, method=method, options=options | {"maxiter": 3},
            callback=lambda x, points=points: points.append(x.tolist()),
        )  # fmt: skip
        runs.append(points)
    theirs, ours, scaled, plain = runs
    assert ours[0] == theirs[0]
    assert scaled == ours != plain
    assert np.array_equal(first, kept)


def test_sparse_hessians() -> None:
    """A sparse Hessian is taken as the matrix that it stands for."""
    dense = Newton().minimize(rosen, X0, jac=rosen_der, hess=rosen_hess)
    thin = Newton().minimize(
        rosen, X0, jac=rosen_der, hess=lambda x: sparse.csr_array(rosen_hess(x))
    )
    assert same(dense, thin)
    assert thin.nhev == thin.nit


def test_larger_problems() -> None:
    """All of a problem's variables count."""
    problem = rosenbrock(50)
    for method in (LBFGS(), BFGS()):
        result = minimize(problem.fun, problem.x0, jac=problem.jac, method=method)
        assert result.success
        assert result.fun < 1e-6
