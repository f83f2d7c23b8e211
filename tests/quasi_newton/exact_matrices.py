"""Quasi-Newton formulas evaluated in fractions, and random fractions to evaluate them on."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate

Array = Any


class Fractions:
    """Fractions as entries; only rational operations are defined."""

    def number(self, value: Any) -> Fraction:
        """An exact rational number."""
        return Fraction(int(value.p), int(value.q))

    def power(self, base: Fraction, exponent: Any) -> Fraction:
        """A whole power."""
        return Fraction(base) ** int(exponent)

    def call(self, name: str, *args: Any) -> Any:
        """No function but these is rational."""
        raise AssertionError(f"{name} is not rational")


def fractions(entries: Any) -> Array:
    """An array of fractions."""
    return np.vectorize(Fraction, otypes=[object])(np.asarray(entries))


def at(expr: Tensor, **values: Array) -> Array:
    """The entries of an expression in n variables, exactly."""
    n = max(np.shape(v)[0] for v in values.values())
    return evaluate(expr, values, {"n": n}, Fractions())  # type: ignore[arg-type]


def determinant(matrix: Array) -> Fraction:
    """By expansion; for small matrices."""
    if len(matrix) == 0:
        return Fraction(1)
    minors = (np.delete(matrix[1:], j, axis=1) for j in range(len(matrix)))
    return sum(
        ((-1) ** j * matrix[0, j] * determinant(m) for j, m in enumerate(minors)), Fraction(0)
    )


def inverse_of(matrix: Array) -> Array:
    """The inverse of a regular matrix, by minors."""
    n, whole = len(matrix), determinant(matrix)
    out = np.empty((n, n), object)
    for i, j in np.ndindex(n, n):
        minor = np.delete(np.delete(matrix, i, axis=0), j, axis=1)
        out[j, i] = (-1) ** (i + j) * determinant(minor) / whole
    return out


def is_positive_definite(matrix: Array) -> bool:
    """By Sylvester: all leading minors are positive."""
    return all(determinant(matrix[:k, :k]) > 0 for k in range(1, len(matrix) + 1))


def definite(rng: np.random.Generator, n: int) -> Array:
    """A symmetric positive definite matrix of small integers."""
    while True:
        root = fractions(rng.integers(-3, 4, (n, n)))
        if determinant(root):
            return np.dot(root.T, root)


def pairs(rng: np.random.Generator, n: int, count: int) -> list[tuple[Array, Array]]:
    """Pairs (s, y) of small integers with y's > 0."""
    found: list[tuple[Array, Array]] = []
    while len(found) < count:
        s, y = fractions(rng.integers(-4, 5, n)), fractions(rng.integers(-4, 5, n))
        curvature = np.dot(s, y)
        if curvature:
            found.append((s, y if curvature > 0 else -y))
    return found


def named(steps: Sequence[tuple[Array, Array]], g: Array | None = None) -> dict[str, Array]:
    """Pairs by the names that the declared recursions give them."""
    out = {} if g is None else {"g": g}
    for i, (s, y) in enumerate(steps, start=1):
        out |= {f"s{i}": s, f"y{i}": y}
    return out
