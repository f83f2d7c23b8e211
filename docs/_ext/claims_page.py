"""The pages of claims: the sources statement by statement, relations, and results beyond them."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from claims import CHECKERS, Claim, claims, coq, label, reference, said
from page import code, contents, escape, folded, join, lines_of, table

import refmath

__all__ = ["DOCUMENTS", "claim_pages", "document_of"]

DOCUMENTS = {
    "K": ("optimization_of_deep_networks", "Optimization of deep networks"),
    "A": ("optimization_in_deep_learning", "Optimization in Deep Learning"),
    "T": ("lecture_4", "Lecture 4: neural networks, backpropagation, optimization"),
    "L": ("learning_deep_network", "Learning Deep Network"),
    "S": ("scaling_optimization", "Scaling Optimization"),
}
"""By the first letter of their statements the page and the title of the sources, in order."""
_OF_SOURCE = re.compile(r"([KATLS])(\d+)")
_FOLDERS = {
    "rules": "rules", "schedules": "schedules", "objectives": "objectives",
    "closed_forms": "closed_forms",
}
_UPDATES = {"product_form": "lbfgs", "two_loops": "lbfgs", "scaling": "lbfgs", "dfp_direct": "dfp",
            "bfgs_direct": "bfgs"}
_ELSEWHERE = {"newton_step": "newton", "line_search": "exact"}
"""Closed forms that have their page among the methods."""
_EVIDENCE = {
    "EXACT": "exact", "RIGOROUS BOUND": "a rigorous bound", "EMPIRICAL": "empirical",
}
_SHOWN_LINKS = 12


def document_of(claim: Claim) -> str:
    """The first letter of a statement of the sources; empty for other claims."""
    found = _OF_SOURCE.fullmatch(claim["id"])
    return found[1] if found else ""


def _number(claim: Claim) -> int:
    found = _OF_SOURCE.fullmatch(claim["id"])
    return int(found[2]) if found else 0


def _of(letter: str) -> list[Claim]:
    return sorted((c for c in claims() if document_of(c) == letter), key=_number)


def _relations() -> list[Claim]:
    return [c for c in claims() if not document_of(c) and c["group"] == "relations"]


def _beyond() -> list[Claim]:
    return [c for c in claims() if not document_of(c) and c["group"] != "relations"]


def claim_pages() -> dict[str, str]:
    """All pages by path."""
    made = {
        f"sources/{page}.md": _document(title, _of(letter))
        for letter, (page, title) in DOCUMENTS.items()
    }
    made["sources/relations.md"] = _listed(
        "Relations",
        "Laws that hold between optimizers, or between runs of one: each is proved for all inputs "
        "from the declared update rules, and is what property tests may rely on.",
        _relations(),
    )
    made["sources/beyond.md"] = _listed(
        "Beyond the sources",
        "Results that the lecture documents do not state.", _beyond(),
    )
    made["sources/index.md"] = _index()
    return made


def _index() -> str:
    parts = [
        "# The sources, checked",
        "Five lecture documents on the optimization of deep networks, statement by statement: "
        "each is proved, or refuted by a counterexample and corrected. " + _how(),
        _counts(),
    ]
    for letter, (page, title) in DOCUMENTS.items():
        parts += [f"## [{title}]({page}.md)", _overview(_of(letter))]
    return join([
        *parts, "## Further claims",
        lines_of([
            f"[Relations](relations.md) between optimizers: {len(_relations())}",
            f"[Beyond the sources](beyond.md): {len(_beyond())}",
        ]),
        _reproduce(), contents([*(p for p, _ in DOCUMENTS.values()), "relations", "beyond"]),
    ])


def _how() -> str:
    kernel = f"Coq {coq()}" if coq() else "Coq"
    return (
        "A proof is exact, in the arithmetic of rational numbers and polynomials, which two "
        f"libraries carry out on one normal form; {kernel}, where the statement is within its "
        "reach, proves it again and shares nothing with them. *Empirical* means that operations "
        "or runs were counted. Every claim has a control: a false neighbour that must fail by the "
        "same means."
    )


def _counts() -> str:
    own = [c for c in claims() if document_of(c)]
    rows = []
    for letter, (page, title) in DOCUMENTS.items():
        found = [c for c in own if document_of(c) == letter]
        rows.append([f"[{title}]({page}.md)", *_row(found)])
    rows.append(["all", *_row(own)])
    return table(["document", "statements", "proved", "refuted as printed", "open"], rows)


def _row(found: Sequence[Claim]) -> list[str]:
    verdicts = [c["verdict"] for c in found]
    return [str(len(found)), *(str(verdicts.count(v)) for v in ("PROVED", "REFUTED", "OPEN"))]


def _reproduce() -> str:
    return join([
        "## Do it again",
        "In a checkout, all claims, or one file or folder of them:",
        code("console", "$ refmath prove\n$ refmath prove proofs/descent\n"
                        "$ refmath prove --against docs/_data/claims.json"),
        "The last one says whether these pages are up to date.",
    ]).strip()


def _overview(found: Iterable[Claim]) -> str:
    rows = [
        [reference(c), escape(c["statement"]), f"{said(c)}", _EVIDENCE[c["evidence"]]]
        for c in found
    ]
    return table(["", "statement", "verdict", "evidence"], rows)


def _document(title: str, found: Sequence[Claim]) -> str:
    first = "The statements of this document in its order."
    return join([f"# {title}", f"{first} {_how()}", *(_claim(c) for c in found)])


def _listed(title: str, lead: str, found: Sequence[Claim]) -> str:
    parts = [f"# {title}", f"{lead} {_how()}", *(_claim(c) for c in found)]
    return join(parts if found else [*parts, "None are recorded yet."])


def _claim(claim: Claim) -> str:
    """A claim with everything that is recorded of it."""
    facts = [
        f"**Verdict:** {said(claim)}; the evidence is {_EVIDENCE[claim['evidence']]}",
        *_printed(claim),
        *_holds(claim),
        *_controls(claim),
        *([f"**Assumed:** {'; '.join(escape(a) for a in claim['assumptions'])}"]
          if claim["assumptions"] else []),
        *_about(claim),
        f"**Source:** {escape(claim['source']).rstrip('.')}",
        f"**Proof:** `{claim['path']}`; again by `refmath prove {claim['path']}`",
    ]
    return join([
        f"({label(claim['id'])})=\n## {_heading(claim)}", escape(claim["statement"]),
        lines_of(facts), _listing(claim),
    ]).strip()


def _heading(claim: Claim) -> str:
    """The id of a claim; of a statement of the sources with what its file is called."""
    if not document_of(claim):
        return str(claim["id"])
    words = Path(claim["path"]).stem.removeprefix(claim["id"]).replace("_", " ").strip()
    return f"{claim['id']}: {words}"


def _checked(part: Claim) -> str:
    by = ", ".join(CHECKERS.get(x, x) for x in part["checkers"] if x != "exact point")
    scope = f"; Coq for {escape(part['scope'])}" if part["scope"] else ""
    return f" (checked by: {by}{scope})" if by else ""


def _printed(claim: Claim) -> list[str]:
    first = [f"**Printed:** {escape(claim['as_printed'])}"] if claim["as_printed"] else []
    return first + [f"**It fails**{_named(p)}: {_where(p)}" for p in claim["printed"]]


def _named(part: Claim) -> str:
    return f", {escape(part['name'])}" if part["name"] else ""


def _where(part: Claim) -> str:
    """Where a false statement fails."""
    point = part["counterexample"]
    coq_too = ", which Coq confirms" if "coq" in part["checkers"] else ""
    if point == "no variable at all":
        return f"it is a statement on numbers, and false{coq_too}"
    shown = f"`{point}`" if "=" in point else escape(point)
    return f"at {shown}{coq_too}"


def _holds(claim: Claim) -> list[str]:
    word = "Corrected" if claim["printed"] else "Proved"
    parts = [f"{escape(p['name']) or 'the statement'}{_checked(p)}" for p in claim["holds"]]
    if len(set(parts)) < 2:
        return [f"**{word}:** {parts[0]}"] if parts else []
    return [f"**{word}:**\n" + "\n".join(f"  - {p}" for p in parts)]


def _controls(claim: Claim) -> list[str]:
    if not claim["controls"]:
        return ["**Control:** what is printed is refuted by the same means"]
    parts = [
        f"{escape(p['name']) or 'a false neighbour'}, refuted: {_where(p)}"
        for p in claim["controls"]
    ]
    if len(parts) == 1:
        return [f"**Control:** {parts[0]}"]
    return ["**Controls:**\n" + "\n".join(f"  - {p}" for p in parts)]


def _about(claim: Claim) -> list[str]:
    links = [
        _link(kind, name) for kind, names in claim["uses"].items() for name in names
    ]
    if not links:
        return []
    more = f" and {len(links) - _SHOWN_LINKS} more" if len(links) > _SHOWN_LINKS else ""
    return [f"**About:** {', '.join(links[:_SHOWN_LINKS])}{more}"]


def _link(kind: str, name: str) -> str:
    if kind == "closed_forms" and name in _ELSEWHERE:
        return f"{{doc}}`{name} <../methods/{_ELSEWHERE[name]}>`"
    if kind in _FOLDERS:
        return f"{{doc}}`{name} <../{_FOLDERS[kind]}/{name}>`"
    return f"{{doc}}`{name} <../methods/{_UPDATES.get(name, name)}>`"


def _listing(claim: Claim) -> str:
    """The proof file itself."""
    path = Path(refmath.__file__).parents[1] / claim["path"]
    return folded("The proof file", code("python", path.read_text("utf-8")))
