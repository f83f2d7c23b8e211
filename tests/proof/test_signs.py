"""No sign of a rule can be changed without a proof turning red."""

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from refmath.cli import main
from refmath.notation import t
from refmath.proof.load import Loaded, files, load
from refmath.proof.signs import audit_signs, changes
from refmath.rules import ALL, adam, sgd
from refmath.rules.adam import beta2

PROOFS = Path(__file__).parents[2] / "proofs"
FOLDERS = ("adaptive", "beyond", "momentum", "relations")
"""Where the claims about the runs of rules are."""


@cache
def claims() -> tuple[Loaded, ...]:
    """The claims, read once."""
    return tuple(load(p) for p in files([PROOFS / f for f in FOLDERS]))


DECLARED = [name for name in ALL if name not in ("adamw", "amsgrad")]


def test_two_rules_are_settings_of_adam() -> None:
    """AdamW and AMSGrad have no signs of their own: each step and option is Adam's."""
    for rule in (ALL["adamw"], ALL["amsgrad"]):
        assert rule.algorithm == adam.algorithm
        own = {a.name: dict(a.options) for a in adam.axes}
        assert {a.name: dict(a.options) for a in rule.axes} == own


@pytest.mark.parametrize("name", DECLARED)
def test_every_changed_sign_turns_a_proof_red(name: str) -> None:
    """Each sign of each step, of each option and of each start value, one at a time."""
    found = audit_signs(ALL[name], claims())
    assert len(found) >= 31
    assert [(c.place, c.what) for c in found if not (c.caught or c.equal)] == []
    assert [c.place for c in found if c.equal] == EQUAL.get(name, [])


EQUAL = {"adadelta": ["accumulate=direction", "accumulate=step"]}
"""Where the sign of what is squared is changed, which is proved to change nothing."""


def test_the_signs_of_a_declaration_are_all_there() -> None:
    """Every term of every step, of every option and every start of gradient descent."""
    found = [(c.place, c.what) for c in changes(sgd)]
    assert len(found) == len(set(found)) == 31
    for place, what in (
        ("h[t]", "the sign of <used>"), ("alpha1[t]", "the sign of alpha1[t-1]"),
        ("theta[t]", "the sign of alpha*h[t]"), ("theta[t]", "the sign of <kept>"),
        ("weight_decay=coupled", "in <used> the sign of lambda*theta[t-1]"),
        ("weight_decay=after_unscaled", "in <after> the sign of lambda"),
        ("maximize=yes", "in <sign> the sign of g[t]"), ("start of alpha1", "the sign of alpha"),
    ):
        assert (place, what) in found


def test_a_change_reaches_every_rule_with_these_steps() -> None:
    """A sign of Adam's declaration is changed in AMSGrad too, there and nowhere else."""
    change = next(
        c for c in changes(adam) if (c.place, c.what) == ("v[t]", "the sign of beta2*v[t-1]")
    )
    for rule in (adam, ALL["amsgrad"]):
        right, wrong = rule.recurrence, change.apply(rule).recurrence
        assert (right.rhs("v") + wrong.rhs("v")).expand() == (
            2 * (1 - beta2) * rule.gradient[t] ** 2
        ).expand()
        assert wrong.rhs("m") == right.rhs("m")


def test_a_start_is_changed() -> None:
    """NAdam's product of momenta then starts at -1."""
    (change,) = (c for c in changes(ALL["nadam"]) if c.place == "start of p")
    (state,) = (q for q in change.apply(ALL["nadam"]).recurrence.states if q.name == "p")
    assert state.start == -1


def test_without_claims_no_change_is_caught() -> None:
    """The command then says which signs are free, with status 1."""
    result = CliRunner().invoke(main, ["audit", "signs", "sgd", "--claims", str(PROOFS / "data")])
    assert result.exit_code == 1
    assert "0 of 31 changed signs turn a proof red" in result.output
    assert "every claim is still proved" in result.output
