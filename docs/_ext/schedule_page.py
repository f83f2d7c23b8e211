"""The page of a learning-rate schedule, in Markdown."""

import ast
import builtins
from collections.abc import Iterator
from functools import cache
from html import escape as html
from typing import Any

import numpy as np
from claims import about
from page import code, contents, escape, folded, join, lines_of, math, table, upright
from schedule_picture import caption, picture
from sympy import latex

from refmath import schedules
from refmath.conventions import schedule as conventions
from refmath.conventions.schedule import ScheduleConvention
from refmath.emit.schedule.latex import ScheduleLatex
from refmath.emit.text import decimal
from refmath.errors import InvalidInput
from refmath.notation import number
from refmath.schedule import Schedule
from refmath.schedule.condition import condition_text
from refmath.schedules.robbins_monro import robbins_monro

__all__ = ["SENTENCES", "listing", "schedule_page", "schedule_pages"]

SENTENCES = {
    "constant": "The same rate for every update, or a smaller one for the first few.",
    "step": "The rate is multiplied by a factor at fixed intervals.",
    "multi_step": "The rate is multiplied by a factor at updates that are listed.",
    "exponential": "The rate shrinks by the same factor with every update.",
    "inverse_time": "The rate falls like 1/t, or like a power of it.",
    "polynomial": "The rate falls to its end along a power of the time that is left.",
    "cosine": "The rate falls to its end along half a wave of the cosine.",
    "cosine_restarts": "Cosine annealing that starts again, each time for longer.",
    "cyclic": "The rate rises and falls in straight lines between two bounds.",
    "linear_warmup": "The rate rises in a straight line, and stays.",
    "exponential_warmup": "The rate rises towards its full size, the slower the nearer it is.",
    "warmup_stable_decay": "The rate rises, stays, and falls to 0 at the end of training.",
    "one_cycle": "The rate rises to a peak, and falls far below where it began.",
    "one_cycle_momentum": "The momentum falls where the rate of the one-cycle policy rises.",
    "reduce_on_plateau": "The rate is reduced when a metric has stopped to improve.",
}
WORDS = {
    r"\operatorname{cycles}": r"$\operatorname{cycles}(t, T_0, q)$ is the number of whole cycles "
    "before update t: the first has $T_0$ updates, and each one $q$ times as many as the last",
    r"\left\{i :": "$m_i$ are the milestones; the bars count those that have been passed",
    "metric": "the metric is what is given after each epoch",
}
"""What a formula contains that is not in the table of symbols."""


def schedule_page(schedule: Schedule) -> str:
    """Everything that is known of a schedule, from its declaration."""
    return join([
        f"# {schedule.title}", SENTENCES[schedule.name], f"Source: {escape(schedule.source)}.",
        _figure(schedule), _formula(schedule), _recursion(schedule), _symbols(schedule),
        _axes(schedule), _frameworks(schedule), _confused(schedule), _sums(schedule),
        _check(schedule), _code(schedule), about("schedules", schedule.name),
    ])


def _figure(schedule: Schedule) -> str:
    return (
        f'```{{raw}} html\n<figure class="rate">{picture(schedule)}\n'
        f"<figcaption>{html(caption(schedule))}</figcaption></figure>\n```"
    )


def _formula(schedule: Schedule) -> str:
    shown = schedule.latex()
    words = [text for sign, text in WORDS.items() if sign in shown]
    lead = "By its state, once an epoch:" if schedule.reacts else (
        "The rate of update $t = 0, 1, 2, \\ldots$ is"
    )
    return join(["## Formula", lead, math(_named(shown)), *(f"Here {w}." for w in words)]).strip()


def _named(shown: str) -> str:
    return upright(shown.replace(r"\eta", r"\alpha"))


