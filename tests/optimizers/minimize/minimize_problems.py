"""Test functions with their gradients and usual starts, and the record of a run's evaluations."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import OptimizeResult, minimize, rosen, rosen_der

Array = np.ndarray


class Problem(NamedTuple):
    """A function to be minimized."""

    name: str
    fun: Callable[[Array], float]
    jac: Callable[[Array], Array]
    x0: Array


def least_squares(
    residuals: Callable[[Array], list[float]], rows: Callable[[Array], list[list[float]]]
) -> tuple[Callable[[Array], float], Callable[[Array], Array]]:
    """The sum of squares of residuals, and its gradient."""

    def fun(x: Array) -> float:
        return float(sum(r * r for r in residuals(x)))

    def jac(x: Array) -> Array:
        return 2 * np.array(rows(x), float).T @ np.array(residuals(x), float)

    return fun, jac


BEALE = least_squares(
    lambda x: [c - x[0] * (1 - x[1] ** k) for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))],
    lambda x: [[x[1] ** k - 1, x[0] * k * x[1] ** (k - 1)] for k in (1, 2, 3)],
)
HIMMELBLAU = least_squares(
    lambda x: [x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7],
    lambda x: [[2 * x[0], 1], [1, 2 * x[1]]],
)
POWELL = least_squares(
    lambda x: [
        x[0] + 10 * x[1], 5**0.5 * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2,
        10**0.5 * (x[0] - x[3]) ** 2,
    ],
    lambda x: [
        [1, 10, 0, 0], [0, 0, 5**0.5, -(5**0.5)],
        [0, 2 * (x[1] - 2 * x[2]), -4 * (x[1] - 2 * x[2]), 0],
        [2 * 10**0.5 * (x[0] - x[3]), 0, 0, -2 * 10**0.5 * (x[0] - x[3])],
    ],
)  # fmt: skip
WOOD = least_squares(
    lambda x: [
        10 * (x[1] - x[0] ** 2), 1 - x[0], 90**0.5 * (x[3] - x[2] ** 2), 1 - x[2],
        10**0.5 * (x[1] + x[3] - 2), 0.1**0.5 * (x[1] - x[3]),
    ],
    lambda x: [
        [-20 * x[0], 10, 0, 0], [-1, 0, 0, 0],
        [0, 0, -2 * 90**0.5 * x[2], 90**0.5], [0, 0, -1, 0],
        [0, 10**0.5, 0, 10**0.5], [0, 0.1**0.5, 0, -(0.1**0.5)],
    ],
)  # fmt: skip
BROWN = least_squares(
    lambda x: [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2],
    lambda x: [[1, 0], [0, 1], [x[1], x[0]]],
)


def _angle(x: Array) -> float:
    return float(np.arctan2(x[1], x[0]) / (2 * np.pi)) % 1.0 - (0.0 if x[1] >= 0 else 1.0)


def _helix(x: Array) -> list[list[float]]:
    square = x[0] ** 2 + x[1] ** 2
    turn = 100 / (2 * np.pi * square)
    root = square**0.5
    return [[turn * x[1], -turn * x[0], 10], [10 * x[0] / root, 10 * x[1] / root, 0], [0, 0, 1]]


HELIX = least_squares(
    lambda x: [10 * (x[2] - 10 * _angle(x)), 10 * (np.hypot(x[0], x[1]) - 1), x[2]], _helix
)


def quadratic(seed: int, n: int, condition: float) -> Problem:
    """Half x'Ax - b'x with a random A of the given condition."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    a = (q * np.geomspace(1.0, condition, n)) @ q.T
    a = (a + a.T) / 2
    b = rng.standard_normal(n)
    return Problem(
        f"quadratic n={n} cond={condition:g}",
        lambda x: float(x @ a @ x / 2 - b @ x),
        lambda x: a @ x - b,
        np.zeros(n),
    )


