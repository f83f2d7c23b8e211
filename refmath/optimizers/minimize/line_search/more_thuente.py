"""The line search of More and Thuente for the strong Wolfe conditions."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from refmath.errors import InvalidInput

from .record import Function, LineSearch, Reason, Trial, check_constants, check_count, check_start

__all__ = ["more_thuente"]


def more_thuente(
    phi: Function,
    dphi: Function,
    value0: float,
    slope0: float,
    *,
    step: float = 1.0,
    c1: float = 1e-3,
    c2: float = 0.9,
    xtol: float = 0.1,
    min_step: float = 0.0,
    max_step: float = 1e10,
    max_evaluations: int = 20,
) -> LineSearch:
    """A step that satisfies the strong Wolfe conditions, by cubic and secant interpolation.

    The conditions are ``phi(a) <= value0 + c1 * a * slope0`` and ``|dphi(a)| <= c2 * |slope0|``.
    An interval is kept that, once it is bracketed, holds a step satisfying both. Trials, their
    order and their arithmetic are those of MINPACK-2's dcsrch and dcstep. Beyond it, a trial
    whose value or slope is not finite is a wall: the next trial lies a tenth of the way from the
    best step to it, and no later one reaches it. Where overflow makes a trial that is no number,
    the middle of the bracket is taken.

    Args:
        phi: The function along the direction; 0 is where the search starts.
        dphi: Its derivative.
        value0: ``phi(0)``.
        slope0: ``dphi(0)``, negative.
        step: The first trial, in [min_step, max_step].
        c1: The share of the linear decrease that is asked for.
        c2: The share of the slope that may be left; 0 < c1 < c2 < 1.
        xtol: The search gives up when the bracket is this short, relative to its upper end.
        min_step: The shortest step allowed.
        max_step: The longest step allowed.
        max_evaluations: How many trials there may be, at least 1.

    Returns:
        The end of the search. If nothing was found, the step is the one that decreased the
        function most among those that decreased it sufficiently, or 0, if the evaluations were
        used up, and else the last trial: the best step so far, or a limit.

    Raises:
        InvalidInput: An argument is outside its domain; so is a slope that is not negative.

    Source:
        More and Thuente 1994, ACM TOMS 20, 286-307; MINPACK-2, dcsrch and dcstep, 1993.
    """
    check_start(value0, slope0, step)
    check_constants(c1, c2)
    check_count("max_evaluations", max_evaluations)
    if not (0 <= min_step <= step <= max_step and xtol >= 0):
        raise InvalidInput(
            f"step={step!r}: expected 0 <= min_step={min_step!r} <= step <= max_step={max_step!r} "
            f"and xtol={xtol!r} at least 0"
        )
    limits = _Limits(c1 * slope0, -c2 * slope0, xtol, min_step, max_step)
    interval = _Interval(Trial(0.0, value0, slope0), step, limits)
    for count in range(1, max_evaluations + 1):
        new = Trial(step, phi(step), dphi(step))
        if math.isfinite(new.value) and math.isfinite(new.slope):
            reason = interval.verdict(new)
            if reason is not None:
                return LineSearch(*new, count, reason)
            step = interval.after(new)
        else:
            interval.wall = step
        step = interval.inside_wall(step)
    reason = Reason.EVALUATIONS if math.isnan(interval.wall) else Reason.WALL
    return LineSearch(*interval.best_decrease, max_evaluations, reason)


class _Limits(NamedTuple):
    tilt: float
    """The slope of the line below which the decrease is sufficient."""
    flat: float
    """The steepest slope that may be left."""
    xtol: float
    min_step: float
    max_step: float


@dataclass(slots=True)
class _Interval:
    """The interval of uncertainty between the best step so far and another end.

    Attributes:
        start: The trial at step 0.
        low, high: Within these the next trial lies, or beyond them a trial makes no sense.
        wall: A step where the function is not finite.
    """

    start: Trial
    first: float
    limits: _Limits
    best: Trial = field(init=False)
    other: Trial = field(init=False)
    best_decrease: Trial = field(init=False)
    bracketed: bool = False
    falling: bool = True
    low: float = 0.0
    high: float = field(init=False)
    width: float = field(init=False)
    old_width: float = field(init=False)
    wall: float = math.nan

    def __post_init__(self) -> None:
        self.best = self.other = self.best_decrease = self.start
        self.high = self.first + 4.0 * self.first
        self.width = self.limits.max_step - self.limits.min_step
        self.old_width = 2.0 * self.width

    def verdict(self, new: Trial) -> Reason | None:
        """Why the search ends at this trial; None if it does not."""
        at, limits = new.step, self.limits
        enough = new.value <= self.start.value + at * limits.tilt
        if enough and new.value < self.best_decrease.value:
            self.best_decrease = new
        if enough and new.slope >= 0:
            self.falling = False
        if enough and abs(new.slope) <= limits.flat:
            return Reason.FOUND
        if at == limits.min_step and (not enough or new.slope >= limits.tilt):
            return Reason.SHORTEST
        if at == limits.max_step and enough and new.slope <= limits.tilt:
            return Reason.LONGEST
        if self._too_short():
            return Reason.WIDTH
        return Reason.ROUNDING if self._exhausted(at) else None

    def _too_short(self) -> bool:
        return self.bracketed and self.high - self.low <= self.limits.xtol * self.high

    def _exhausted(self, step: float) -> bool:
        return self.bracketed and (step <= self.low or step >= self.high)

    def after(self, new: Trial) -> float:
        """Update the interval; the next trial."""
        tilt = self.limits.tilt
        best, other = self.best, self.other
        sufficient = new.value <= self.start.value + new.step * tilt
        modified = self.falling and new.value <= best.value and not sufficient
        if modified:  # while no trial decreases sufficiently, search the tilted function
            ends = _tilted(best, -tilt), _tilted(other, -tilt), _tilted(new, -tilt)
        else:
            ends = best, other, new
        step = _interpolated(*ends, self.bracketed, self.low, self.high)
        best, other, found = _narrowed(*ends)
        if modified:
            best, other = _tilted(best, tilt), _tilted(other, tilt)
        self.best, self.other, self.bracketed = best, other, self.bracketed or found
        return self._safeguarded(step)

    def _safeguarded(self, step: float) -> float:
        """The trial kept away from a slowly shrinking interval's ends and from the limits."""
        best, other, limits = self.best.step, self.other.step, self.limits
        if self.bracketed:
            middle = best + 0.5 * (other - best)
            if abs(other - best) >= 0.66 * self.old_width or not math.isfinite(step):
                step = middle
            self.old_width, self.width = self.width, abs(other - best)
            self.low, self.high = min(best, other), max(best, other)
        else:
            self._look_beyond(step)
        step = min(max(step, limits.min_step), limits.max_step)
        return best if self._exhausted(step) or self._too_short() else step

    def _look_beyond(self, step: float) -> None:
        best = self.best.step
        self.low, self.high = step + 1.1 * (step - best), step + 4.0 * (step - best)

    def inside_wall(self, step: float) -> float:
        """The trial, brought back if it is not on the side of the wall where the best step is.

        No wall is NaN, and no trial is on another side of that.
        """
        best, wall = self.best.step, self.wall
        if step != wall and (step < wall) == (best < wall):
            return step
        step = best + 0.1 * (wall - best)
        if not self.bracketed:
            self._look_beyond(step)
        return step


