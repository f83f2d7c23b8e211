"""Wrong forms of a rule: the named ones, and every small slip in every step.

A wrong form that is algebraically equal to the rule is proved so and left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sympy import Abs, Add, Indexed, Max, Min, Mul, Piecewise, Pow, Rational, S, sqrt
from sympy.core.relational import Relational

from refmath.emit.equality import proved_equal, separated
from refmath.emit.text import TextPrinter
from refmath.errors import DeclarationError
from refmath.notation import Hyper, state, t
from refmath.recurrence import Let, Recurrence, validate
from refmath.rule import Rule

__all__ = ["Mutant", "mutants", "named", "systematic"]


@dataclass(frozen=True)
class Mutant:
    """A wrong form.

    Attributes:
        name: Unique within the rule.
        doc: What a person should read.
        rec: What it computes.
        named: Whether the rule's declaration names it.
    """

    name: str
    doc: str
    rec: Recurrence
    named: bool


@lru_cache(maxsize=256)
def _mutants(key: "_Key") -> tuple[tuple[Mutant, ...], tuple[Mutant, ...]]:
    rule = key.rule
    kept: list[Mutant] = []
    equal: list[Mutant] = []
    for mutant in (*named(rule), *systematic(rule)):
        if separated(rule.recurrence, mutant.rec):
            kept.append(mutant)
        elif proved_equal(rule.recurrence, mutant.rec):
            equal.append(mutant)
        else:
            kept.append(mutant)
    return tuple(kept), tuple(equal)


@dataclass(frozen=True)
class _Key:
    rule: Rule

    def __hash__(self) -> int:
        return hash((self.rule.name, self.rule.recurrence))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.rule.recurrence == other.rule.recurrence


def mutants(rule: Rule) -> tuple[Mutant, ...]:
    """The wrong forms of a rule that differ from it, named ones first."""
    return _mutants(_Key(rule))[0]


def equivalent(rule: Rule) -> tuple[Mutant, ...]:
    """The slips that change nothing, each proved equal to the rule."""
    return _mutants(_Key(rule))[1]


def named(rule: Rule) -> Iterator[Mutant]:
    """The wrong forms that the declaration names, under the settings in force."""
    for wrong in rule.wrong:
        if rule.applies(wrong):
            yield Mutant(wrong.name, wrong.doc, rule.variant(wrong), True)


def systematic(rule: Rule) -> Iterator[Mutant]:
    """Every small slip in every step that does not lead to a form in real use."""
    rec = rule.recurrence
    seen = {rec}
    for axis in rule.axes:
        if not axis.intent:
            seen |= {rule.vary(**{axis.name: o}).recurrence for o in axis.options}
    for name, doc, changed in (*_local(rec), *_global(rule)):
        try:
            validate(changed)
        except DeclarationError:
            continue
        if changed not in seen:
            seen.add(changed)
            yield Mutant(name, doc, changed, False)


def _local(rec: Recurrence) -> Iterator[tuple[str, str, Recurrence]]:
    shown = TextPrinter(rec).doprint
    for place, step in enumerate(rec.steps):
        assigned = {s.name for s in rec.steps[:place]}
        for number, (what, rhs) in enumerate(_slips(step.rhs, rec, assigned, shown)):
            yield (
                f"{step.name}.{number}",
                f"in {step.name}[t]: {what}",
                rec.replace(step.name, rhs),
            )


def _slips(expr: Any, rec: Recurrence, assigned: set[str], shown: Any) -> Iterator[tuple[str, Any]]:
    """Every single change within an expression: what it is, and the result."""
    yield from _here(expr, rec, assigned, shown)
    if isinstance(expr, Indexed) or not expr.args:
        return
    if isinstance(expr, Piecewise):
        for i, (value, _) in enumerate(expr.args):
            for what, new in _slips(value, rec, assigned, shown):
                pairs = [(new if j == i else v, c) for j, (v, c) in enumerate(expr.args)]
                yield what, Piecewise(*pairs)
        return
    for i, arg in enumerate(expr.args):
        for what, new in _slips(arg, rec, assigned, shown):
            yield what, expr.func(*expr.args[:i], new, *expr.args[i + 1 :])


def _here(expr: Any, rec: Recurrence, assigned: set[str], shown: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(expr, Add):
        for term in expr.args:
            yield f"the sign of {shown(_positive(term))} is wrong", expr - 2 * term
            yield f"the term {shown(_positive(term))} is missing", expr - term
        yield from _moved_epsilon(expr, shown)
    elif isinstance(expr, Mul):
        for factor in expr.args:
            if factor is not S.NegativeOne:
                yield f"the factor {shown(factor)} is missing", expr / factor
                if not factor.is_number:
                    yield f"{shown(factor)} divides where it should multiply", expr / factor**2
    elif isinstance(expr, Pow):
        yield from _powers(expr, shown)
    elif isinstance(expr, Indexed):
        yield from _indices(expr, assigned)
    elif isinstance(expr, Hyper):
        yield from _hypers(expr, rec)
    elif isinstance(expr, Max | Min):
        other = Min if isinstance(expr, Max) else Max
        yield f"{other.__name__.lower()} for {expr.func.__name__.lower()}", other(*expr.args)
        for arg in expr.args:
            yield f"{shown(expr)} is only {shown(arg)}", arg
    elif isinstance(expr, Abs):
        yield f"{shown(expr)} lacks its absolute value", expr.args[0]


def _positive(term: Any) -> Any:
    return -term if term.could_extract_minus_sign() else term


def _powers(expr: Any, shown: Any) -> Iterator[tuple[str, Any]]:
    base, exponent = expr.base, expr.exp
    if exponent.has(t):
        for shift, what in ((-1, "one step behind"), (1, "one step ahead")):
            yield f"the power of {shown(expr)} is {what}", base ** exponent.subs(t, t + shift)
        yield f"{shown(expr)} lacks the power t", base ** exponent.subs(t, 1)
    elif exponent.is_Rational:
        if abs(exponent) == S.Half:
            yield f"the root of {shown(base)} is missing", base ** (2 * exponent)
        elif abs(exponent) == 2:
            yield f"{shown(base)} is not squared", base ** (exponent / 2)
            yield f"{shown(base)} is cubed", base ** (exponent * Rational(3, 2))
        elif exponent == -1:
            yield f"{shown(base)} multiplies where it should divide", base
        if exponent == -S.Half:
            yield f"{shown(sqrt(base))} multiplies where it should divide", sqrt(base)
    yield f"{shown(expr)} is replaced by 1", S.One


def _moved_epsilon(expr: Any, shown: Any) -> Iterator[tuple[str, Any]]:
    small = [a for a in expr.args if isinstance(a, Hyper) and a.key.startswith("eps")]
    roots = [a for a in expr.args if isinstance(a, Pow) and a.exp == S.Half]
    if small and roots and len(expr.args) == 2:
        yield f"{shown(small[0])} stands inside the root", sqrt(roots[0].base + small[0])


def _indices(expr: Any, assigned: set[str]) -> Iterator[tuple[str, Any]]:
    base, index = expr.base, expr.indices[0]
    if base.role != "state":
        return
    if index == t:
        yield f"{base.name} is taken before its update", base[t - 1]
    else:
        if base.name in assigned:
            yield f"{base.name} is taken after its update", base[t]
        if base.start is not None:
            yield f"{base.name} is forgotten: it starts anew at every step", base.start


def _hypers(expr: Any, rec: Recurrence) -> Iterator[tuple[str, Any]]:
    decays = [h for h in rec.hypers if h.key in ("beta1", "beta2", "rho", "momentum")]
    if expr in decays:
        yield f"1 - {expr} stands for {expr}", 1 - expr
        for other in decays:
            if other != expr:
                yield f"{other} stands for {expr}", other


def _global(rule: Rule) -> Iterator[tuple[str, str, Recurrence]]:
    rec = rule.recurrence
    for base in rec.states[1:]:
        yield f"{base.name}.unstored", f"{base.name} is never stored", _unstored(rec, base)
    for key, symbol in rule.hyper.items():
        default = rule.default(key)
        fixed = [] if default is None or key == "lr" else [default]
        fixed += [Fraction(c) for c in _CUSTOMARY.get(key, ()) if Fraction(c) not in fixed]
        for value in fixed:
            exact = Rational(value.numerator, value.denominator)
            yield (
                f"{key}.ignored.{float(value):g}",
                f"{key} is ignored: {float(value):g} is used instead",
                _replaced(rec, {symbol: exact}),
            )
    lr = rule.hyper.get("lr")
    if lr is not None:
        yield "lr.late", "the learning rate is that of the step before", _late(rec, lr)
        yield "lr.ignored", "the learning rate is missing (1 is used)", _replaced(rec, {lr: S.One})
    g = rec.gradient
    yield "g.flipped", "the gradient has the wrong sign", _replaced(rec, {g[t]: -g[t]})
    yield "t.frozen", "the step counter stays at 1", rec.map(_freeze)


def _replaced(rec: Recurrence, change: dict[Any, Any]) -> Recurrence:
    return rec.map(lambda e: e.xreplace(change))


_CUSTOMARY = {"eps": ("1e-8", "1e-7", "1e-6", "1e-10", "1e-5"), "momentum": ("0",)}
"""Constants found hard-coded in place of a hyperparameter."""


def _freeze(expr: Any) -> Any:
    if isinstance(expr, Indexed):
        return expr
    if expr == t:
        return S.One
    if isinstance(expr, Relational):
        return expr
    return expr.func(*(_freeze(a) for a in expr.args)) if expr.args else expr


def _unstored(rec: Recurrence, base: Any) -> Recurrence:
    new = state(f"{base.name}new", start=0)
    swap = {base[t]: new[t]}
    steps = [
        Let(swap.get(s.target, s.target), s.rhs.xreplace(swap)) for s in rec.steps
    ] + [Let(base[t], base[t - 1])]
    return Recurrence(rec.name, tuple(steps), rec.gradient, rec.at, rec.parameter)


def _late(rec: Recurrence, lr: Any) -> Recurrence:
    old = state("lrold", start=lr)
    steps = [Let(s.target, s.rhs.xreplace({lr: old[t - 1]})) for s in rec.steps]
    at = rec.at.xreplace({lr: old[t - 1]})
    return Recurrence(
        rec.name, (*steps, Let(old[t], lr)), rec.gradient, at, rec.parameter
    )
