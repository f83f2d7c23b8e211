"""The claims in proofs/ hold, and their negative controls do not."""

import importlib.util
from pathlib import Path

import pytest

PROOFS = sorted((Path(__file__).parent.parent / "proofs").rglob("*.py"))


@pytest.mark.parametrize("path", PROOFS, ids=lambda p: p.stem)
def test_a_claim_is_proved_and_its_control_is_not(path: Path) -> None:
    """A claim's normal form vanishes; that of its false neighbour does not."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    claim = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(claim)
    assert claim.prove()
    assert not claim.control()


def test_there_are_claims() -> None:
    """The folder is not empty."""
    assert PROOFS
