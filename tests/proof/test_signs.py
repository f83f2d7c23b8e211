"""No sign of a rule can be changed without a proof turning red."""

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from refmath.cli import main
from refmath.proof.load import Loaded, files, load
from refmath.proof.signs import audit_signs, changes
from refmath.rules import ALL, adam, sgd

PROOFS = Path(__file__).parents[2] / "proofs"
FOLDERS = ("adaptive", "beyond", "momentum", "relations")
"""Where the claims about the runs of rules are."""


@cache
def claims() -> tuple[Loaded, ...]:
    """The claims, read once."""
    return tuple(load(p) for p in files([PROOFS / f for f in FOLDERS]))


@pytest.mark.parametrize("name", ALL)
def test_every_changed_sign_turns_a_proof_red(name: str) -> None:
    """Each sign of each step, one at a time, and that of the gradient where a rule maximizes."""
    found = audit_signs(ALL[name], claims())
    assert found
    assert [c.what for c in found if not c.caught] == []


def test_the_signs_of_a_step_are_all_there() -> None:
    """SGD has two terms, and the gradient's sign where it maximizes; Adam's steps have 17 signs."""
    assert [c.what for c in changes(sgd)] == [
        "in theta[t] the sign of alpha*g[t]", "in theta[t] the sign of theta[t-1]",
        "in h[t] the sign of g[t]",
    ]
    assert len(changes(adam)) == 17
    assert all(c.step.rhs != c.wrong.rhs for c in changes(adam))


def test_a_claim_about_another_form_catches_nothing() -> None:
    """What a change does to a form with another step in its place is not known."""
    own = [c for c in claims() if c.claim.id == "adam-epsilon-hat"]
    assert {c.caught for c in audit_signs(adam, own) if c.step.name == "theta"} == {""}


def test_without_claims_no_change_is_caught() -> None:
    """The command then says which signs are free, with status 1."""
    result = CliRunner().invoke(main, ["audit", "signs", "sgd", "--claims", str(PROOFS / "data")])
    assert result.exit_code == 1
    assert "0 of 3 changed signs turn a proof red" in result.output
    assert "every claim is still proved" in result.output
