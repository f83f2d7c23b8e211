"""``refmath schedule`` and ``refmath audit schedules``: what they are, and their oracle audited."""

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refmath import schedules
from refmath.cli import echo_json
from refmath.conventions import schedule as conventions
from refmath.conventions.schedule import ScheduleConvention
from refmath.emit.schedule.text import recursion_text
from refmath.emit.text import decimal
from refmath.errors import InvalidInput
from refmath.notation import number
from refmath.oracle.schedule.audit import ScheduleAudit, audit_schedule, forms
from refmath.schedule import Schedule
from refmath.schedule.condition import condition_text
from refmath.schedules.robbins_monro import RobbinsMonro, robbins_monro

__all__ = ["list_schedules", "run_schedule_audit", "show_schedule"]


def list_schedules(as_json: bool) -> None:
    """Print every schedule with its source."""
    if as_json:
        echo_json([{"name": s.name, "title": s.title, "source": s.source}
                   for s in schedules.ALL.values()])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("name", "title", "source"):
        table.add_column(name)
    for s in schedules.ALL.values():
        table.add_row(s.name, s.title, s.source)
    Console().print(table)


def show_schedule(
    name: str, convention: str | None, vary: Mapping[str, str], kind: str | None
) -> None:
    """Print a schedule."""
    schedule, theirs, place = schedules.get(name), None, None
    if convention is not None:
        theirs, place = conventions.pick(convention, name)
        schedule = theirs.form(place)
    schedule = schedule.vary(**vary)
    if kind == "latex":
        click.echo(schedule.latex())
    elif kind == "numpy":
        click.echo(schedule.kernel().source)
    elif kind == "json":
        echo_json(_data(schedule, theirs, place))
    else:
        _print(schedule, theirs, place)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(v) for v in value)
    return "-" if value is None else decimal(number(value))


def _sums(schedule: Schedule) -> RobbinsMonro | None:
    """When its sums converge, for a schedule that is defined for all t."""
    try:
        return robbins_monro(schedule)
    except InvalidInput:
        return None


def _data(
    schedule: Schedule, theirs: ScheduleConvention | None, place: str | None
) -> dict[str, Any]:
    defaults = theirs.defaults if theirs else {}
    names = theirs.position(place).names if theirs else {}
    found = _sums(schedule)
    domains = {k: h.domain for k, h in schedule.hyper.items()}
    sums = [None] * 3 if found is None else [
        condition_text(c, domains) for c in (found.diverges, found.square_summable, found.holds)
    ]  # fmt: skip
    return {
        "name": schedule.name,
        "title": schedule.title,
        "source": schedule.source,
        "convention": theirs.label if theirs else None,
        "form": place,
        "formula": None if schedule.reacts else schedule.text(),
        "recursion": recursion_text(schedule.resolved),
        "latex": schedule.latex(),
        "hyperparameters": [
            {"name": k, "symbol": h.name, "default": defaults.get(k) or _shown(h.default),
             "domain": str(h.domain), "meaning": h.doc, "argument": names.get(k)}
            for k, h in schedule.hyper.items()
        ],
        "axes": [
            {"name": a.name, "options": list(a.options), "chosen": schedule.setting(a.name),
             "meaning": a.doc}
            for a in schedule.axes
        ],
        "requires": [str(c) for c in schedule.requires],
        "sum_diverges": sums[0],
        "sum_of_squares_converges": sums[1],
        "robbins_monro": sums[2],
        "notes": list(theirs.notes) if theirs else [],
    }


