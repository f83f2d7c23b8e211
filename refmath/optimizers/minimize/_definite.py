"""Newton's equations with a Hessian that need not be positive definite."""

from typing import Any, TypeAlias

import numpy as np

__all__ = ["SHARE", "shift", "solve_shifted"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

SHARE = 1e-3
"""The least multiple of the identity that is added, relative to the largest entry."""


def shift(hessian: Array) -> tuple[float, Array]:
    """The multiple of the identity that makes a matrix positive definite, and its factor.

    It is 0 if the matrix is positive definite already, else the first of a sequence that starts
    from ``b - min(H_ii, 0)``, ``b = SHARE * max |H_ij|``, and doubles. A matrix counts as
    positive definite if its Cholesky factorization exists and no pivot is below
    ``n * eps * max |H_ij|``, which is what rounding may make of 0.

    Args:
        hessian: A symmetric matrix of finite numbers.

    Returns:
        The multiple, and the lower triangular L with ``L L' = H + multiple * I``.

    Source:
        Nocedal and Wright 2006, Algorithm 3.3, where b is 1e-3 whatever the scale of H.
    """
    n = hessian.shape[0]
    scale = float(np.abs(hessian).max()) or 1.0
    smallest = float(hessian.diagonal().min())
    floor = n * float(np.finfo(np.float64).eps) * scale
    multiple = 0.0 if smallest > 0 else SHARE * scale - smallest
    while (factor := _factor(hessian + multiple * np.eye(n), floor)) is None:
        multiple = max(2.0 * multiple, SHARE * scale)
    return multiple, factor


def _factor(matrix: Array, floor: float) -> Array | None:
    """The Cholesky factor, or None if there is none with all pivots at or above the floor."""
    try:
        factor: Array = np.linalg.cholesky(matrix).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None
    return factor if factor.diagonal().min() ** 2 >= floor else None


def solve_shifted(hessian: Array, right: Array) -> Array:
    """The solution p of ``(H + multiple * I) p = right``, with the multiple of `shift`."""
    from scipy.linalg import cho_solve

    _, factor = shift((hessian + hessian.T) / 2)
    solution: Array = cho_solve((factor, True), right)
    return solution
