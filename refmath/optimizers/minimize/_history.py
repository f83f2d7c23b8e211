"""The pairs of steps and gradient changes of L-BFGS, and the product with what they stand for."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

__all__ = ["History"]

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


class History:
    """The last `memory` accepted pairs (s, y), each in rows of its own, made when first needed.

    Up to one row more than `memory` is kept: a new pair is written there and counts only once it
    is accepted, so that a rejected one has overwritten nothing.

    Args:
        memory: How many pairs are kept.
        n: Their length.
        dtype: Of the entries; with object they may be fractions.

    Source:
        Nocedal 1980; Liu and Nocedal 1989; Nocedal and Wright 2006, Algorithms 7.4 and 7.5.
    """

    def __init__(self, memory: int, n: int, dtype: type = np.float64) -> None:
        self._memory, self._n, self._dtype = memory, n, dtype
        self._s: list[Array] = []
        self._y: list[Array] = []
        self._rho: list[float] = []
        self._dot, self._axpy = _products(dtype)
        self.clear()

    def clear(self) -> None:
        """Forget all pairs."""
        self._rows: list[int] = []
        self._free = 0
        self.gamma: Any = 1

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def pairs(self) -> tuple[Array, Array]:
        """Copies of the steps and of the gradient changes, the oldest first, one a row."""
        s, y = (np.array([rows[i] for i in self._rows]) for rows in (self._s, self._y))
        return s, y

    def offer(self, x: tuple[Array, Array], g: tuple[Array, Array], floor: float) -> bool:
        """Take the pair of a step, if its curvature s'y is above the floor.

        Args:
            x: The points before and after the step.
            g: The gradients there.
            floor: At least 0.

        Returns:
            Whether it was taken.
        """
        if self._free == len(self._s):
            self._s.append(np.empty(self._n, self._dtype))
            self._y.append(np.empty(self._n, self._dtype))
            self._rho.append(math.nan)
        s, y = self._s[self._free], self._y[self._free]
        np.subtract(x[1], x[0], out=s)
        np.subtract(g[1], g[0], out=y)
        curvature, size = self._dot(s, y), self._dot(y, y)
        if not (curvature > floor and math.isfinite(1 / curvature) and 0 < size < math.inf):
            return False
        self._take(curvature, size)
        return True

    def _take(self, curvature: Any, size: Any) -> None:
        self._rho[self._free] = 1 / curvature
        self.gamma = curvature / size
        self._rows.append(self._free)
        self._free = self._rows.pop(0) if len(self) > self._memory else len(self)

    def times(self, vector: Array) -> Array:
        """The product of the inverse Hessian with a vector, by the two loops."""
        q = vector.copy()
        shares = []
        for row in reversed(self._rows):
            share = self._rho[row] * self._dot(self._s[row], q)
            shares.append(share)
            self._axpy(self._y[row], q, -share)
        q *= self.gamma
        for row, share in zip(self._rows, reversed(shares), strict=True):
            change = self._rho[row] * self._dot(self._y[row], q)
            self._axpy(self._s[row], q, share - change)
        return q


def _products(dtype: type) -> tuple[Callable[[Array, Array], Any], Callable[..., None]]:
    if dtype is np.float64:
        from ._blas import axpy, dot

        return dot, axpy
    return np.dot, _plain_axpy


def _plain_axpy(x: Array, y: Array, a: Any) -> None:
    y += a * x
