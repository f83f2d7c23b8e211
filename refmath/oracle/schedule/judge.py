"""Judging rates: is each inside one of its certified balls?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import arb

from refmath.emit.enclosure import working_precision
from refmath.emit.schedule.cases import ScheduleCase
from refmath.emit.schedule.enclosure import enclose, rounding
from refmath.emit.schedule.recursive import recursive
from refmath.oracle.judge import Deviation
from refmath.oracle.schedule.subject import Answer
from refmath.schedule import Resolved

__all__ = ["Judged", "judge"]

_ROUNDINGS = 8
"""Roundings of one step of a recursion that the declaration does not have."""


@dataclass
class Judged:
    """The outcome of one run.

    Attributes:
        worst: The largest distance from the middle of a ball, in radii, of what lies inside.
        deviation: The first rate outside, or None.
        unbounded: How many rates have an unbounded ball.
    """

    worst: float = 0.0
    deviation: Deviation | None = None
    unbounded: int = 0


class _Frozen:
    """A case by its identity, so that its balls are computed once."""

    def __init__(self, case: ScheduleCase) -> None:
        self.case = case

    def __hash__(self) -> int:
        return hash((self.case.steps, self.case.metrics, tuple(self.case.values.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and (
            (self.case.steps, self.case.metrics, dict(self.case.values))
            == (other.case.steps, other.case.metrics, dict(other.case.values))
        )


@lru_cache(maxsize=2048)
def _balls(form: Resolved, frozen: _Frozen, dtype: str, stepped: bool) -> dict[int, list[Any]]:
    """By t the balls that a rate may lie in."""
    case = frozen.case
    if form.formula is None:
        balls = recursive(form, case.values, len(case.metrics) or max(case.steps) + 1, dtype,
                          case.metrics)
        return {i: [b] for i, b in enumerate(balls)}
    found = dict(zip(case.steps, enclose(form, case.values, case.steps, dtype), strict=True))
    if form.recursion is not None:
        balls = recursive(form, case.values, max(case.steps) + 1, dtype)
        return {t: [*own, balls[t]] for t, own in found.items()}
    if stepped:
        with working_precision():
            u = rounding(dtype).u
            return {t: [b + arb(0, 1) * u * _ROUNDINGS * t * b.abs_upper() for b in own]
                    for t, own in found.items()}
    return found


def judge(
    form: Resolved, case: ScheduleCase, answer: Answer, level: str, stepped: bool = False
) -> Judged:
    """Hold rates against a form, up to the first deviation.

    Args:
        form: What should have been computed.
        case: The inputs.
        answer: The rates.
        level: The format whose rounding is modelled.
        stepped: Whether every rate is computed from its predecessor.
    """
    balls = _balls(form, _Frozen(case), level, stepped)
    found = Judged()
    with working_precision():
        for t, rate in zip(answer.steps, answer.rates, strict=True):
            _one(found, balls[t], t, rate)
            if found.deviation is not None:
                return found
    return found


def _one(found: Judged, balls: Sequence[Any], t: int, rate: float) -> None:
    finite = [b for b in balls if b.is_finite()]
    if len(finite) < len(balls) and not any(b.contains(arb(rate)) for b in finite):
        found.unbounded += 1
        return
    if rate == rate:
        uses = [_use(b, rate) for b in finite if b.contains(arb(rate))]
        if uses:
            found.worst = max(found.worst, min(uses))
            return
    nearest = min(finite, key=lambda b: _use(b, rate))
    found.deviation = Deviation(
        t, 0, (), "rate", rate, float(nearest.lower()), float(nearest.upper()),
        _use(nearest, rate) if rate == rate else float("inf"),
    )


def _use(ball: Any, rate: float) -> float:
    radius = float(ball.rad())
    gap = abs(float(arb(rate) - ball.mid()))
    return 0.0 if gap == 0 else gap / radius if radius else float("inf")