def logistic(seed: int, samples: int, n: int, ridge: float) -> Problem:
    """The mean logistic loss of random data, with a ridge."""
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((samples, n))
    sign = np.where(data @ rng.standard_normal(n) + rng.standard_normal(samples) > 0, 1.0, -1.0)

    def fun(x: Array) -> float:
        return float(np.logaddexp(0, -sign * (data @ x)).mean() + ridge * (x @ x) / 2)

    def jac(x: Array) -> Array:
        margin = sign * (data @ x)
        return data.T @ (-sign * np.exp(-np.logaddexp(0, margin))) / samples + ridge * x

    return Problem(f"logistic n={n}", fun, jac, np.zeros(n))


def rosenbrock(n: int) -> Problem:
    """Rosenbrock's function as SciPy chains it, from (-1.2, 1, -1.2, 1, ...)."""
    return Problem(f"Rosenbrock n={n}", rosen, rosen_der, np.tile([-1.2, 1.0], n // 2))


PROBLEMS = (
    rosenbrock(2),
    rosenbrock(8),
    rosenbrock(50),
    Problem("Rosenbrock from 0", rosen, rosen_der, np.zeros(2)),
    Problem("Beale", *BEALE, np.array([1.0, 1.0])),
    Problem("Himmelblau", *HIMMELBLAU, np.array([0.0, 0.0])),
    Problem("Powell", *POWELL, np.array([3.0, -1.0, 0.0, 1.0])),
    Problem("Wood", *WOOD, np.array([-3.0, -1.0, -3.0, -1.0])),
    Problem("Brown badly scaled", *BROWN, np.array([1.0, 1.0])),
    Problem("Helical valley", *HELIX, np.array([-1.0, 0.0, 0.0])),
    quadratic(0, 5, 10.0),
    quadratic(1, 20, 1e3),
    quadratic(2, 40, 1e4),
    logistic(3, 60, 8, 1e-3),
    logistic(4, 200, 30, 1e-2),
)


class Trace(NamedTuple):
    """A run: its result, and the points at which the function was computed, one a row."""

    result: OptimizeResult
    points: Array


def trace(problem: Problem, method: Any, x0: Array | None = None, **options: Any) -> Trace:
    """Minimize with SciPy's `minimize`, and record the points."""
    points: list[Array] = []

    def fun(x: Array) -> float:
        points.append(np.array(x))
        return problem.fun(x)

    start = problem.x0 if x0 is None else x0
    result = minimize(fun, start, jac=problem.jac, method=method, options=options)
    return Trace(result, np.array(points))


def distances(a: Trace, b: Trace) -> Array:
    """Per evaluation, the distance of the two points relative to their size."""
    k = min(len(a.points), len(b.points))
    size = np.maximum(np.abs(a.points[:k]).max(axis=1), 1e-300)
    return np.abs(a.points[:k] - b.points[:k]).max(axis=1) / size


def rounded_otherwise(problem: Problem, seed: int) -> Problem:
    """The problem with its gradient moved at random by what rounding in the method may amount to.

    An entry of a direction takes at most two roundings for each of the n terms of a product with
    the matrix of BFGS, or four for each of 10 pairs of L-BFGS, and a few to scale it. By as many
    units, and not more, each entry of each gradient is moved here.
    """
    rng = np.random.default_rng(seed)
    unit = (2 * problem.x0.size + 48) * 2.0**-53

    def jac(x: Array) -> Array:
        return problem.jac(x) * (1 + unit * rng.uniform(-1, 1, x.size))

    return problem._replace(jac=jac)


class Reference(NamedTuple):
    """SciPy's run, and how far rounding may take it.

    Attributes:
        run: Its run.
        spread: Per evaluation, the largest distance from it, so far, of its own runs on gradients
            that are rounded otherwise.
        counts: The numbers of evaluations of all these runs.
    """

    run: Trace
    spread: Array
    counts: set[int]


@cache
def reference(index: int, method: str, runs: int = 4) -> Reference:
    """SciPy's run on a problem of the list, and those on gradients that are rounded otherwise."""
    problem = PROBLEMS[index]
    run = trace(problem, method)
    spread, counts = np.zeros(len(run.points)), {run.result.nfev}
    for seed in range(runs):
        other = trace(rounded_otherwise(problem, seed), method)
        apart = distances(run, other)
        spread[: len(apart)] = np.maximum(spread[: len(apart)], apart)
        counts.add(other.result.nfev)
    return Reference(run, np.maximum.accumulate(spread), counts)
