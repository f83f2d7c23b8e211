"""Whether a gradient is that of a function, by the order of the Taylor remainder.

For the right gradient g, ``|f(x + h v) - f(x - h v) - 2 h g.v|`` falls as h**3; for a wrong one as
h. Which of the two it is, is seen from a ladder of steps h: the order is fitted over the smallest
steps at which the remainder stands above the rounding noise of f, which is estimated as in Moré
and Wild 2011, Estimating Computational Noise. No tolerance on a difference enters.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from refmath.errors import InvalidInput, SubjectError
from refmath.formats import FORMATS
from refmath.oracle.adapters.load import load
from refmath.oracle.gradient.report import GradientResult
from refmath.oracle.report import Report
from refmath.oracle.run import time_limit

__all__ = ["check_by_order"]

_DIRECTIONS = 6
_RUNGS = 44
_FIRST = -2
_WINDOW = 6
_LEAST = 3
_ABOVE = 16.0
"""How far above the noise a remainder has to stand."""
_LOW, _HIGH = 1.25, 1.75
"""Orders below and above which it is 1, or more than 1."""
_NOISE_POINTS = 9
_CLEAR = 1e4
_MOST_COORDINATES = 400
_SAME = 1e3
"""Ratios are the same up to this many times the error of a difference."""
_SMALL = 1e-2

Vector = Any


@dataclass(frozen=True)
class _Rung:
    h: float
    forward: float
    central: float
    second: float
    noise: float

    def clear(self, name: str) -> bool:
        """Whether a remainder stands above the noise."""
        found = getattr(self, name)
        return bool(np.isfinite(found) and found > _ABOVE * self.noise)


@dataclass(frozen=True)
class _Ladder:
    """The remainders along one direction.

    Attributes:
        rungs: From the largest step.
        slope: The gradient times the direction.
        window: First and last rung of the fit, or None where no remainder is clear.
        order: The fitted order of the central remainder.
        forward: That of the forward remainder.
        second: That of the second difference: 2, but 1 where the function has a kink.
    """

    rungs: list[_Rung]
    slope: float
    window: tuple[int, int] | None
    order: float
    forward: float
    second: float

    @property
    def verdict(self) -> str:
        """``right``, ``wrong`` or ``open``."""
        finite = [r for r in self.rungs if np.isfinite(r.central)]
        if self.window is None:
            seen = any(r.h * abs(self.slope) > _CLEAR * r.noise for r in finite)
            return "right" if seen else "open"
        if self.bent:
            return "open"
        if self._vanishes(self.window[1]):
            return "right"
        if self.window[1] - self.window[0] + 1 < _LEAST:
            return "open"
        return "wrong" if self.order < _LOW else "right" if self.order > _HIGH else "open"

    def _vanishes(self, last: int) -> bool:
        """Whether the remainder is noise where one of order 1 would stand above it."""
        own = self.rungs[last]
        beyond = self.rungs[last + 1:last + 1 + _WINDOW]
        return len(beyond) == _WINDOW and not any(r.clear("central") for r in beyond) and all(
            own.central * r.h / own.h > 2 * _ABOVE * r.noise for r in beyond
        )

    @property
    def bent(self) -> bool:
        """Whether the function has a kink at the point."""
        return self.second < _LOW


def check_by_order(
    subject: Any, x0: Any, *, seed: int = 0, seconds: float | None = 10.0
) -> Report:
    """Tell by the order of the remainder whether a gradient is that of its function.

    Args:
        subject: A function that returns value and gradient, a pair ``(f, grad)``, or a target.
        x0: The point: an array, or a list or tuple of arrays that are given as such.
        seed: Of the directions.
        seconds: Time limit for one call.

    Returns:
        A report whose only result has the ladders.

    Raises:
        InvalidInput: Not functions, or not a point of finite numbers.
    """
    began = time.perf_counter()
    point = _Point(x0)
    name, value, slope = _functions(subject, point, seconds)
    result = GradientResult(name, "its own function", None, point.dtype, "CONFORMS", kind="order")
    try:
        _judge(result, point, value, slope, seed)
    except SubjectError as error:
        result.verdict, result.diagnosis = "FAILED", [str(error)]
        result.notes.append(f"outcome: {error.kind}")
    result.seconds = time.perf_counter() - began
    return Report(seed, [result])


class _Point:
    """A point, flat in double and in the caller's own shape."""

    def __init__(self, x0: Any) -> None:
        self.several = isinstance(x0, list | tuple) and any(np.ndim(x) for x in x0)
        parts = [np.asarray(x) for x in (x0 if self.several else [x0])]
        dtypes = {p.dtype.name for p in parts if p.dtype.kind == "f"}
        self.dtype = next((d for d in ("float16", "float32") if d in dtypes), "float64")
        self.parts = [p.astype(self.dtype) for p in parts]
        self.flat = np.concatenate([p.reshape(-1).astype(np.float64) for p in self.parts])
        self.kind = type(x0)
        if not self.flat.size or not np.isfinite(self.flat).all():
            raise InvalidInput(f"expected a point of finite numbers, found {x0!r}")

    def at(self, flat: Vector) -> Any:
        """A flat point as the caller's functions take it."""
        out, place = [], 0
        for p in self.parts:
            piece = flat[place:place + p.size].reshape(p.shape).astype(self.dtype)
            out.append(piece if p.ndim or self.several else piece[()])
            place += p.size
        return (out if self.kind is list else tuple(out)) if self.several else out[0]

    def rounded(self, flat: Vector) -> Vector:
        """A flat point that the format holds."""
        return flat.astype(self.dtype).astype(np.float64)

    def gradient(self, answer: Any) -> Vector:
        """A gradient as a flat array.

        Raises:
            SubjectError: It has another shape.
        """
        parts = list(answer) if self.several and isinstance(answer, list | tuple) else [answer]
        arrays = [np.asarray(a, dtype=np.float64) for a in parts]
        shapes = [a.shape for a in arrays]
        if shapes != [p.shape for p in self.parts]:
            raise SubjectError(
                "shape", f"the gradient has the shape {shapes}, the point "
                f"{[p.shape for p in self.parts]}"
            )
        return np.concatenate([a.reshape(-1) for a in arrays])


