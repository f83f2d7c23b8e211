"""Failed searches, budgets, infinite and NaN regions, extreme sizes: what is returned is true."""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minimize_problems import BEALE, BROWN, PROBLEMS, WOOD, Problem
from scipy.optimize import OptimizeResult, minimize, rosen, rosen_der, rosen_hess

from refmath.optimizers import BFGS, LBFGS, Adam, Nesterov, Newton
from refmath.optimizers.minimize import _run
from refmath.optimizers.minimize._objective import Objective

Array = np.ndarray
X0 = np.array([-1.2, 1.0])
METHODS = {
    "LBFGS": LBFGS(),
    "BFGS": BFGS(),
    "Adam": Adam(lr=0.1),
    "Nesterov": Nesterov(lr=1e-3),
}
EACH = pytest.mark.parametrize("name", METHODS)
DESCENT = pytest.mark.parametrize("name", ["LBFGS", "BFGS"])


class Recorded:
    """A function that remembers where it was computed, and what it gave."""

    def __init__(self, fun: Callable[[Array], float]) -> None:
        self.fun = fun
        self.seen: list[tuple[Array, float]] = []

    def __call__(self, x: Array) -> float:
        value = float(self.fun(x))
        self.seen.append((x.copy(), value))
        return value

    @property
    def least(self) -> float:
        """The least finite value."""
        return min(v for _, v in self.seen if math.isfinite(v))


@contextmanager
def quietly() -> Iterator[None]:
    """The functions below divide by 0 and overflow by themselves."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def true_and_best(result: OptimizeResult, fun: Recorded, jac: Callable[[Array], Array]) -> None:
    """The value is that at x, finite, and of an unsuccessful run the least of all."""
    assert np.isfinite(result.x).all()
    assert math.isfinite(result.fun)
    assert result.fun == fun.fun(result.x)
    with quietly():
        assert np.array_equal(result.jac, jac(result.x), equal_nan=True)
    assert result.nfev == len(fun.seen)
    if result.status in (1, 2):
        assert not result.success
        assert result.fun == fun.least


@EACH
@pytest.mark.parametrize("budget", range(1, 20))
def test_budgets_are_kept_and_the_best_point_comes_back(name: str, budget: int) -> None:
    """With maxfun = k there are at most k values, and none of them is below the one returned."""
    fun = Recorded(rosen)
    options = {"maxfun": budget}
    result = minimize(fun, X0, jac=rosen_der, method=METHODS[name], options=options)
    assert (result.nfev, result.status) == (budget, 1)
    assert result.message == f"stopped at the limit: maxfun={budget}"
    true_and_best(result, fun, rosen_der)


@DESCENT
@pytest.mark.parametrize("budget", [1, 2, 5])
def test_budgets_count_calls_of_a_joint_function(name: str, budget: int) -> None:
    """If value and gradient come from one call, no gradient is fetched by another."""
    calls = []

    def both(x: Array) -> tuple[float, Array]:
        calls.append(x)
        return float(rosen(x)), np.asarray(rosen_der(x))

    result = METHODS[name](both, X0, jac=True, maxfun=budget)
    assert len(calls) == budget
    assert result.fun == rosen(result.x)


def test_a_stale_gradient_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the result rejects a run that returns the last gradient, not that at x."""

    def stale(end: Any, objective: Any, learned: Any) -> OptimizeResult:
        result = own(end, objective, learned)
        result.jac = objective._last.gradient.copy()
        return result

    own = _run._result
    monkeypatch.setattr(_run, "_result", stale)
    fun = Recorded(rosen)
    result = minimize(fun, X0, jac=rosen_der, method=LBFGS(), options={"maxfun": 2})
    with pytest.raises(AssertionError):
        true_and_best(result, fun, rosen_der)


