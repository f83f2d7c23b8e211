"""Bisection for the weak Wolfe conditions."""

import math

from .record import (
    Function,
    LineSearch,
    Reason,
    Trial,
    check_constants,
    check_count,
    check_start,
)

__all__ = ["weak_wolfe"]


def weak_wolfe(
    phi: Function,
    dphi: Function,
    value0: float,
    slope0: float,
    *,
    step: float = 1.0,
    c1: float = 1e-4,
    c2: float = 0.9,
    max_evaluations: int = 60,
) -> LineSearch:
    """A step that decreases sufficiently and is not too short, by doubling and bisection.

    The conditions are ``phi(a) <= value0 + c1 * a * slope0`` and ``dphi(a) >= c2 * slope0``. A
    step that fails the first is an upper bound, one that fails the second a lower bound; the
    next trial is twice the lower bound, or the middle once there is an upper one. It needs no
    smoothness, only that the function is bounded below. A trial whose value or slope is not
    finite is an upper bound.

    Args:
        phi: The function along the direction; 0 is where the search starts.
        dphi: Its derivative; asked for where the first condition holds only.
        value0: ``phi(0)``.
        slope0: ``dphi(0)``, negative.
        step: The first trial, positive.
        c1: The share of the linear decrease that is asked for.
        c2: The share of the slope that may be left; 0 < c1 < c2 < 1.
        max_evaluations: How many trials there may be, at least 1.

    Raises:
        InvalidInput: An argument is outside its domain; so is a slope that is not negative.

    Source:
        Lewis and Overton 2013, Algorithm 2.6; Nocedal and Wright 2006, equation 3.6.
    """
    check_start(value0, slope0, step)
    check_constants(c1, c2)
    check_count("max_evaluations", max_evaluations)
    low, high = Trial(0.0, value0, slope0), math.inf
    for trial in range(max_evaluations):
        value, slope = phi(step), math.nan
        if math.isfinite(value) and value <= value0 + step * (c1 * slope0):
            slope = dphi(step)
        if not math.isfinite(slope):
            high = step
        elif slope < c2 * slope0:
            low = Trial(step, value, slope)
        else:
            return LineSearch(step, value, slope, trial + 1, Reason.FOUND)
        step = 2 * low.step if high == math.inf else low.step + (high - low.step) / 2
    return LineSearch(*low, max_evaluations, Reason.EVALUATIONS)
