"""``refmath prove`` on a user's own claims: verdicts, exit status, errors in one line, records."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from refmath.cli import main
from refmath.cli_prove import own_claims
from refmath.proof.coq import check as coq
from refmath.proof.load import files

GOOD = '''"""Twice a number is at most its square and 1.

Source: Anybody.
"""

from sympy import symbols

from refmath.proof import Claim, Forall

x = symbols("x", real=True)
claim = Claim(
    id="square",
    holds=(Forall(2 * x <= x**2 + 1, using=((1, (x - 1) ** 2),)),),
    controls=(Forall(3 * x <= x**2 + 1, name="three times"),),
)
'''
COMPUTED = '''"""Something is computed.

Source: Anybody.
"""

from refmath.proof import Claim, Computed

claim = Claim(
    id="computed",
    holds=(Computed("it", {CHECKS}, coq=COQ),),
    controls=(Computed("not it", {"one": lambda: False}, lambda: "here"),),
)
'''
BOTH = '{"one": lambda: True, "two": lambda: True}'


def prove(*arguments: object) -> Result:
    """The command, in this process alone."""
    return CliRunner().invoke(main, ["prove", "--processes", "1", *map(str, arguments)])


def computed(checks: str = BOTH, theorem: str = "None") -> str:
    """A claim file with checks and a theorem of its own."""
    return COMPUTED.replace("{CHECKS}", checks).replace("COQ", theorem)


def lemma(body: str) -> str:
    """A theorem for Coq, as source of a function of its name."""
    return f'lambda name: "{body}".replace("NAME", name)'


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    """A good claim in a folder of its own."""
    path = tmp_path / "square.py"
    path.write_text(GOOD)
    return path


def test_a_users_claim_is_proved(claim: Path) -> None:
    """A folder of one good file: status 0, proved by both engines and the kernel."""
    result = prove(claim.parent, "--json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["claims"]
    assert (found["verdict"], found["control"]) == ("PROVED", "1/1 fail")
    assert found["checkers"] == ["flint", "sympy", "coq"]
    assert found["controls"][0]["counterexample"] == "x = 1"


MALFORMED = {
    "no claim": ("claim = Claim(", "other = Claim(", "expected claim = Claim(...)"),
    "no statement": ("Twice a number is at most its square and 1.\n\n", "",
                     "its docstring has no statement"),
    "no source": ("Source: Anybody.", "By: Anybody.", "its docstring names no source"),
    "a syntax error": ("claim = Claim(", "claim = = Claim(", "SyntaxError"),
    "it raises": ("claim =", "1 / 0\nclaim =", "ZeroDivisionError: division by zero"),
    "no control": ("controls=(Forall(3 * x <= x**2 + 1, name=\"three times\"),),", "",
                   "no negative control"),
    "no tuple": ("holds=(Forall(2 * x <= x**2 + 1, using=((1, (x - 1) ** 2),)),),",
                 "holds=Forall(2 * x <= x**2 + 1),", "expected a tuple"),
    "decided by SymPy": ("2 * x <= x**2 + 1", "0 <= x**2", "SymPy evaluated it when it was built"),
    "a definition of nothing": ("id=", "definition=(\"refmath.rules:adamm\",), id=",
                                "which is nothing"),
    "no relation": ("2 * x <= x**2 + 1", "x**2", "expected a relation"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_one_clear_line(claim: Path, name: str) -> None:
    """Status 2, the file's name, what was expected, and no traceback."""
    old, new, words = MALFORMED[name]
    claim.write_text(GOOD.replace(old, new))
    result = prove(claim, "--no-coq")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert str(claim) in result.stderr
    assert words.lower() in result.stderr.lower()


def test_a_missing_file_and_an_empty_folder(tmp_path: Path) -> None:
    """Status 2: nothing was checked."""
    assert prove(tmp_path / "none.py").exit_code == 2
    assert "no claim file found" in prove(tmp_path).stderr


def test_one_id_twice(claim: Path) -> None:
    """Two files may not claim one id."""
    (claim.parent / "twice.py").write_text(GOOD)
    result = prove(claim.parent, "--no-coq")
    assert result.exit_code == 2
    assert "taken by" in result.stderr


