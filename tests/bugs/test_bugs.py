"""Bugs of real projects: each is caught where it begins, and named where it can be."""

import re
from collections import Counter
from functools import cache

import pytest
from bug_record import Bug, call
from bug_table import BUGS, NOT_EXPRESSIBLE

from refmath import check, optimizers, rules
from refmath.oracle.report import Report, Result

CLASSES = {
    "formula": "2 4 5 7 8 9 12 15 17 18 19 20 22 23 26 28 31 33 34 35 37 38 39 40 41 43 44",
    "state": "47 48 50 51 53 54 56 58 59 61 62 64 66 67 72 73 74 75 76 77",
    "hyperparameter": "79 81 83 84 85 87 88 90 91 93",
    "numerics": "96 97 99 100 103 104 105 106 107",
}
CONTROLS = {40, 41, 43, 44}
ROUNDING_ALONE = {74}  # two paths that differ in rounding only: harmless beside its bugs
CONVENTIONS = {9, 17, 26, 28, 33, 37, 72, 88}

WRONG = [b for b in BUGS if b.kind != "control"]
HARMLESS = [b for b in BUGS if b.kind == "control"]
VARIANTS = [b for b in WRONG if b.expected == "VARIANT"]
_EXAMPLES = 60


@cache
def _report(number: int) -> Report:
    bug = BUGS[number]
    return check(call(bug), rule=bug.rule, dtypes=bug.dtypes, fixed=bug.fixed)


def report(bug: Bug) -> Report:
    """What the oracle says of a bug, held against the form that was meant."""
    return _report(BUGS.index(bug))


def test_every_number_has_its_place() -> None:
    """Each of the 66 numbers is in the table, or is listed with the reason why it cannot be."""
    numbers = {int(n) for listed in CLASSES.values() for n in listed.split()}
    assert len(numbers) == 66
    written = {b.id for b in BUGS}
    assert written | set(NOT_EXPRESSIBLE) == numbers
    assert not written & set(NOT_EXPRESSIBLE)
    assert all(NOT_EXPRESSIBLE.values())


def test_rows_are_complete() -> None:
    """Rows differ in their label, say why that step, and have the verdict that their kind asks."""
    assert Counter(map(str, BUGS)).most_common(1)[0][1] == 1
    assert {b.id for b in BUGS if b.kind == "convention"} == CONVENTIONS
    assert {b.id for b in HARMLESS} == CONTROLS | ROUNDING_ALONE
    for bug in BUGS:
        assert bug.refs
        assert bug.why or bug.kind == "control"
        assert bug.kind != "convention" or bug.expected == "VARIANT"
        assert (bug.kind == "control") == (bug.expected == "CONFORMS")
        assert (bug.kind == "control") == (bug.canonical is not None)
        assert bug.expected != "VARIANT" or bug.named


@pytest.mark.parametrize("bug", WRONG, ids=str)
def test_caught(bug: Bug) -> None:
    """The verdict is the one known; a form in real use is a variant, never a deviation."""
    found = report(bug)
    assert found.verdict == bug.expected, str(found)
    for result in found.results:
        assert (result.verdict == "CONFORMS") == (result.dtype in bug.clean), str(found)


@pytest.mark.parametrize("bug", [b for b in WRONG if b.expected != "FAILED"], ids=str)
def test_first_wrong_step(bug: Bug) -> None:
    """The first deviation reported is at the first step at which there can be one."""
    deviation = report(bug).first_deviation
    assert deviation is not None
    known = bug.step if isinstance(bug.step, range) else (bug.step,)
    assert deviation.step in known, str(report(bug))
    if deviation.quantity != "theta":
        assert deviation.quantity in bug.shows


@pytest.mark.parametrize("bug", [b for b in WRONG if b.named], ids=str)
def test_named(bug: Bug) -> None:
    """The diagnosis names the form, or the wrong form, that describes the bug; and only that."""
    diagnosis = report(bug).diagnosis
    assert [bug.named in text for text in diagnosis] == [True], str(report(bug))


@pytest.mark.parametrize("bug", [b for b in WRONG if not b.named], ids=str)
def test_nothing_is_named_wrongly(bug: Bug) -> None:
    """A bug that no single form describes is given no name."""
    assert report(bug).diagnosis == [], str(report(bug))


@pytest.mark.parametrize("bug", [b for b in WRONG if b.needs or b.at], ids=str)
def test_needs(bug: Bug) -> None:
    """What must be present for the bug to show is in the report, and in the smallest case."""
    worst: Result = report(bug).gravest
    for need in bug.needs:
        assert any(need in text for text in worst.needs), str(report(bug))
    case = worst.smallest_case
    assert case is not None
    assert {k: case.hyper[k] for k in bug.at} == bug.at


@pytest.mark.parametrize("bug", WRONG, ids=str)
def test_right_counterpart_conforms(bug: Bug) -> None:
    """The same code with the one thing put right conforms, in double and in single precision."""
    found = check(
        call(bug, fixed=True), rule=bug.rule, dtypes=("float64", "float32"), fixed=bug.fixed,
        examples=_EXAMPLES,
    )
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("bug", HARMLESS, ids=str)
def test_control_conforms(bug: Bug) -> None:
    """What was reported by mistake conforms to the form that it implements."""
    found = check(call(bug), rule=bug.rule)
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("bug", HARMLESS, ids=str)
def test_control_never_deviates(bug: Bug) -> None:
    """Held against the form that the report had in mind, it is that form or a variant of it."""
    found = check(call(bug), rule=bug.canonical)
    assert found.verdict in ("CONFORMS", "VARIANT"), str(found)


@pytest.mark.parametrize("bug", VARIANTS, ids=str)
def test_following_the_advice_conforms(bug: Bug) -> None:
    """Asked for the form that the report says to ask for, a variant conforms."""
    switch = report(bug).gravest.switch
    assert switch
    convention = re.search(r"--convention (\w+)", switch)
    moved = dict(re.findall(r"--vary (\w+)=(\w+)", switch))
    if switch.startswith("leave out"):
        convention, moved = None, {}
        rule, name = rules.get(bug.rule.name), None
    elif convention:
        rule, name = bug.rule.name, convention[1]
    else:
        rule, name = bug.rule, None
    found = check(call(bug), rule, name, vary=moved, dtypes=bug.dtypes, examples=_EXAMPLES)
    assert found.verdict == "CONFORMS", str(found)


def test_our_nesterov_takes_no_dampening() -> None:
    """What PyTorch refuses to construct, Nesterov with dampening, ours does not take.

    A check with `and` for `or` let it pass (pytorch/pytorch PR #887, number 87).
    """
    with pytest.raises(TypeError, match="dampening"):
        optimizers.Nesterov(momentum=0.9, dampening=0.5)  # type: ignore[call-arg]
