"""Level-1 BLAS on long vectors without threads; importing this loads SciPy's linear algebra.

NumPy and SciPy each bring an OpenBLAS with threads of its own. Where the one's turn follows the
other's, as in a minimizer whose objective calls NumPy, the idle threads of both wait actively
and take the cores from those at work: a product of 1e5 entries was seen to take 8 ms in place of
16 us. OpenBLAS starts threads above 10^4 entries; the blocks stay below.
"""

from typing import Any, TypeAlias

import numpy as np
from scipy.linalg import blas

__all__ = ["axpy", "dot", "norm"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
_BLOCK = 10000


def dot(x: Array, y: Array) -> float:
    """The inner product of two contiguous vectors."""
    n = x.size
    if n <= _BLOCK:
        return float(blas.ddot(x, y))
    starts = range(0, n, _BLOCK)
    return float(sum(blas.ddot(x, y, n=min(_BLOCK, n - k), offx=k, offy=k) for k in starts))


def axpy(x: Array, y: Array, a: float) -> None:
    """Add `a` times x to y, in place; both contiguous."""
    n = x.size
    if n <= _BLOCK:
        blas.daxpy(x, y, n, a)
        return
    for k in range(0, n, _BLOCK):
        blas.daxpy(x, y, min(_BLOCK, n - k), a, k, 1, k)


def norm(x: Array) -> float:
    """The 2-norm, without overflow on the way."""
    return float(blas.dnrm2(x))
