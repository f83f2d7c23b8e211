"""The BFGS update of the inverse Hessian."""

from typing import Any, TypeAlias

import numpy as np

__all__ = ["in_place", "update", "written_out"]

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_SMALL = 32
"""Up to this size products of matrices cost no more than the calls that make them."""


def update(inverse: Array, s: Array, y: Array, rho: Any) -> None:
    """Change the inverse Hessian's approximation H in place so that H y = s.

    It becomes ``(I - rho s y') H (I - rho y s') + rho s s'``. With rho = 1 / y's it stays positive
    definite while y's > 0. Up to n = 32 the formula is evaluated as it is written, in the order of
    SciPy's BFGS, so that every bit is SciPy's; beyond, in n^2 operations.

    Args:
        inverse: H, symmetric, shape (n, n).
        s: The step.
        y: The change of the gradient along it.
        rho: 1 / y's.

    Source:
        Nocedal and Wright 2006, equation 6.17.
    """
    (written_out if s.size <= _SMALL else in_place)(inverse, s, y, rho)


def written_out(inverse: Array, s: Array, y: Array, rho: Any) -> None:
    """The update by two products of matrices; symmetric but for rounding."""
    eye = np.eye(s.size, dtype=int)
    left = eye - s[:, np.newaxis] * y[np.newaxis, :] * rho
    right = eye - y[:, np.newaxis] * s[np.newaxis, :] * rho
    last = rho * s[:, np.newaxis] * s[np.newaxis, :]
    inverse[...] = np.dot(left, np.dot(inverse, right)) + last


def in_place(inverse: Array, s: Array, y: Array, rho: Any) -> None:
    """The update in n^2 operations; exactly symmetric if H is."""
    hy = np.dot(inverse, y)
    u = (rho * (1 + rho * np.dot(y, hy)) / 2) * s - rho * hy
    inverse += np.outer(u, s) + np.outer(s, u)