def test_the_last_point_is_not_always_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the result rejects a run that returns where it was cut off."""
    monkeypatch.setattr(Objective, "offer", lambda self, point, value: setattr(self, "best", point))
    rejected = 0
    for budget in range(1, 20):
        fun = Recorded(rosen)
        result = minimize(fun, X0, jac=rosen_der, method=BFGS(), options={"maxfun": budget})
        rejected += result.fun != fun.least
    assert rejected


def inside(beyond: float) -> Problem:
    """A sum of x - log x, not defined from 0 down."""

    def fun(x: Array) -> float:
        return float(np.sum(10 * x - np.log(x))) if (x > 0).all() else beyond

    return Problem("barrier", fun, lambda x: 10 - 1 / x, np.array([3.0, 2.0]))


@DESCENT
@pytest.mark.parametrize("beyond", [math.inf, math.nan, -math.inf])
@pytest.mark.parametrize("scale", [1e-2, 1.0, 1e3, 1e6])
def test_regions_without_values_are_survived(name: str, beyond: float, scale: float) -> None:
    """The minimum beside an infinite, NaN or bottomless region is found, from near and far."""
    problem = inside(beyond)
    fun = Recorded(problem.fun)
    with quietly():
        start = scale * problem.x0
        result = minimize(fun, start, jac=problem.jac, method=METHODS[name])
    true_and_best(result, fun, problem.jac)
    assert result.success
    assert np.abs(result.x - 0.1).max() < 1e-3


@EACH
@pytest.mark.parametrize("budget", [2, 3, 4, 8])
def test_a_bottomless_point_is_not_the_best(name: str, budget: int) -> None:
    """A run that is cut off has not found -oo, even if it came across it."""
    problem = inside(-math.inf)
    fun = Recorded(problem.fun)
    with quietly():
        result = minimize(
            fun, problem.x0, jac=problem.jac, method=METHODS[name], options={"maxfun": budget}
        )
    true_and_best(result, fun, problem.jac)


@DESCENT
def test_a_gradient_without_values_is_survived(name: str) -> None:
    """Where only the gradient is NaN, the step is too long all the same."""

    def jac(x: Array) -> Array:
        return np.where(x > -0.5, 2 * x, math.nan)

    fun = Recorded(lambda x: float(x @ x))
    result = minimize(fun, [30.0, 1.0], jac=jac, method=METHODS[name])
    assert result.success
    assert np.abs(result.x).max() < 1e-4


@EACH
def test_a_nan_everywhere_else_leaves_the_start(name: str) -> None:
    """If no other point has a value, the start comes back, without success."""
    start = np.array([1.0, 2.0])
    fun = Recorded(lambda x: 5.0 if np.array_equal(x, start) else math.nan)
    jac = lambda x: np.ones(2) if np.array_equal(x, start) else x * math.nan  # noqa: E731
    result = minimize(fun, start, jac=jac, method=METHODS[name])
    assert (result.status, result.success) == (2, False)
    assert result.x.tolist() == [1.0, 2.0]
    true_and_best(result, fun, jac)


@DESCENT
def test_a_wrong_gradient_is_no_success(name: str) -> None:
    """Uphill for downhill: nothing lower is found, and that is what the message says."""
    fun = Recorded(lambda x: float(x @ x))
    result = minimize(fun, [1.0, 2.0], jac=lambda x: -2 * x, method=METHODS[name])
    assert (result.nit, result.status, result.success) == (0, 2, False)
    assert "line search found no" in result.message
    assert result.x.tolist() == [1.0, 2.0]


@DESCENT
@pytest.mark.parametrize("seed", range(12))
def test_failed_searches_end_truly(name: str, seed: int) -> None:
    """On functions with corners and on gradients that are off, whatever ends the run is told."""
    rng = np.random.default_rng(seed)
    a, w = rng.standard_normal((3, 3)), rng.uniform(1, 50)
    fun = Recorded((lambda x: float(np.abs(a @ x).sum())) if seed % 2 else (lambda x: float(x @ x)))
    jac = (
        (lambda x: a.T @ np.sign(a @ x))
        if seed % 2
        else (lambda x: 2 * x + 0.1 * w * np.array([1, -1, 1]))
    )
    result = minimize(fun, rng.standard_normal(3), jac=jac, method=METHODS[name])
    true_and_best(result, fun, jac)


def test_a_failed_search_restarts_lbfgs() -> None:
    """When a direction from memory leads nowhere, the memory is cleared, once, before giving up."""
    flips = []

    def jac(x: Array) -> Array:
        if len(flips) < 6:
            flips.append(x)
            return np.asarray(rosen_der(x))
        return -np.asarray(rosen_der(x))

    fun = Recorded(rosen)
    result = minimize(fun, X0, jac=jac, method=LBFGS())
    assert result.status == 2
    assert len(result.hess_inv._history) == 0
    assert result.fun == fun.least


@DESCENT
def test_a_bottomless_function(name: str) -> None:
    """Along a falling plane a run goes on until a limit; no pair of it has any curvature."""
    fun = Recorded(lambda x: float(x.sum()))
    result = minimize(
        fun, [1.0, 2.0], jac=lambda x: np.ones(2), method=METHODS[name], options={"maxiter": 5}
    )
    assert (result.nit, result.status) == (5, 1)
    assert result.fun < -1e10
    true_and_best(result, fun, lambda x: np.ones(2))


def test_flat_rho_is_scipys_answer_to_no_curvature() -> None:
    """With 1000 for 1 / y's where y's = 0, BFGS makes SciPy's points on a plane too."""
    points: dict[str, list[Array]] = {"ours": [], "theirs": []}
    for key, method in (("ours", BFGS(flat_rho=1000.0)), ("theirs", "BFGS")):
        minimize(
            lambda x: float(x.sum()), [1.0, 2.0], jac=lambda x: np.ones(2), method=method,
            options={"maxiter": 4}, callback=lambda x, key=key: points[key].append(x.copy()),
        )  # fmt: skip
    ours, theirs = (np.array(points[k]) for k in ("ours", "theirs"))
    assert np.abs(ours / theirs - 1).max() <= 64 * 2.0**-53


