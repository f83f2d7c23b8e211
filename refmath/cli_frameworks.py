"""``refmath frameworks``: how frameworks write optimizers and schedules, and whether they do."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from rich.console import Console
from rich.table import Table

from refmath import conventions, rules, schedules
from refmath.cli import echo_json
from refmath.cli_check import _run_all
from refmath.conventions import Convention
from refmath.conventions import schedule as schedule_conventions
from refmath.conventions.schedule import ScheduleConvention
from refmath.emit.text import recurrence_text
from refmath.errors import InvalidInput, UnknownName
from refmath.rule import Rule

__all__ = ["Form", "optimizer_forms", "run_frameworks", "schedule_forms"]

_PACKAGES = {
    "refmath": "refmath", "torch": "torch", "keras": "keras", "optax": "optax", "jax": "jax",
    "sklearn": "scikit-learn",
}
"""The frameworks that are run, to what installs them."""
_COLOURS = {"CONFORMS": "green", "FAILED": "magenta"}
_WIDE = 140
_JOB: dict[str, Any] = {
    "rule": None, "objective": None, "wrt": [], "convention": None, "vary": {}, "switches": None,
    "fixed": {}, "dtypes": ["float64"], "examples": None, "seconds": 10.0, "by_name": False,
}


@dataclass(frozen=True)
class Form:
    """One way in which a framework writes a rule or a schedule.

    Attributes:
        framework: ``torch``.
        name: What the framework calls it: ``Adam``.
        target: Where it is found; empty if it was read in source.
        version: The version that was run, or read.
        ran: Whether it was run.
        called: How it is put into this form; empty for the usual one.
        arguments: The keyword arguments for that.
        computes: The declared rule or schedule.
        differs: The axes on which it is not the canonical form, with its options.
        formula: The lines of the rule that differ, in text.
        names: Our hyperparameters to the framework's arguments.
        defaults: The framework's defaults, by our names.
        notes: What a person should know.
    """

    framework: str
    name: str
    target: str
    version: str
    ran: bool
    called: str
    arguments: Mapping[str, Any]
    computes: str
    differs: Mapping[str, str]
    formula: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def label(self) -> str:
        """``torch Adam``."""
        return f"{self.framework} {self.name}"


def optimizer_forms() -> Iterator[Form]:
    """Every optimizer of every framework, at most one switch away from its default."""
    for convention in conventions.ALL:
        for place in convention.positions(1):
            yield _optimizer(convention, place)


def _optimizer(own: Convention, place: Mapping[str, str]) -> Form:
    form = own.form(place)
    return Form(
        own.framework, own.optimizer, own.target, own.version, own.ran,
        ", ".join(f"{k}={v}" for k, v in place.items()), own.arguments(place), form.name,
        dict(form.settings), _changed(form),
        {k: v for k, v in own.names.items() if k in form.hyper},
        {k: v for k, v in own.defaults.items() if k in form.hyper}, own.notes,
    )


def _changed(form: Rule) -> tuple[str, ...]:
    """The lines of a rule that its canonical form does not have."""
    return _lines(form.name, tuple(sorted(form.settings.items())))


@cache
def _lines(name: str, settings: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    usual = rules.get(name)
    form = usual.vary(**dict(settings))
    known = recurrence_text(usual.recurrence).splitlines()
    return tuple(x for x in recurrence_text(form.recurrence).splitlines() if x not in known)


def schedule_forms() -> Iterator[Form]:
    """Every schedule of every framework in every way that it is called."""
    for convention in schedule_conventions.ALL:
        for place in convention.positions:
            yield _schedule(convention, place)


def _schedule(own: ScheduleConvention, place: str) -> Form:
    form, position = own.form(place), own.position(place)
    usual = schedules.get(form.name)
    lines = () if form.resolved == usual.resolved else tuple(form.text().splitlines())
    return Form(
        own.framework, own.scheduler, own.target, own.version, True,
        "" if place == own.default else place, position.arguments, form.name,
        dict(form.settings), lines,
        {k: v for k, v in position.names.items() if k in form.hyper},
        {k: v for k, v in own.defaults.items() if k in form.hyper}, own.notes,
    )


def run_frameworks(
    names: Sequence[str], of_schedules: bool, run: bool, seed: int, as_json: bool
) -> int:
    """Print the forms of the frameworks named, or of all; returns the exit status.

    Raises:
        UnknownName: No such framework.
        InvalidInput: Forms are to be run, and none of the frameworks can be.
    """
    every = list(schedule_forms() if of_schedules else optimizer_forms())
    known = list(dict.fromkeys(f.framework for f in every))
    for name in names:
        if name not in known:
            raise UnknownName("framework", name, known)
    forms = [f for f in every if f.framework in (names or known)]
    if run:
        return _run(forms, seed, as_json)
    if as_json:
        echo_json([asdict(f) for f in forms])
        return 0
    _print(forms if names else [f for f in forms if not f.called], bool(names))
    return 0


def _console() -> Console:
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=_WIDE)


def _print(forms: Sequence[Form], whole: bool) -> None:
    out = _console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("framework", *(["called"] if whole else []), "computes", "differs by",
                   "defaults", "version"):
        table.add_column(column, overflow="fold", no_wrap=column == "framework")
    for f in forms:
        differs = ", ".join(f"{k}={v}" for k, v in f.differs.items()) or "-"
        given = ", ".join(f"{f.names.get(k, k)}={v}" for k, v in f.defaults.items()) or "-"
        called = [f.called or "-"] if whole else []
        table.add_row(f.label, *called, f.computes, differs, given,
                      f"{f.version}, {'run' if f.ran else 'read'}")
    out.print(table)
    if not whole:
        out.print("\nEach in its usual form; refmath frameworks torch shows all of one.")


def _installed(framework: str) -> str | None:
    try:
        return metadata.version(_PACKAGES[framework])
    except metadata.PackageNotFoundError:
        return None


def _run(forms: Sequence[Form], seed: int, as_json: bool) -> int:
    """Hold each installed optimizer or schedule against all its forms."""
    wanted = list(dict.fromkeys((f.framework, f.name, f.target) for f in forms if f.ran))
    if not wanted:
        shown = ", ".join(dict.fromkeys(f.framework for f in forms))
        raise InvalidInput(
            f"{shown}: read in source, not run; those that are run: {', '.join(_PACKAGES)}"
        )
    there = [x for x in wanted if _installed(x[0]) is not None]
    if not there:
        raise InvalidInput(f"none of them is installed: pip install {_PACKAGES[wanted[0][0]]}")
    results, refused = _run_all([t for *_, t in there], {**_JOB, "seed": seed},
                                Console(stderr=True))
    found = {r["subject"]: r for r in results}
    rows = [_row(forms, *x, found.get(x[2])) for x in wanted]
    if as_json:
        echo_json({"seed": seed, "frameworks": rows, "refused": refused})
    else:
        _print_run(rows)
    for said in refused:
        print(f"refmath: {said}", file=sys.stderr)
    verdicts = {r["verdict"] for r in rows} - {"not installed"}
    if refused or "FAILED" in verdicts:
        return 3
    return 0 if verdicts <= {"CONFORMS"} else 1


def _row(
    forms: Sequence[Form], framework: str, name: str, target: str, result: Mapping[str, Any] | None
) -> dict[str, Any]:
    own = next(f for f in forms if f.target == target)
    installed = _installed(framework)
    verdict = "not installed" if installed is None else "FAILED" if result is None else str(
        result["verdict"]
    )
    return {
        "framework": framework, "name": name, "version": own.version, "installed": installed,
        "forms": sum(f.target == target for f in forms),
        "cases": 0 if result is None else result["cases"], "verdict": verdict,
        "diagnosis": [] if result is None else result["diagnosis"],
    }


def _print_run(rows: Sequence[Mapping[str, Any]]) -> None:
    out = _console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("framework", "version known", "installed", "forms", "cases", "verdict"):
        table.add_column(column, justify="right" if column in ("forms", "cases") else "left")
    for r in rows:
        colour = _COLOURS.get(r["verdict"], "yellow")
        table.add_row(
            f"{r['framework']} {r['name']}", r["version"], r["installed"] or "-",
            str(r["forms"]), str(r["cases"]), f"[{colour}]{r['verdict']}[/{colour}]",
        )
    out.print(table)
    for r in rows:
        for text in r["diagnosis"]:
            out.print(f"{r['framework']} {r['name']} behaves exactly like: {text}", markup=False,
                      soft_wrap=True)
    same = sum(r["verdict"] == "CONFORMS" for r in rows)
    out.print(f"\n{same} of {len(rows)} conform in every form that is known of them")
