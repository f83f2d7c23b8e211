"""``refmath rule``: an update rule as text, LaTeX, NumPy source or JSON."""

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from refmath import conventions, rules
from refmath.cli import echo_json
from refmath.conventions import Convention
from refmath.emit.text import decimal, recurrence_text
from refmath.notation import number
from refmath.oracle.adapters.load import rule_named
from refmath.rule import Rule

__all__ = ["list_rules", "show_rule"]


def list_rules(as_json: bool) -> None:
    """Print every rule with its source."""
    if as_json:
        echo_json([{"name": r.name, "title": r.title, "source": r.source}
                   for r in rules.ALL.values()])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("name", "title", "source"):
        table.add_column(name)
    for r in rules.ALL.values():
        table.add_row(r.name, r.title, r.source)
    Console().print(table)


def show_rule(
    name: str, convention: str | None, vary: Mapping[str, str], kind: str | None
) -> None:
    """Print a rule."""
    rule = rule_named(name)
    theirs = None
    if convention is not None:
        theirs, place = conventions.pick(convention, name)
        rule = theirs.form(place)
    rule = rule.vary(**vary)
    if kind == "latex":
        click.echo(rule.latex())
    elif kind == "numpy":
        click.echo(rule.kernel().source)
    elif kind == "json":
        echo_json(_data(rule, theirs))
    else:
        _print(rule, theirs)


def _default(rule: Rule, theirs: Convention | None, key: str) -> str:
    if theirs is not None and key in theirs.defaults:
        return theirs.defaults[key]
    value = rule.default(key)
    return "-" if value is None else decimal(number(value))


def _data(rule: Rule, theirs: Convention | None) -> dict[str, Any]:
    return {
        "name": rule.name,
        "title": rule.title,
        "source": rule.source,
        "convention": theirs.label if theirs else None,
        "steps": recurrence_text(rule.recurrence).splitlines(),
        "latex": rule.latex(),
        "hyperparameters": [
            {"name": k, "symbol": h.name, "default": _default(rule, theirs, k),
             "domain": str(h.domain), "meaning": h.doc,
             "argument": theirs.names.get(k) if theirs else None}
            for k, h in rule.hyper.items()
        ],
        "states": [
            {"name": q.name, "start": None if q.start is None else str(q.start), "meaning": q.doc}
            for q in rule.recurrence.states
        ],
        "axes": [
            {"name": a.name, "options": list(a.options), "chosen": rule.setting(a.name),
             "meaning": a.doc}
            for a in rule.axes
        ],
    }


def _print(rule: Rule, theirs: Convention | None) -> None:
    out = Console(highlight=False)
    data = _data(rule, theirs)
    title = rule.title if theirs is None else f"{rule.title} as {theirs.label} writes it"
    out.print(f"[bold]{title}[/bold]")
    out.print(f"{rule.source}\n", markup=False)
    out.print(rule.text(), markup=False, soft_wrap=True)
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    head = ("symbol", "name", "default", "domain", "meaning")
    for column in (*head, f"{theirs.framework} argument") if theirs else head:
        table.add_column(column)
    for h in data["hyperparameters"]:
        row = [h["symbol"], h["name"], h["default"], h["domain"], h["meaning"]]
        table.add_row(*row, *([h["argument"] or "-"] if theirs else []))
    for q in data["states"]:
        start = "given" if q["start"] is None else f"starts at {q['start']}"
        table.add_row(q["name"], "", start, "", q["meaning"])
    out.print(table)
    if data["axes"]:
        out.print("\nwhere implementations differ (--vary axis=option):", markup=False)
    for axis in data["axes"]:
        options = ", ".join(
            f"{o}*" if o == axis["chosen"] else o for o in axis["options"]
        )
        out.print(f"  {axis['name']}: {options}   ({axis['meaning']})", markup=False,
                  soft_wrap=True)
    if theirs is not None:
        for note in theirs.notes:
            out.print(f"  note: {note}", markup=False, soft_wrap=True)