def _tilted(trial: Trial, by: float) -> Trial:
    """The same point of the function plus `by` times the step."""
    return Trial(trial.step, trial.value + trial.step * by, trial.slope + by)


def _divided(a: float, b: float) -> float:
    return a / b if b else math.nan


def _interpolated(
    best: Trial, other: Trial, new: Trial, bracketed: bool, low: float, high: float
) -> float:
    """The next trial: the four cases of dcstep, section 4 of the paper."""
    ahead = new.step > best.step
    if new.value > best.value:  # case 1
        cubic = _cubic(best, new, best, new)
        chord = _divided(best.value - new.value, new.step - best.step) + best.slope
        quadratic = best.step + _divided(best.slope, chord) / 2.0 * (new.step - best.step)
        if abs(cubic - best.step) <= abs(quadratic - best.step):
            return cubic
        return cubic + (quadratic - cubic) / 2.0
    if _opposed(best, new):  # case 2
        cubic, secant = _cubic(best, new, new, best), _secant(best, new)
        return cubic if abs(cubic - new.step) > abs(secant - new.step) else secant
    if abs(new.slope) < abs(best.slope):  # case 3
        cubic, secant = _falling_cubic(best, new, high if ahead else low), _secant(best, new)
        if not bracketed:
            farther = cubic if abs(cubic - new.step) > abs(secant - new.step) else secant
            return min(max(farther, low), high)
        closer = cubic if abs(cubic - new.step) < abs(secant - new.step) else secant
        share = new.step + 0.66 * (other.step - new.step)
        return min(share, closer) if ahead else max(share, closer)
    if bracketed:  # case 4
        return _cubic(other, new, new, other)
    return high if ahead else low


def _narrowed(best: Trial, other: Trial, new: Trial) -> tuple[Trial, Trial, bool]:
    """The updated ends, and whether they now bracket a minimum."""
    if new.value > best.value:
        return best, new, True
    return (new, best, True) if _opposed(best, new) else (new, other, False)


def _opposed(a: Trial, b: Trial) -> bool:
    return (a.slope < 0 < b.slope) or (b.slope < 0 < a.slope)


def _secant(best: Trial, new: Trial) -> float:
    share = _divided(new.slope, new.slope - best.slope)
    return new.step + share * (best.step - new.step)


def _root(anchor: Trial, new: Trial, floor: float = math.nan) -> tuple[float, float]:
    """Two terms of the minimum of the cubic through two trials; `floor` bounds the radicand."""
    rise = _divided(3.0 * (anchor.value - new.value), new.step - anchor.step)
    theta = rise + anchor.slope + new.slope
    scale = max(abs(theta), abs(anchor.slope), abs(new.slope))
    ratio = _divided(theta, scale)
    radicand = ratio * ratio - _divided(anchor.slope, scale) * _divided(new.slope, scale)
    if not radicand >= 0:
        radicand = floor
    return theta, scale * math.sqrt(radicand)


def _cubic(anchor: Trial, new: Trial, origin: Trial, target: Trial) -> float:
    """The minimum of the cubic through two trials, as a step from `origin`."""
    theta, gamma = _root(anchor, new)
    gamma = gamma if target.step > origin.step else -gamma
    p = (gamma - origin.slope) + theta
    q = ((gamma - origin.slope) + gamma) + target.slope
    return origin.step + _divided(p, q) * (target.step - origin.step)


def _falling_cubic(best: Trial, new: Trial, end: float) -> float:
    """The minimum of the cubic if it lies beyond the new trial, else `end`."""
    theta, gamma = _root(best, new, floor=0.0)
    gamma = gamma if best.step > new.step else -gamma
    p = (gamma - new.slope) + theta
    q = (gamma + (best.slope - new.slope)) + gamma
    r = _divided(p, q)
    return new.step + r * (best.step - new.step) if r < 0 and gamma != 0 else end