def _functions(subject: Any, point: _Point, seconds: float | None) -> tuple[str, Any, Any]:
    """Name, value and gradient as functions of a flat point."""
    found = load(subject) if isinstance(subject, str) else subject
    pair = found if isinstance(found, tuple | list) else (found,)
    if len(pair) not in (1, 2) or not all(callable(f) for f in pair):
        raise InvalidInput(
            f"expected a function that returns value and gradient, or a pair (f, grad), found "
            f"{found!r}"
        )
    name = subject if isinstance(subject, str) else getattr(pair[0], "__qualname__", "the function")

    def call(function: Any, flat: Vector) -> Any:
        try:
            with np.errstate(all="ignore"), time_limit(seconds):
                return function(point.at(flat))
        except SubjectError:
            raise
        except Exception as error:
            lines = str(error).strip().splitlines()
            text = ": ".join([type(error).__name__, *lines[:1]])
            raise SubjectError("raised", text) from error

    def both(flat: Vector) -> Any:
        answer = call(pair[0], flat)
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise SubjectError("type", "expected a pair of value and gradient, or give (f, grad)")
        return answer

    def number(answer: Any) -> float:
        array = np.asarray(answer)
        if array.shape not in ((), (1,)) or array.dtype.kind not in "fiub":
            raise SubjectError("type", f"expected a real number as value, found {answer!r}")
        return float(array.reshape(-1)[0])

    if len(pair) == 2:
        return name, lambda x: number(call(pair[0], x)), lambda x: point.gradient(call(pair[1], x))
    return name, lambda x: number(both(x)[0]), lambda x: point.gradient(both(x)[1])


def _judge(
    result: GradientResult, point: _Point, value: Callable[[Vector], float],
    slope: Callable[[Vector], Vector], seed: int,
) -> None:
    x, g = point.flat, slope(point.flat)
    if not np.isfinite(value(x)):
        result.verdict = "INCONCLUSIVE"
        result.notes.append("the value is not finite at the point; choose another one")
        return
    if not np.isfinite(g).all():
        result.verdict = "DEVIATES"
        result.diagnosis = ["the gradient is not finite at the point, where the value is"]
        return
    rng = np.random.default_rng(seed)
    scale = np.maximum(np.abs(x), 1.0)
    ladders = []
    for _ in range(_DIRECTIONS):
        v = scale * rng.choice([-1.0, 1.0], x.size) * rng.uniform(0.5, 1.0, x.size)
        ladders.append(_climb(point, value, x, g, v))
    result.cases = len(ladders)
    verdicts = [ladder.verdict for ladder in ladders]
    result.ladder = [_shown(ladder) for ladder in ladders]
    if "wrong" in verdicts:
        result.verdict = "DEVIATES"
        worst = min((p for p in ladders if p.verdict == "wrong"), key=lambda p: p.order)
        result.notes.append(_said(worst))
        result.diagnosis = _where(point, value, x, g, scale)
    elif "open" in verdicts:
        result.verdict = "INCONCLUSIVE"
        result.notes.append(_said(ladders[verdicts.index("open")]))
    else:
        result.notes.append(_said(ladders[0]))


def _climb(
    point: _Point, value: Callable[[Vector], float], x: Vector, g: Vector, v: Vector
) -> _Ladder:
    """The remainders along a direction; steps are those that the format really takes."""
    unit = FORMATS[point.dtype].unit
    base, slope = value(x), float(g @ v)
    noise = _noise(point, value, x, v)
    rungs = []
    for k in range(_RUNGS):
        h = 2.0 ** (_FIRST - k)
        up, down = point.rounded(x + h * v), point.rounded(x - h * v)
        if (up == x).all() or (down == x).all():
            break
        high, low = value(up), value(down)
        # The products with the gradient are rounded as well.
        own = unit * (abs(high) + abs(low) + abs(base)) + 2.0**-50 * float(
            np.abs(g) @ np.abs(up - down)
        )
        rungs.append(_Rung(
            h, abs(high - base - float(g @ (up - x))),
            abs(high - low - float(g @ (up - down))), abs(high - 2 * base + low),
            max(noise, own),
        ))

    def local(h: float) -> float:
        return _noise(point, value, x + h * v, v)

    window = _window(rungs, "central", local)
    return _Ladder(
        rungs, slope, window, _order(rungs, "central", window), _order(rungs, "forward", window),
        _order(rungs, "second", _window(rungs, "second", local)),
    )


