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


LEAVES = st.sampled_from([x, y, F, Integer(-2), Integer(-1), Integer(1), Integer(3)])


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One operation more."""
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda p: p[0] + p[1]), two.map(lambda p: p[0] * p[1]),
        two.map(lambda p: Max(*p)), two.map(lambda p: Min(*p)), inner.map(Abs),
        inner.map(lambda e: e**2), inner.map(lambda e: sqrt(e**2 + 1)),
        inner.map(lambda e: 1 / (e**2 + 1)),
    )


@given(
    st.recursive(LEAVES, grown, max_leaves=6), st.booleans(),
    st.lists(st.tuples(*[st.fractions(-4, 4, max_denominator=4)] * 3), min_size=4, max_size=8),
)
def test_no_number_refutes_what_is_proved(
    expr: Any, positive: bool, places: list[tuple[Fraction, ...]]
) -> None:
    """An expression that is proved to be >= 0 or > 0 is nowhere less, whatever F(x) is."""
    hypotheses = (x >= 0, y > 1) if positive else ()
    for relation in (Ge(expr, 0), Gt(expr, 0)):
        if relation in (True, False) or not holds(relation, hypotheses, FLINT):
            continue
        told = relation.xreplace({F: z})
        for place in places:
            env = dict(zip((x, y, z), place, strict=True))
            try:
                if all(truth(h, env) for h in hypotheses):
                    assert truth(told, env) is not False
            except Undefined:
                continue
