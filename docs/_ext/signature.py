"""Arguments of a public function or class, from its signature and its docstring."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from page import escape, table

__all__ = ["arguments", "described", "section", "summary"]

_ARGUMENT = re.compile(r"(\*{0,2}\w+)(?: \([^)]*\))?: (.*)")


def described(subject: Callable[..., Any]) -> str:
    """The docstring without its indentation."""
    return inspect.cleandoc(subject.__doc__ or "")


def summary(subject: Callable[..., Any]) -> str:
    """What stands before the sections, as Markdown."""
    text = re.split(r"\n\n(?:Args|Returns|Raises|Source|Attributes):\n", described(subject))[0]
    return _marked(text)


def _marked(text: str) -> str:
    """Docstrings mark code by backticks, one or two; all else is plain text."""
    pieces = re.split(r"(``[^`]+``|`[^`]+`)", text)
    return "".join(
        f"`{p.strip('`')}`" if p.startswith("`") else _plain(p) for p in pieces
    )


def _plain(text: str) -> str:
    """Paragraphs are kept."""
    lead = " " if text[:1].isspace() and "\n\n" not in text[:2] else ""
    end = " " if text[-1:].isspace() else ""
    return lead + "\n\n".join(escape(p) for p in text.split("\n\n")) + end


def section(subject: Callable[..., Any], name: str) -> str:
    """The text of a section on one line, empty if there is none."""
    found = re.search(rf"\n{name}:\n((?:    .*\n?|\n)+)", described(subject) + "\n")
    return " ".join(found[1].split()) if found else ""


def _items(subject: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    found = re.search(r"\nArgs:\n((?:    .*\n?)+)", described(subject) + "\n")
    for block in re.split(r"\n(?=    \S)", found[1].rstrip()) if found else ():
        match = _ARGUMENT.match(" ".join(block.split()))
        if match:
            yield match[1], match[2]


def arguments(subject: Callable[..., Any]) -> str:
    """A table of arguments with their defaults and meaning."""
    parameters = inspect.signature(subject).parameters
    rows = []
    for name, text in _items(subject):
        default = parameters[name.lstrip("*")].default
        shown = "" if default is inspect.Parameter.empty else f"`{default!r}`"
        rows.append([f"`{name}`", shown, _marked(text)])
    return table(["argument", "default", "meaning"], rows)
