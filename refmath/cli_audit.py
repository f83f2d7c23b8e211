"""``refmath audit``: the mutation score of the oracle, and the soundness of its bound."""

from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refmath import rules
from refmath.cli import echo_json
from refmath.emit.mutants import mutants
from refmath.formats import FORMATS, format_of
from refmath.oracle.adapters.load import rule_named
from refmath.oracle.audit import (
    BoundAudit,
    MutantAudit,
    all_forms,
    audit_bound,
    audit_mutants,
)
from refmath.rule import Rule

__all__ = ["run_bound", "run_mutants"]


def _progress() -> Progress:
    err = Console(stderr=True)
    return Progress(console=err, transient=True, disable=not err.is_terminal)


def _label(form: Rule) -> str:
    settings = " ".join(f"{k}={v}" for k, v in form.settings.items())
    return f"{form.name} {settings}".strip()


def run_mutants(names: list[str], diagnose: bool, seed: int, as_json: bool) -> int:
    """Audit the mutation score of the rules named; returns the exit status."""
    forms = list(all_forms(names))
    found: list[MutantAudit] = []
    with _progress() as progress:
        for form in forms:
            bar = progress.add_task(_label(form), total=len(mutants(form)))
            tick = partial(progress.advance, bar)
            found.append(audit_mutants(form, diagnose=diagnose, seed=seed, tick=tick))
            progress.remove_task(bar)
    total = sum(a.named + a.systematic for a in found)
    killed = total - sum(len(a.survivors) for a in found)
    named = sum(a.named for a in found)
    diagnosed = sum(a.diagnosed for a in found)
    if as_json:
        echo_json({"seed": seed, "mutants": total, "killed": killed, "named": named,
                   "diagnosed": diagnosed, "forms": [_mutant_data(a) for a in found]})
    else:
        _print_mutants(found, diagnose)
        out = Console(highlight=False)
        out.print(f"\n{killed} of {total} wrong forms caught ({killed / total:.1%})")
        if diagnose:
            out.print(f"{diagnosed} of {named} named wrong forms diagnosed as themselves alone "
                      f"({diagnosed / named:.1%})")
    return 0 if killed == total else 1


def _mutant_data(a: MutantAudit) -> dict[str, Any]:
    return {
        "rule": a.rule.name, "settings": dict(a.rule.settings), "named": a.named,
        "systematic": a.systematic, "proved_equal": a.equal, "survivors": a.survivors,
        "diagnosed": a.diagnosed, "otherwise": [{"name": n, "said": s} for n, s in a.missed],
    }


def _print_mutants(found: list[MutantAudit], diagnose: bool) -> None:
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("form", overflow="fold")
    for name in ("named", "systematic", "proved equal", "survive", "diagnosed"):
        table.add_column(name, justify="right")
    for a in found:
        table.add_row(_label(a.rule), str(a.named), str(a.systematic), str(a.equal),
                      str(len(a.survivors)), str(a.diagnosed) if diagnose else "-")
    out.print(table)
    for a in found:
        for survivor in a.survivors:
            out.print(f"{_label(a.rule)}: survives: {survivor}", markup=False)
        for name, said in a.missed:
            other = "; ".join(said) if said else "nothing"
            out.print(f"{_label(a.rule)}: {name} is diagnosed as: {other}", markup=False)


def run_bound(names: list[str], dtypes: list[str], steps: int, seed: int, as_json: bool) -> int:
    """Audit the bound of the rules named; returns the exit status."""
    chosen = [rule_named(n) for n in names] or list(rules.ALL.values())
    formats = [format_of(d).name for d in dtypes] or list(FORMATS)
    found: list[BoundAudit] = []
    with _progress() as progress:
        bar = progress.add_task("random evaluation orders", total=len(chosen) * len(formats))
        for form in chosen:
            for dtype in formats:
                found.append(audit_bound(form, dtype, steps, seed))
                progress.advance(bar)
    if as_json:
        echo_json({"seed": seed, "runs": [
            {"rule": b.rule.name, "dtype": b.dtype, "steps": b.steps, "outside": b.outside,
             "lost": b.lost, "judged": b.judged, "unbounded": b.unbounded,
             "median_use": b.median, "largest_use": max(b.uses, default=0.0)}
            for b in found
        ]})
    else:
        _print_bound(found)
    return 0 if all(b.outside == 0 for b in found) else 1


def _print_bound(found: list[BoundAudit]) -> None:
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rule", "dtype"):
        table.add_column(name)
    for name in ("steps", "outside", "lost", "unbounded", "median use", "largest use"):
        table.add_column(name, justify="right")
    for b in found:
        table.add_row(b.rule.name, b.dtype, str(b.steps), str(b.outside), str(b.lost),
                      f"{b.unbounded / max(1, b.judged + b.unbounded):.1%}", f"{b.median:.3f}",
                      f"{max(b.uses, default=0.0):.2f}")
    out.print(table)
    for b in found:
        if b.first:
            out.print(f"{b.rule.name} {b.dtype}: {b.first}", markup=False)
    total, outside = sum(b.steps for b in found), sum(b.outside for b in found)
    out.print(f"\n{outside} runs outside their balls in {total} element-steps; lost: runs with a "
              "value lost to overflow or division by zero, which no bound covers")