def _print(schedule: Schedule, theirs: ScheduleConvention | None, place: str | None) -> None:
    out = Console(highlight=False)
    data = _data(schedule, theirs, place)
    title = schedule.title if theirs is None else f"{schedule.title} as {theirs.label} writes it"
    out.print(f"[bold]{title}[/bold]")
    out.print(f"{schedule.source}\n", markup=False)
    if data["formula"]:
        out.print(data["formula"], markup=False, soft_wrap=True)
    if data["recursion"]:
        if data["formula"]:
            out.print("\nby its predecessor:", markup=False)
        out.print("\n".join(data["recursion"]), markup=False, soft_wrap=True)
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    head = ("symbol", "name", "default", "domain", "meaning")
    for column in (*head, f"{theirs.framework} argument") if theirs else head:
        table.add_column(column)
    for h in data["hyperparameters"]:
        row = [h["symbol"], h["name"], h["default"], h["domain"], h["meaning"]]
        table.add_row(*row, *([h["argument"] or "-"] if theirs else []))
    out.print(table)
    if schedule.axes:
        out.print("\nwhere implementations differ (--vary axis=option):", markup=False)
    for axis in data["axes"]:
        options = ", ".join(f"{o}*" if o == axis["chosen"] else o for o in axis["options"])
        out.print(f"  {axis['name']}: {options}   ({axis['meaning']})", markup=False,
                  soft_wrap=True)
    if data["robbins_monro"]:
        out.print(f"\nsum of rates diverges: {data['sum_diverges']}; sum of squares converges: "
                  f"{data['sum_of_squares_converges']}; both: {data['robbins_monro']}",
                  markup=False, soft_wrap=True)
    for note in data["notes"]:
        out.print(f"  note: {note}", markup=False, soft_wrap=True)


def run_schedule_audit(names: list[str], seed: int, as_json: bool) -> int:
    """Audit the mutation score of the schedules named; returns the exit status."""
    chosen = [schedules.get(n) for n in names] or list(schedules.ALL.values())
    err = Console(stderr=True)
    found: list[ScheduleAudit] = []
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        every = [form for schedule in chosen for form in forms(schedule)]
        bar = progress.add_task("wrong forms", total=len(every))
        for form in every:
            found.append(audit_schedule(form, seed=seed))
            progress.advance(bar)
    total = sum(a.total for a in found)
    killed = total - sum(len(a.survivors) for a in found)
    named, diagnosed = sum(a.named for a in found), sum(a.diagnosed for a in found)
    if as_json:
        echo_json({"seed": seed, "mutants": total, "killed": killed, "named": named,
                   "diagnosed": diagnosed, "forms": [_audit_data(a) for a in found]})
    else:
        _print_audit(found)
        out = Console(highlight=False)
        out.print(f"\n{killed} of {total} wrong forms caught ({killed / max(total, 1):.1%})")
        out.print(f"{diagnosed} of {named} named wrong forms diagnosed as themselves")
    return 0 if killed == total else 1


def _audit_data(a: ScheduleAudit) -> dict[str, Any]:
    return {
        "schedule": a.schedule.name, "settings": dict(a.schedule.settings), "named": a.named,
        "systematic": a.total - a.named, "survivors": a.survivors, "diagnosed": a.diagnosed,
        "proved_equal": [{"slip": s, "why": w} for s, w in a.equal],
        "otherwise": [{"name": n, "said": s} for n, s in a.missed],
    }


def _print_audit(found: list[ScheduleAudit]) -> None:
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("form", overflow="fold")
    for name in ("named", "systematic", "proved equal", "survive", "diagnosed"):
        table.add_column(name, justify="right")
    for a in found:
        table.add_row(a.label, str(a.named), str(a.total - a.named), str(len(a.equal)),
                      str(len(a.survivors)), str(a.diagnosed))
    out.print(table)
    for a in found:
        for slip, why in a.equal:
            out.print(f"{a.label}: equal: {slip}: {why}", markup=False, soft_wrap=True)
        for survivor in a.survivors:
            out.print(f"{a.label}: survives: {survivor}", markup=False, soft_wrap=True)
        for name, said in a.missed:
            other = "; ".join(said) if said else "nothing"
            out.print(f"{a.label}: {name} is diagnosed as: {other}", markup=False, soft_wrap=True)
