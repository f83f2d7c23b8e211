"""Cases for a schedule: hyperparameters from their domains, and the updates that matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from refmath.emit.schedule.enclosure import Evaluator, rounding
from refmath.errors import InvalidInput
from refmath.formats import FORMATS
from refmath.schedule import Count, Listed, Resolved, Schedule

__all__ = ["ScheduleCase", "admissible", "draw"]

_TRIES = 400
_MOST = 72
_BEYOND = 4
_EDGES = 0.12
_METRICS = 40
_RATES = ("0.1", "1", "0.003", "3.7", "0.5")


@dataclass(frozen=True)
class ScheduleCase:
    """Hyperparameters, and what a schedule is asked.

    Attributes:
        dtype: The format.
        values: By key an exact value that the format holds, or a tuple of them.
        steps: The values of t, ascending; empty where metrics are shown.
        metrics: The metrics that are shown, one after another.
        restore: The state is saved and restored before this place of ``steps`` or ``metrics``.
        place: The position of a framework's switch.
    """

    dtype: str
    values: Mapping[str, Any]
    steps: tuple[int, ...] = ()
    metrics: tuple[Fraction, ...] = ()
    restore: int | None = None
    place: str = ""
    again: tuple[int, ...] = ()

    @property
    def inputs(self) -> Any:
        """What a kernel takes: t, or metrics."""
        return np.array([float(m) for m in self.metrics] if self.metrics else self.steps, float)

    @property
    def floats(self) -> dict[str, Any]:
        """The hyperparameters as floats, lists as lists."""
        return {k: _plain(v) for k, v in self.values.items()}

    def arguments(self, form: Resolved, whole: tuple[str, ...] = ()) -> dict[str, Any]:
        """The hyperparameters as a caller gives them: whole ones as int."""
        out = self.floats
        for symbol in form.hypers:
            key = symbol.key
            if isinstance(symbol, Count) or key in whole:
                out[key] = int(out[key])
            elif isinstance(symbol, Listed) and symbol.whole:
                out[key] = [int(x) for x in out[key]]
        return out


def _plain(value: Any) -> Any:
    return [float(v) for v in value] if isinstance(value, tuple) else float(value)


def draw(
    schedule: Schedule,
    rng: np.random.Generator,
    dtype: str,
    *,
    fixed: Mapping[str, Any] | None = None,
    domains: Mapping[str, Any] | None = None,
    requires: tuple[Any, ...] = (),
    whole: tuple[str, ...] = (),
    until: Any = None,
) -> ScheduleCase:
    """A case.

    Args:
        schedule: The form.
        rng: The source of chance.
        dtype: The format that holds the hyperparameters.
        fixed: Hyperparameters that are not free, exact.
        domains: Narrower intervals, by key.
        requires: What must hold between hyperparameters, besides what the schedule requires.
        whole: Hyperparameters that are whole numbers here.
        until: The last t that may be asked for, an expression.

    Raises:
        InvalidInput: What is fixed contradicts what must hold.
    """
    form = schedule.resolved
    for _ in range(_TRIES):
        values = _values(form, rng, dtype, fixed or {}, domains or {}, whole)
        if admissible(values, (*schedule.requires, *requires)):
            break
    else:
        raise InvalidInput(
            f"{schedule.name}: no hyperparameters were found with "
            f"{', '.join(map(str, (*schedule.requires, *requires)))} and {dict(fixed or {})}; "
            "fix fewer of them"
        )
    if schedule.reacts:
        return ScheduleCase(dtype, values, metrics=_metrics(rng, dtype, values, schedule),
                            restore=int(rng.integers(1, _METRICS)))
    last = None if until is None else int(_number(until, values))
    steps = _steps(values, last)
    again = tuple(int(x) for x in rng.permutation(len(steps))[:6])
    return ScheduleCase(dtype, values, steps, restore=int(rng.integers(1, max(2, len(steps)))),
                        again=again)


def admissible(values: Mapping[str, Any], requires: tuple[Any, ...]) -> bool:
    """Whether hyperparameters are what they must be to each other."""
    return all(_holds(c, values) for c in requires)


def _holds(cond: Any, values: Mapping[str, Any]) -> bool:
    if not {h.key for h in cond.free_symbols} <= set(values):
        return True
    return Evaluator(rounding(None), values, 0).holds(cond)


def _number(expr: Any, values: Mapping[str, Any]) -> Fraction:
    found = Evaluator(rounding(None), values, 0)(expr)
    assert found.exact is not None
    return found.exact


def _values(
    form: Resolved, rng: np.random.Generator, dtype: str, fixed: Mapping[str, Any],
    domains: Mapping[str, Any], whole: tuple[str, ...],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    size = int(rng.choice([3, 8, 25]))
    for symbol in form.hypers:
        domain = domains.get(symbol.key, symbol.domain)
        if symbol.key in fixed:
            values[symbol.key] = fixed[symbol.key]
        elif isinstance(symbol, Count) or symbol.key in whole:
            values[symbol.key] = _count(rng, domain, size)
        elif not isinstance(symbol, Listed):
            values[symbol.key] = _held(_real(rng, symbol, domain), dtype)
    marks = None
    for symbol in form.hypers:
        if isinstance(symbol, Listed) and symbol.whole and symbol.key not in fixed:
            marks = _marks(rng, size, symbol.key in domains)
            values[symbol.key] = marks
    marks = values.get("milestones", marks)
    for symbol in form.hypers:
        if isinstance(symbol, Listed) and not symbol.whole and symbol.key not in fixed:
            more = len(marks or ()) + (symbol.longer_than is not None)
            values[symbol.key] = tuple(
                _held(Fraction(str(round(float(rng.uniform(0.05, 1)), 3))), dtype)
                for _ in range(more)
            )
    return values


def _count(rng: np.random.Generator, domain: Any, size: int) -> Fraction:
    low = int(domain.low if domain.low is not None else 0)
    if rng.random() < _EDGES:
        return Fraction(low)
    high = low + size if domain.high is None else int(domain.high)
    return Fraction(int(rng.integers(low, min(high, low + size) + 1)))


def _real(rng: np.random.Generator, symbol: Any, domain: Any) -> Fraction:
    if rng.random() < _EDGES and domain.edges:
        return Fraction(rng.choice([float(e) for e in domain.edges]))
    if symbol.key in ("lr", "max_lr", "end", "start", "min_lr") and domain.high is None:
        rate = Fraction(str(rng.choice(_RATES)))
        part = Fraction(int(rng.integers(1, 9)), 50)
        return rate if symbol.key in ("lr", "max_lr") else rate * part
    if domain.low is not None and domain.high is not None:
        part = Fraction(int(rng.integers(2, 99)), 100)
        between: Fraction = domain.low + (domain.high - domain.low) * part
        return between
    scale = symbol.default or Fraction(1)
    low = domain.low or Fraction(0)
    factor = Fraction(str(rng.choice(["0.5", "0.8", "1", "1.5", "2", "3"])))
    return max(Fraction(scale) * factor, low if not domain.low_open else Fraction(1, 100))


def _held(value: Fraction, dtype: str) -> Fraction:
    """The value that the format holds."""
    return Fraction(float(FORMATS[dtype].round(np.float64(float(value)))))


def _marks(rng: np.random.Generator, size: int, distinct: bool) -> tuple[Fraction, ...]:
    """Milestones, sometimes repeated."""
    several = int(rng.integers(1, 4))
    drawn = rng.choice(np.arange(1, 3 * size + 2), several, replace=not distinct)
    return tuple(Fraction(int(x)) for x in sorted(drawn))


def _steps(values: Mapping[str, Any], last: int | None) -> tuple[int, ...]:
    """Every t up to beyond three times the sum of all counts; of many, those that matter."""
    marks = [int(x) for v in values.values() for x in (v if isinstance(v, tuple) else (v,))
             if x.denominator == 1 and x < 10**6]
    reach = 3 * sum(marks) + max(marks, default=0) + _BEYOND if marks else _MOST // 2
    end = reach if last is None else min(reach, last)
    if end < _MOST:
        return tuple(range(end + 1))
    sums = {0, *marks, *(a + b for a in marks for b in marks), *(2 * a for a in marks)}
    chosen = {m + d for m in sums for d in (-2, -1, 0, 1, 2)} | set(range(4)) | {end}
    kept = sorted(c for c in chosen if 0 <= c <= end)
    return tuple(kept[:: max(1, len(kept) // (2 * _MOST))] if len(kept) > 2 * _MOST else kept)


def _metrics(
    rng: np.random.Generator, dtype: str, values: Mapping[str, Any], schedule: Schedule
) -> tuple[Fraction, ...]:
    """Metrics that fall, stall and rise; near no threshold by less than a part in a thousand."""
    scale = Fraction(str(rng.choice(["1", "-1", "10", "0.01"])))
    level, out = Fraction(int(rng.integers(200, 400)), 100), []
    up = schedule.setting("mode") == "max"
    for _ in range(_METRICS):
        kind = rng.random()
        if kind < 0.3:
            level += Fraction(int(rng.integers(-60, -4)), 100) * (-1 if up else 1)
        elif kind < 0.45:
            level += Fraction(int(rng.integers(1, 50)), 100) * (-1 if up else 1)
        elif kind < 0.55:
            small = Fraction(str(values.get("threshold", Fraction(0)))) * Fraction(1, 2)
            level += small * (-1 if not up else 1)
        out.append(_held(scale * level, dtype))
    return tuple(out)


