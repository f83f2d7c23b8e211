"""Judging answers: is every entry where a correct implementation can be?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from refmath.emit.enclosure import working_precision
from refmath.emit.tensor.enclosure import PRECISION, Bounds, Model, enclose
from refmath.formats import FORMATS
from refmath.oracle.gradient.cases import GradientCase
from refmath.oracle.judge import Deviation, Judgement
from refmath.tensor.node import Tensor

__all__ = ["GradientDeviation", "Inside", "bounds_of", "held", "judged"]

Answer = Mapping[str, Any]
_SLACK = 1 + 2.0**-30


@dataclass(frozen=True)
class GradientDeviation(Deviation):
    """An entry outside what can be computed, or an answer of another shape.

    Attributes:
        found: The shape of the answer, where it is another one.
        shape: The shape that it should have.
    """

    found: tuple[int, ...] | None = None
    shape: tuple[int, ...] = ()


def bounds_of(
    outputs: Mapping[str, Tensor], case: GradientCase, model: Model
) -> dict[str, Bounds]:
    """What may be computed for each output on a case."""
    found = enclose(list(outputs.values()), case.values, case.sizes, model)
    return dict(zip(outputs, found, strict=True))


@dataclass(frozen=True)
class Inside:
    """How an answer lies in its bounds, entry by entry.

    Attributes:
        use: The distance from the middle in radii; NaN where nothing can be said.
        bad: Where it lies outside.
    """

    use: Any
    bad: Any


def held(bounds: Bounds, answer: Any, dtype: str) -> Inside:
    """Hold an answer of the right shape against its bounds."""
    largest = FORMATS[dtype].largest * 2.0**-10
    use = np.full(answer.shape, np.nan)
    bad = np.zeros(answer.shape, dtype=bool)
    with working_precision(PRECISION):
        for index in np.ndindex(answer.shape):
            ball, radius = bounds.value[index], float(bounds.radius[index])
            size = float(bounds.magnitude[index])
            if not ball.is_finite() or not radius < np.inf or size > largest:
                continue
            x = float(answer[index])
            if not np.isfinite(x):
                use[index], bad[index] = np.inf, True
                continue
            gap = ball - arb(x)
            distance = float(abs(gap).abs_lower())
            if radius:
                use[index] = distance / radius
                bad[index] = distance > radius * _SLACK
            else:
                use[index] = 0.0 if distance == 0 else np.inf
                bad[index] = distance > 0
            if bounds.undecided is not None and bounds.undecided[index] and not bad[index]:
                use[index] = np.nan
    return Inside(use, bad)


def judged(bounds: Mapping[str, Bounds], answer: Answer, dtype: str) -> Judgement:
    """Hold all outputs of an answer against their bounds, up to the first deviation."""
    out = Judgement()
    for number, (name, bound) in enumerate(bounds.items()):
        given = answer[name]
        if given.shape != bound.shape:
            nothing = float("nan")
            out.deviation = out.deviation or GradientDeviation(
                1, number, (), name, nothing, nothing, nothing, float("inf"), given.shape,
                bound.shape,
            )
            continue
        found = held(bound, given, dtype)
        known = ~np.isnan(found.use)
        out.judged += int(known.sum())
        out.unbounded += int((~known).sum())
        inside = found.use[known & ~found.bad]
        out.worst = max(out.worst, float(inside.max(initial=0.0)))
        if found.bad.any() and out.deviation is None:
            out.deviation = _deviation(number, name, bound, given, found)
    return out


def _deviation(
    number: int, name: str, bound: Bounds, given: Any, found: Inside
) -> GradientDeviation:
    index = tuple(int(i) for i in np.argwhere(found.bad)[0])
    low, high = _ends(bound, index)
    return GradientDeviation(
        1, number, index, name, float(given[index]), low, high, float(found.use[index]), None,
        bound.shape,
    )


def _ends(bound: Bounds, index: tuple[int, ...]) -> tuple[float, float]:
    with working_precision(PRECISION):
        ball = bound.value[index] + arb(0, float(bound.radius[index]))
        return float(arb(ball.lower())), float(arb(ball.upper()))
