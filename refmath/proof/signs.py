"""Does a proof turn red when a sign of a rule is changed? Every sign of a declaration is tried."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sympy import Add, Indexed, Piecewise, sympify

from refmath.emit.equality import proved_equal
from refmath.emit.text import TextPrinter
from refmath.errors import DeclarationError
from refmath.notation import Hyper, Quantity, t
from refmath.proof.along import Along
from refmath.proof.load import Loaded
from refmath.proof.runs import Run
from refmath.recurrence import Let
from refmath.rule import Axis, Rule

__all__ = ["Change", "audit_signs", "changes"]


@dataclass(frozen=True)
class Change:
    """A declaration with one sign changed.

    Attributes:
        rule: The rule's name.
        place: Where: ``m[t]``, a step; ``epsilon=inside``, an option; ``start of r``.
        what: Which sign, for people.
        apply: The change, as a function of the rule and of those that are derived from it.
        option: The setting under which it stands; none for a step.
        caught: The id of the claim that is then not proved; empty if all still are.
        equal: Whether it is proved to change nothing, as the sign of what is squared.
    """

    rule: str
    place: str
    what: str
    apply: Callable[[Rule], Rule]
    option: Mapping[str, str] = field(default_factory=dict)
    caught: str = ""
    equal: bool = False


def changes(rule: Rule) -> list[Change]:
    """Every sign of every step, option and start value of a declaration, once each."""
    out = []
    shown = TextPrinter(rule.recurrence).doprint
    for number, step in enumerate(rule.algorithm):
        for term, rhs in _signs(step.rhs):
            what = f"the sign of {shown(_positive(term))}"
            out.append(Change(rule.name, f"{step.name}[t]", what, partial(_step, number, rhs)))
    for axis in rule.axes:
        for option, fills in axis.options.items():
            for place, value in fills.items():
                for term, changed in _signs(value):
                    what = f"in {place} the sign of {shown(_positive(term))}"
                    apply = partial(_option, axis.name, option, place, changed)
                    put = {axis.name: option}
                    out.append(Change(rule.name, f"{axis.name}={option}", what, apply, put))
    for step in rule.algorithm:
        state = step.target.base
        if state.role == "state" and list(_signs(state.start)) and not _is_slot(state.start):
            what = f"the sign of {shown(state.start)}"
            out.append(Change(rule.name, f"start of {state.name}", what, partial(_start, state)))
    return out


def _is_slot(expr: Any) -> bool:
    return bool(expr.is_Symbol and not isinstance(expr, Hyper))


def _positive(term: Any) -> Any:
    return -term if term.could_extract_minus_sign() else term


def _signs(expr: Any) -> Iterator[tuple[Any, Any]]:
    """The term whose sign changes, and the expression that is then read: also of the whole."""
    if expr is None or sympify(expr) == 0:
        return
    value = sympify(expr)
    if not isinstance(value, Add):
        yield value, -value
    yield from _flipped(value)


def _flipped(expr: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(expr, Indexed) or not expr.args:
        return
    if isinstance(expr, Add):
        for term in expr.args:
            yield term, expr - 2 * term
    if isinstance(expr, Piecewise):
        for i, (value, _) in enumerate(expr.args):
            for term, new in _signs(value):
                pairs = [(new if j == i else v, c) for j, (v, c) in enumerate(expr.args)]
                yield term, Piecewise(*pairs)
        return
    for i, arg in enumerate(expr.args):
        for term, new in _flipped(arg):
            yield term, expr.func(*expr.args[:i], new, *expr.args[i + 1 :])


def _step(number: int, rhs: Any, rule: Rule) -> Rule:
    steps = list(rule.algorithm)
    steps[number] = Let(steps[number].target, rhs)
    return replace(rule, algorithm=tuple(steps))


def _option(axis: str, option: str, place: Any, value: Any, rule: Rule) -> Rule:
    def changed(own: Axis) -> Axis:
        if own.name != axis:
            return own
        fills = {**own.options[option], place: value}
        return replace(own, options={**own.options, option: fills})

    return replace(rule, axes=tuple(map(changed, rule.axes)))


def _start(state: Quantity, rule: Rule) -> Rule:
    other: Any = Quantity(state.name, state.role, start=-state.start, doc=state.doc)
    own: Any = state
    put = {own[t]: other[t], own[t - 1]: other[t - 1]}

    def read(expr: Any) -> Any:
        return expr if expr is None else sympify(expr).xreplace(put)

    steps = tuple(Let(read(s.target), read(s.rhs)) for s in rule.algorithm)
    axes = tuple(
        replace(a, options={o: {k: read(v) for k, v in f.items()} for o, f in a.options.items()})
        for a in rule.axes
    )
    return replace(rule, algorithm=steps, axes=axes, wrong=())


def audit_signs(rule: Rule, claims: Sequence[Loaded]) -> list[Change]:
    """Every change of a sign, with the first claim that is no longer proved.

    A rule that another one is a setting of is changed with it: AdamW with Adam. Only the first
    engine is asked, so that this is fast. A claim that has caught a change is asked first about
    the next one.
    """
    asked = [
        (c.claim.id, s) for c in claims for s in c.claim.holds
        if isinstance(s, Along) and any(_of(rule, r) for r in s.runs)
    ]
    out = []
    for change in changes(rule):
        for place, (name, statement) in enumerate(asked):
            wrong = _changed(statement, rule, change)
            if wrong is not None and not _proved(wrong):
                asked.insert(0, asked.pop(place))
                change = replace(change, caught=name)
                break
        if not change.caught and change.option:
            change = replace(change, equal=_same(rule, change))
        out.append(change)
    return out


def _same(rule: Rule, change: Change) -> bool:
    """Whether a change is proved to change nothing, also where one other setting is changed."""
    other = change.apply(rule)
    for axis in rule.axes:
        for option in axis.options:
            settings = {axis.name: option, **change.option}
            a, b = rule.vary(**settings).recurrence, other.vary(**settings).recurrence
            if not (a == b or proved_equal(a, b)):
                return False
    return True


def _of(rule: Rule, run: Run) -> bool:
    """Whether a run's rule is declared by the same steps."""
    return isinstance(run.rule, Rule) and run.rule.algorithm == rule.algorithm


def _changed(statement: Along, rule: Rule, change: Change) -> Along | None:
    """The statement about the changed declaration; None if it does not speak of what changed."""
    try:
        runs = tuple(
            replace(r, rule=change.apply(r.rule)) if _of(rule, r) and isinstance(r.rule, Rule)
            else r for r in statement.runs
        )
        same = all(a.rec == b.rec for a, b in zip(runs, statement.runs, strict=True))
    except DeclarationError:
        return None
    return None if same else replace(statement, runs=runs)


def _proved(statement: Along) -> bool:
    return statement.engines()[0][1]()
