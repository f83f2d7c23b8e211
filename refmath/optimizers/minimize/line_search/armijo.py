"""Backtracking until the function has decreased sufficiently."""

import math

from refmath.errors import InvalidInput

from .record import Function, LineSearch, Reason, check_count, check_start

__all__ = ["armijo"]


def armijo(
    phi: Function,
    value0: float,
    slope0: float,
    *,
    step: float = 1.0,
    c1: float = 1e-4,
    shrink: float = 0.5,
    max_evaluations: int = 60,
) -> LineSearch:
    """The first of `step`, `shrink * step`, ... that decreases the function sufficiently.

    The condition is ``phi(a) <= value0 + c1 * a * slope0``. A trial that is not finite fails it.

    Args:
        phi: The function along the direction; 0 is where the search starts.
        value0: ``phi(0)``.
        slope0: Its derivative at 0, negative.
        step: The first trial, positive.
        c1: The share of the linear decrease that is asked for, in (0, 1).
        shrink: The factor from one trial to the next, in (0, 1).
        max_evaluations: How many trials there may be, at least 1.

    Raises:
        InvalidInput: An argument is outside its domain; so is a slope that is not negative.

    Source:
        Armijo 1966; Nocedal and Wright 2006, Algorithm 3.1.
    """
    check_start(value0, slope0, step)
    if not (0 < c1 < 1 and 0 < shrink < 1):
        raise InvalidInput(f"c1={c1!r}, shrink={shrink!r}: expected both in (0, 1)")
    check_count("max_evaluations", max_evaluations)
    for trial in range(max_evaluations):
        value = phi(step)
        if math.isfinite(value) and value <= value0 + step * (c1 * slope0):
            return LineSearch(step, value, None, trial + 1, Reason.FOUND)
        step *= shrink
        if not step:
            break
    return LineSearch(0.0, value0, slope0, trial + 1, Reason.EVALUATIONS)