@EACH
def test_a_constant_function(name: str) -> None:
    """Its gradient is 0: every point is a minimum."""
    result = minimize(lambda x: 3.0, X0, jac=np.zeros_like, method=METHODS[name])
    assert (result.nit, result.success) == (0, True)


@DESCENT
@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e150])
def test_extreme_sizes_are_survived(name: str, scale: float) -> None:
    """Values from tiny to huge neither warn nor end in anything but a true result."""
    fun = Recorded(lambda x: scale * float(rosen(x)))
    jac = lambda x: scale * np.asarray(rosen_der(x))  # noqa: E731
    result = minimize(fun, X0, jac=jac, method=METHODS[name], options={"gtol": 0.0})
    true_and_best(result, fun, jac)


@DESCENT
@pytest.mark.parametrize("far", [1e3, 1e8])
def test_steep_starts(name: str, far: float) -> None:
    """A gradient far above 1 at the start makes the first step short, not wrong."""
    fun = Recorded(lambda x: float(1e3 * (x @ x)))
    result = minimize(fun, [far, -far / 3], jac=lambda x: 2e3 * x, method=METHODS[name])
    assert result.success
    assert np.abs(result.jac).max() <= 1e-5


@EACH
def test_diverging_rules_come_back_to_their_best(name: str) -> None:
    """A learning rate far too high: the best point, finite, and no success."""
    if name in ("LBFGS", "BFGS"):
        return
    method = {"Adam": Adam(lr=1e308), "Nesterov": Nesterov(lr=1e3)}[name]
    fun = Recorded(lambda x: float(np.sum(x**4)))
    with quietly():
        result = minimize(fun, [1.0, -2.0], jac=lambda x: 4 * x**3, method=method)
    assert result.status == 2
    assert "diverged" in result.message
    true_and_best(result, fun, lambda x: 4 * x**3)


