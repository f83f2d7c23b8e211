"""The order of trials that each line search declares, followed along the trials that one made.

Where a decision or a cut is left open by rounding, the search's own is taken.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.oracle.minimizer.balls import UNIT, Ball, exact
from refmath.oracle.minimizer.searches.conditions import flat, sufficient
from refmath.oracle.minimizer.searches.lines import Trial

__all__ = ["Broken", "End", "Setting", "follow_armijo", "follow_strong", "follow_weak"]


class Broken(Exception):
    """The search leaves its declared order; the message says where."""


@dataclass(frozen=True)
class Setting:
    """What a search is given.

    Attributes:
        value0, slope0: The function and its slope at 0.
        step, c1, c2: The first trial and the constants.
        options: Further ones, by their names.
    """

    value0: float
    slope0: float
    step: float
    c1: float
    c2: float
    options: dict[str, Any]


@dataclass(frozen=True)
class End:
    """What a search must return.

    Attributes:
        reason: Name of the reason.
        step: The step.
    """

    reason: str
    step: float


class _Walk:
    """The trials, taken one after the other."""

    def __init__(self, trials: Sequence[Trial], at: Setting) -> None:
        self._trials, self._at, self._place = trials, at, 0

    def next(self, *expected: float | Ball) -> Trial:
        """The next trial, which must be one of those expected."""
        if self._place == len(self._trials):
            raise Broken(f"ends after {self._place} trials, where it must go on")
        trial = self._trials[self._place]
        self._place += 1
        if not any(_is(trial.step, e) for e in expected):
            shown = " or ".join(str(e.mid if isinstance(e, Ball) else e) for e in expected)
            raise Broken(f"trial {self._place} is {trial.step!r}, where {shown} is declared")
        return trial

    def decreases(self, trial: Trial, below: float = math.inf) -> bool:
        """Whether a trial decreases enough and is below; the slope is asked for only then."""
        at = self._at
        enough: bool | None = False
        if math.isfinite(trial.value):
            enough = sufficient(trial.value, at.value0, at.slope0, trial.step, at.c1)
            if not trial.value < below:
                enough = False
        if enough is None:
            return trial.slope is not None
        if enough != (trial.slope is not None):
            said = "is not asked for" if enough else "is asked for, to no purpose,"
            raise Broken(f"the slope {said} at trial {self._place}")
        return enough

    def flat(self, trial: Trial, strong: bool) -> bool:
        """Whether the slope is small enough; in doubt, whether it ends there."""
        assert trial.slope is not None
        found = flat(trial.slope, self._at.slope0, self._at.c2, strong=strong)
        return self._place == len(self._trials) if found is None else found

    def end(self, reason: str, step: float) -> End:
        """The end, after which there must be no more trials."""
        if self._place < len(self._trials):
            raise Broken(f"goes on after trial {self._place}, where it must end")
        return End(reason, step)


def _is(step: float, expected: float | Ball) -> bool:
    if isinstance(expected, Ball):
        if not np.isfinite(expected.mid):
            return False
        return bool(abs(step - expected.mid) <= expected.rad)
    return step == expected


def follow_armijo(trials: Sequence[Trial], at: Setting) -> End:
    """``step``, ``shrink * step``, and so on, until one decreases enough: Algorithm 3.1.

    Raises:
        Broken: The search leaves that order.
    """
    walk, step = _Walk(trials, at), at.step
    for _ in range(at.options.get("max_evaluations", 60)):
        trial = walk.next(step)
        enough: bool | None = False
        if math.isfinite(trial.value):
            enough = sufficient(trial.value, at.value0, at.slope0, step, at.c1)
        if enough is None:
            enough = trial is trials[-1]
        if enough:
            return walk.end("FOUND", step)
        step *= at.options.get("shrink", 0.5)
        if not step:
            break
    return walk.end("EVALUATIONS", 0.0)


def follow_weak(trials: Sequence[Trial], at: Setting) -> End:
    """Twice the largest step that is too short, or the middle to the least that is too long.

    Raises:
        Broken: The search leaves that order (Lewis and Overton 2013, Algorithm 2.6).
    """
    walk, step = _Walk(trials, at), at.step
    short, long = [0.0], [math.inf]
    for _ in range(at.options.get("max_evaluations", 60)):
        trial = walk.next(step)
        if not walk.decreases(trial) or not math.isfinite(trial.slope or 0.0):
            long.append(step)
        elif walk.flat(trial, strong=False):
            return walk.end("FOUND", step)
        else:
            short.append(step)
        low, high = max(short), min(long)
        step = 2 * low if high == math.inf else low + (high - low) / 2
    return walk.end("EVALUATIONS", max(short))


def follow_strong(trials: Sequence[Trial], at: Setting) -> End:
    """Doubling, and cuts of the bracket: Nocedal and Wright 2006, Algorithms 3.5 and 3.6.

    Raises:
        Broken: The search leaves that order.
    """
    walk, limit = _Walk(trials, at), at.options.get("max_step", math.inf)
    last, step = Trial(0.0, at.value0, at.slope0), min(at.step, limit)
    for doublings in range(at.options.get("max_doublings", 10) + 1):
        new = walk.next(step)
        if not _goes_on(walk, new, last.value if doublings else math.inf):
            return _zoom(walk, last, new, at)
        if walk.flat(new, strong=True):
            return walk.end("FOUND", step)
        assert new.slope is not None
        if new.slope >= 0:
            return _zoom(walk, new, last, at)
        if step == limit:
            break
        last, step = new, min(2.0 * step, limit)
    return walk.end("LONGEST", new.step)


def _goes_on(walk: _Walk, new: Trial, below: float) -> bool:
    return walk.decreases(new, below) and math.isfinite(new.slope or 0.0)


def _zoom(walk: _Walk, low: Trial, high: Trial, at: Setting) -> End:
    third: Trial | None = None
    for _ in range(at.options.get("max_sections", 40)):
        new = walk.next(*_cuts(low, high, third))
        if not _goes_on(walk, new, low.value):
            third, high = high, new
            continue
        if walk.flat(new, strong=True):
            return walk.end("FOUND", new.step)
        assert new.slope is not None
        if new.slope * (high.step - low.step) >= 0:
            third, high = high, low
        else:
            third = low
        low = new
    return walk.end("EVALUATIONS", low.step)


@np.errstate(all="ignore")
def _cuts(low: Trial, high: Trial, third: Trial | None) -> list[Ball]:
    """Where the bracket may be cut: the cubic's minimum, the parabola's, or the middle.

    The first that keeps a fifth, then a tenth, of the bracket from both ends. There is more than
    one if rounding decides.
    """
    out = []
    for kept, cut in ((0.2, _cubic(low, high, third)), (0.1, _parabola(low, high))):
        inside = _inside(cut, low, high, kept)
        if inside is not False:
            out.append(cut)
        if inside:
            return out
    half = exact(low.step) + exact(0.5) * (exact(high.step) - exact(low.step))
    return [*out, half]


def _inside(cut: Ball, low: Trial, high: Trial, kept: float) -> bool | None:
    left, right = sorted((low.step, high.step))
    margin = exact(kept) * (exact(right) - exact(left))
    above, below = cut - (exact(left) + margin), (exact(right) - margin) - cut
    if above.mid > above.rad and below.mid > below.rad:
        return True
    if not np.isfinite(cut.mid) or above.mid < -above.rad or below.mid < -below.rad:
        return False
    return None


def _value(trial: Trial) -> Ball:
    return exact(trial.value if math.isfinite(trial.value) else math.inf)


def _parabola(low: Trial, high: Trial) -> Ball:
    b = exact(high.step) - exact(low.step)
    over = _value(high) - _value(low) - exact(low.slope) * b
    return exact(low.step) - exact(low.slope) / (exact(2.0) * (over / (b * b)))


def _cubic(low: Trial, high: Trial, third: Trial | None) -> Ball:
    if third is None:
        return exact(math.nan)
    slope = exact(low.slope)
    b, c = exact(high.step) - exact(low.step), exact(third.step) - exact(low.step)
    over_b = _value(high) - _value(low) - slope * b
    over_c = _value(third) - _value(low) - slope * c
    scale = (b * c) * (b * c) * (b - c)
    cube = (c * c * over_b - b * b * over_c) / scale
    square = (b * b * b * over_c - c * c * c * over_b) / scale
    root = _root(square * square - exact(3.0) * cube * slope)
    return exact(low.step) + (root - square) / (exact(3.0) * cube)


def _root(x: Ball) -> Ball:
    if x.mid < -x.rad:
        return exact(math.nan)
    mid = math.sqrt(max(float(x.mid), 0.0))
    low = max(float(x.mid - x.rad), 0.0)
    return Ball(np.float64(mid), x.rad / (mid + math.sqrt(low) or 1e-300) + 2 * UNIT * mid)
