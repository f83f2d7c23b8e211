"""SciPy's dcsrch as the declared order of More and Thuente's search, and walls beyond it."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.oracle.minimizer.searches.lines import Line

__all__ = ["Expected", "expected"]

_ENDS = {
    "CONVERGENCE": "FOUND", "WARNING: ROUNDING": "ROUNDING", "WARNING: XTOL": "WIDTH",
    "WARNING: STP = STPMAX": "LONGEST", "WARNING: STP = STPMIN": "SHORTEST",
}  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """What the search must do on a line.

    Attributes:
        steps: Its trials.
        reason: Name of the reason why it ends; empty if SciPy's ends with an error.
        step: The step that it returns.
    """

    steps: tuple[float, ...]
    reason: str
    step: float


def expected(
    line: Line, step: float, constants: tuple[float, float],
    limits: tuple[float, float, float], budget: int,
) -> Expected:
    """SciPy's dcsrch on a line; where the line is not finite, with the rule for walls.

    After a trial that is not finite the next lies a tenth of the way from the best step to it,
    and no later trial reaches it. Where overflow makes a cut that is no number, the middle of the
    bracket is tried.

    Args:
        line: The line.
        step: The first trial.
        constants: c1 and c2.
        limits: xtol, the shortest and the longest step.
        budget: How many trials there may be.
    """
    from scipy.optimize import _dcsrch

    (c1, c2), (xtol, low, high) = constants, limits
    search: Any = _dcsrch.DCSRCH(line.f, line.df, c1, c2, xtol, low, high)
    value0, slope0 = line.f(0.0), line.df(0.0)
    tilt, wall = c1 * slope0, math.nan
    trials: list[tuple[float, float]] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        *_, task = search._iterate(step, value0, slope0, b"START")
        for _ in range(budget):
            value, slope = line.f(step), line.df(step)
            trials.append((step, value))
            if math.isfinite(value) and math.isfinite(slope):
                try:
                    found, _, _, task = search._iterate(step, value, slope, task)
                except ZeroDivisionError:
                    return _unknown(trials)
                if task[:2] != b"FG":
                    return _end(trials, task.decode(), step)
                step = float(found) if np.isfinite(found) else _middle(search)
            else:
                wall = step
            if not (math.isnan(wall) or (step - wall) * (search.stx - wall) > 0):
                step = search.stx + 0.1 * (wall - search.stx)
                if not search.brackt:
                    search.stmin = step + 1.1 * (step - search.stx)
                    search.stmax = step + 4.0 * (step - search.stx)
    enough = [(f, t) for t, f in trials if math.isfinite(f) and math.isfinite(line.df(t))
              and f <= value0 + t * tilt and f < value0]  # fmt: skip
    best = min(enough, key=lambda pair: pair[0])[1] if enough else 0.0
    steps = tuple(t for t, _ in trials)
    return Expected(steps, "EVALUATIONS" if math.isnan(wall) else "WALL", best)


def _middle(search: Any) -> float:
    """The middle of the bracket, or its best end if it is too short to be cut."""
    step = min(max(search.stx + 0.5 * (search.sty - search.stx), search.stpmin), search.stpmax)
    outside = step <= search.stmin or step >= search.stmax
    short = search.stmax - search.stmin <= search.xtol * search.stmax
    return float(search.stx) if outside or short else float(step)


def _end(trials: Sequence[tuple[float, float]], task: str, step: float) -> Expected:
    reason = next(name for start, name in _ENDS.items() if task.startswith(start))
    return Expected(tuple(t for t, _ in trials), reason, step)


def _unknown(trials: Sequence[tuple[float, float]]) -> Expected:
    return Expected(tuple(t for t, _ in trials), "", math.nan)