def _recursion(schedule: Schedule) -> str:
    """The rate by its predecessor, under the settings for which it is declared."""
    if schedule.reacts or schedule.recursion is None:
        return ""
    wanted = {a: o.split("|")[0] for a, o in schedule.recursive_for.items()}
    form = schedule.vary(**wanted)
    resolved = form.resolved
    assert resolved.recursion is not None
    printer = ScheduleLatex()
    eta = next(q for q in resolved.recursion.states if q.name == "eta")
    rows = [rf"\eta_{{0}} &= {printer.doprint(eta.start)}"] + [
        f"{printer.doprint(x)} &= {printer.doprint(e)}" for x, e in resolved.recursion.steps
    ]
    moved = ", ".join(f"`{k}={v}`" for k, v in form.settings.items())
    where = f" With {moved} it is" if moved else " It is"
    return join([
        "## By its predecessor",
        f"Some frameworks multiply the last rate instead of computing it from t.{where} the same "
        "function:",
        math(_named("\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}")),
    ]).strip()


def _symbols(schedule: Schedule) -> str:
    rows = []
    for key, h in schedule.hyper.items():
        symbol = upright(latex(h))
        rows.append([f"${symbol}$", f"`{key}`", f"`{_shown(h.default)}`", f"`{h.domain}`",
                     escape(h.doc)])
    needs = ", ".join(f"`{c}`" for c in schedule.requires if c.free_symbols <= _known(schedule))
    between = f"Between them: {needs}." if needs else ""
    head = ["symbol", "name", "default", "domain", "meaning"]
    return join(["## Symbols", table(head, rows), between]).strip()


def _known(schedule: Schedule) -> set[Any]:
    return set(schedule.hyper.values())


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(v) for v in value)
    return "none" if value is None else decimal(number(value))


def _axes(schedule: Schedule) -> str:
    if not schedule.axes:
        return ""
    rows, forms = [], []
    for axis in schedule.axes:
        chosen = schedule.setting(axis.name)
        options = ", ".join(f"**{o}**" if o == chosen else o for o in axis.options)
        rows.append([f"`{axis.name}`", options, escape(axis.doc)])
        for option in axis.options:
            form = schedule.vary(**{axis.name: option})
            if option != chosen and form.resolved != schedule.resolved:
                forms.append(f"`{axis.name}={option}`:\n\n{math(_named(form.latex()))}")
    head = ["axis", "options, the one above in bold", "what it decides"]
    more = folded("The formula under each other option", "\n\n".join(forms)) if forms else ""
    return join(["## Where implementations differ", table(head, rows), more]).strip()


@cache
def _known_places() -> tuple[tuple[ScheduleConvention, str, Schedule], ...]:
    return tuple((c, p, c.form(p)) for c in conventions.ALL for p in c.positions)


def places(schedule: str) -> Iterator[tuple[ScheduleConvention, str, Schedule]]:
    """The ways to call a framework that compute a schedule, with the form of each."""
    return (x for x in _known_places() if x[2].name == schedule)


def _frameworks(schedule: Schedule) -> str:
    rows = [framework_row(*x) for x in places(schedule.name)]
    if not rows:
        return "## How frameworks write it\n\nNone of those that are known has it."
    said = dict.fromkeys(
        f"{c.label}: {escape(note)}" for c, _, _ in places(schedule.name) for note in c.notes
    )
    text = (
        "Each is this schedule with other options on its axes, and was held against the certified "
        "enclosure of that form by running the version named; all of them are in "
        "{doc}`../frameworks/schedules`."
    )
    return join(["## How frameworks write it", text, table(HEAD, rows), lines_of(said)]).strip()


HEAD = ["framework", "called", "differs by", "our name: theirs", "defaults", "version"]


