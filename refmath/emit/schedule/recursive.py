"""Certified enclosures of a recursion: the rate by its predecessor, or by metrics."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from refmath.emit.enclosure import working_precision
from refmath.emit.schedule.enclosure import Evaluator, Fork, Num, Rounding, both_ends, rounding
from refmath.schedule import Resolved, metric, t

__all__ = ["recursive"]

_MOST_PATHS = 16


def recursive(
    form: Resolved, values: Mapping[str, Any], count: int, dtype: str | None,
    metrics: Sequence[Fraction] = (),
) -> list[Any]:
    """The balls of the rate by the recursion, for t below ``count`` or for every metric.

    Where rounding can decide a condition either way, both answers are followed for that step; if
    they lead to different counts, the balls from there on are unbounded.
    """
    recursion = form.recursion
    assert recursion is not None
    with working_precision():
        model = rounding(dtype)
        start = Evaluator(model, values, 0)
        kept = {q: start(q.start) for q in recursion.states}
        eta = next(q for q in recursion.states if q.name == "eta")
        size = both_ends(form, values)
        out: list[Any] = []
        for step in range(len(metrics) if metrics else count):
            if metrics or step > 0:
                env: dict[Any, Any] = {q[t - 1]: v for q, v in kept.items()}
                if metrics:
                    env[metric] = Num(arb(metrics[step].numerator) / metrics[step].denominator)
                ends = list(_steps(recursion.steps, model, values, step, env))
                merged = {q: _merged([e[q[t]] for e in ends]) for q in kept}
                kept = {q: v for q, v in merged.items() if v is not None}
                if len(kept) < len(merged):
                    return out + [arb("nan")] * ((len(metrics) or count) - step)
            out.append(kept[eta].ball + arb(0, 1) * model.u * 2 * size)
        return out


def _steps(
    steps: Any, model: Rounding, values: Mapping[str, Any], step: int, env: Mapping[Any, Any]
) -> Iterator[dict[Any, Num]]:
    """What one step of a recursion leads to, for every way that rounding may decide."""
    waiting: list[dict[Any, Any]] = [{}]
    for _ in range(_MOST_PATHS):
        if not waiting:
            return
        path, after = waiting.pop(), dict(env)
        try:
            for target, expr in steps:
                after[target] = Evaluator(model, values, step, after, path)(expr)
        except Fork as fork:
            waiting += [{**path, fork.key: o} for o in fork.options]
        else:
            yield after


def _merged(ends: list[Num]) -> Num | None:
    """The hull of what a state may be; None where counts differ."""
    first = ends[0] if ends else None
    if first is None or any(e.exact != first.exact for e in ends):
        return None
    ball, mag = first.ball, first.mag
    for e in ends[1:]:
        ball, mag = ball.union(e.ball), mag.max(e.mag)
    return Num(ball, mag, first.exact)
