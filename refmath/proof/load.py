"""Finds claim files and reads them: the claim, and statement and source from the docstring."""

import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from refmath.errors import InvalidInput, RefmathError
from refmath.proof.claim import Claim

__all__ = ["Loaded", "described", "files", "load"]


@dataclass(frozen=True)
class Loaded:
    """A claim with what its file says of it.

    Attributes:
        path: The file.
        claim: The claim.
        title: The first paragraph of the docstring: the statement in words.
        source: Where it is stated.
        printed: What the source prints, where it is wrong.
    """

    path: Path
    claim: Claim
    title: str
    source: str
    printed: str


def files(paths: Iterable[Path]) -> list[Path]:
    """The claim files of some files and folders; names that begin with _ are helpers.

    Raises:
        InvalidInput: A path does not exist, or there is no claim file in all of them.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise InvalidInput(f"expected a claim file or a folder of them, found no {path}")
        inside = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for x in inside:
            if path.is_file() or not x.name.startswith(("_", ".")):
                found.setdefault(x)
    if not found:
        raise InvalidInput(
            "no claim file found; a claim file is a Python file with claim = Claim(...)"
        )
    return list(found)


def load(path: Path) -> Loaded:
    """Read a claim file. It is a program of its owner's, and is run.

    Raises:
        InvalidInput: It raises, has no claim, or its docstring lacks a statement or a source.
    """
    name = "refmath_claim_" + re.sub(r"\W", "_", str(path))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InvalidInput(f"{path}: expected a Python file, found something else")
    module = importlib.util.module_from_spec(spec)
    folder = str(path.parent.resolve())
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except RefmathError as error:
        raise InvalidInput(f"{path}: {error}") from None
    except Exception as error:  # a claim file is anybody's program
        raise InvalidInput(f"{path}: {described(error)}") from None
    finally:
        sys.path.remove(folder)
    claim = getattr(module, "claim", None)
    if not isinstance(claim, Claim):
        raise InvalidInput(
            f"{path}: expected claim = Claim(...) at its top level, found {type(claim).__name__}"
        )
    title, source, printed = _docstring(path, inspect.cleandoc(module.__doc__ or ""))
    return Loaded(path, claim, title, source, printed)


def described(error: Exception) -> str:
    """An exception of a claim file in one line."""
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or ['no message'])[0]}"


def _docstring(path: Path, text: str) -> tuple[str, str, str]:
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text) if p.strip()]
    marked = {}
    for key in ("Source", "Printed"):
        part = re.search(rf"^{key}:\s*(.+?)(?=^\w+:\s|\n\s*\n|\Z)", text, re.DOTALL | re.MULTILINE)
        marked[key] = " ".join(part.group(1).split()) if part else ""
    if not paragraphs or paragraphs[0].startswith(("Source:", "Printed:")):
        raise InvalidInput(f"{path}: its docstring has no statement; begin it with one sentence")
    if not marked["Source"]:
        raise InvalidInput(f"{path}: its docstring names no source; add a line 'Source: ...'")
    return paragraphs[0], marked["Source"], marked["Printed"]
