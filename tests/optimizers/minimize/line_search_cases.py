"""Functions of one variable to search along, the conditions on a step, and recorded searches."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st

from refmath.optimizers.minimize.line_search import (
    LineSearch,
    armijo,
    more_thuente,
    strong_wolfe,
    weak_wolfe,
)

Function = Callable[[float], float]
U, TINY = Fraction(1, 2**53), Fraction(1, 2**1074)


@dataclass
class Line:
    """A function and its derivative; the trials are recorded.

    Attributes:
        label: What it is, for failing tests.
    """

    label: str
    f: Function
    df: Function
    trials: list[float] = field(default_factory=list)

    def phi(self, t: float) -> float:
        """The value, recorded."""
        self.trials.append(float(t))
        return self.f(float(t))

    def dphi(self, t: float) -> float:
        """The derivative."""
        return self.df(float(t))

    def __repr__(self) -> str:
        return self.label


def quartic(a: float, b: float, c: float, d: float, e: float) -> Line:
    """A quartic that falls at 0 and is bounded below."""
    b, e = -abs(b), abs(e)
    return Line(
        f"quartic{(a, b, c, d, e)}",
        lambda t: a + t * (b + t * (c + t * (d + t * e))),
        lambda t: b + t * (2 * c + t * (3 * d + t * 4 * e)),
    )


def wave(c: float, w: float, r: float, k: float) -> Line:
    """A rounded corner with ripples."""
    return Line(
        f"wave{(c, w, r, k)}",
        lambda t: math.hypot(t - c, w) + r * math.sin(k * t),
        lambda t: (t - c) / math.hypot(t - c, w) + r * k * math.cos(k * t),
    )


def barrier(slope: float, wall: float, beyond: float) -> Line:
    """A line and a logarithmic barrier; from the wall on, `beyond`."""
    return Line(
        f"barrier{(slope, wall, beyond)}",
        lambda t: -slope * t - math.log(1 - t / wall) if t < wall else beyond,
        lambda t: -slope + 1 / (wall - t) if t < wall else math.nan,
    )


def linear(slope: float) -> Line:
    """A falling line: no step ends the descent."""
    return Line(f"linear({slope})", lambda t: 1.0 - slope * t, lambda t: -slope)


def plateau(slope: float) -> Line:
    """A constant whose derivative is given wrongly: no step decreases it."""
    return Line(f"plateau({slope})", lambda t: 1.0, lambda t: -slope)


def corner(at: float, left: float, right: float) -> Line:
    """Two straight pieces: no step has a small slope if both are steep."""
    return Line(
        f"corner{(at, left, right)}",
        lambda t: left * abs(t - at) if t < at else right * (t - at),
        lambda t: -left if t < at else right,
    )


def _signed(low: int, high: int) -> st.SearchStrategy[float]:
    positive = st.builds(lambda m, e: m * 10.0**e, st.floats(1.0, 9.9), st.integers(low, high))
    return st.builds(lambda x, s: x if s else -x, positive, st.booleans())


def _falls(line: Line) -> bool:
    return math.isfinite(line.f(0.0)) and line.df(0.0) < 0


_POSITIVE = st.builds(abs, _signed(-3, 2))
SMOOTH = st.one_of(
    st.builds(quartic, *[_signed(-3, 2)] * 5),
    st.builds(wave, _signed(-2, 1), _POSITIVE, _signed(-2, 0), _signed(-2, 1)),
).filter(_falls)
LINES = st.one_of(
    SMOOTH,
    st.builds(barrier, _POSITIVE, _POSITIVE, st.sampled_from([math.inf, math.nan, -math.inf])),
    st.builds(linear, _POSITIVE),
    st.builds(plateau, _POSITIVE),
    st.builds(corner, _POSITIVE, _POSITIVE, _POSITIVE),
).filter(_falls)
STEPS = st.builds(lambda m, e: m * 10.0**e, st.floats(1.0, 9.9), st.integers(-3, 2))
CONSTANTS = st.sampled_from([(1e-4, 0.9), (1e-3, 0.1), (0.25, 0.5), (1e-4, 1e-3)])


def start_of(line: Line) -> tuple[float, float]:
    """Value and slope at 0."""
    return line.f(0.0), line.df(0.0)


def decreases(found: LineSearch, value0: float, slope0: float, c1: float) -> bool:
    """Whether the step decreases the function by c1 of the linear decrease, in exact numbers.

    The bound that the search compares with, value0 + step * (c1 * slope0), has three roundings,
    of one unit each; by as much, and by no more, may a step miss the exact bound.
    """
    linear_part = Fraction(c1) * Fraction(found.step) * Fraction(slope0)
    exact = Fraction(value0) + linear_part
    rounded = (
        abs(linear_part) * (2 * U + U * U)
        + (abs(Fraction(value0)) + abs(linear_part) * (1 + U) ** 2) * U
        + TINY * (1 + Fraction(found.step)) * 2
    )
    return Fraction(found.value) <= exact + rounded


def weakly_flat(found: LineSearch, slope0: float, c2: float) -> bool:
    """Whether the slope is at least c2 of the first one; the bound has one rounding."""
    assert found.slope is not None
    bound = Fraction(c2) * Fraction(slope0)
    return Fraction(found.slope) >= bound - abs(bound) * U - TINY


def strongly_flat(found: LineSearch, slope0: float, c2: float) -> bool:
    """Whether the slope is at most c2 of the first one in size; the bound has one rounding."""
    assert found.slope is not None
    bound = abs(Fraction(c2) * Fraction(slope0))
    return abs(Fraction(found.slope)) <= bound * (1 + U) + TINY


Search = Callable[..., LineSearch]
Condition = Callable[[LineSearch, float, float], bool]


def _armijo(
    line: Line, value0: float, slope0: float, step: float, c1: float, c2: float
) -> LineSearch:
    return armijo(line.phi, value0, slope0, step=step, c1=c1)


def _with_slopes(search: Any) -> Search:
    def run(
        line: Line, value0: float, slope0: float, step: float, c1: float, c2: float
    ) -> LineSearch:
        found: LineSearch = search(line.phi, line.dphi, value0, slope0, step=step, c1=c1, c2=c2)
        return found

    return run


SEARCHES: dict[str, tuple[Search, Condition]] = {
    "armijo": (_armijo, lambda found, slope0, c2: True),
    "weak_wolfe": (_with_slopes(weak_wolfe), weakly_flat),
    "more_thuente": (_with_slopes(more_thuente), strongly_flat),
    "strong_wolfe": (_with_slopes(strong_wolfe), strongly_flat),
}


def rejected(law: Callable[[], None]) -> None:
    """Assert that some example breaks a law."""
    quick = settings(
        phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False, max_examples=2000
    )
    with pytest.raises((AssertionError, ArithmeticError)):
        quick(law)()
