"""The recorded verdicts on claims, as the pages quote them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from page import escape, lines_of

__all__ = ["CHECKERS", "DATA", "about", "claims", "coq", "label", "reference"]

DATA = Path(__file__).parents[1] / "_data" / "claims.json"
_MANY = 12
"""A claim about more declarations than this is about all of its kind: it is not listed at each."""
CHECKERS = {
    "coq": "Coq", "flint": "FLINT", "sympy": "SymPy", "exact point": "a counterexample",
    "arb": "Arb", "rational": "rational intervals",
}
"""What a checker is called."""
Claim = Mapping[str, Any]


@cache
def _recorded() -> dict[str, Any]:
    if not DATA.exists():
        raise FileNotFoundError(
            f"{DATA} is missing: write it with refmath prove -o docs/_data/claims.json"
        )
    found: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return found


def claims() -> list[Claim]:
    """Every claim, in the order of the record."""
    return list(_recorded()["claims"])


def coq() -> str:
    """The version of Coq that took part; empty if it did not."""
    return str(_recorded()["coq"] or "")


def label(name: str) -> str:
    """The anchor of a claim: ``claim-t9``."""
    return f"claim-{name.lower().replace('_', '-')}"


def reference(claim: Claim) -> str:
    """A link to a claim."""
    return f"{{ref}}`{claim['id']} <{label(claim['id'])}>`"


def about(kind: str, *names: str) -> str:
    """A section with the claims about declarations of one kind; empty if there is none.

    Args:
        kind: rules, schedules, objectives, closed_forms or updates.
        names: Their names.
    """
    found = [
        c for c in claims()
        if set(names) & set(c["uses"].get(kind, ())) and len(c["uses"][kind]) <= _MANY
    ]
    items = [f"{reference(c)}, {said(c)}: {escape(c['statement'])}" for c in found]
    return f"## Proved about it\n\n{lines_of(items)}" if items else ""


def said(claim: Claim) -> str:
    """The verdict in a few words."""
    if claim["verdict"] == "REFUTED" and claim["printed"]:
        return "refuted as printed, and corrected"
    return str(claim["verdict"]).lower()
