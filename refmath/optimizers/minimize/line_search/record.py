"""What a line search gives, and the checks that all of them make first."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from refmath.errors import InvalidInput

__all__ = [
    "Function",
    "LineSearch",
    "Reason",
    "Trial",
    "check_constants",
    "check_count",
    "check_start",
]

Function: TypeAlias = Callable[[float], float]


class Trial(NamedTuple):
    """A step with the value and the slope there."""

    step: float
    value: float
    slope: float


class Reason(StrEnum):
    """Why a line search stopped."""

    FOUND = "the conditions hold"
    ROUNDING = "rounding errors prevent progress"
    WIDTH = "the bracket is shorter than xtol times its upper end"
    LONGEST = "the function still falls at the longest step allowed"
    SHORTEST = "the shortest step allowed is too long"
    EVALUATIONS = "the evaluations allowed are used up"
    WALL = "the evaluations allowed are used up beside a region without finite values"
    CONCAVE = "the curvature along the direction is not positive, so there is no minimum"


@dataclass(frozen=True, slots=True)
class LineSearch:
    """The end of a line search.

    Attributes:
        step: The step length. If nothing was found: the best step seen that decreases the
            function sufficiently, or 0.
        value: The function at `step`.
        slope: The derivative at `step`; None if the search had no use for it there.
        evaluations: How often the search asked for a value of the function.
        reason: Why it stopped.
    """

    step: float
    value: float
    slope: float | None
    evaluations: int
    reason: Reason

    @property
    def found(self) -> bool:
        """Whether the step satisfies all conditions of the search."""
        return self.reason is Reason.FOUND


def check_start(value0: float, slope0: float, step: float) -> None:
    """Refuse a start from which no line search can descend.

    Raises:
        InvalidInput: The value is not finite, the slope not negative, or the step not positive.
    """
    if not math.isfinite(value0):
        raise InvalidInput(f"value0={value0!r}: expected a finite value of the function at step 0")
    if not (math.isfinite(slope0) and slope0 < 0):
        raise InvalidInput(
            f"slope0={slope0!r}: expected a finite negative slope at step 0, else the direction "
            "does not descend; take the direction against the gradient"
        )
    if not (math.isfinite(step) and step > 0):
        raise InvalidInput(f"step={step!r}: expected a finite positive first step")


def check_constants(c1: float, c2: float) -> None:
    """Refuse constants for which the Wolfe conditions may contradict each other.

    Raises:
        InvalidInput: Not 0 < c1 < c2 < 1.
    """
    if not 0 < c1 < c2 < 1:
        raise InvalidInput(
            f"c1={c1!r}, c2={c2!r}: expected 0 < c1 < c2 < 1; usual are c1=1e-4, c2=0.9"
        )


def check_count(name: str, count: int, least: int = 1) -> None:
    """Refuse a number of trials that leaves nothing to try.

    Raises:
        InvalidInput: It is below the least.
    """
    if not count >= least:
        raise InvalidInput(f"{name}={count!r}: expected an integer of at least {least}")