def _noise(
    point: _Point, value: Callable[[Vector], float], x: Vector, v: Vector
) -> float:
    """The rounding noise of a function, by high differences over a very short distance."""
    step = 2.0**10 * FORMATS[point.dtype].unit
    points = [point.rounded(x + i * step * v) for i in range(_NOISE_POINTS)]
    values = np.array([value(p) for p in points])
    if not np.isfinite(values).all():
        return float("inf")
    found = []
    for k in range(1, _NOISE_POINTS - 2):
        values = np.diff(values)
        if k >= 4:
            found.append(float(np.sqrt(np.mean(values**2) / comb(2 * k, k))))
    return float(np.median(found))


def _window(
    rungs: Sequence[_Rung], name: str, local: Callable[[float], float]
) -> tuple[int, int] | None:
    """The smallest steps of the first run of rungs on which a remainder stands above the noise.

    Args:
        rungs: From the largest step.
        name: Which remainder.
        local: The noise at a step: where the function is 0 at the point, it is larger elsewhere.
    """
    clear = [i for i, r in enumerate(rungs) if r.clear(name)]
    if not clear:
        return None
    last = clear[0]
    while last + 1 < len(rungs) and rungs[last + 1].clear(name):
        last += 1
    while last >= clear[0] and not getattr(rungs[last], name) > _ABOVE * local(rungs[last].h):
        last -= 1
    return None if last < clear[0] else (max(clear[0], last - _WINDOW + 1), last)


def _order(rungs: Sequence[_Rung], name: str, window: tuple[int, int] | None) -> float:
    """The slope of the logarithm of a remainder over that of the step."""
    if window is None:
        return float("nan")
    used = [(r.h, getattr(r, name)) for r in rungs[window[0]:window[1] + 1]]
    used = [(h, r) for h, r in used if r > 0]
    if len(used) < 2:
        return float("nan")
    h, found = np.log2(np.array(used)).T
    return float(np.polyfit(h, found, 1)[0])


def _shown(ladder: _Ladder) -> dict[str, Any]:
    """A ladder as plain data."""
    return {
        "slope": ladder.slope, "verdict": ladder.verdict,
        "order": None if np.isnan(ladder.order) else ladder.order,
        "forward_order": None if np.isnan(ladder.forward) else ladder.forward,
        "window": None if ladder.window is None else list(ladder.window),
        "rungs": [
            {"h": r.h, "forward": _finite(r.forward), "central": _finite(r.central),
             "second": _finite(r.second), "noise": _finite(r.noise)} for r in ladder.rungs
        ],
    }


def _finite(x: float) -> float | None:
    return x if np.isfinite(x) else None


def _said(ladder: _Ladder) -> str:
    if ladder.window is None:
        if ladder.verdict == "right":
            return "the remainder is rounding noise at every step"
        return "nothing stands above the rounding noise of the function"
    if ladder.bent:
        return "the function has a kink at the point; choose another one"
    first, last = (ladder.rungs[i].h for i in ladder.window)
    return (
        f"the remainder f(x + h v) - f(x - h v) - 2 h g.v falls with order {ladder.order:.2f} "
        f"over h = {first:.1e} ... {last:.1e}; a right gradient has 3, a wrong one 1"
    )


def _where(
    point: _Point, value: Callable[[Vector], float], x: Vector, g: Vector, scale: Vector
) -> list[str]:
    """Which coordinates are wrong, and by how much, where there are not too many."""
    if x.size > _MOST_COORDINATES:
        return []
    unit = FORMATS[point.dtype].unit
    h = float(np.cbrt(unit))  # where truncation and rounding of a difference balance
    wrong: list[tuple[int, float]] = []
    for i in range(x.size):
        v = np.zeros_like(x)
        v[i] = scale[i]
        if _climb(point, value, x, g, v).verdict == "wrong":
            up, down = point.rounded(x + h * v), point.rounded(x - h * v)
            true = (value(up) - value(down)) / float(up[i] - down[i])
            wrong.append((i, g[i] / true if true else float("inf")))
    if not wrong:
        return []
    ratios = [r for _, r in wrong]
    shown = ", ".join(str(i) for i, _ in wrong[:8]) + (", ..." if len(wrong) > 8 else "")
    whole = "every coordinate" if len(wrong) == x.size > 1 else f"coordinate {shown}"
    if max(ratios) - min(ratios) > _SAME * h * h * abs(ratios[0]):
        return [f"the gradient of another function: it is wrong in {whole}"]
    off = ratios[0] - 1
    times = f"1 + {off:.1e}" if abs(off) < _SMALL else f"{ratios[0]:.4g}"
    return [f"the gradient of another function: {whole} is {times} times what it should be"]
