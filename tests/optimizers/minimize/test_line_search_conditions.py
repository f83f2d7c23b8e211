"""Every step that a line search accepts satisfies its conditions, and the record is true."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_search_cases import (
    CONSTANTS,
    LINES,
    SEARCHES,
    STEPS,
    Line,
    barrier,
    corner,
    decreases,
    linear,
    plateau,
    quartic,
    rejected,
    start_of,
)

from refmath.errors import InvalidInput
from refmath.optimizers.minimize.line_search import (
    LineSearch,
    Reason,
    armijo,
    exact,
    more_thuente,
    strong_wolfe,
    weak_wolfe,
)

NAMES = sorted(SEARCHES)


def hold_to_conditions(
    name: str, line: Line, step: float, constants: tuple[float, float], search: Any = None
) -> LineSearch:
    """Search, and check all that the record says."""
    own, flat = SEARCHES[name]
    value0, slope0 = start_of(line)
    c1, c2 = constants
    line.trials.clear()
    found: LineSearch = (search or own)(line, value0, slope0, step, c1, c2)
    assert found.evaluations == len(line.trials)
    assert found.step == 0.0 or found.step in line.trials
    assert math.isfinite(found.value)
    assert found.value == line.f(found.step)
    assert found.slope is None or found.slope == line.df(found.step)
    assert decreases(found, value0, slope0, c1)
    if found.found:
        assert found.step > 0
        assert flat(found, slope0, c2)
    return found


@pytest.mark.parametrize("name", NAMES)
@given(line=LINES, step=STEPS, constants=CONSTANTS)
def test_the_step_satisfies_the_conditions(
    name: str, line: Line, step: float, constants: tuple[float, float]
) -> None:
    """On smooth, cornered, flat, unbounded and partly infinite functions alike.

    Whatever ends the search, the value and slope are those at the step, the evaluations are
    counted, and the function is finite and no higher than at the start.
    """
    hold_to_conditions(name, line, step, constants)


def uphill(line: Line, value0: float, slope0: float, *rest: float) -> LineSearch:
    """Wrong: a norm is taken for the slope, so that increases are accepted."""
    step, c1, _ = rest
    while not line.phi(step) <= value0 + c1 * step * abs(slope0):
        step /= 2
    return LineSearch(step, line.f(step), None, len(line.trials), Reason.FOUND)


def slope_for_value(line: Line, *rest: float) -> LineSearch:
    """Wrong: one exit returns the slope where the value belongs."""
    found = SEARCHES["strong_wolfe"][0](line, *rest)
    return replace(found, value=found.slope) if len(line.trials) == 1 else found


def moved_start(line: Line, value0: float, slope0: float, *rest: float) -> LineSearch:
    """Wrong: each trial starts from the last one."""
    step, c1, _ = rest
    at = step
    while not line.phi(at) <= value0 + c1 * step * slope0:
        step /= 2
        at += step
        if len(line.trials) > 60:
            return LineSearch(0.0, value0, slope0, len(line.trials), Reason.EVALUATIONS)
    return LineSearch(step, line.f(at), None, len(line.trials), Reason.FOUND)


def any_flat_step(line: Line, value0: float, slope0: float, *rest: float) -> LineSearch:
    """Wrong: the curvature condition alone."""
    step, _, c2 = rest
    for _ in range(60):
        if abs(line.df(step)) <= c2 * abs(slope0):
            return LineSearch(step, line.phi(step), line.df(step), 1, Reason.FOUND)
        step /= 2
    return LineSearch(0.0, value0, slope0, 0, Reason.EVALUATIONS)


@pytest.mark.parametrize("wrong", [uphill, slope_for_value, moved_start, any_flat_step])
def test_wrong_searches_are_found_out(wrong: Callable[..., LineSearch]) -> None:
    """The check of the conditions rejects the errors that line searches have had."""

    @given(line=LINES, step=STEPS, constants=CONSTANTS)
    def law(line: Line, step: float, constants: tuple[float, float]) -> None:
        hold_to_conditions("strong_wolfe", line, step, constants, wrong)

    rejected(law)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("beyond", [math.inf, math.nan, -math.inf])
@pytest.mark.parametrize("step", [1e-3, 1.0, 1e3, 1e6])
def test_infinite_and_nan_regions_are_stepped_back_from(
    name: str, beyond: float, step: float
) -> None:
    """The search finds a step inside, however far outside it began."""
    found = hold_to_conditions(name, barrier(3.0, 0.7, beyond), step, (1e-4, 0.9))
    assert found.found
    assert 0 < found.step < 0.7


@pytest.mark.parametrize("name", NAMES)
def test_a_nan_slope_is_stepped_back_from(name: str) -> None:
    """A finite value with a slope that is not is no better than an infinite value."""
    smooth = quartic(0.0, -1.0, 0.5, 0.0, 0.0)
    line = Line("nan slope", smooth.f, lambda t: smooth.df(t) if t < 0.9 else math.nan)
    found = hold_to_conditions(name, line, 1.0, (1e-4, 0.5))
    assert found.found
    assert name == "armijo" or found.step < 0.9


@pytest.mark.parametrize("name", NAMES)
def test_a_plateau_yields_no_step(name: str) -> None:
    """Where the function does not change, nothing is accepted.

    But for backtracking, once the decrease that is asked for is below the rounding of 1.
    """
    found = hold_to_conditions(name, plateau(1.0), 1.0, (1e-4, 0.9))
    assert found.value == 1.0
    if name == "armijo":
        assert found.step * 1e-4 <= 2.0**-54
    else:
        assert not found.found


def test_a_line_yields_its_longest_step() -> None:
    """Searches that may lengthen the step do so up to a limit, and then say so."""
    for name in ("weak_wolfe", "more_thuente", "strong_wolfe"):
        found = hold_to_conditions(name, linear(2.0), 1.0, (1e-4, 0.9))
        assert found.reason is (Reason.EVALUATIONS if name == "weak_wolfe" else Reason.LONGEST)
        assert found.step >= 1024
    line = linear(2.0)
    for search in (more_thuente, strong_wolfe):
        found = search(line.phi, line.dphi, 1.0, -2.0, step=1.0, max_step=5.0)
        assert (found.step, found.reason) == (5.0, Reason.LONGEST)


def test_a_shortest_step_is_respected() -> None:
    """More and Thuente's search reports a limit from below too."""
    line = corner(1e-3, 1.0, 1.0)
    found = more_thuente(line.phi, line.dphi, *start_of(line), step=1.0, min_step=0.5)
    assert (found.step, found.reason) == (0.5, Reason.SHORTEST)
    assert min(line.trials) == 0.5


