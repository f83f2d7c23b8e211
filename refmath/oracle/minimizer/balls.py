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
    """An array and, for each entry, how far the true one or another's rounded one may be.

    Attributes:
        mid, rad: The array and the distances.
        unit: The rounding unit of the other.
    """

    mid: Array
    rad: Array
    unit: float = UNIT

    def __add__(self, other: "Ball") -> "Ball":
        return self._rounded(other, self.mid + other.mid, self.rad + other.rad)

    def __sub__(self, other: "Ball") -> "Ball":
        return self._rounded(other, self.mid - other.mid, self.rad + other.rad)

    def __neg__(self) -> "Ball":
        return Ball(-self.mid, self.rad, self.unit)

    def __mul__(self, other: "Ball") -> "Ball":
        rad = abs(self.mid) * other.rad + self.rad * (abs(other.mid) + other.rad)
        return self._rounded(other, self.mid * other.mid, rad)

    def __truediv__(self, other: "Ball") -> "Ball":
        low = abs(other.mid) - other.rad
        mid = self.mid / other.mid
        away = np.where(low > 0, low, 1)
        rad = np.where(low > 0, (self.rad + abs(mid) * other.rad) / away, np.inf)
        return self._rounded(other, mid, rad)

    def __matmul__(self, other: "Ball") -> "Ball":
        n = self.mid.shape[-1]
        terms = abs(self.mid) @ abs(other.mid)
        rad = abs(self.mid) @ other.rad + self.rad @ (abs(other.mid) + other.rad)
        unit = max(self.unit, other.unit)
        return Ball(self.mid @ other.mid, rad + _BOTH * (n + 1) * unit * terms, unit)

    @property
    def T(self) -> "Ball":  # noqa: N802
        """The transpose."""
        return Ball(self.mid.T, self.rad.T, self.unit)

    def widened(self, by: Array) -> "Ball":
        """With larger radii."""
        return Ball(self.mid, self.rad + by, self.unit)

    def _rounded(self, other: "Ball", mid: Array, rad: Array) -> "Ball":
        unit = max(self.unit, other.unit)
        return Ball(mid, rad + _BOTH * unit * abs(mid), unit)


def exact(values: Any, unit: float = UNIT) -> Ball:
    """Numbers without error, of one who computes with that unit."""
    array = np.asarray(values, np.float64)
    return Ball(array, np.zeros_like(array), unit)


def dot(a: Ball, b: Ball) -> Ball:
    """The inner product of two vectors."""
    return a @ b


def outer(a: Ball, b: Ball) -> Ball:
    """The matrix of products of two vectors."""
    return Ball(a.mid[:, np.newaxis], a.rad[:, np.newaxis], a.unit) * b
