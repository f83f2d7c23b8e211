"""The minimum of a quadratic along a direction."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .record import LineSearch, Reason, check_start

__all__ = ["exact"]

Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[Any]]


def exact(
    value0: float,
    gradient: Vector,
    direction: Vector,
    hessian_product: Callable[[Vector], Vector],
) -> LineSearch:
    """The minimum along a direction of a quadratic, from one product with its Hessian.

    The step is ``-(g'd) / (d'Hd)``; for steepest descent, d = -g, that is ``g'g / (g'Hg)``. For
    a function that is not quadratic it is the minimum of the local quadratic model, and so is
    the value, ``value0 + step * g'd / 2``.

    Args:
        value0: The function at the start.
        gradient: The gradient g there.
        direction: The direction d, with g'd < 0.
        hessian_product: From a vector v the product Hv.

    Returns:
        The step, with a slope of 0 and no evaluations; where d'Hd is not positive the step 0.

    Raises:
        InvalidInput: The direction does not descend, or the value is not finite.

    Source:
        Nocedal and Wright 2006, equation 3.26 and exercise 3.3; Cauchy 1847.
    """
    slope: Any = np.dot(gradient, direction)
    check_start(value0, slope, 1.0)
    curvature: Any = np.dot(direction, hessian_product(direction))
    if not curvature > 0:
        return LineSearch(0.0, value0, slope, 0, Reason.CONCAVE)
    step = -slope / curvature
    return LineSearch(step, value0 + step * slope / 2, 0.0, 0, Reason.FOUND)
