"""Wrong forms: each is caught, the named ones are named, and what changes nothing is proved so."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sympy import Integer, Max, Piecewise, Rational, sqrt

from refmath import rules
from refmath.emit.equality import is_zero, proved_equal, separated
from refmath.emit.mutants import equivalent, mutants, named
from refmath.notation import number, state, t
from refmath.oracle.audit import all_forms, audit_mutants
from refmath.recurrence import Recurrence
from refmath.rule import Rule
from refmath.rules.adam import beta1, beta2, eps, m, v

CANONICAL = list(rules.ALL.values())
OTHERS = [f for f in all_forms([]) if f.settings]


OF_REAL_USE = {"amsgrad": ["maximum_not_stored"]}
"""Named wrong forms that are a form in real use, and are named as that one: plain Adam."""


@pytest.mark.parametrize("form", CANONICAL, ids=lambda r: r.name)
def test_no_mutant_of_a_canonical_form_survives(form: Rule) -> None:
    """Every wrong form is told apart by some case; a named one is named, and alone."""
    audit = audit_mutants(form)
    assert audit.survivors == []
    assert audit.named >= 2
    assert audit.systematic >= 5
    assert [name for name, _ in audit.missed] == OF_REAL_USE.get(form.name, [])
    assert audit.diagnosed + len(audit.missed) == audit.named


@pytest.mark.parametrize("form", OTHERS, ids=repr)
def test_no_mutant_of_another_form_survives(form: Rule) -> None:
    """Nor does one of the forms that some named wrong form needs."""
    assert audit_mutants(form, diagnose=False).survivors == []


def test_every_named_wrong_form_is_audited() -> None:
    """The audited forms of a rule have every named wrong form of it among their mutants."""
    seen: dict[str, set[str]] = {name: set() for name in rules.ALL}
    for form in all_forms([]):
        seen[form.name] |= {x.name for x in mutants(form) if x.named}
    assert seen == {n: {w.name for w in r.wrong} for n, r in rules.ALL.items()}
    assert [f.name for f in all_forms(["sgd"])] == ["sgd"] * 3


@pytest.mark.parametrize("form", CANONICAL, ids=lambda r: r.name)
def test_mutants_are_well_formed(form: Rule) -> None:
    """Each differs from the rule and from all others, has a name of its own and a description."""
    found = mutants(form)
    assert len({x.name for x in found}) == len(found)
    assert all(x.doc for x in found)
    assert form.recurrence not in {x.rec for x in found}
    plain = [x.rec for x in found if not x.named]
    assert len(set(plain)) == len(plain)
    named_ones = {x.name for x in named(form)}
    assert [x.name for x in found if x.named] == [w.name for w in form.wrong if form.applies(w)]
    assert named_ones == {x.name for x in found if x.named}


def test_a_form_in_real_use_is_no_mutant() -> None:
    """A slip that leads to another option of an axis is a variant, not a wrong form."""
    for form in CANONICAL:
        uses = {
            form.vary(**{a.name: o}).recurrence
            for a in form.axes for o in a.options if not a.intent
        }
        assert not uses & {x.rec for x in mutants(form) if not x.named}


# ------------------------------------------------------------ slips that change nothing


def test_the_sign_of_a_centred_mean_changes_nothing() -> None:
    """The mean is used squared alone: its sign is proved to be without effect, and left out."""
    form = rules.get("rmsprop").vary(centered="yes")
    (equal,) = equivalent(form)
    assert equal.doc == "in c[t]: the sign of (1 - rho)*g[t] is wrong"
    assert proved_equal(form.recurrence, equal.rec)
    assert not separated(form.recurrence, equal.rec)
    assert equal.rec not in {x.rec for x in mutants(form)}


def with_velocity_turned(form: Rule) -> Recurrence:
    """The same rule with the velocity kept as its negative."""
    velocity = state("v", start=0)
    flip = {velocity[t - 1]: -velocity[t - 1], velocity[t]: -velocity[t]}
    rec = form.recurrence.map(lambda e: e.xreplace(flip))
    return rec.replace("v", -rec.rhs("v"))


def test_a_state_may_be_kept_negated() -> None:
    """A velocity of the other sign, used with the other sign, is the same rule."""
    for name in ("momentum", "nesterov"):
        form = rules.get(name)
        turned = with_velocity_turned(form)
        assert turned != form.recurrence
        assert proved_equal(form.recurrence, turned)
        assert not separated(form.recurrence, turned)


def test_a_state_that_does_not_start_at_zero_may_not() -> None:
    """The same change of sign is no proof where the state starts elsewhere, and is told apart."""
    form = rules.get("rmsprop").vary(start="one")
    flipped = form.recurrence.replace("r", -form.recurrence.rhs("r"))
    assert not proved_equal(form.recurrence, flipped)
    assert separated(form.recurrence, flipped)


def test_every_mutant_is_separated_or_kept() -> None:
    """What balls separate is never proved equal: the two proofs do not contradict each other."""
    for name in ("sgd", "momentum", "nesterov", "adamax"):
        form = rules.get(name)
        for mutant in mutants(form):
            assert separated(form.recurrence, mutant.rec)
            assert not proved_equal(form.recurrence, mutant.rec)


@pytest.mark.parametrize("form", CANONICAL, ids=lambda r: r.name)
def test_a_rule_equals_itself(form: Rule) -> None:
    """A recurrence is proved equal to itself, and balls do not separate it from itself."""
    assert proved_equal(form.recurrence, form.recurrence)
    assert not separated(form.recurrence, form.recurrence)


def test_forms_in_real_use_are_separated() -> None:
    """Every option of every axis computes something else than the canonical one, where it acts."""
    alike = [
        (r.name, a.name, o)
        for r in CANONICAL for a in r.axes for o in a.options
        if r.vary(**{a.name: o}).recurrence != r.recurrence
        and not separated(r.recurrence, r.vary(**{a.name: o}).recurrence)
    ]
    assert alike == ALIKE


ALIKE = [("adagrad", "guard", "yes")]
"""Options that act only under other settings: with an epsilon nothing needs the guard."""


def test_separated_sees_what_is_small() -> None:
    """A difference of 1e-30 is seen; one of 1e-60, below the working precision, is not."""
    rec = rules.get("sgd").recurrence
    for size, seen in (("1e-30", True), ("1e-60", False)):
        nudged = rec.replace("theta", rec.rhs("theta") + number(size))
        assert separated(rec, nudged) is seen
        assert not proved_equal(rec, nudged)


# ------------------------------------------------------------ normal forms

x, y, e = m[t], v[t], eps
IDENTITIES = [
    sqrt(x + e) * sqrt(x + e) - (x + e),
    sqrt(y) ** 3 - y * sqrt(y),
    (sqrt(y) + e) * (sqrt(y) - e) - (y - e**2),
    1 / (1 - beta1) - 1 - beta1 / (1 - beta1),
    x / (1 - beta1**t) - x - x * beta1**t / (1 - beta1**t),
    1 / sqrt(y + e) - sqrt(y + e) / (y + e),
    1 / (sqrt(y) + e) - (sqrt(y) - e) / (y - e**2),
    sqrt(y / (1 - beta2**t)) ** 2 * (1 - beta2**t) - y,
    (x + y) ** 3 - x**3 - 3 * x**2 * y - 3 * x * y**2 - y**3,
    sqrt(sqrt(y) + e) ** 4 - y - 2 * e * sqrt(y) - e**2,
    Max(x, y) * (x + 1) - x * Max(x, y) - Max(x, y),
    abs(x) / abs(x) * y - y,
    x - x,
    (Rational(1, 3) + Rational(2, 3)) * x - x,
]
FALSE = [
    sqrt(y + e) - sqrt(y) - e,
    sqrt(y) - y,
    1 / (1 - beta1) - 1 / (1 - beta2),
    x / (1 - beta1**t) - x / (1 - beta1),
    sqrt(y) / (sqrt(y) + e) - 1,
    Max(x, y) - x,
    abs(x) - x,
    sqrt(x**2 + e) - x,
    beta1**t - beta1,
    Integer(1),
    m[t] - m[t - 1],
    Piecewise((x, x > 0), (y, True)) - x,
    number("1e-40") * x,
]


@pytest.mark.parametrize("expr", IDENTITIES, ids=str)
def test_identities_are_proved(expr: Any) -> None:
    """Roots, reciprocals of corrections and rationalized denominators are seen to agree."""
    assert is_zero(expr)


@pytest.mark.parametrize("expr", FALSE, ids=str)
def test_what_is_not_zero_is_not_proved(expr: Any) -> None:
    """Nothing that differs anywhere is called zero."""
    assert not is_zero(expr)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> Any:
    """Formulas in two quantities, a root, and decay factors."""
    if depth == 0 or draw(st.booleans()):
        atoms = [x, y, beta1, sqrt(y), sqrt(x), beta2, Rational(2), Rational(-1, 3)]
        return draw(st.sampled_from(atoms))
    left, right = draw(formulas(depth - 1)), draw(formulas(depth - 1))
    operation = draw(st.sampled_from("+-*/"))
    if operation == "/":
        assume(right != 0)
        return left / right
    return left + right if operation == "+" else left - right if operation == "-" else left * right


VALUES = {x: Rational(9, 4), y: Rational(25, 49), beta1: Rational(3, 7), beta2: Rational(-5, 11)}
"""Squares, so that roots are rational."""


def exact_value(expr: Any) -> Fraction | None:
    """The value at VALUES, or None where it has none."""
    value = expr.xreplace(VALUES)
    if not value.is_Rational:
        return None
    return Fraction(int(value.p), int(value.q))


@given(formulas(), formulas())
def test_what_is_proved_zero_is_zero(a: Any, b: Any) -> None:
    """Soundness: whatever is called zero vanishes at a point, evaluated exactly."""
    for expr in (a - b, (a + b) ** 2 - a**2 - 2 * a * b - b**2, a * b - b * a + a):
        value = exact_value(expr)
        assume(value is not None)
        if is_zero(expr):
            assert value == 0


@given(formulas(), formulas())
@example(x, 3 * x + sqrt(y))
def test_the_field_laws_are_proved(a: Any, b: Any) -> None:
    """Completeness for what slips produce: expansions and common denominators are recognised."""
    assume(exact_value(a) not in (None, 0))
    assert is_zero((a + b) ** 2 - a**2 - 2 * a * b - b**2)
    assert is_zero(a * (b + 1) / a - b - 1)
    assert not is_zero((a + b) ** 2 - a**2 - 2 * a * b - b**2 + 1)