FUNCTIONS = (rosen, BEALE[0], WOOD[0], BROWN[0])
GRADIENTS = (rosen_der, BEALE[1], WOOD[1], BROWN[1])


@given(
    which=st.integers(0, 3),
    start=st.lists(st.floats(-20, 20), min_size=4, max_size=4),
    name=st.sampled_from(["LBFGS", "BFGS"]),
    budget=st.integers(1, 60),
)
def test_from_anywhere_the_result_is_true(
    which: int, start: list[float], name: str, budget: int
) -> None:
    """From random starts and with random budgets value and gradient belong to x, the best point."""
    x0 = np.array(start if which == 2 else start[:2])
    fun = Recorded(FUNCTIONS[which])
    with quietly():
        result = minimize(
            fun, x0, jac=GRADIENTS[which], method=METHODS[name], options={"maxfun": budget}
        )
    true_and_best(result, fun, GRADIENTS[which])
    assert result.nfev <= budget


def mirrored(problem: Problem, signs: Array) -> Problem:
    """The problem in variables some of which have the other sign."""
    return Problem(
        problem.name,
        lambda x: problem.fun(signs * x),
        lambda x: signs * problem.jac(signs * x),
        signs * problem.x0,
    )


@DESCENT
@pytest.mark.parametrize("index", range(10), ids=[p.name for p in PROBLEMS[:10]])
def test_signs_of_variables_do_not_matter(name: str, index: int) -> None:
    """A run in mirrored variables visits the mirrored points, bit for bit."""
    problem = PROBLEMS[index]
    signs = np.where(np.arange(problem.x0.size) % 3 == 0, -1.0, 1.0)
    here, there = Recorded(problem.fun), Recorded(mirrored(problem, signs).fun)
    other = mirrored(problem, signs)
    minimize(here, problem.x0, jac=problem.jac, method=METHODS[name])
    minimize(there, other.x0, jac=other.jac, method=METHODS[name])
    assert [x.tolist() for x, _ in here.seen] == [(signs * x).tolist() for x, _ in there.seen]


@pytest.mark.parametrize("power", [-20, -7, 9, 80])
@pytest.mark.parametrize(
    "index", [0, 1, 4, 6, 7, 9], ids=[PROBLEMS[i].name for i in (0, 1, 4, 6, 7, 9)]
)
def test_the_scale_of_the_function_does_not_matter(index: int, power: int) -> None:
    """L-BFGS visits the same points, bit for bit, if the function is 2**k times as large.

    So long as no tolerance is absolute: it has no other constant that is, but for the longest
    step of 1e10.
    """
    problem, scale = PROBLEMS[index], 2.0**power
    small, large = Recorded(problem.fun), Recorded(lambda x: scale * problem.fun(x))
    options = {"gtol": 0.0, "ftol": None, "maxiter": 15}
    minimize(small, problem.x0, jac=problem.jac, method=LBFGS(), options=options)
    minimize(
        large, problem.x0, jac=lambda x: scale * problem.jac(x), method=LBFGS(), options=options
    )
    assert [x.tolist() for x, _ in small.seen] == [x.tolist() for x, _ in large.seen]


def test_newton_survives_what_the_others_do() -> None:
    """Infinite regions and failing steps, as for the quasi-Newton methods."""
    problem = inside(math.inf)
    fun = Recorded(problem.fun)
    with quietly():
        result = minimize(
            fun, problem.x0, jac=problem.jac, hess=lambda x: np.diag(1 / x**2), method=Newton()
        )
    true_and_best(result, fun, problem.jac)
    assert result.success
    for budget in range(1, 12):
        fun = Recorded(rosen)
        result = minimize(
            fun, X0, jac=rosen_der, hess=rosen_hess, method=Newton(), options={"maxfun": budget}
        )
        true_and_best(result, fun, rosen_der)
        assert result.nfev <= budget
