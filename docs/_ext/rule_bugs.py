"""What a rule is confused with: its wrong forms, and the real bugs that had them."""

import inspect
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from page import escape, lines_of

import refmath
from refmath.rule import Rule, Variant

__all__ = ["bugs", "bugs_of", "confused_section", "links", "unnamed"]

TABLE = Path(refmath.__file__).parents[1] / "tests" / "bugs"
"""The table of real bugs is a test's: each row there is written anew and caught."""
_OWNERS = {
    "pytorch": "pytorch/pytorch", "tensorflow": "tensorflow/tensorflow",
    "bitsandbytes": "bitsandbytes-foundation/bitsandbytes", "nd4j": "deeplearning4j/nd4j",
    "Optimisers.jl": "FluxML/Optimisers.jl",
}
_REF = re.compile(r"#(\d+)")


@cache
def bugs() -> tuple[Any, ...]:
    """The rows of the table; none where the tests are not beside the package."""
    if not TABLE.is_dir():
        return ()
    sys.path.insert(0, str(TABLE))
    try:
        from bug_table import BUGS
    finally:
        sys.path.remove(str(TABLE))
    return tuple(BUGS)


def links(refs: str) -> str:
    """References such as ``apache/mxnet issue #15543, PR #16053`` as links."""
    out = []
    for part in refs.split("; "):
        project = ""
        for piece in part.split(", "):
            words = piece.split()
            if words[0] not in ("issue", "issues", "PR", "PRs") and not words[0].startswith("#"):
                project = _OWNERS.get(words[0], words[0])
            out += [f"[{project}#{n}](https://github.com/{project}/issues/{n})"
                    for n in _REF.findall(piece)]
    return ", ".join(out)


def of_rule(rule: Rule) -> list[Any]:
    """The bugs of a rule, in the table's order."""
    return [b for b in bugs() if b.rule.name == rule.name]


def bugs_of(wrong: Variant) -> list[Any]:
    """The bugs that the oracle names by a wrong form, in any rule that has it."""
    return _once(b for b in bugs() if wrong in _named(b))


def _named(bug: Any) -> list[Variant]:
    """The wrong forms of its rule by which the oracle names a bug."""
    said, own = bug.named, [w for w in bug.rule.wrong if bug.rule.applies(w)]
    return [w for w in own if said and said in w.doc] or [w for w in own if w.doc in said]


def unnamed(rule: Rule) -> list[Any]:
    """The bugs and mistaken reports of a rule that are no named wrong form of it."""
    named = {b.id for b in of_rule(rule) if _named(b)}
    return _once(b for b in of_rule(rule) if b.id not in named)


def _once(found: Iterable[Any]) -> list[Any]:
    """One row for every account of a bug."""
    return list({(b.id, _said(b)): b for b in found}.values())


def _said(bug: Any) -> str:
    text = inspect.getdoc(bug.subject) or ""
    return text.split("\n\n")[0].replace("``", "").rstrip(".")


_KINDS = {
    "bug": "### Other bugs of real projects",
    "convention": "### Taken for a bug, but a form in real use",
    "control": "### Reported by mistake",
}


def confused_section(rule: Rule) -> str:
    """The wrong forms with the bugs that had them, then the other bugs."""
    seen, others = [], []
    for wrong in rule.wrong:
        found = ", ".join(dict.fromkeys(links(b.refs) for b in bugs_of(wrong)))
        said = f"`{wrong.name}`: {escape(wrong.doc)}"
        if found:
            seen.append(f"{said}. In {found}")
        else:
            others.append(said)
    parts = [
        "## What it is confused with",
        "Wrong forms that `refmath check` sees, and names.",
        *(["Real projects had these:", lines_of(seen), "One slip makes these:"] if seen else []),
        lines_of(others),
    ]
    rest = unnamed(rule)
    for kind, title in _KINDS.items():
        rows = [f"{escape(_said(b))}{_verdict(b)}. In {links(b.refs)}" for b in rest
                if b.kind == kind]
        if rows:
            parts += [title, lines_of(rows)]
    return "\n\n".join(parts)


def _verdict(bug: Any) -> str:
    """The form that the oracle says it is, where it is one."""
    return f" (`{bug.named}`)" if bug.expected == "VARIANT" and "=" in bug.named else ""
