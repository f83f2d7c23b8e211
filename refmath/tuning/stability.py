"""When momentum converges on a quadratic, and how fast.

Along an eigenvector with eigenvalue h of the Hessian an update is a linear recurrence of second
order, z^2 - p z + q. It converges from every start if and only if both roots lie inside the unit
circle.
"""

from typing import Any

import numpy as np

from refmath.errors import UnknownName

__all__ = ["METHODS", "coefficients", "factor", "jury", "stable"]

METHODS = ("momentum", "nesterov")
"""Heavy ball and Nesterov's method; gradient descent is either with momentum 0."""


def coefficients(method: str, lr: Any, momentum: Any, curvature: Any) -> tuple[Any, Any]:
    """The numbers p and q of the characteristic polynomial z^2 - p z + q.

    Args:
        method: ``momentum``: theta + momentum (theta - theta_before) - lr g. ``nesterov``: the
            same with g where the velocity alone leads.
        lr: The learning rate; numbers of any type, or arrays, as all that follow.
        momentum: The share of the velocity kept.
        curvature: The eigenvalue h.

    Raises:
        UnknownName: Another method.

    Source:
        Polyak 1964; Lessard, Recht and Packard 2016, section 2.2.
    """
    if method not in METHODS:
        raise UnknownName("method with momentum", method, list(METHODS))
    left = 1 - lr * curvature
    if method == "momentum":
        return momentum + left, momentum
    return (1 + momentum) * left, momentum * left


def jury(method: str, lr: Any, momentum: Any, curvature: Any) -> tuple[Any, Any, Any, Any]:
    """Four numbers that are all positive if and only if the method converges from every start.

    They are the polynomial at 1 and, at -1, and 1 - q and 1 + q: exact for exact numbers.

    Source:
        Jury 1962, A Simplified Stability Criterion for Linear Discrete Systems.
    """
    p, q = coefficients(method, lr, momentum, curvature)
    return 1 - p + q, 1 + p + q, 1 - q, 1 + q


def stable(method: str, lr: Any, momentum: Any, curvature: Any) -> Any:
    """Whether the method converges from every start; an array for arrays."""
    found: Any = True
    for number in jury(method, lr, momentum, curvature):
        found = found & (number > 0)
    return found


def factor(method: str, lr: Any, momentum: Any, curvature: Any) -> Any:
    """The factor by which the distance shrinks a step in the long run: the larger root's modulus.

    Arguments are those of ``coefficients``, as doubles. It is below 1 where the method converges.
    """
    p, q = (np.asarray(x, np.float64) for x in coefficients(method, lr, momentum, curvature))
    inside = p * p - 4 * q
    real = (np.abs(p) + np.sqrt(np.maximum(inside, 0))) / 2
    return np.where(inside < 0, np.sqrt(np.maximum(q, 0)), real)[()]
