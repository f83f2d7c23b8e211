"""``refmath audit signs``: does a proof turn red when a sign of a rule is changed?"""

from collections import Counter
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refmath import rules
from refmath.cli import echo_json
from refmath.cli_prove import own_claims
from refmath.proof.load import files, load
from refmath.proof.signs import Change, audit_signs

__all__ = ["run_signs"]


def run_signs(names: list[str], folder: str | None, as_json: bool) -> int:
    """Print the changes of signs and the claims that catch them; 1 if one is caught by none."""
    chosen = [rules.get(n) for n in names] or list(rules.ALL.values())
    claims = [load(p) for p in files([Path(folder) if folder else own_claims()])]
    found: dict[str, list[Change]] = {}
    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("changed signs", total=len(chosen))
        tick = partial(progress.advance, bar)
        for rule in chosen:
            found[rule.name] = audit_signs(rule, claims)
            tick()
    missed = [c for all_of in found.values() for c in all_of if not (c.caught or c.equal)]
    if as_json:
        echo_json({"rules": [_data(name, all_of) for name, all_of in found.items()]})
    else:
        _print(found, missed)
    return int(bool(missed))


def _data(name: str, found: list[Change]) -> dict[str, object]:
    return {
        "rule": name, "changes": len(found), "caught": sum(bool(c.caught) for c in found),
        "equal": sum(c.equal for c in found),
        "signs": [
            {"place": c.place, "change": c.what, "caught_by": c.caught, "equal": c.equal}
            for c in found
        ],
    }


def _print(found: dict[str, list[Change]], missed: list[Change]) -> None:
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rule", no_wrap=True)
    for name in ("signs", "caught", "equal"):
        table.add_column(name, justify="right")
    table.add_column("by the claims")
    for name, changes in found.items():
        by = Counter(c.caught for c in changes if c.caught)
        shown = ", ".join(f"{claim} {count}" for claim, count in by.most_common())
        equal = sum(c.equal for c in changes)
        table.add_row(name, str(len(changes)), str(sum(by.values())), str(equal), shown)
    out.print(table)
    for c in missed:
        out.print(f"{c.rule}, {c.place}: {c.what} can be changed, and every claim is still proved",
                  style="red", markup=False, soft_wrap=True)
    total = sum(not c.equal for changes in found.values() for c in changes)
    equal = sum(c.equal for changes in found.values() for c in changes)
    rest = f"; {equal} more are proved to change nothing" if equal else ""
    out.print(f"\n{total - len(missed)} of {total} changed signs turn a proof red{rest}")
