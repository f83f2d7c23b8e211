"""Vectors and matrices with a bound on what rounding makes of them, entry by entry.

The bound is the running error bound of Higham 2002, section 3.3, taken twice, for the one who
computed what is judged and for this computation, and with sums in any order.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["UNIT", "Ball", "dot", "exact", "outer"]

Array = Any

UNIT = 2.0**-53
_BOTH = 2.0
"""Two computations round, each as it likes."""


@dataclass(frozen=True)
class Ball:
    """An array and, for each entry, how far the true one or another's rounded one may be."""

    mid: Array
    rad: Array

    def __add__(self, other: "Ball") -> "Ball":
        return _rounded(self.mid + other.mid, self.rad + other.rad)

    def __sub__(self, other: "Ball") -> "Ball":
        return _rounded(self.mid - other.mid, self.rad + other.rad)

    def __neg__(self) -> "Ball":
        return Ball(-self.mid, self.rad)

    def __mul__(self, other: "Ball") -> "Ball":
        rad = abs(self.mid) * other.rad + self.rad * (abs(other.mid) + other.rad)
        return _rounded(self.mid * other.mid, rad)

    def __truediv__(self, other: "Ball") -> "Ball":
        low = abs(other.mid) - other.rad
        mid = self.mid / other.mid
        away = np.where(low > 0, low, 1)
        rad = np.where(low > 0, (self.rad + abs(mid) * other.rad) / away, np.inf)
        return _rounded(mid, rad)

    def __matmul__(self, other: "Ball") -> "Ball":
        n = self.mid.shape[-1]
        terms = abs(self.mid) @ abs(other.mid)
        rad = abs(self.mid) @ other.rad + self.rad @ (abs(other.mid) + other.rad)
        return Ball(self.mid @ other.mid, rad + _BOTH * (n + 1) * UNIT * terms)

    @property
    def T(self) -> "Ball":  # noqa: N802
        """The transpose."""
        return Ball(self.mid.T, self.rad.T)

    def widened(self, by: Array) -> "Ball":
        """With larger radii."""
        return Ball(self.mid, self.rad + by)


def _rounded(mid: Array, rad: Array) -> Ball:
    return Ball(mid, rad + _BOTH * UNIT * abs(mid))


def exact(values: Any) -> Ball:
    """Numbers without error."""
    array = np.asarray(values, np.float64)
    return Ball(array, np.zeros_like(array))


def dot(a: Ball, b: Ball) -> Ball:
    """The inner product of two vectors."""
    return a @ b


def outer(a: Ball, b: Ball) -> Ball:
    """The matrix of products of two vectors."""
    return Ball(a.mid[:, np.newaxis], a.rad[:, np.newaxis]) * Ball(b.mid, b.rad)
