"""Functions of one variable to search along, with what a search has asked of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from zlib import crc32

import numpy as np

__all__ = [
    "NOWHERE", "WIDE", "Asked", "Line", "TooMany", "Trial", "lines", "rough", "ties", "walls",
]  # fmt: skip

Function = Callable[[float], float]
_MOST = 400
WIDE, NOWHERE = "a bracket at the limit of its width", "finite nowhere but at 0"


class TooMany(Exception):
    """A search asked for more values than any search here may."""


@dataclass(frozen=True)
class Line:
    """A function that falls at 0, and its derivative.

    Attributes:
        label: What it is.
        f, df: The function and its derivative.
        smooth: Whether it is smooth and finite for all steps.
    """

    label: str
    f: Function
    df: Function
    smooth: bool = True


@dataclass
class Trial:
    """A step that was tried.

    Attributes:
        step, value: The step, and the value that was handed out.
        slope: The slope, None if it was not asked for.
    """

    step: float
    value: float
    slope: float | None = None


@dataclass
class Asked:
    """A line that records what is asked of it.

    Attributes:
        line: The line.
        trials: The steps, in order.
    """

    line: Line
    trials: list[Trial] = field(default_factory=list)

    def phi(self, t: float) -> float:
        """The value."""
        if len(self.trials) == _MOST:
            raise TooMany(f"more than {_MOST} values are asked for")
        self.trials.append(Trial(float(t), self.line.f(float(t))))
        return self.trials[-1].value

    def dphi(self, t: float) -> float:
        """The slope at the step last tried."""
        slope = self.line.df(float(t))
        if self.trials and self.trials[-1].step == t:
            self.trials[-1].slope = slope
        else:
            self.trials.append(Trial(float(t), math.nan, slope))
        return slope


def _quartic(a: float, b: float, c: float, d: float, e: float) -> Line:
    return Line(
        f"quartic {a:g} {b:g} {c:g} {d:g} {e:g}",
        lambda t: a + t * (b + t * (c + t * (d + t * e))),
        lambda t: b + t * (2 * c + t * (3 * d + t * 4 * e)),
    )


def _wave(c: float, w: float, r: float, k: float) -> Line:
    return Line(
        f"wave {c:g} {w:g} {r:g} {k:g}",
        lambda t: math.hypot(t - c, w) + r * math.sin(k * t),
        lambda t: (t - c) / math.hypot(t - c, w) + r * k * math.cos(k * t),
    )


def _corner(at: float, left: float, right: float) -> Line:
    return Line(
        f"corner {at:g} {left:g} {right:g}",
        lambda t: left * abs(t - at) if t < at else right * (t - at),
        lambda t: -left if t < at else right, smooth=False,
    )  # fmt: skip


def _straight(slope: float, bend: float = 0.0) -> Line:
    return Line(
        f"line {slope:g} {bend:g}", lambda t: 1.0 - slope * t + bend * t * t,
        lambda t: -slope + 2 * bend * t,
    )


def _plateau(slope: float) -> Line:
    return Line(f"plateau {slope:g}", lambda t: 1.0, lambda t: -slope, smooth=False)


def _barrier(slope: float, wall: float, beyond: float) -> Line:
    return Line(
        f"barrier {slope:g} {wall:g} {beyond}",
        lambda t: -slope * t - math.log(1 - t / wall) if t < wall else beyond,
        lambda t: -slope + 1 / (wall - t) if t < wall else math.nan, smooth=False,
    )  # fmt: skip


def _steep(slope: float, bend: float, wall: float, beyond: float) -> Line:
    """A parabola whose slope is finite everywhere, but not its value."""
    smooth = _straight(slope, bend)
    return Line(
        f"steep {slope:g} {bend:g} {wall:g} {beyond}",
        lambda t: smooth.f(t) if t < wall else beyond, smooth.df, smooth=False,
    )  # fmt: skip


def _island(c: float, wall: float, far: bool) -> Line:
    """A parabola beyond a wall; with `far`, finite again well beyond it."""
    return Line(
        f"island {c:g} {wall:g} {far}",
        lambda t: (t - c) ** 2 if t < wall or (far and t > 4 * wall) else math.inf,
        lambda t: 2 * (t - c) if t < wall or (far and t > 4 * wall) else math.nan, smooth=False,
    )  # fmt: skip


def _slopeless(line: Line, after: float) -> Line:
    """The same line, without a slope beyond a step."""
    return Line(
        f"{line.label}, no slope from {after:g}", line.f,
        lambda t: line.df(t) if t < after else math.nan, smooth=False,
    )  # fmt: skip


def _steps(label: str, values: dict[float, tuple[float, float]], rest: Line) -> Line:
    """Given values and slopes at some steps, those of another line elsewhere."""
    return Line(
        label, lambda t: values[t][0] if t in values else rest.f(t),
        lambda t: values[t][1] if t in values else rest.df(t), smooth=False,
    )  # fmt: skip


def _cliff(at: float, value: float, slope: float) -> Line:
    """A line that is finite everywhere, but so high or low beyond a step that sums overflow."""
    return Line(
        f"cliff {at:g} {value:g} {slope:g}", lambda t: value if t >= at else t * t - t,
        lambda t: slope if t >= at else 2 * t - 1, smooth=False,
    )  # fmt: skip


def _rough(seed: int, tilt: float, holes: bool) -> Line:
    """Values in multiples of 1/8 and slopes of 1/4 without any order: all is reached, and ties.

    They are those of a hash of the step; with `holes`, some values are infinite.
    """

    def drawn(t: float) -> tuple[float, float]:
        digits = crc32(f"{seed} {t.hex()}".encode())
        hole = holes and digits % 7 == 0
        return math.inf if hole else (digits % 17 - 8) / 8 - tilt * t, (digits // 17 % 17 - 8) / 4

    return Line(
        f"rough {seed} {tilt:g} {holes}", lambda t: drawn(t)[0] if t else 0.0,
        lambda t: drawn(t)[1] if t else -1.0, smooth=False,
    )  # fmt: skip


@cache
def rough(count: int, seed: int = 0) -> tuple[Line, ...]:
    """Lines without any order."""
    return tuple(_rough(seed + k, (0.0, 0.25, 1.0)[k % 3], k % 4 == 3) for k in range(count))


@cache
def lines(count: int, seed: int = 0) -> tuple[Line, ...]:
    """Smooth lines and some with corners, straight or flat ones."""
    rng = np.random.default_rng(seed)

    def some(low: int, high: int, size: int) -> list[float]:
        """Numbers of either sign and sizes 10**low to 10**high."""
        signs = rng.choice([-1, 1], size)
        found = signs * rng.uniform(1, 9.9, size) * 10.0 ** rng.integers(low, high + 1, size)
        return [float(x) for x in found]

    out: list[Line] = []
    while len(out) < count:
        a, b, c, d, e = some(-3, 2, 5)
        made = [_quartic(a, -abs(b), c, d, abs(e)), _wave(c, abs(a), d / 10, e / 10),
                _wave(abs(c), abs(a), d / 30, e)]  # fmt: skip
        if len(out) % 12 == 0:
            made += [_corner(abs(a), abs(b), abs(c)), _straight(abs(a)), _plateau(abs(b)),
                     _straight(abs(a), abs(b)), _slopeless(made[0], abs(a))]  # fmt: skip
        out += [m for m in made if m.df(0.0) < 0]
    return tuple(out[:count])


@cache
def ties() -> tuple[Line, ...]:
    """Lines on which a condition with c1 = 1/4 and c2 = 1/2 holds with equality at 1, or fails so.

    All numbers are small multiples of powers of 2, so that nothing rounds. The slope at 0 is -1.
    """
    bowl = Line("bowl", lambda t: t * t / 4 - t, lambda t: t / 2 - 1)
    return tuple(
        _steps(f"{value:g} and {slope:g} at 1",
               {0.0: (0.0, -1.0), 1.0: (value, slope), **more}, bowl)
        for value in (-0.25, -0.5, 0.0, -0.125)
        for slope in (-0.5, 0.5, 0.0, -0.25, 0.25, -1.0, 1.0)
        for more in ({}, {0.5: (-0.125, 0.0)}, {2.0: (-0.5, 0.5)}, {2.0: (-0.25, -0.5)},
                     {2.0: (value, slope)})
    )  # fmt: skip


@cache
def walls(count: int = 25, seed: int = 1) -> tuple[Line, ...]:
    """Lines that are not finite, or have no slope, beyond some step."""
    rng, out = np.random.default_rng(seed), []
    for _ in range(count):
        slope, wall, at = (float(10.0 ** x) for x in rng.uniform(-2, 1.5, 3))
        for beyond in (math.inf, math.nan, -math.inf):
            out.append(_barrier(slope, wall, beyond))
            out.append(_steep(slope, at, wall, beyond))
        out += [_island(at, wall, False), _island(at, wall, True),
                _slopeless(_straight(slope, at), wall)]  # fmt: skip
        out += [_cliff(wall, x * 1.7e308, y) for x in (1.0, -1.0) for y in (1.0, -1.0, 1e308)]
    width = 0.66 * 2.0  # what the first bracket is compared with, if it may be 1 long
    bowl = Line("bowl", lambda t: t * t / 4 - t, lambda t: t / 2 - 1)
    out.append(_steps(WIDE, {0.0: (0.0, -1.0), width: (0.5, 3.0)}, bowl))
    out.append(Line(NOWHERE, lambda t: math.inf if t else 0.0, lambda t: -1.0, smooth=False))
    return tuple(line for line in out if line.df(0.0) < 0)
