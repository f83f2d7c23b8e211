"""Pieces of Markdown that the generated pages are made of."""

import re
from collections.abc import Iterable, Sequence

__all__ = ["code", "contents", "escape", "folded", "join", "lines_of", "math", "table", "upright"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~!&])")
_WORD = re.compile(
    r"\\(?:text|operatorname|mathrm|mathbf|begin|end)\{[^}]*\}|\\[a-zA-Z]+|([A-Za-z]{2,})"
)


def escape(text: str) -> str:
    """Plain text, so that Markdown shows it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    body = [list(head), ["---"] * len(head), *map(list, rows)]
    return "\n".join("| " + " | ".join(r) + " |" for r in body)


def math(latex: str) -> str:
    """A displayed formula."""
    return "```{math}\n" + latex + "\n```"


def upright(latex: str) -> str:
    """LaTeX with names of several letters set upright, so that they do not read as products."""
    return _WORD.sub(lambda m: rf"\text{{{m[1]}}}" if m[1] else m[0], latex)


def code(language: str, text: str) -> str:
    """A listing."""
    return f"```{language}\n{text.strip()}\n```"


def folded(summary: str, body: str) -> str:
    """A part that is opened by a click."""
    return f'<details class="more"><summary>{summary}</summary>\n\n{body}\n\n</details>'


def contents(names: Iterable[str]) -> str:
    """The pages below an index, for the navigation."""
    return "```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```"


def lines_of(items: Iterable[str]) -> str:
    """A list with bullets."""
    return "\n".join(f"- {x}" for x in items)


def join(parts: Iterable[str]) -> str:
    """A page of its parts; empty ones are left out."""
    return "\n\n".join(p for p in parts if p) + "\n"
