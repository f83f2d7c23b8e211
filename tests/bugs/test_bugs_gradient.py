"""Bugs of real projects in losses, backpropagation and batching: each is caught, and named."""

import re
from functools import cache

import pytest
from gradient_table import GRADIENT_BUGS, GradientBug

from refmath import check_gradient
from refmath.oracle.report import Report

NUMBERS = "156 157 158 160 161 162 164 168 169 170 171 172 173 176 178 180 181 183 185 186 188"
CONTROLS = {178}
CONVENTIONS = {168, 188}

WRONG = [b for b in GRADIENT_BUGS if b.kind != "control"]
VARIANTS = [b for b in GRADIENT_BUGS if b.expected == "VARIANT"]
HARMLESS = [b for b in GRADIENT_BUGS if b.kind == "control"]


@cache
def _report(number: int) -> Report:
    bug = GRADIENT_BUGS[number]
    return check_gradient(
        bug.subject(), bug.objective, bug.wrt, dtypes=("float64",), **bug.options
    )


def report(bug: GradientBug) -> Report:
    """What the oracle says of a bug, held against what was meant."""
    return _report(GRADIENT_BUGS.index(bug))


def test_every_number_has_its_place() -> None:
    """Each of the 21 numbers of the three classes is in the table; rows differ in their label."""
    assert {b.id for b in GRADIENT_BUGS} == {int(n) for n in NUMBERS.split()}
    assert len({str(b) for b in GRADIENT_BUGS}) == len(GRADIENT_BUGS)
    assert {b.id for b in HARMLESS} == CONTROLS
    assert {b.id for b in VARIANTS} == CONVENTIONS
    assert all(b.refs for b in GRADIENT_BUGS)


@pytest.mark.parametrize("bug", WRONG, ids=str)
def test_caught(bug: GradientBug) -> None:
    """The verdict is the one known; a form in real use is a variant, never a deviation."""
    found = report(bug)
    assert found.verdict == bug.expected, str(found)
    assert found.first_deviation is not None


@pytest.mark.parametrize("bug", WRONG, ids=str)
def test_named(bug: GradientBug) -> None:
    """The diagnosis is one line, and it names what is wrong."""
    diagnosis = report(bug).diagnosis
    assert [bool(bug.named) and bug.named in text for text in diagnosis] == [True], str(report(bug))


@pytest.mark.parametrize("bug", [b for b in WRONG if b.needs], ids=str)
def test_needs(bug: GradientBug) -> None:
    """What must hold of the inputs for the bug to show is in the report."""
    assert set(bug.needs) <= set(report(bug).gravest.needs), str(report(bug))


@pytest.mark.parametrize("bug", WRONG, ids=str)
def test_right_counterpart_conforms(bug: GradientBug) -> None:
    """The same code with the one thing put right conforms, in double and in single precision."""
    found = check_gradient(bug.subject(fixed=True), bug.objective, bug.wrt, **bug.options)
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("bug", HARMLESS, ids=str)
def test_control_conforms(bug: GradientBug) -> None:
    """What was reported by mistake conforms to what it implements."""
    found = check_gradient(bug.subject(), bug.objective, bug.wrt, **bug.options)
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("bug", VARIANTS, ids=str)
def test_following_the_advice_conforms(bug: GradientBug) -> None:
    """Asked for the form that the report says to ask for, a variant conforms."""
    moved = dict(re.findall(r"--vary (\w+)=(\w+)", report(bug).gravest.switch or ""))
    assert moved
    found = check_gradient(bug.subject(), bug.objective, bug.wrt, vary=moved, **bug.options)
    assert found.verdict == "CONFORMS", str(found)
