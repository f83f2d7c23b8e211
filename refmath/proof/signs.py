"""Does a proof turn red when a sign of a rule is changed? Every sign of every step is tried."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Add, Indexed, Piecewise

from refmath.emit.text import TextPrinter
from refmath.notation import t
from refmath.proof.along import Along
from refmath.proof.load import Loaded
from refmath.recurrence import Let, Recurrence
from refmath.rule import Rule

__all__ = ["Change", "audit_signs", "changes"]


@dataclass(frozen=True)
class Change:
    """A step with one sign changed.

    Attributes:
        rule: The rule's name.
        form: The settings under which the step stands in it.
        step: The step as declared.
        wrong: The step with the changed sign.
        what: Which sign, for people.
        caught: The id of the claim that is then not proved; empty if all still are.
    """

    rule: str
    form: str
    step: Let
    wrong: Let
    what: str
    caught: str = ""


def changes(rule: Rule, options: bool = False) -> list[Change]:
    """Every sign of every step of a rule and of its form that maximizes, once each.

    Args:
        rule: A rule.
        options: Whether all its forms with one setting changed are taken too.
    """
    out: dict[tuple[Let, Let], Change] = {}
    for form in _forms(rule, options):
        label = " ".join(f"{k}={v}" for k, v in form.settings.items())
        shown = TextPrinter(form.recurrence).doprint
        for step in (_plain(x, form.recurrence) for x in form.recurrence.steps):
            for term, rhs in _flipped(step.rhs, whole=True):
                wrong = Let(step.target, rhs)
                what = f"in {step.name}[t] the sign of {shown(_positive(term))}"
                out.setdefault((step, wrong), Change(rule.name, label, step, wrong, what))
    return list(out.values())


def _forms(rule: Rule, options: bool) -> Iterator[Rule]:
    yield rule
    for axis in rule.axes:
        for option in axis.options:
            if options or axis.name == "maximize":
                yield rule.vary(**{axis.name: option})


def _plain(step: Let, rec: Recurrence) -> Let:
    """A step with the gradient in place of what stands for it: mirrored, or with weight decay."""
    own = rec.gradient[t]
    return Let(step.target, step.rhs.xreplace(dict.fromkeys(_stands_for(step), own)))


def _stands_for(step: Let) -> set[Any]:
    return {x for x in step.rhs.atoms(Indexed) if x.base.name == "h"}


def _positive(term: Any) -> Any:
    return -term if term.could_extract_minus_sign() else term


def _flipped(expr: Any, whole: bool = False) -> Iterator[tuple[Any, Any]]:
    """The term whose sign changes, and the expression that is then read."""
    if whole and not isinstance(expr, Add) and expr.could_extract_minus_sign():
        yield expr, -expr
    if isinstance(expr, Indexed) or not expr.args:
        return
    if isinstance(expr, Add):
        for term in expr.args:
            yield term, expr - 2 * term
    if isinstance(expr, Piecewise):
        for i, (value, _) in enumerate(expr.args):
            for term, new in _flipped(value):
                pairs = [(new if j == i else v, c) for j, (v, c) in enumerate(expr.args)]
                yield term, Piecewise(*pairs)
        return
    for i, arg in enumerate(expr.args):
        for term, new in _flipped(arg):
            yield term, expr.func(*expr.args[:i], new, *expr.args[i + 1 :])


def audit_signs(
    rule: Rule, claims: Sequence[Loaded], *, options: bool = False
) -> list[Change]:
    """Every change of a sign, with the first claim that is no longer proved.

    Only the first engine is asked, so that this is fast. A claim that has caught a change is asked
    first about the next one.
    """
    asked = [
        (c.claim.id, s) for c in claims for s in c.claim.holds
        if isinstance(s, Along) and any(r.rec.name == rule.name for r in s.runs)
    ]
    out = []
    for change in changes(rule, options):
        for place, (name, statement) in enumerate(asked):
            wrong = _changed(statement, change)
            if wrong is not None and not _proved(wrong):
                asked.insert(0, asked.pop(place))
                change = replace(change, caught=name)
                break
        out.append(change)
    return out


def _changed(statement: Along, change: Change) -> Along | None:
    """The statement of runs with the changed step.

    None where no run has it, or one has another step in its place: what the change of the
    declaration would make of that is not known.
    """
    runs = []
    for run in statement.runs:
        own = next((s for s in run.rec.steps if s.name == change.step.name), None)
        if run.rec.name != change.rule or own is None:
            runs.append(run)
            continue
        gradient = run.rec.gradient[t]
        if _plain(own, run.rec) != change.step:
            return None
        back = {gradient: next(iter(_stands_for(own)), gradient)}
        runs.append(replace(run, rule=run.rec.replace(own.name, change.wrong.rhs.xreplace(back))))
    same = all(a.rec == b.rec for a, b in zip(runs, statement.runs, strict=True))
    return None if same else replace(statement, runs=tuple(runs))


def _proved(statement: Along) -> bool:
    return statement.engines()[0][1]()
