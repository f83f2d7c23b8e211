"""Which other form, or which slip, gives everything that was seen?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from refmath.emit.schedule.cases import ScheduleCase
from refmath.emit.schedule.mutants import mutants
from refmath.emit.schedule.numpy import kernel_of
from refmath.oracle.schedule.judge import judge
from refmath.oracle.schedule.subject import Answer
from refmath.schedule import Resolved, Schedule

__all__ = ["Found", "Seen", "diagnose"]

_NEAR = 1e-4
_MOST = 3


@dataclass(frozen=True)
class Seen:
    """A case and the plain run on it."""

    case: ScheduleCase
    answer: Answer


@dataclass
class Found:
    """What explains everything.

    Attributes:
        texts: What a person should read, best first.
        switch: How to ask for it, where it is a form in real use.
        variant: Whether it is one.
    """

    texts: list[str] = field(default_factory=list)
    switch: str | None = None
    variant: bool = False


def diagnose(schedule: Schedule, seen: Sequence[Seen], level: str) -> Found:
    """The forms in real use that contain everything seen; else the named slips; else any slip."""
    for moved, form in _forms(schedule):
        if explains(form.resolved, seen, level):
            switch = " ".join(f"--vary {k}={v}" for k, v in moved.items())
            texts = [f"{schedule.title} with {k} {v} ({form.axis(k).doc})"
                     for k, v in moved.items()]
            intended = [k for k in moved if form.axis(k).intent]
            return Found(["; ".join(texts)], None if intended else switch, not intended)
    found: list[str] = []
    for named in (True, False):
        found += [
            f"{schedule.name}, but {mutant.doc}" for mutant in mutants(schedule)
            if mutant.named is named and explains(mutant.form, seen, level)
        ]
        if found:
            return Found(found[:_MOST])
    return Found()


def _forms(schedule: Schedule) -> Iterator[tuple[dict[str, str], Schedule]]:
    """Forms with one or two axes moved."""
    moves = [
        (a.name, o) for a in schedule.axes for o in a.options if o != schedule.setting(a.name)
    ]
    for count in (1, 2):
        for chosen in combinations(moves, count):
            moved = dict(chosen)
            if len(moved) == count:
                yield moved, schedule.vary(**moved)


def explains(form: Resolved, seen: Sequence[Seen], level: str) -> bool:
    """Whether a form contains everything that was seen."""
    pairs = [(_filled(form, s.case), s.answer) for s in seen]
    if any(case is None for case, _ in pairs):
        return False
    known = [(case, answer) for case, answer in pairs if case is not None]
    return all(_near(form, c, a) for c, a in known) and all(
        judge(form, c, a, level).deviation is None for c, a in known
    )


def _filled(form: Resolved, case: ScheduleCase) -> ScheduleCase | None:
    """The case with defaults for what only this form has."""
    values: dict[str, Any] = {}
    for symbol in form.hypers:
        value = case.values.get(symbol.key, symbol.default)
        if value is None or (isinstance(value, tuple) and symbol.key not in case.values):
            return None
        values[symbol.key] = value
    return replace(case, values=values)


def _near(form: Resolved, case: ScheduleCase, answer: Answer) -> bool:
    """A quick look by the kernel, before balls are computed."""
    try:
        rates = kernel_of("rate", form).run(case.inputs, case.floats)
    except (ArithmeticError, ValueError, IndexError):
        return False
    if not np.isfinite(rates).all():
        return False
    seen = np.array(answer.rates)
    scale = max(float(np.abs(seen).max()), float(np.abs(rates).max()), 1e-300)
    apart = np.abs(rates - seen) > _NEAR * scale
    # Where the kernel itself decides on the other side of an edge, the balls know better.
    return int(apart.sum()) <= len(seen) // 10
