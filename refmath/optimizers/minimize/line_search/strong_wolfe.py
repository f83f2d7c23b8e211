"""Bracketing and zooming for the strong Wolfe conditions."""

import math
from dataclasses import dataclass

from refmath.errors import InvalidInput

from .record import (
    Function,
    LineSearch,
    Reason,
    Trial,
    check_constants,
    check_count,
    check_start,
)

__all__ = ["strong_wolfe"]


def strong_wolfe(
    phi: Function,
    dphi: Function,
    value0: float,
    slope0: float,
    *,
    step: float = 1.0,
    c1: float = 1e-4,
    c2: float = 0.9,
    max_step: float = math.inf,
    max_doublings: int = 10,
    max_sections: int = 40,
) -> LineSearch:
    """A step that satisfies the strong Wolfe conditions, by doubling and then sectioning.

    The conditions are ``phi(a) <= value0 + c1 * a * slope0`` and ``|dphi(a)| <= c2 * |slope0|``.
    The step is doubled until it and the one before bracket a step that satisfies them; the
    bracket is then cut at the minimum of a cubic, a quadratic, or in the middle. The lower end
    of the bracket, in value, may be its right end in step. Constants and arithmetic are SciPy's,
    but for the distance that is kept from the ends, a share of the bracket's length: SciPy takes
    it negative where the lower end is to the right. A trial that is not finite is too long.

    Args:
        phi: The function along the direction; 0 is where the search starts.
        dphi: Its derivative; asked for where the first condition holds only.
        value0: ``phi(0)``.
        slope0: ``dphi(0)``, negative.
        step: The first trial; max_step if that is shorter.
        c1: The share of the linear decrease that is asked for.
        c2: The share of the slope that may be left; 0 < c1 < c2 < 1.
        max_step: The longest step allowed, positive.
        max_doublings: How often the step may be doubled, at least 0.
        max_sections: How often the bracket may be cut, at least 1.

    Returns:
        The end of the search. If nothing was found, the step decreases sufficiently or is 0.

    Raises:
        InvalidInput: An argument is outside its domain; so is a slope that is not negative.

    Source:
        Nocedal and Wright 2006, Algorithms 3.5 and 3.6, section 3.5.
    """
    check_start(value0, slope0, step)
    check_constants(c1, c2)
    check_count("max_doublings", max_doublings, 0)
    check_count("max_sections", max_sections)
    if not max_step > 0:
        raise InvalidInput(f"max_step={max_step!r}: expected a positive number, or infinity")
    value0, slope0 = float(value0), float(slope0)
    line = _Line(phi, dphi, value0, slope0, c1, c2)
    last, step = Trial(0.0, value0, slope0), min(step, max_step)
    for doublings in range(max_doublings + 1):
        new = line.trial(step, below=last.value if doublings else math.inf)
        if _fails(new):
            return line.zoom(last, new, max_sections)
        if line.flat(new):
            return line.end(new, Reason.FOUND)
        if new.slope >= 0:
            return line.zoom(new, last, max_sections)
        if step == max_step:
            break
        last, step = new, min(2.0 * step, max_step)
    return line.end(new, Reason.LONGEST)


@dataclass(slots=True)
class _Line:
    """The function along the direction, the conditions, and the count of evaluations."""

    phi: Function
    dphi: Function
    value0: float
    slope0: float
    c1: float
    c2: float
    count: int = 0

    def trial(self, step: float, below: float) -> Trial:
        """The trial; its slope is NaN if it is not `below` or decreases too little."""
        self.count += 1
        value, slope = float(self.phi(step)), math.nan
        if not math.isfinite(value):
            return Trial(step, math.inf, math.nan)
        if value <= self.value0 + self.c1 * step * self.slope0 and value < below:
            slope = float(self.dphi(step))
        return Trial(step, value, slope if math.isfinite(slope) else math.nan)

    def flat(self, trial: Trial) -> bool:
        return abs(trial.slope) <= -self.c2 * self.slope0

    def end(self, trial: Trial, reason: Reason) -> LineSearch:
        return LineSearch(*trial, self.count, reason)

    def zoom(self, low: Trial, high: Trial, max_sections: int) -> LineSearch:
        """Cut the bracket between `low`, the best trial, and `high`: Algorithm 3.6."""
        third = None
        for _ in range(max_sections):
            new = self.trial(_section(low, high, third), below=low.value)
            if _fails(new):
                third, high = high, new
                continue
            if self.flat(new):
                return self.end(new, Reason.FOUND)
            if new.slope * (high.step - low.step) >= 0:
                third, high = high, low
            else:
                third = low
            low = new
        return self.end(low, Reason.EVALUATIONS)


def _fails(trial: Trial) -> bool:
    return math.isnan(trial.slope)


def _section(low: Trial, high: Trial, third: Trial | None) -> float:
    """A step inside the bracket, by interpolation if that keeps its distance from the ends."""
    left, right = sorted((low.step, high.step))
    length = right - left
    if third is not None:
        step = _cubic(low, high, third)
        if left + 0.2 * length <= step <= right - 0.2 * length:
            return step
    step = _quadratic(low, high)
    if left + 0.1 * length <= step <= right - 0.1 * length:
        return step
    return low.step + 0.5 * (high.step - low.step)


def _cubic(low: Trial, high: Trial, third: Trial) -> float:
    """The minimum of the cubic through three values and the slope at `low`; NaN if it has none."""
    b, c = high.step - low.step, third.step - low.step
    over_b, over_c = high.value - low.value - low.slope * b, third.value - low.value - low.slope * c
    try:
        scale = (b * c) ** 2 * (b - c)
        cube = (c**2 * over_b - b**2 * over_c) / scale
        square = (-(c**3) * over_b + b**3 * over_c) / scale
        root = math.sqrt(square * square - 3 * cube * low.slope)
        return low.step + (-square + root) / (3 * cube)
    except (ArithmeticError, ValueError):
        return math.nan


def _quadratic(low: Trial, high: Trial) -> float:
    """The minimum of the parabola through two values and the slope at `low`; NaN if none."""
    b = high.step - low.step
    try:
        square = (high.value - low.value - low.slope * b) / (b * b)
        return low.step - low.slope / (2.0 * square)
    except ArithmeticError:
        return math.nan
