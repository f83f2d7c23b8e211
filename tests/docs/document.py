"""Reads a document as its user would: files, commands with their output, Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$|^<!-- file: (\S+)\n(.*?)^-->$", re.M | re.S)
_FILE = re.compile(r"# ([\w/]+\.py)\n")


@dataclass(frozen=True)
class File:
    """A file that the reader has: ``<!-- file: NAME``, or Python that begins with ``# NAME.py``."""

    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command after ``$``, with what is printed; ``...`` is any lines, or the rest of one."""

    line: str
    output: str


@dataclass(frozen=True)
class Script:
    """Python, run after what stands before it; ``<!-- file: -`` holds what the reader has."""

    text: str


def documents() -> list[Path]:
    """The documents written by hand."""
    docs = ROOT / "docs"
    return [ROOT / "README.md", docs / "findings.md", *sorted((docs / "guides").glob("*.md"))]


def parts(text: str) -> Iterator[File | Command | Script]:
    """The parts of a document in their order."""
    for kind, body, name, hidden in _FENCE.findall(text):
        named = _FILE.match(body)
        if name == "-":
            yield Script(hidden)
        elif name:
            yield File(name, hidden)
        elif kind == "python" and named:
            yield File(named[1], body)
        elif kind == "python":
            yield Script(body)
        elif kind == "console":
            for block in re.split(r"^\$ ", body, flags=re.M)[1:]:
                line, _, output = block.partition("\n")
                yield Command(line, output)


def fits(expected: str, found: str) -> bool:
    """Whether an output is as shown; trailing blanks do not count."""
    dots = re.escape("...")
    lines = [re.escape(x.rstrip()) for x in expected.rstrip().splitlines()]
    pattern = "\n".join(
        "(?:.*\n)*?.*" if x == dots else x.replace(dots, ".*") for x in lines
    )
    shown = "\n".join(x.rstrip() for x in found.rstrip().splitlines())
    return re.fullmatch(pattern, shown) is not None
