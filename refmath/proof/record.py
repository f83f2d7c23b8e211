"""Recorded results of claims: written once, and held against what comes out now."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from refmath.errors import InvalidInput
from refmath.files import written
from refmath.proof.judge import Result

__all__ = ["differences", "read", "record", "write"]

_SHOWN = 60
"""Characters of a value that a difference shows."""


def record(results: Sequence[Result], kernel: str | None) -> dict[str, Any]:
    """The results as plain data, the same on every machine.

    Args:
        results: The results, in their order.
        kernel: The version of Coq that took part, or None.
    """
    return {"coq": kernel, "claims": [r.to_json() for r in results]}


def write(path: str | Path, data: Mapping[str, Any]) -> None:
    """Write a record, whole or not at all."""
    with written(path) as file:
        file.write((json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode())


def read(path: str | Path) -> dict[str, Any]:
    """Read a record.

    Raises:
        InvalidInput: There is none, or it is something else.
    """
    try:
        found: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"cannot read {str(path)!r}: {error.strerror or error}") from None
    except ValueError as error:
        raise InvalidInput(f"{path}: expected JSON, found {error}") from None
    good = isinstance(found, dict) and "coq" in found and isinstance(found.get("claims"), list)
    if not good or not all(isinstance(c, dict) and "id" in c for c in found["claims"]):
        raise InvalidInput(f"{path}: expected what refmath prove -o writes, found other JSON")
    return found


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool, with_coq: bool
) -> list[str]:
    """What is recorded differently from what came out, one line a claim.

    Args:
        old: The record.
        new: What came out.
        whole: Whether a claim that did not come out counts.
        with_coq: Whether what Coq says counts.
    """
    before = {c["id"]: c if with_coq else _without_coq(c) for c in old["claims"]}
    after = {c["id"]: c if with_coq else _without_coq(c) for c in new["claims"]}
    out = []
    for name, claim in after.items():
        if name not in before:
            out.append(f"{name}: not recorded")
        else:
            found = next(_different(before[name], claim, ""), None)
            out += [f"{name}: {found}"] if found else []
    if whole:
        out += [f"{name}: recorded, but there is no such claim" for name in before
                if name not in after]
    order = [c for c in before if c in after], [c for c in after if c in before]
    if not out and whole and order[0] != order[1]:
        out.append("the claims are recorded in another order")
    return out


def _without_coq(value: Any) -> Any:
    """A claim as it comes out where Coq is left out."""
    if isinstance(value, dict):
        return {
            k: [c for c in v if not c.startswith("coq")] if k == "checkers" else _without_coq(v)
            for k, v in value.items() if k != "scope"
        }
    return [_without_coq(v) for v in value] if isinstance(value, list) else value


def _different(old: Any, new: Any, place: str) -> Iterator[str]:
    """Where two values differ, and how."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*new, *old)):
            inner = f"{place} {key}".strip()
            if key not in old or key not in new:
                yield f"{inner} is {'new' if key in new else 'gone'}"
            else:
                yield from _different(old[key], new[key], inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for k, (a, b) in enumerate(zip(old, new, strict=True), 1):
            yield from _different(a, b, f"{place} {k}")
    elif old != new:
        yield f"{place}: recorded {_short(old)}, found {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
