"""Judging one run: is every value inside its certified ball?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from refmath.emit.cases import Case
from refmath.emit.enclosure import Model, Track, enclosure, model, working_precision
from refmath.formats import FORMATS
from refmath.oracle.run import Trace
from refmath.recurrence import Recurrence

__all__ = ["Deviation", "Judgement", "enclosure", "judge", "scalar_formats"]


_EXACT_BITS = 2400
"""Enough for the smallest and the largest double to meet in one sum."""


@dataclass(frozen=True)
class Deviation:
    """A value outside its ball.

    Attributes:
        step: From 1.
        tensor: Index of the tensor, from 0.
        element: Index within the tensor.
        quantity: ``theta``, a state's name, or ``point`` for where a gradient was asked for.
        value: What the subject has.
        low: Lower end of the certified interval.
        high: Upper end.
        error: Distance from the middle, in radii; infinite for NaN.
    """

    step: int
    tensor: int
    element: tuple[int, ...]
    quantity: str
    value: float
    low: float
    high: float
    error: float


@dataclass
class Judgement:
    """The outcome of one run.

    Attributes:
        worst: The largest distance from the middle of a ball, in radii, of what lies inside.
        deviation: The first value outside, or None.
        judged: How many values were held against a bounded ball.
        unbounded: How many could not be, because their ball is unbounded.
    """

    worst: float = 0.0
    deviation: Deviation | None = None
    judged: int = 0
    unbounded: int = 0


def scalar_formats(dtype: str) -> tuple[str, ...]:
    """The formats in which scalars may be computed, most precise first."""
    return tuple(dict.fromkeys(("float64", "float32", dtype)))


def judge(rec: Recurrence, case: Case, trace: Trace, scalars: str) -> Judgement:
    """Hold a trace against the enclosure of a recurrence, up to the first deviation.

    Args:
        rec: What should have been computed.
        case: The inputs.
        trace: What the subject answered.
        scalars: The format in which scalars are taken to be computed.
    """
    with working_precision():
        return _Judge(rec, case, trace, model(case.dtype, scalars)).run()


class _Judge:
    def __init__(self, rec: Recurrence, case: Case, trace: Trace, model_: Model) -> None:
        self.enclosure = enclosure(rec)
        self.case, self.trace, self.model = case, trace, model_
        self.found = Judgement()
        self.exact: dict[int, list[list[list[Any]]]] = {}
        self.largest = FORMATS[case.dtype].largest * 2.0**-10

    def run(self) -> Judgement:
        case = self.case
        hyper = [self._hypers(0, k) for k in range(len(case.params))]
        tracks = [
            self.enclosure.begin(p, self.model, h) for p, h in zip(case.params, hyper, strict=True)
        ]
        for step in range(len(self.trace.params)):
            for k, track in enumerate(tracks):
                if not self._advance(step, k, track):
                    return self.found
        return self.found

    def _hypers(self, step: int, tensor: int) -> tuple[Any, ...]:
        values = {"lr": self.case.rate(step, tensor), **self.case.hyper}
        return self.enclosure.hypers(self.model, values)

    def _advance(self, step: int, k: int, track: Track) -> bool:
        gradient = self.trace.grads[step][k]
        if gradient is not None:
            hyper = self._hypers(step, k)
            points = self.trace.points[step]
            if points is not None:
                balls = self.enclosure.point(track, self.model, hyper)
                if not self._compare(balls, points[k], step, k, "point", track):
                    return False
            self.enclosure.step(track, gradient, self.model, hyper)
        names = self.enclosure.arrays
        theta = self.trace.params[step][k]
        if not self._compare(track.arrays[0], theta, step, k, names[0], track):
            return False
        shown = self.trace.states[step]
        if shown and gradient is not None:
            for name, balls in zip(names[1:], track.arrays[1:], strict=True):
                if name in shown and not self._compare(
                    balls, shown[name][k], step, k, name, track
                ):
                    return False
        return True

    def _compare(
        self, balls: Sequence[Any], values: np.ndarray, step: int, tensor: int, name: str,
        track: Track,
    ) -> bool:
        found = self.found
        for place, (ball, x) in enumerate(zip(balls, values.ravel().tolist(), strict=True)):
            if x - x != 0.0 or not ball.is_finite():
                inside = self._unusual(ball, x, step, tensor, name, place)
                if inside is None:
                    found.unbounded += 1
                if inside is None or inside:
                    continue
                use = float("inf")
            else:
                gap = ball - x
                found.judged += 1
                radius = float(gap.rad())
                distance = abs(float(gap))
                if distance <= radius * 0.999999:
                    if radius and distance > found.worst * radius:
                        found.worst = distance / radius
                    continue
                inside, use = gap.contains(0), distance / radius if radius else float("inf")
                if inside:
                    found.worst = max(found.worst, 1.0)
                    continue
            if self._overflows(track, step, tensor, place):
                found.unbounded += 1
                continue
            element = tuple(int(i) for i in np.unravel_index(place, values.shape))
            shown = ball if ball.is_finite() else self._exact(step, tensor, name, place)
            low, high = _ends(shown)
            found.deviation = Deviation(step + 1, tensor, element, name, x, low, high, use)
            return False
        return True

    def _unusual(
        self, ball: Any, x: float, step: int, tensor: int, name: str, place: int
    ) -> bool | None:
        """Inside (True), outside (False) or undecided (None), where one of them is not finite.

        A ball is unbounded where rounding may have made a denominator 0. A finite answer there
        cannot be judged; an answer that is not finite is wrong if the exact value is finite, unless
        the form has a difference under a root, which rounding may turn negative.
        """
        if ball.is_finite():
            return False
        finite = x - x == 0.0
        if self._exact(step, tensor, name, place).is_finite():
            return None if finite or "strict_root" in self.enclosure.source else False
        return not finite

    def _overflows(self, track: Track, step: int, tensor: int, place: int) -> bool:
        """Whether a state of the element is so large that some order overflows."""
        for name, column in zip(self.enclosure.arrays, track.arrays, strict=True):
            ball = column[place]
            known = ball if ball.is_finite() else self._exact(step, tensor, name, place)
            if abs(known) > self.largest:
                return True
        return False

    def _exact(self, step: int, tensor: int, name: str, place: int) -> Any:
        """The ball of the exact value, so precise that only a true 0/0 is not finite."""
        if tensor not in self.exact:
            with working_precision(_EXACT_BITS):
                self.exact[tensor] = self._run_exact(tensor)
        index = 0 if name == "point" else self.enclosure.arrays.index(name)
        return self.exact[tensor][step][index][place]

    def _run_exact(self, tensor: int) -> list[list[list[Any]]]:
        """The exact balls of a tensor after every step."""
        exact = model(self.case.dtype, "float64", exact=True)
        box = self.enclosure
        values = {"lr": self.case.rate(0, tensor), **self.case.hyper}
        track = box.begin(self.case.params[tensor], exact, box.hypers(exact, values))
        out = []
        for step, gradients in enumerate(self.trace.grads):
            gradient = gradients[tensor]
            if gradient is not None:
                values["lr"] = self.case.rate(step, tensor)
                box.step(track, gradient, exact, box.hypers(exact, values))
            out.append([list(column) for column in track.arrays])
        return out


def _ends(ball: Any) -> tuple[float, float]:
    return float(arb(ball.lower())), float(arb(ball.upper()))
