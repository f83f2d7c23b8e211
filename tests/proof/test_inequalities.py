"""No inequality is proved that some numbers refute."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Abs,
    Eq,
    Function,
    Ge,
    Gt,
    Integer,
    Max,
    Min,
    Ne,
    Piecewise,
    Symbol,
    exp,
    log,
    nan,
    sign,
    sqrt,
    symbols,
    zoo,
)  # fmt: skip

from refmath.proof.exact import Undefined, truth
from refmath.proof.order import holds
from refmath.proof.polynomial import BACKENDS

FLINT = BACKENDS[0]
x, y, z = symbols("x y z", real=True)
t = Symbol("t", integer=True, positive=True)
F = Function("F", real=True)(x)
FALSE: list[Any] = [
    Ge(F, 0), Ge(log(x), 0), Ge(x**t, 0), Ge(sign(x), 0), Ge(sqrt(1 + F) - 1, 0), Gt(1 + F**3, 0),
    Ge(Max(F, -1) + Min(F, 0), 0), Ge(sqrt(F**2 + 1) + F, 1), Ge(exp(F), 1), Ne(F + 1, 0),
    Ge(Piecewise((1, y > 0), (F, True)), 0), Gt(Abs(F), 0),
]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
@pytest.mark.parametrize("relation", FALSE, ids=str)
def test_the_sign_of_a_function_is_not_assumed(relation: Any, backend: Any) -> None:
    """Nothing is known of F(x), nor of the logarithm, a power or the sign of any number."""
    assert not holds(relation, (), backend)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_what_holds_of_every_function_is_proved(backend: Any) -> None:
    """Squares, sizes, exponentials, maxima and what follows."""
    for relation in (
        Ge(F**2, 0), Gt(F**2 + 1, 0), Ge(Abs(F) + F**4, 0), Ge(exp(F), 0), Ge(Max(F, 0), 0),
        Ge(Max(F, y) - F, 0), Ge(sqrt(F**2 + 1), 0), Ge(Min(F, -1) * Min(F, 0) + 1, 0),
    ):
        assert holds(relation, (), backend), relation
    assert holds(Ge(x**t, 0), (x >= 0,), backend)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_what_has_no_value_is_not_proved(backend: Any) -> None:
    """A side that SymPy has turned into an infinity is neither an error nor a proof."""
    for side in (zoo, nan, x + zoo * y):
        assert not holds(Eq(x, side, evaluate=False), (), backend)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: b.name)
def test_a_closed_interval_has_its_ends(backend: Any) -> None:
    """What is 0 at an end is not proved to be positive there; it is where the end is left out."""
    closed, half = (x >= 0, x <= 1), (x >= 0, x < 1)
    for relation in (Gt(1 - x, 0), Ne(x, 1), Gt(x, 0), Gt(2 - x - x**2, 0)):
        assert not holds(relation, closed, backend)
        assert holds(relation, half, backend) == (relation != Gt(x, 0))
    assert holds(Gt(2 - x, 0), closed, backend)
    assert holds(Ge(1 - x, 0), closed, backend)
    assert not holds(Gt(y - x, 0), (x >= 0, x <= y), backend)
    assert not holds(Gt(-x, 0), (x <= 0,), backend)


LEAVES = st.sampled_from([x, y, 1 - x, 3 - y, F, Integer(-2), Integer(-1), Integer(1), Integer(3)])


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One operation more."""
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda p: p[0] + p[1]), two.map(lambda p: p[0] * p[1]),
        two.map(lambda p: Max(*p)), two.map(lambda p: Min(*p)), inner.map(Abs),
        inner.map(lambda e: e**2), inner.map(lambda e: sqrt(e**2 + 1)),
        inner.map(lambda e: 1 / (e**2 + 1)),
    )


HALVES = [Fraction(k, 2) for k in range(-6, 7)]
WHERE: dict[tuple[Any, ...], list[tuple[Fraction, ...]]] = {
    (): [(a, b) for a in HALVES[::3] for b in HALVES[::4]],
    (x >= 0, x <= 1, y > 1, y <= 3): [
        (a, b) for a in (Fraction(0), Fraction(1, 3), Fraction(1))
        for b in (Fraction(9, 8), Fraction(2), Fraction(3))
    ],
}
"""Hypotheses, and places at which they hold: the ends of the intervals among them."""


@given(st.recursive(LEAVES, grown, max_leaves=6), st.sampled_from([*WHERE]))
def test_no_number_refutes_what_is_proved(expr: Any, hypotheses: tuple[Any, ...]) -> None:
    """An expression that is proved to be >= 0, > 0 or not 0 is so everywhere, whatever F(x) is."""
    for relation in (Ge(expr, 0), Gt(expr, 0), Ne(expr, 0)):
        if relation in (True, False) or not holds(relation, hypotheses, FLINT):
            continue
        told = relation.xreplace({F: z})
        for a, b in WHERE[hypotheses]:
            for c in HALVES[::3]:
                try:
                    assert truth(told, {x: a, y: b, z: c}) is not False
                except Undefined:
                    continue
