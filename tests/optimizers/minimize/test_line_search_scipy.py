"""The line searches against SciPy's, trial for trial, and the cuts of the zoom."""

import importlib
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from line_search_cases import (
    CONSTANTS,
    SMOOTH,
    STEPS,
    Line,
    linear,
    quartic,
    rejected,
    start_of,
)
from scipy.optimize import _linesearch
from scipy.optimize._dcsrch import DCSRCH

from refmath.optimizers.minimize.line_search import more_thuente, strong_wolfe
from refmath.optimizers.minimize.line_search.record import Trial

MORE_THUENTE = importlib.import_module("refmath.optimizers.minimize.line_search.more_thuente")
STRONG_WOLFE = importlib.import_module("refmath.optimizers.minimize.line_search.strong_wolfe")
falling_cubic = MORE_THUENTE._falling_cubic
LIMITS = st.sampled_from([(1e-14, 1e-100, 1e100), (0.1, 0.0, 1e10), (1e-3, 1e-3, 50.0)])
SCIPY_LINES = st.one_of(SMOOTH, st.builds(linear, st.floats(0.1, 10.0)))


@contextmanager
def quietly() -> Iterator[None]:
    """SciPy warns of what it meets on the way."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def same_as_minpack(
    line: Line, step: float, constants: tuple[float, float], limits: tuple[float, float, float]
) -> None:
    """More and Thuente's search makes the trials of SciPy's dcsrch, bit for bit."""
    (c1, c2), (xtol, low, high) = constants, limits
    step = min(max(step, low), high)
    value0, slope0 = start_of(line)
    theirs = DCSRCH(line.phi, line.dphi, c1, c2, xtol, low, high)
    with quietly():
        accepted, *_ = theirs(step, phi0=value0, derphi0=slope0, maxiter=30)
    expected = list(line.trials)
    line.trials.clear()
    found = more_thuente(
        line.phi, line.dphi, value0, slope0, step=step, c1=c1, c2=c2, xtol=xtol, min_step=low,
        max_step=high, max_evaluations=30,
    )  # fmt: skip
    assert line.trials == expected
    if len(expected) < 30:
        assert found.found == (accepted is not None)
        assert found.step == expected[-1]


@given(line=SCIPY_LINES, step=STEPS, constants=CONSTANTS, limits=LIMITS)
def test_more_and_thuente_is_dcsrch(
    line: Line, step: float, constants: tuple[float, float], limits: tuple[float, float, float]
) -> None:
    """The same trials, bit for bit, and the same verdict."""
    same_as_minpack(line, step, constants, limits)


def wrong_case_3(best: Trial, new: Trial, end: float) -> float:
    """Wrong: a cubic without a minimum ahead leads back to the trial, not to the end."""
    return float(falling_cubic(best, new, new.step))


def wrong_bracket(best: Trial, other: Trial, new: Trial) -> tuple[Trial, Trial, bool]:
    """The other end is kept although the slope has changed its sign."""
    if new.value > best.value:
        return best, new, True
    return new, other, MORE_THUENTE._opposed(best, new)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("_falling_cubic", wrong_case_3),
        ("_narrowed", wrong_bracket),
        ("_tilted", lambda trial, by: trial),
    ],
)
def test_wrong_steps_are_found_out(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: Callable[..., Any]
) -> None:
    """A wrong case, a wrong bracket and a search without the tilted function differ."""
    monkeypatch.setattr(MORE_THUENTE, name, wrong)
    law = given(line=SCIPY_LINES, step=STEPS, constants=CONSTANTS, limits=LIMITS)(same_as_minpack)
    rejected(law)


def _as_trials(
    a: float, fa: float, slope: float, b: float, fb: float, *third: float
) -> tuple[Trial, ...]:
    trials = [Trial(a, fa, slope), Trial(b, fb, math.nan)]
    return (*trials, Trial(third[0], third[1], math.nan)) if third else tuple(trials)


def _or_none(step: float) -> float | None:
    return None if math.isnan(step) else step


@given(line=SCIPY_LINES, constants=CONSTANTS)
@example(line=quartic(0.0, -1.0, 40.0, 0.0, 0.0), constants=(1e-4, 0.1))
@example(line=quartic(-1.0, -1.0, -1.0, -1.0, 0.001), constants=(1e-4, 0.9))
def test_the_zoom_is_scipys_while_its_low_end_is_left(
    line: Line, constants: tuple[float, float]
) -> None:
    """The same trials, bit for bit, given the same minima of cubics, and the same verdict.

    Where the low end has been to the right the two part: SciPy then lets cuts lie at the ends of
    the bracket, and beyond. SciPy gives up after ten doublings, without a look at the last trial.
    """
    c1, c2 = constants
    value0, slope0 = start_of(line)
    with pytest.MonkeyPatch.context() as patch, quietly():
        patch.setattr(
            _linesearch, "_cubicmin", lambda *a: _or_none(STRONG_WOLFE._cubic(*_as_trials(*a)))
        )
        accepted, *_ = _linesearch.scalar_search_wolfe2(
            line.phi, line.dphi, value0, None, slope0, c1, c2, 1e100
        )
    expected = list(line.trials)
    assume(expected != [2.0**k for k in range(11)])
    line.trials.clear()
    turned = []
    with pytest.MonkeyPatch.context() as patch:
        section = STRONG_WOLFE._section

        def spy(low: Trial, high: Trial, third: Trial | None) -> float:
            turned.append(high.step < low.step)
            return float(section(low, high, third))

        patch.setattr(STRONG_WOLFE, "_section", spy)
        found = strong_wolfe(
            line.phi, line.dphi, value0, slope0, c1=c1, c2=c2, max_step=1e100, max_sections=11
        )
    assume(not any(turned))
    assert line.trials == expected
    assert (accepted is not None) == (found.found or len(expected) == 11)


def inside_bracket(section: Callable[..., float], low: Trial, high: Trial, third: Trial) -> None:
    """A cut keeps a tenth of the bracket from both its ends, on whichever side the low one is."""
    for extra in (None, third):
        cut = section(low, high, extra)
        left, right = sorted((low.step, high.step))
        # the ends of the allowed part are themselves rounded, twice each
        margin = (0.1 - 4 * 2.0**-53) * (right - left) - 4 * 2.0**-53 * right
        assert left + margin <= cut <= right - margin


def signed(low: Trial, high: Trial, third: Trial | None) -> float:
    """Wrong: the bracket's length with its sign."""
    a, b = sorted((low.step, high.step))
    length = high.step - low.step
    cut = STRONG_WOLFE._quadratic(low, high)
    if a + 0.1 * length <= cut <= b - 0.1 * length:
        return float(cut)
    return low.step + 0.5 * length


