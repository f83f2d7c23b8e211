"""What a claim is about: the declared rules, schedules, objectives and closed forms it names."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from refmath.errors import InvalidInput
from refmath.proof.claim import Claim

__all__ = ["KINDS", "uses"]

KINDS = {
    "refmath.rules": "rules", "refmath.schedules": "schedules",
    "refmath.objectives": "objectives", "refmath.closed_form": "closed_forms",
    "refmath.quasi_newton": "updates",
}
"""Where a declaration is, to the kind of declarations there."""


def uses(claim: Claim) -> dict[str, list[str]]:
    """Names of declarations by kind: those of its definition and of the runs it states.

    Raises:
        InvalidInput: The definition points to nothing.
    """
    found: dict[str, set[str]] = {kind: set() for kind in KINDS.values()}
    for pointer in claim.definition:
        for name in _pointed(claim.id, pointer):
            kind = next((k for m, k in KINDS.items() if pointer.startswith(m)), None)
            if kind is not None:
                found[kind].add(name)
    for statement in (*claim.holds, *claim.printed):
        for run in getattr(statement, "runs", ()):
            found["rules"].add(run.rec.name)
    return {kind: sorted(names) for kind, names in found.items() if names}


def _pointed(owner: str, pointer: str) -> Iterator[str]:
    """The names behind ``module:name``; those of all entries where it is a catalogue."""
    module, sign, name = pointer.partition(":")
    try:
        home: Any = import_module(module) if sign else None
    except ImportError:
        home = None
    found = getattr(home, name, None) or getattr(home, "ALL", {}).get(name)
    if found is None:
        raise InvalidInput(
            f"{owner}: expected a definition as module:name, found {pointer!r}, which is nothing"
        )
    if isinstance(found, Mapping):
        yield from found
    elif isinstance(found, Sequence) and not isinstance(found, str):
        yield from (x.name for x in found)
    else:
        yield name