def framework_row(convention: ScheduleConvention, place: str, form: Schedule) -> list[str]:
    """A way to call a framework, as cells."""
    position = convention.position(place)
    called = ", ".join(f"`{k}={v}`" for k, v in position.arguments.items())
    differs = ", ".join(f"`{k}={v}`" for k, v in form.settings.items()) or "nothing"
    names = ", ".join(
        f"`{k}`: `{v}`" for k, v in position.names.items() if k in form.hyper and k != v
    ) or "the same"
    given = ", ".join(f"`{k}={v}`" for k, v in convention.defaults.items() if k in form.hyper)
    return [
        convention.label, f"{place.replace('_', ' ')}{': ' if called else ''}{called}",
        differs, names, given or "none", convention.version,
    ]


def _confused(schedule: Schedule) -> str:
    lead = "Each of these is seen by `refmath check`, and named:"
    items = [escape(w.doc) for w in schedule.wrong]
    return join(["## What it is confused with", lead, lines_of(items)]).strip() if items else ""


def _sums(schedule: Schedule) -> str:
    title = "## Robbins and Monro's conditions"
    if schedule.name == "one_cycle_momentum":
        return ""
    try:
        found = robbins_monro(schedule)
    except InvalidInput as error:
        return f"{title}\n\nNot decided: {escape(str(error))}."
    domains = {k: h.domain for k, h in schedule.hyper.items()}
    rows = [
        [what, escape(condition_text(c, domains))] for what, c in (
            ("the rates sum to infinity", found.diverges),
            ("their squares have a finite sum", found.square_summable),
            ("**both**, as stochastic approximation asks", found.holds),
        )
    ]
    text = (
        "Decided symbolically from the formula, for all t (Robbins and Monro 1951). They make "
        "stochastic approximation converge on convex losses; they promise nothing for networks."
    )
    return join([title, table(["condition", "holds"], rows), text]).strip()


def _check(schedule: Schedule) -> str:
    name = schedule.name
    if schedule.reacts:
        call = "make  # make(**hyper) returns a function from one metric to the rate"
        called = "make"
    else:
        call, called = "rate  # rate(t, **hyper) returns the rate of update t", "rate"
    test = f"""import refmath
from my_schedule import {call}


def test_mine():
    report = refmath.check_schedule({called}, schedule="{name}")
    assert report.verdict == "CONFORMS", str(report)"""
    return join([
        "## Check yours", code("python", test),
        f"or `refmath check my_schedule:{called} --rule {name}`.",
    ]).strip()


def _code(schedule: Schedule) -> str:
    return join([
        "## As code", "Generated from the declaration, and held against it.",
        code("python", listing(schedule)),
    ]).strip()


def listing(schedule: Schedule) -> str:
    """The NumPy kernel with the imports that it needs."""
    source = schedule.kernel().source
    tree = ast.walk(ast.parse(source))
    used = {x.id for x in tree if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Load)}
    own = {x.name for x in ast.walk(ast.parse(source)) if isinstance(x, ast.FunctionDef)}
    own |= {x.arg for x in ast.walk(ast.parse(source)) if isinstance(x, ast.arg)}
    names = sorted(x for x in used - own if hasattr(np, x) and not hasattr(builtins, x))
    return f"from numpy import {', '.join(names)}\n\n\n{source}" if names else source


def schedule_pages() -> dict[str, str]:
    """All pages by path."""
    made = {f"schedules/{s.name}.md": schedule_page(s) for s in schedules.ALL.values()}
    small = "\n".join(
        f'<a href="{s.name}.html">{picture(s, small=True)}{html(s.title)}</a>'
        for s in schedules.ALL.values()
    )
    rows = [
        [f"[{s.title}]({s.name}.md)<br>`{s.name}`", SENTENCES[s.name]]
        for s in schedules.ALL.values()
    ]
    made["schedules/index.md"] = join([
        "# Learning-rate schedules",
        "The rate of update $t = 0, 1, 2, \\ldots$ as an exact function, declared once. Your own "
        "is held against it by `refmath check my_schedule:rate --rule cosine`.",
        f'```{{raw}} html\n<div class="rate-index">{small}</div>\n```',
        table(["schedule", "what it does"], rows), contents(schedules.ALL),
    ])
    return made
