"""Runs of minimizers with the points they asked for, and how far rounding takes them apart."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from refmath.oracle.minimizer.problems import Problem

__all__ = ["RoundedOtherwise", "Sensitivity", "Trace", "distances", "recorded", "sensitivity"]

Array = Any

HALF_THE_DIGITS = 2.0**-26
UNIT = 2.0**-53
SAFE = 4.0
"""The bound over the largest of the sampled distances."""


@dataclass(frozen=True)
class Trace:
    """A run.

    Attributes:
        result: What the minimizer returned.
        evaluated: The points at which the function was computed, in order.
        values: Its values there.
    """

    result: Any
    evaluated: tuple[Array, ...]
    values: tuple[float, ...]

    @cached_property
    def points(self) -> Array:
        """The points, one a row."""
        return np.array(self.evaluated)

    @cached_property
    def finite(self) -> int:
        """How many evaluations came before the first value that is not finite."""
        bad = np.flatnonzero(~np.isfinite(self.values))
        return int(bad[0]) + 1 if bad.size else len(self.values)


def recorded(problem: Problem, method: Any, **options: Any) -> Trace:
    """Minimize with `scipy.optimize.minimize`, and record the points and values."""
    from scipy import optimize

    minimize: Any = optimize.minimize  # its stubs know no methods by name alone
    points: list[Array] = []
    values: list[float] = []

    def fun(x: Array) -> float:
        points.append(np.array(x))
        values.append(problem.fun(x))
        return values[-1]

    with np.errstate(all="ignore"):
        result = minimize(fun, problem.x0, jac=problem.jac, method=method, options=options)
    return Trace(result, tuple(points), tuple(values))


def distances(a: Trace, b: Trace) -> Array:
    """Per evaluation, the largest distance of an entry, relative to the size of the points.

    It is the largest entry of the point and of the one before, for a point is the sum of an
    iterate and a step.
    """
    k = min(len(a.points), len(b.points))
    own = np.abs(a.points[:k]).max(axis=1)
    size = np.maximum(np.maximum(own, np.append(own[0], own[:-1])), 1e-300)
    return np.abs(a.points[:k] - b.points[:k]).max(axis=1) / size


class RoundedOtherwise:
    """A problem whose points and gradients are moved by what rounding in a method amounts to.

    An entry of a direction takes at most two roundings for each of the n terms of a product with
    the matrix of BFGS, or four for each of 10 pairs of L-BFGS, and a few to scale it: by up to as
    many units each entry of a gradient is moved. A point takes two roundings of its own size and
    the last point's, and the n + 4 of the step length: by up to as many its entries are moved.
    L-BFGS-B has its direction d = z - x from a point z, so d is rounded to x's units. That counts
    where the step is long: on the first, which is scaled to length 1.

    With `turned` the function is one of turned variables, too: products with the n by n matrix
    of a rotation take n roundings of the sizes of all entries, of the point and of the gradient.
    """

    def __init__(self, problem: Problem, seed: int, turned: bool = False) -> None:
        self._problem, self._rng = problem, np.random.default_rng(seed)
        self._turns = problem.x0.size**2 if turned else 0
        self._last, self._moved = problem.x0, problem.x0
        self._size = float(np.abs(problem.x0).max())

    def point(self, x: Array) -> Array:
        """Where the function is computed for x; the start itself is exact."""
        if not np.array_equal(x, self._last):
            own = float(np.abs(x).max())
            unit = (x.size + 6 + self._turns) * UNIT * max(own, self._size)
            self._moved = x + unit * self._rng.uniform(-1, 1, x.size)
            self._last, self._size = np.array(x), own
        return self._moved

    def gradient(self, x: Array) -> Array:
        """The gradient there, moved."""
        unit = (2 * x.size + 48) * UNIT
        found = self._problem.jac(self.point(x)) * (1 + unit * self._rng.uniform(-1, 1, x.size))
        if np.array_equal(x, self._problem.x0):
            found = found + 2 * UNIT * self._size * self._rng.uniform(-1, 1, x.size)
        if self._turns:
            size = self._turns * UNIT * float(np.abs(found).max())
            found = found + size * self._rng.uniform(-1, 1, x.size)
        return found

    def recorded(self, method: Any, **options: Any) -> Trace:
        """A run; its points are those at which the function was computed."""
        moved: list[Array] = []

        def fun(x: Array) -> float:
            moved.append(self.point(x))
            return self._problem.fun(moved[-1])

        run = recorded(replace(self._problem, fun=fun, jac=self.gradient), method, **options)
        return replace(run, evaluated=tuple(moved))


@dataclass(frozen=True)
class Sensitivity:
    """A run, and how far rounding takes other runs of the same minimizer from it.

    Attributes:
        run: The run.
        bound: Per evaluation, 4 times the largest distance from it so far of its runs on points
            and gradients that are rounded otherwise. Were roundings independent and random, to
            pass it would take more than 4 standard deviations.
        counts: The numbers of evaluations of all these runs.
    """

    run: Trace
    bound: Array
    counts: tuple[int, ...]


def sensitivity(problem: Problem, method: Any, runs: int = 8, **options: Any) -> Sensitivity:
    """A minimizer's run, and its runs on points and gradients that are rounded otherwise."""
    run = recorded(problem, method, **options)
    spread, counts = np.zeros(len(run.points)), [len(run.points)]
    for seed in range(runs):
        other = RoundedOtherwise(problem, seed).recorded(method, **options)
        apart = distances(run, other)
        spread[: len(apart)] = np.maximum(spread[: len(apart)], apart)
        counts.append(len(other.points))
    return Sensitivity(run, SAFE * np.maximum.accumulate(spread), tuple(counts))
