"""Wrong forms of a schedule: the named ones, and every small slip in its formula.

A wrong form that is equal to the schedule is proved so, with the reason, and left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import (
    Abs,
    Add,
    And,
    Ge,
    Gt,
    Indexed,
    Integer,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    ceiling,
    cos,
    exp,
    floor,
    nan,
    oo,
    sin,
    zoo,
)
from sympy.core.relational import Relational

from refmath.emit.schedule.cases import draw
from refmath.emit.schedule.equality import equal_forms
from refmath.emit.schedule.numpy import kernel_of
from refmath.emit.schedule.text import SchedulePrinter
from refmath.notation import Hyper
from refmath.schedule import Count, Listed, Recursion, Resolved, Schedule, metric, t

__all__ = ["ScheduleMutant", "equivalent", "mutants"]

_DRAWS = 12
_LONG = 40
_APART = 1e-9


@dataclass(frozen=True)
class ScheduleMutant:
    """A wrong form.

    Attributes:
        name: Unique within the schedule.
        doc: What a person should read.
        form: What it computes.
        named: Whether the declaration names it.
    """

    name: str
    doc: str
    form: Resolved
    named: bool


def mutants(schedule: Schedule) -> tuple[ScheduleMutant, ...]:
    """The wrong forms that differ from a schedule, named ones first."""
    return _sorted(_Key(schedule))[0]


def equivalent(schedule: Schedule) -> tuple[tuple[ScheduleMutant, str], ...]:
    """The slips that change nothing, each with the reason."""
    return _sorted(_Key(schedule))[1]


@dataclass(frozen=True)
class _Key:
    schedule: Schedule

    def __hash__(self) -> int:
        return hash((self.schedule.name, tuple(self.schedule.settings.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (
            (self.schedule.name, self.schedule.settings, self.schedule.resolved)
            == (other.schedule.name, other.schedule.settings, other.schedule.resolved)
        )


@lru_cache(maxsize=128)
def _sorted(
    key: _Key,
) -> tuple[tuple[ScheduleMutant, ...], tuple[tuple[ScheduleMutant, str], ...]]:
    schedule = key.schedule
    kept: list[ScheduleMutant] = []
    same: list[tuple[ScheduleMutant, str]] = []
    for mutant in (*_named(schedule), *_systematic(schedule)):
        if _apart(schedule, mutant.form):
            kept.append(mutant)
        elif reason := equal_forms(schedule.resolved, mutant.form):
            same.append((mutant, reason))
        else:
            kept.append(mutant)
    return tuple(kept), tuple(same)


def _apart(schedule: Schedule, form: Resolved) -> bool:
    """Whether two forms differ by much more than rounding on some drawn case."""
    ours, theirs = kernel_of(schedule.name, schedule.resolved), kernel_of(schedule.name, form)
    for number in range(_DRAWS):
        case = draw(schedule, np.random.default_rng([7, number]), "float64")
        a, b = ours.run(case.inputs, case.floats), theirs.run(case.inputs, case.floats)
        scale = max(np.abs(a).max(), 1e-300)
        if not np.isfinite(b).all() or (np.abs(a - b) > _APART * scale).any():
            return True
    return False


def _named(schedule: Schedule) -> Iterator[ScheduleMutant]:
    for wrong in schedule.wrong:
        if schedule.applies(wrong):
            yield ScheduleMutant(wrong.name, wrong.doc, schedule.variant(wrong), True)


def _systematic(schedule: Schedule) -> Iterator[ScheduleMutant]:
    form = schedule.resolved
    seen = {form.formula or form}
    for axis in schedule.axes:
        if not axis.intent:
            varied = (schedule.vary(**{axis.name: o}).resolved for o in axis.options)
            seen |= {v.formula or v for v in varied}
    for place, (what, changed) in enumerate(_changed(form)):
        key = changed.formula or changed
        if any(e.has(zoo, nan, oo) for e in changed.expressions):
            continue
        if key not in seen and {h.key for h in changed.hypers} <= {h.key for h in form.hypers}:
            seen.add(key)
            yield ScheduleMutant(f"slip.{place}", what, changed, False)


def _changed(form: Resolved) -> Iterator[tuple[str, Resolved]]:
    slips = _Slips(form)
    if form.formula is not None:
        for what, new in slips.within(form.formula):
            yield what, Resolved(new)
        return
    assert form.recursion is not None
    steps = form.recursion.steps
    for place, (target, expr) in enumerate(steps):
        for what, new in slips.within(expr):
            after = (target, new)
            yield (f"in {target.base.name}: {what}",
                   Resolved(None, Recursion((*steps[:place], after, *steps[place + 1:]))))


_SAME_AS_EDGE = {Lt: -1, Le: 1, Gt: 1, Ge: -1}
"""For whole numbers t - 1 < T is t <= T, a slip of its own."""


def _rounded(form: Resolved) -> set[str]:
    """The quantities of a recursion that are products: rounding decides whether two are equal."""
    found: set[str] = set()
    steps = () if form.recursion is None else form.recursion.steps
    for _ in steps:
        for target, expr in steps:
            own = any(m.has(Indexed) and m.has(Hyper) for m in expr.atoms(Mul))
            values = {q.base.name for q in _value(expr).atoms(Indexed)}
            if (own and not isinstance(expr, Piecewise)) or found & values:
                found.add(target.base.name)
    return found


def _value(expr: Any) -> Any:
    """An expression without its conditions."""
    return Add(*(e for e, _ in expr.args)) if isinstance(expr, Piecewise) else expr


class _Slips:
    """Every single change within an expression: what it is, and the result."""

    def __init__(self, form: Resolved) -> None:
        self.hypers = form.hypers
        self.rounded = _rounded(form)
        self.printer = SchedulePrinter()

    def shown(self, expr: Any) -> str:
        """A short text of an expression."""
        text = self.printer.doprint(expr)
        return text if len(text) <= _LONG else text[: _LONG - 3] + "..."

    def within(self, expr: Any) -> Iterator[tuple[str, Any]]:
        """The changes of an expression and of all its parts."""
        yield from self.here(expr)
        if isinstance(expr, Indexed) or not expr.args:
            return
        if isinstance(expr, Piecewise):
            yield from self.of_cases(expr)
            return
        first = 1 if isinstance(expr.args[0], Listed) else 0
        for place in range(first, len(expr.args)):
            for what, new in self.within(expr.args[place]):
                args = (*expr.args[:place], new, *expr.args[place + 1:])
                yield what, expr.func(*args)

    def of_cases(self, expr: Any) -> Iterator[tuple[str, Any]]:
        """The changes within alternatives."""
        pairs = [(e, c) for e, c in expr.args]
        for place, (value, cond) in enumerate(pairs):
            for what, new in self.within(value):
                yield what, Piecewise(*pairs[:place], (new, cond), *pairs[place + 1:])
            if cond is not S.true:
                for what, new in self.conditions(cond):
                    yield what, Piecewise(*pairs[:place], (value, new), *pairs[place + 1:])
                if len(pairs) > 1:
                    yield (f"the case {self.shown(cond)} is missing",
                           Piecewise(*pairs[:place], *pairs[place + 1:]))

    def conditions(self, cond: Any) -> Iterator[tuple[str, Any]]:
        """A condition with its edge moved, or turned round."""
        if isinstance(cond, And):
            for arg in cond.args:
                yield f"the condition {self.shown(arg)} is missing", And(
                    *(a for a in cond.args if a != arg)
                )
            return
        if not isinstance(cond, Relational):
            return
        edge = {Lt: Le, Le: Lt, Gt: Ge, Ge: Gt}.get(cond.func)
        if edge is not None and not self.rounded & {q.base.name for q in cond.atoms(Indexed)}:
            new = edge(cond.lhs, cond.rhs)
            yield f"{self.shown(new)} stands for {self.shown(cond)}", new
        yield f"{self.shown(cond)} is turned round", cond.negated
        if cond.has(t):
            whole = cond.lhs.is_integer and cond.rhs.is_integer
            for shift in (1, -1):
                if not (whole and shift == _SAME_AS_EDGE.get(cond.func)):
                    new = cond.func(cond.lhs + shift, cond.rhs)
                    yield f"the edge {self.shown(cond)} is off by one", new

    def here(self, expr: Any) -> Iterator[tuple[str, Any]]:
        """The changes of an expression itself."""
        if isinstance(expr, Add):
            for term in expr.args:
                size = -term if term.could_extract_minus_sign() else term
                yield f"the sign of {self.shown(size)} is wrong", expr - 2 * term
                yield f"the term {self.shown(size)} is missing", expr - term
        elif isinstance(expr, Mul):
            for factor in expr.args:
                if factor is not S.NegativeOne:
                    yield f"the factor {self.shown(factor)} is missing", expr / factor
                    if not factor.is_number and not isinstance(factor, Add | Piecewise):
                        word = "divides where it should multiply"
                        yield f"{self.shown(factor)} {word}", expr / factor**2
        elif isinstance(expr, Pow):
            if not expr.exp.is_number:
                yield f"{self.shown(expr)} lacks its power", expr.base
                yield f"the power of {self.shown(expr)} has the wrong sign", 1 / expr
            yield f"{self.shown(expr)} is replaced by 1", S.One
        elif isinstance(expr, Max | Min):
            for arg in expr.args:
                yield f"{self.shown(expr)} is only {self.shown(arg)}", arg
            other = Min if isinstance(expr, Max) else Max
            yield f"{other.__name__.lower()} for {expr.func.__name__.lower()}", other(*expr.args)
        else:
            yield from self.leaves(expr)

    def leaves(self, expr: Any) -> Iterator[tuple[str, Any]]:
        """The changes of functions, hyperparameters, and the counter."""
        if isinstance(expr, floor | ceiling):
            other = ceiling if isinstance(expr, floor) else floor
            inside = expr.args[0]
            yield f"{self.shown(inside)} is not rounded", inside
            yield f"{self.shown(inside)} is rounded the other way", other(inside)
        elif isinstance(expr, cos | exp | Abs):
            yield f"{self.shown(expr)} is replaced by 1", S.One
            if isinstance(expr, cos):
                yield f"sin for cos in {self.shown(expr)}", sin(expr.args[0])
        elif isinstance(expr, Hyper):
            yield from self.symbols(expr)
        elif expr == t:
            yield "t is one ahead in one place", t + 1
            yield "t is frozen at 0", Integer(0)
        elif isinstance(expr, Indexed) and expr.indices[0] == t - 1:
            yield f"{expr.base.name} is forgotten", expr.base.start
        elif expr == metric:
            yield "the sign of the metric is wrong", -metric

    def symbols(self, expr: Any) -> Iterator[tuple[str, Any]]:
        """A hyperparameter that is mistaken for another one, or ignored."""
        for other in self.hypers:
            alike = type(other) is type(expr) and not isinstance(other, Listed)
            if alike and other != expr:
                yield f"{other.key} stands for {expr.key}", other
        if expr.key == "lr":
            yield "lr is ignored: 1 is used", S.One
        elif expr.default is not None and not isinstance(expr, Listed):
            value = Rational(expr.default.numerator, expr.default.denominator)
            yield f"{expr.key} is ignored: {self.shown(value)} is used", value
        if isinstance(expr, Count):
            yield f"{expr.key} is one too many", expr + 1


