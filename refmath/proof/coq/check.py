"""Runs Coq on theorems and reads which axioms each of them rests on."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from refmath.proof.claim import Theorem
from refmath.proof.coq.prelude import PRELUDE

__all__ = ["ALLOWED", "Answer", "available", "check"]

ALLOWED = frozenset({
    "ClassicalDedekindReals.sig_forall_dec", "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep", "Classical_Prop.classic",
})
"""The axioms on which Coq's classical real numbers rest."""
_FORBIDDEN = re.compile(r"\b(Admitted|Axiom|Parameter|Conjecture|admit|Abort|give_up)\b")
_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What Coq says of a theorem.

    Attributes:
        accepted: Whether its kernel accepts the proof, by allowed axioms alone.
        reason: Why not.
    """

    accepted: bool
    reason: str = ""


@cache
def available() -> str | None:
    """The version of ``coqc``, or None where it is not installed."""
    program = shutil.which("coqc")
    if program is None:
        return None
    answer = subprocess.run(  # noqa: S603
        [program, "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    found = re.search(r"version (\S+)", answer.stdout)
    return found.group(1) if found else None


@cache
def _prelude() -> Path:
    """A folder with the compiled prelude; it lives as long as this process."""
    folder = tempfile.TemporaryDirectory(prefix="refmath-coq-")
    _KEPT.append(folder)
    path = Path(folder.name)
    (path / "Prelude.v").write_text(PRELUDE, encoding="utf-8")
    answer = _compile(path, "Prelude.v")
    assert answer.returncode == 0, answer.stderr
    return path


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _compile(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("coqc")
    assert program is not None
    return subprocess.run(  # noqa: S603
        [program, "-q", "-Q", str(folder), "Refmath", name],
        cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS,
    )


def check(theorems: Sequence[Theorem]) -> list[Answer]:
    """Ask Coq for every theorem; all at once, and one by one where that fails.

    Axioms are read from ``Print Assumptions``: whatever the proof does, a theorem that rests on
    anything but the axioms of the reals is not accepted.
    """
    if not theorems:
        return []
    together = _run(theorems)
    if len(theorems) == 1 or all(a.accepted for a in together):
        return together
    return [_run([x])[0] for x in theorems]


def _run(theorems: Sequence[Theorem]) -> list[Answer]:
    for x in theorems:
        if _FORBIDDEN.search(x.text):
            return [Answer(False, "the text contains an axiom or an unfinished proof")] * len(
                theorems
            )
    folder = _prelude()
    parts = ["From Refmath Require Import Prelude.",
             "Require Import Reals Lra Psatz Arith Lia.", "Open Scope R_scope."]
    for x in theorems:
        parts += [f"Module M_{x.name}.", x.text, f"End M_{x.name}."]
    parts += [f'Print Assumptions M_{x.name}.{x.name}.' for x in theorems]
    with tempfile.NamedTemporaryFile(
        "w", suffix=".v", prefix="claim_", dir=folder, delete=False, encoding="utf-8"
    ) as file:
        file.write("\n".join(parts) + "\n")
    path = Path(file.name)
    try:
        answer = _compile(folder, path.name)
    except subprocess.TimeoutExpired:
        return [Answer(False, f"no answer in {_SECONDS} s")] * len(theorems)
    finally:
        for other in folder.glob(f"{path.stem}.*"):
            other.unlink()
        (folder / f".{path.stem}.aux").unlink(missing_ok=True)
    if answer.returncode:
        return [Answer(False, _first_error(answer.stderr))] * len(theorems)
    return _read(answer.stdout, len(theorems))


def _first_error(text: str) -> str:
    found = re.search(r"Error:\s*(.+?)(?:\n\n|\Z)", text, re.DOTALL)
    return " ".join((found.group(1) if found else text).split())[:300]


def _read(text: str, count: int) -> list[Answer]:
    blocks = re.split(r"^(?=Axioms:|Closed under the global context)", text, flags=re.MULTILINE)
    found = [b for b in blocks if b.startswith(("Axioms:", "Closed"))]
    assert len(found) == count, text
    out = []
    for block in found:
        names = set(re.findall(r"^([A-Za-z_][\w.']*)\s*:?", block, re.MULTILINE)) - {
            "Axioms", "Closed"
        }
        extra = sorted(n for n in names if n not in ALLOWED)
        out.append(Answer(not extra, f"rests on {', '.join(extra)}" if extra else ""))
    return out
