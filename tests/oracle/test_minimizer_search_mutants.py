"""The line searches under the oracle: their own code, changed in one place at a time, is caught."""

import json

import pytest
from click.testing import CliRunner

from refmath.cli import main
from refmath.optimizers.minimize import line_search
from refmath.oracle.minimizer.searches.audit import judged
from refmath.oracle.minimizer.searches.conditions import flat, sufficient
from refmath.oracle.minimizer.searches.equivalent import EQUIVALENT, ROUNDING_ONLY
from refmath.oracle.minimizer.searches.judge import complaint
from refmath.oracle.minimizer.searches.mutants import MODULES, SEARCHES, Mutant, mutants

LISTED = EQUIVALENT | ROUNDING_ONLY
EVERY = {module: list(mutants(line_search, (module,))) for module in MODULES}


def by_name(name: str) -> Mutant:
    """The mutant of that name."""
    return next(m for m in EVERY[name.partition(".")[0]] if m.name == name)


@pytest.mark.parametrize("name", SEARCHES)
def test_the_line_searches_have_no_complaint(name: str) -> None:
    """The control: none of the laws is broken by the searches as they are."""
    assert complaint(name, getattr(line_search, name), 30) is None


STRIDE = {"record": 3, "strong_wolfe": 15, "more_thuente": 4}
"""Of these modules each so many-th change is judged here; the command judges all."""


@pytest.mark.parametrize("module", MODULES)
def test_every_change_that_is_a_mistake_is_caught(module: str) -> None:
    """Of those that are not listed as equivalent."""
    wrong = [m for m in EVERY[module] if m.name not in LISTED and ".Reason:" not in m.name]
    some = wrong[:: STRIDE.get(module, 1)]
    assert len(some) > 9
    assert [j.mutant.name for j in judged(some) if not j.killed] == []


def test_names_are_unique_and_equivalents_exist() -> None:
    """Each equivalent is the name of one change; there are over a thousand changes."""
    names = [m.name for found in EVERY.values() for m in found]
    assert len(set(names)) == len(names) > 1000
    assert set(LISTED) <= set(names)
    assert not set(EQUIVALENT) & set(ROUNDING_ONLY)
    assert all(len(reason) > 20 for reason in LISTED.values())


@pytest.mark.parametrize(
    "name",
    ["weak_wolfe.weak_wolfe: math.nan -> math.inf", "exact.exact: 1.0 -> 1.125"],
)
def test_an_equivalent_does_the_same_in_every_bit(name: str) -> None:
    """Run beside the search itself it differs nowhere."""
    (found,) = judged([by_name(name)])
    assert not found.killed
    assert not found.survives
    assert found.equivalent == EQUIVALENT[name]


def test_a_false_equivalent_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is caught is mislabelled; one that is not caught differs from the search."""
    name = "weak_wolfe.weak_wolfe: 2 * low.step -> 2 / low.step"
    monkeypatch.setitem(EQUIVALENT, name, "it is not")
    (found,) = judged([by_name(name)])
    assert found.mislabelled
    monkeypatch.setattr("refmath.oracle.minimizer.searches.audit._said", lambda _: "")
    (found,) = judged([by_name(name)])
    assert found.survives
    assert "differs on line" in found.differs


WRONG = [
    ("weak_wolfe.weak_wolfe: slope < c2 * slope0 -> slope <= c2 * slope0", "goes on"),
    ("armijo.armijo: c1 * slope0 -> c1 / slope0", "goes on after trial"),
    ("armijo.armijo: trial + 1 -> trial - 1", "evaluations"),
    ("strong_wolfe._Line.zoom: low.value -> low.slope", "the slope is"),
    ("more_thuente._cubic: -gamma -> gamma", "not those of dcsrch"),
    ("more_thuente._Interval.inside_wall: 0.1 -> 0.1125", "not those of dcsrch"),
    ("more_thuente.more_thuente: Reason.WALL -> Reason.EVALUATIONS", "WALL"),
    ("record.check_start: slope0 < 0 -> slope0 <= 0", "slope0=0.0 is to be refused"),
]


@pytest.mark.parametrize(("name", "said"), WRONG, ids=[n for n, _ in WRONG])
def test_what_is_said_of_a_change(name: str, said: str) -> None:
    """The first thing that is wrong, in words."""
    (found,) = judged([by_name(name)])
    assert said in found.said


def test_conditions_know_where_rounding_decides() -> None:
    """Nothing rounds in small multiples of powers of 2; elsewhere equality is left open."""
    assert sufficient(-0.25, 0.0, -1.0, 1.0, 0.25) is True
    assert sufficient(-0.25 + 2.0**-54, 0.0, -1.0, 1.0, 0.25) is False
    assert sufficient(1.0 - 0.3 * 0.1, 1.0, -0.3, 1.0, 0.1) is None
    assert sufficient(1.0, 1.0, -0.3, 1.0, 0.1) is False
    assert flat(-0.5, -1.0, 0.5, strong=False) is True
    assert flat(0.5 + 2.0**-53, -1.0, 0.5, strong=True) is False
    assert flat(5.0, -1.0, 0.5, strong=False) is True
    assert flat(-0.3 * 0.1, -0.3, 0.1, strong=True) is None


def test_the_command_prints_the_score() -> None:
    """One line for each module, the equivalents with their reasons, the score; and as JSON."""
    found = CliRunner().invoke(main, ["audit", "linesearch-mutants", "weak_wolfe", "exact"])
    assert found.exit_code == 0, found.output
    assert "(100.0%), 2 equivalents listed" in found.output
    assert "equivalent: exact.exact: 1.0 -> 1.125: any positive step" in found.output
    data = CliRunner().invoke(main, ["audit", "linesearch-mutants", "exact", "--json"])
    shown = json.loads(data.output)
    assert shown["killed"] + shown["equivalent"] == shown["mutants"] == len(shown["runs"])


def test_an_unknown_module_is_refused() -> None:
    """Exit status 2, and the modules that there are."""
    found = CliRunner().invoke(main, ["audit", "linesearch-mutants", "weak_wolf"])
    assert found.exit_code == 2
    assert "Did you mean 'weak_wolfe'?" in found.output
