"""Pairs of steps and gradient changes, quadratics and matrices in fractions."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from refmath.optimizers.minimize._history import History
from refmath.optimizers.minimize._inverse import in_place, update

Array = np.ndarray
Pairs = list[tuple[Array, Array]]


def fractions(entries: Sequence[Any] | Array) -> Array:
    """An array of fractions."""
    return np.vectorize(Fraction, otypes=[object])(np.asarray(entries))


def identity(n: int) -> Array:
    """The identity in fractions."""
    return fractions(np.eye(n, dtype=int))


def determinant(matrix: Array) -> Fraction:
    """By expansion; for small matrices."""
    if len(matrix) == 0:
        return Fraction(1)
    minors = (np.delete(matrix[1:], j, axis=1) for j in range(len(matrix)))
    return sum(
        ((-1) ** j * matrix[0, j] * determinant(m) for j, m in enumerate(minors)), Fraction(0)
    )


def solved(matrix: Array, right: Array) -> Array:
    """The solution of a regular system, by Cramer's rule."""
    whole = determinant(matrix)
    columns = []
    for j in range(len(matrix)):
        replaced = matrix.copy()
        replaced[:, j] = right
        columns.append(determinant(replaced) / whole)
    return fractions(columns)


def inverse_of(matrix: Array) -> Array:
    """The inverse of a regular matrix."""
    return np.stack([solved(matrix, e) for e in identity(len(matrix))], axis=1)


def is_positive_definite(matrix: Array) -> bool:
    """By Sylvester: all leading minors are positive."""
    return all(determinant(matrix[:k, :k]) > 0 for k in range(1, len(matrix) + 1))


def vectors(n: int, low: int = -5, high: int = 5) -> st.SearchStrategy[Array]:
    """Vectors of small integers, as fractions."""
    return st.lists(st.integers(low, high), min_size=n, max_size=n).map(fractions)


def regular(n: int) -> st.SearchStrategy[Array]:
    """Regular matrices of small integers."""
    entries = st.lists(st.integers(-3, 3), min_size=n * n, max_size=n * n)
    return entries.map(lambda e: fractions(e).reshape(n, n)).filter(determinant)


def definite(n: int) -> st.SearchStrategy[Array]:
    """Symmetric positive definite matrices of small integers."""
    return regular(n).map(lambda m: np.dot(m.T, m))


@st.composite
def pairs(draw: st.DrawFn, least: int = 1) -> Pairs:
    """Some pairs of one length with positive curvature s'y."""
    n = draw(st.integers(1, 3))
    one = st.tuples(vectors(n), vectors(n)).filter(lambda p: np.dot(*p) != 0)
    drawn = draw(st.lists(one, min_size=least, max_size=5))
    return [(s, y if np.dot(s, y) > 0 else -y) for s, y in drawn]


class Quadratic(NamedTuple):
    """Half x'Ax - b'x in fractions, with a start."""

    hessian: Array
    linear: Array
    start: Array

    def gradient(self, x: Array) -> Array:
        """The gradient at x."""
        return np.dot(self.hessian, x) - self.linear


@st.composite
def quadratics(draw: st.DrawFn) -> Quadratic:
    """Convex quadratics of up to three variables."""
    n = draw(st.integers(1, 3))
    return Quadratic(draw(definite(n)), draw(vectors(n)), draw(vectors(n)))


def product_form(inverse: Array, steps: Pairs) -> Array:
    """The updated matrix as the formula has it: (I - rho s y') H (I - rho y s') + rho s s'."""
    for s, y in steps:
        rho = 1 / np.dot(s, y)
        left = identity(len(s)) - rho * np.outer(s, y)
        inverse = np.dot(left, np.dot(inverse, left.T)) + rho * np.outer(s, s)
    return inverse


def bfgs(steps: Pairs, inverse: Array | None = None) -> Array:
    """The matrix after updates with the pairs, from the identity or a given one."""
    n = len(steps[0][0])
    matrix = identity(n) if inverse is None else inverse.copy()
    for s, y in steps:
        update(matrix, s, y, 1 / np.dot(s, y))
    return matrix


def bfgs_in_place(steps: Pairs, inverse: Array) -> Array:
    """The same by the update in n^2 operations."""
    matrix = inverse.copy()
    for s, y in steps:
        in_place(matrix, s, y, 1 / np.dot(s, y))
    return matrix


def remember(steps: Pairs, memory: int, kind: type[History] = History) -> History:
    """A history that has been offered the pairs."""
    n = len(steps[0][0])
    zero = fractions([0] * n)
    history = kind(memory, n, object)
    for s, y in steps:
        history.offer((zero, s), (zero, y), floor=0)
    return history


def lbfgs(steps: Pairs, memory: int, kind: type[History] = History) -> Array:
    """The matrix that a history stands for."""
    history = remember(steps, memory, kind)
    return np.stack([history.times(e) for e in identity(len(steps[0][0]))], axis=1)


class Reversed(History):
    """Wrong: the loops run in each other's order."""

    def times(self, vector: Array) -> Array:
        self._rows.reverse()
        answer = super().times(vector)
        self._rows.reverse()
        return answer


class Late(History):
    """Wrong: the newest pair counts only when the next one comes."""

    def times(self, vector: Array) -> Array:
        newest = self._rows.pop() if self._rows else None
        answer = super().times(vector)
        if newest is not None:
            self._rows.append(newest)
        return answer


class OldestScale(History):
    """Wrong: gamma is that of the oldest pair."""

    def times(self, vector: Array) -> Array:
        gamma, oldest = self.gamma, self._rows[:1]
        for row in oldest:
            s, y = self._s[row], self._y[row]
            self.gamma = np.dot(s, y) / np.dot(y, y)
        answer = super().times(vector)
        self.gamma = gamma
        return answer


class Unscaled(History):
    """Wrong: gamma is 1."""

    def times(self, vector: Array) -> Array:
        gamma, self.gamma = self.gamma, 1
        answer = super().times(vector)
        self.gamma = gamma
        return answer


class Unsynchronized(History):
    """Wrong: where a pair makes room for another, the place of its 1 / s'y does not."""

    def _take(self, curvature: Any, size: Any) -> None:
        stale, full = self._rho[self._free], len(self) == self._memory
        place = self._free
        super()._take(curvature, size)
        if full:
            self._rho[place] = stale if stale == stale else self._rho[self._rows[0]]


class Unchecked(History):
    """Wrong: any pair is taken."""

    def offer(self, x: Any, g: Any, floor: Any) -> bool:
        if not super().offer(x, g, floor):
            s, y = self._s[self._free], self._y[self._free]
            self._take(np.dot(s, y), np.dot(y, y))
        return True


class Overwriting(History):
    """Wrong: a pair that is then rejected has overwritten the newest."""

    def offer(self, x: Any, g: Any, floor: Any) -> bool:
        taken = super().offer(x, g, floor)
        if not taken and self._rows:
            self._s[self._rows[-1]][:] = x[1] - x[0]
        return taken
