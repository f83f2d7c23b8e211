"""Bugs of real projects in batching: each is caught, and its weights of examples are exact."""

from functools import cache

import numpy as np
import pytest
from batching_table import BATCHING_BUGS, BatchingBug

from refmath import check_gradient, objectives
from refmath.oracle.report import Report

WEIGHTED = objectives.get("weighted_least_squares")
NUMBERS = {180, 181, 183, 185, 186, 188}
WEIGHING = [b for b in BATCHING_BUGS if b.weights is not None]
NAMED = [b for b in BATCHING_BUGS if b.named]


@cache
def _report(place: int) -> Report:
    bug = BATCHING_BUGS[place]
    return check_gradient(bug.subject(), bug.objective, dtypes=("float64",), **bug.options)


def report(bug: BatchingBug) -> Report:
    """What the oracle says of a bug."""
    return _report(BATCHING_BUGS.index(bug))


def held(bug: BatchingBug, weights: list[float]) -> str:
    """The verdict against the sum of squares in which example i has weight i."""
    subject = bug.subject()
    found = check_gradient(
        lambda X, y, theta: subject(X, y, theta), WEIGHTED, "theta",
        argnames=("X", "y", "theta"), sizes={"d": 3}, constants={"w": np.array(weights, float)},
        dtypes=("float64",), examples=4,
    )
    return found.verdict


def test_every_number_has_its_place() -> None:
    """Each of the six numbers of the class is in the table; rows differ in their label."""
    assert {b.id for b in BATCHING_BUGS} == NUMBERS
    assert len({str(b) for b in BATCHING_BUGS}) == len(BATCHING_BUGS)


@pytest.mark.parametrize("bug", BATCHING_BUGS, ids=str)
def test_caught(bug: BatchingBug) -> None:
    """The verdict is the one known, with what must hold for the bug to show."""
    found = report(bug)
    assert found.verdict == bug.verdict, str(found)
    assert set(bug.needs) <= set(found.gravest.needs), str(found)


@pytest.mark.parametrize("bug", NAMED, ids=str)
def test_named(bug: BatchingBug) -> None:
    """Where one slip of the formula describes the bug, the diagnosis says it."""
    assert any(bug.named in text for text in report(bug).diagnosis), str(report(bug))


@pytest.mark.parametrize("bug", WEIGHING, ids=str)
def test_it_is_exactly_this_weighting(bug: BatchingBug) -> None:
    """At 1, 2 and 5 examples the wrong gradient is certified to have the weights declared."""
    assert bug.weights is not None
    told_apart = False
    for n in (1,) if bug.options else (1, 2, 5):
        wrong, right = bug.weights(n, 3), [1 / n] * n
        assert held(bug, wrong) == "CONFORMS"
        if wrong != right:
            assert held(bug, right) != "CONFORMS"
            told_apart = True
    assert told_apart


@pytest.mark.parametrize("bug", BATCHING_BUGS, ids=str)
def test_right_counterpart_conforms(bug: BatchingBug) -> None:
    """The same code with the one thing put right conforms, in double and in single precision."""
    found = check_gradient(bug.subject(fixed=True), bug.objective, **bug.options)
    assert found.verdict == "CONFORMS", str(found)