def unclipped(low: Trial, high: Trial, third: Trial | None) -> float:
    """Wrong: whatever the parabola says."""
    return float(STRONG_WOLFE._quadratic(low, high))


_NUMBER = st.floats(-100, 100)
BRACKETS = st.builds(
    lambda a, b, c, fa, rise, fc, slope: (
        Trial(a, fa, math.copysign(slope, a - b)),
        Trial(b, fa + rise, math.nan),
        Trial(c, fc, math.nan),
    ),
    st.floats(0, 10), st.floats(0, 10), st.floats(0, 10),
    _NUMBER, st.floats(0, 100), st.one_of(_NUMBER, st.just(math.inf)), st.floats(1e-3, 100),
).filter(lambda t: abs(t[0].step - t[1].step) > 1e-6)  # fmt: skip


@given(trials=BRACKETS)
@example(trials=(Trial(2.0, 0.0, 1.0), Trial(1.0, 5.0, math.nan), Trial(0.0, 1.0, math.nan)))
def test_the_zoom_cuts_inside_its_bracket(trials: tuple[Trial, Trial, Trial]) -> None:
    """Also where the low end is the right one, and on any values and slopes."""
    inside_bracket(STRONG_WOLFE._section, *trials)


@pytest.mark.parametrize("wrong", [signed, unclipped])
def test_wrong_cuts_are_found_out(wrong: Callable[..., float]) -> None:
    """A length with a sign and a step that is not clipped leave the bracket."""
    rejected(given(trials=BRACKETS)(lambda trials: inside_bracket(wrong, *trials)))


@given(
    lead=st.integers(-9, 9).filter(bool),
    roots=st.lists(st.integers(-9, 9), min_size=2, max_size=2, unique=True),
    steps=st.lists(st.integers(0, 12), min_size=3, max_size=3, unique=True),
)
def test_the_cubic_is_the_one_through_its_points(
    lead: int, roots: list[int], steps: list[int]
) -> None:
    """From values and a slope of a cubic with whole coefficients and extrema: its minimum, exactly.

    No operation on the way rounds, for all numbers are halves of integers below 2**53.
    """
    p, q = sorted(roots)

    def cubic(t: int) -> float:
        return float(lead * (2 * t**3 - 3 * (p + q) * t**2 + 6 * p * q * t))

    low, high, third = steps
    found = STRONG_WOLFE._cubic(
        Trial(low, cubic(low), float(6 * lead * (low - p) * (low - q))),
        Trial(high, cubic(high), math.nan),
        Trial(third, cubic(third), math.nan),
    )
    assert found == (q if lead > 0 else p)
