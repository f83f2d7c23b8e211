"""What is proved of a rule, with verdict, checkers and a link to the proof."""

from claims import CHECKERS, Claim, claims, reference, said
from page import escape, lines_of

from refmath.rule import Rule

__all__ = ["claims_section"]

_FEW = 3


def claims_section(rule: Rule) -> str:
    """The claims whose statements run the rule: relations between its forms first."""
    found = [c for c in claims() if rule.name in c["uses"].get("rules", ())]
    relations = sorted((c for c in found if c["relation"]), key=_general)
    others = [c for c in found if not c["relation"]]
    parts = []
    if relations:
        parts += ["## Relations", "Each holds for all inputs, with its proof behind the link.",
                  lines_of(map(_item, relations))]
    if others:
        parts += ["## Claims about it", lines_of(map(_item, others))]
    return "\n\n".join(parts)


def _general(claim: Claim) -> int:
    """Laws of one or two rules first, then symmetries, then laws of many rules."""
    if len(claim["uses"]["rules"]) > _FEW:
        return 2
    return int(claim["id"].startswith(("mirror-", "scale-")))


def _checker(name: str) -> str:
    """The checker of ``coq`` or ``coq (10 of 11)``."""
    first, _, part = name.partition(" (")
    return CHECKERS.get(first, first) + (f" ({part[:-1]} parts)" if part else "")


def _item(claim: Claim) -> str:
    names = dict.fromkeys(_checker(c) for c in claim["checkers"])
    by = f" by {', '.join(names)}" if names else ""
    given = "; ".join(escape(a) for a in claim["assumptions"])
    assumed = f" Assumed: {given}." if given else ""
    return f"{reference(claim)}: {escape(claim['statement'])} *{said(claim)}{by}*.{assumed}"