def test_a_corner_has_a_weak_step_only() -> None:
    """Bisection needs no smoothness; the strong condition cannot be met, and that is said."""
    line = corner(0.3, 1.0, 1.0)
    assert hold_to_conditions("weak_wolfe", line, 1.0, (1e-4, 0.5)).found
    for name in ("more_thuente", "strong_wolfe"):
        assert not hold_to_conditions(name, line, 1.0, (1e-4, 0.5)).found


@given(line=LINES, step=STEPS, budget=st.integers(1, 7))
def test_budgets_are_kept(line: Line, step: float, budget: int) -> None:
    """No search asks for more values than it is allowed."""
    value0, slope0 = start_of(line)
    armijo(line.phi, value0, slope0, step=step, max_evaluations=budget)
    assert len(line.trials) <= budget
    for search in (weak_wolfe, more_thuente):
        line.trials.clear()
        search(line.phi, line.dphi, value0, slope0, step=step, max_evaluations=budget)
        assert len(line.trials) <= budget
    line.trials.clear()
    strong_wolfe(
        line.phi, line.dphi, value0, slope0, step=step, max_doublings=budget, max_sections=budget
    )
    assert len(line.trials) <= 2 * budget + 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("slope", [0.0, 1.0, math.nan, -math.inf])
def test_a_direction_that_does_not_descend_is_refused(name: str, slope: float) -> None:
    """The message names the slope and the cure."""
    search, _ = SEARCHES[name]
    with pytest.raises(InvalidInput, match=r"slope0=.*negative slope.*against the gradient"):
        search(linear(1.0), 1.0, slope, 1.0, 1e-4, 0.9)


@pytest.mark.parametrize("name", NAMES)
def test_bad_numbers_are_refused(name: str) -> None:
    """So are a start that is not finite, a first step that is not positive, and constants."""
    search, _ = SEARCHES[name]
    with pytest.raises(InvalidInput, match="value0=inf: expected a finite value"):
        search(linear(1.0), math.inf, -1.0, 1.0, 1e-4, 0.9)
    with pytest.raises(InvalidInput, match=r"step=0\.0: expected a finite positive"):
        search(linear(1.0), 1.0, -1.0, 0.0, 1e-4, 0.9)
    with pytest.raises(InvalidInput, match=r"c1=1\.5"):
        search(linear(1.0), 1.0, -1.0, 1.0, 1.5, 0.9)
    if name != "armijo":
        with pytest.raises(InvalidInput, match=r"c1=0\.5, c2=0\.4: expected 0 < c1 < c2 < 1"):
            search(linear(1.0), 1.0, -1.0, 1.0, 0.5, 0.4)
    with pytest.raises(InvalidInput, match=r"step=2\.0: expected 0 <= min_step"):
        more_thuente(abs, abs, 1.0, -1.0, step=2.0, max_step=1.0)


@given(data=st.data(), n=st.integers(1, 4))
def test_the_exact_step_is_the_minimum(data: st.DataObject, n: int) -> None:
    """In fractions: along -g it is g'g / g'Hg, with a slope of 0 and the quadratic's value."""
    entry = st.integers(-5, 5)
    root = np.array(data.draw(st.lists(entry, min_size=n * n, max_size=n * n))).reshape(n, n)
    hessian = (root.T @ root + np.eye(n, dtype=int)).astype(object)
    gradient = np.array([Fraction(x) for x in data.draw(st.lists(entry, min_size=n, max_size=n))])
    if not gradient.any():
        gradient[0] = Fraction(1)
    direction = -gradient
    found = exact(Fraction(7), gradient, direction, lambda v: np.dot(hessian, v))
    square = np.dot(gradient, gradient)
    assert found.step == square / np.dot(gradient, np.dot(hessian, gradient))
    moved = found.step * direction
    assert np.dot(gradient + np.dot(hessian, moved), direction) == 0
    model = 7 + np.dot(gradient, moved) + np.dot(moved, np.dot(hessian, moved)) / 2
    assert found.value == model


def test_the_exact_search_refuses_what_has_no_minimum() -> None:
    """Along a concave or straight direction the step is 0; an ascending one is an error."""
    g = np.array([1.0, -2.0])
    for bend in (-1.0, 0.0):
        found = exact(3.0, g, -g, lambda v, bend=bend: bend * v)
        assert (found.step, found.value, found.reason) == (0.0, 3.0, Reason.CONCAVE)
    with pytest.raises(InvalidInput, match="slope0="):
        exact(3.0, g, g, lambda v: v)
