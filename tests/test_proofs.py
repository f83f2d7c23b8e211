"""The claims in proofs/: every verdict is the declared one, every control fails as it must."""

from pathlib import Path

import pytest

from refmath.proof.judge import judge_file
from refmath.proof.load import files

FOLDER = Path(__file__).parents[1] / "proofs"
PROOFS = files([FOLDER])


@pytest.mark.parametrize("path", PROOFS, ids=lambda p: str(p.relative_to(FOLDER)))
def test_a_claim_comes_out_as_declared(path: Path) -> None:
    """Its engines agree on it, and on every false neighbour; Coq has a run of its own."""
    assert judge_file(str(path), use_coq=False).faults == ()


def test_a_file_is_named_for_its_claim() -> None:
    """Who looks for a claim by its id finds the file."""
    wrong = []
    for path in PROOFS:
        name = path.stem.lower()
        found = path.read_text("utf-8").partition('id="')[2].partition('"')[0].lower()
        if not name.startswith(found.replace("-", "_")):
            wrong.append(path.name)
    assert wrong == []
