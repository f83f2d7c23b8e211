"""Bugs of real projects in learning-rate schedules: each is caught, and named."""

import re
from functools import cache

import pytest
from schedule_table import SCHEDULE_BUGS, ScheduleBug

from refmath import check_schedule
from refmath.oracle.report import Report

NUMBERS = "128 129 130 131 134 137 139 140 141 142 143 144 146 149 152"
VARIANTS = [b for b in SCHEDULE_BUGS if b.expected == "VARIANT"]


def _check(bug: ScheduleBug, *, fixed: bool = False, vary: dict[str, str] | None = None) -> Report:
    return check_schedule(
        bug.subject(fixed=fixed), bug.schedule, vary=vary or bug.vary, fixed=bug.fixed
    )


@cache
def _report(number: int) -> Report:
    return _check(SCHEDULE_BUGS[number])


def report(bug: ScheduleBug) -> Report:
    """What the oracle says of a bug."""
    return _report(SCHEDULE_BUGS.index(bug))


def test_every_number_has_its_place() -> None:
    """Each of the 15 bugs of schedules is in the table, once, with its reference."""
    assert [b.id for b in SCHEDULE_BUGS] == [int(n) for n in NUMBERS.split()]
    assert all(b.refs for b in SCHEDULE_BUGS)


@pytest.mark.parametrize("bug", SCHEDULE_BUGS, ids=str)
def test_caught(bug: ScheduleBug) -> None:
    """The verdict is the one known; a form in real use is a variant, never a deviation."""
    assert report(bug).verdict == bug.expected, str(report(bug))


@pytest.mark.parametrize("bug", SCHEDULE_BUGS, ids=str)
def test_named(bug: ScheduleBug) -> None:
    """The diagnosis is one line, and it names what is wrong."""
    assert [bug.named in text for text in report(bug).diagnosis] == [True], str(report(bug))


@pytest.mark.parametrize("bug", SCHEDULE_BUGS, ids=str)
def test_right_counterpart_conforms(bug: ScheduleBug) -> None:
    """The same code with the one thing put right conforms."""
    found = _check(bug, fixed=True)
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("bug", VARIANTS, ids=str)
def test_following_the_advice_conforms(bug: ScheduleBug) -> None:
    """Asked for the form that the report says to ask for, a variant conforms."""
    moved = dict(re.findall(r"--vary (\w+)=(\w+)", report(bug).gravest.switch or ""))
    assert moved
    found = _check(bug, vary={**bug.vary, **moved})
    assert found.verdict == "CONFORMS", str(found)