DEVIATING = {
    "a false statement": (GOOD.replace("2 * x <=", "5 * x <="), "fails at x = 1"),
    "a control that holds": (GOOD.replace("3 * x", "1 * x"), "was not refuted"),
    "undecided": (GOOD.replace("2 * x <= x**2", "2 * x <= x**4 + 1"), "is not decided"),
    "engines that disagree": (
        computed('{"one": lambda: True, "two": lambda: False}'), "the checkers disagree"),
    "a third engine that disagrees": (
        computed('{"one": lambda: True, "two": lambda: True, "three": lambda: False}'),
        "three does not"),
    "one engine alone": (computed('{"one": lambda: True}'), "no second checker agrees"),
}


@pytest.mark.parametrize("name", DEVIATING)
def test_what_is_not_as_declared_is_a_fault(claim: Path, name: str) -> None:
    """Status 1, and the fault says which statement and why."""
    text, words = DEVIATING[name]
    claim.write_text(text)
    result = prove(claim, "--no-coq")
    assert result.exit_code == 1, result.output
    assert words in " ".join(result.output.split())


REFUSED = {
    "Admitted": "Theorem NAME : 1 = 2. Proof. Admitted.",
    "an axiom": "Axiom wish : 1 = 2. Definition NAME := wish.",
    "an axiom by another word": "Hypothesis wish : 1 = 2. Theorem NAME : 1 = 2. exact wish. Qed.",
    "a proof that is none": "Theorem NAME : 1 = 2. Proof. lra. Qed.",
}


@pytest.mark.parametrize("name", REFUSED)
def test_coq_takes_no_proof_on_trust(claim: Path, name: str) -> None:
    """Admitted, an axiom of the file's own, and a wrong proof are refused: status 1."""
    claim.write_text(computed(theorem=lemma(REFUSED[name])))
    result = prove(claim)
    assert result.exit_code == 1, result.output
    assert "Coq refuses" in result.output


def test_coq_takes_a_proof(claim: Path) -> None:
    """The same file with a proof that goes through."""
    claim.write_text(computed(theorem=lemma("Theorem NAME : 1 < 2. Proof. lra. Qed.")))
    assert prove(claim).exit_code == 0


def test_a_record_is_the_same_twice_and_is_compared(claim: Path, tmp_path: Path) -> None:
    """-o writes what --json prints; --against is content with it, and names what is stale."""
    record = tmp_path / "claims.json"
    shown = prove(claim, "--json", "-o", record)
    assert json.loads(record.read_text()) == json.loads(shown.stdout)
    first = record.read_bytes()
    prove(claim, "-o", record)
    assert record.read_bytes() == first
    assert prove(claim, "--against", record).exit_code == 0
    record.write_text(record.read_text().replace("x = 1", "x = 2"))
    result = prove(claim, "--against", record)
    assert result.exit_code == 1
    assert 'square: controls 1 counterexample: recorded "x = 2", found "x = 1"' in result.output


def test_a_record_without_the_claim(claim: Path, tmp_path: Path) -> None:
    """A claim that is not in the record is stale too; other files are no record: status 2."""
    record = tmp_path / "claims.json"
    record.write_text('{"coq": null, "claims": []}')
    assert "square: not recorded" in prove(claim, "--against", record).output
    record.write_text("[]")
    assert prove(claim, "--against", record).exit_code == 2
    assert prove(claim, "--against", tmp_path / "none.json").exit_code == 2


def test_without_coq_it_says_so(
    claim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded with Coq, and no coqc here: the cure is named; --no-coq compares the rest."""
    record = tmp_path / "claims.json"
    prove(claim, "-o", record)
    monkeypatch.setenv("PATH", str(tmp_path))
    coq.available.cache_clear()
    try:
        missing = prove(claim, "--against", record)
        rest = prove(claim, "--against", record, "--no-coq")
    finally:
        coq.available.cache_clear()
    assert missing.exit_code == 2
    assert "there is no coqc here; install Coq" in missing.stderr
    assert rest.exit_code == 0
    assert "Coq left aside" in rest.output


def test_every_claim_is_recorded() -> None:
    """The record in docs/ has the claims in proofs/, in their order."""
    root = Path(__file__).parents[2]
    recorded = json.loads((root / "docs" / "_data" / "claims.json").read_text("utf-8"))
    found = [p.resolve().relative_to(root).as_posix() for p in files([own_claims()])]
    assert [c["path"] for c in recorded["claims"]] == found
