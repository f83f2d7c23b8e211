"""Intervals with rational ends contain what Arb says the values are, and are narrow."""

from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st
from sympy import exp, log, sin, symbols

from refmath.errors import DeclarationError
from refmath.proof.rational import Interval, enclosed

x, y = symbols("x y", real=True)
NUMBERS = st.fractions(-20, 20, max_denominator=64)


def ball(value: Fraction) -> Any:
    """A number as a ball."""
    return arb(fmpq(value.numerator, value.denominator))


def point(value: Fraction) -> Interval:
    """The interval of one number."""
    return Interval(value, value)


def around(found: Interval, exact: Any, width: float = 1e-18) -> bool:
    """Whether an interval contains a number that Arb knows to 300 bits, and is narrow."""
    size = max(1.0, abs(float(exact.mid())))
    return bool(ball(found.low) <= exact <= ball(found.high)) and (
        float(found.high - found.low) <= width * size
    )


@given(NUMBERS)
def test_exp_and_log(value: Fraction) -> None:
    """Of one number: within 2**-60 of its size, and on the right sides."""
    before, ctx.prec = ctx.prec, 300
    try:
        assert around(point(value).exp(), ball(value).exp())
        if value > 0:
            assert around(point(value).log(), ball(value).log())
            wide = Interval(value, value + 3)
            assert wide.log().high == point(value + 3).log().high
    finally:
        ctx.prec = before


@given(*[st.tuples(NUMBERS, NUMBERS).map(sorted)] * 2, st.integers(-3, 4))
def test_every_value_is_inside(a: list[Fraction], b: list[Fraction], power: int) -> None:
    """Of sums, products and powers at the ends and in the middle."""
    one, two = Interval(*a), Interval(*b)
    for u in (*a, sum(a) / 2):
        if power >= 0 or not one.low <= 0 <= one.high:
            assert (one**power).low <= u**power <= (one**power).high
        for v in (*b, sum(b) / 2):
            assert (one + two).low <= u + v <= (one + two).high
            assert (one * two).low <= u * v <= (one * two).high


def test_what_has_no_value() -> None:
    """A division by 0, a logarithm of 0, and a function that is not known."""
    span = {x: (Fraction(-1), Fraction(1)), y: (Fraction(0), Fraction(1))}
    for expr in (1 / x, log(y), x**-2):
        with pytest.raises(ZeroDivisionError):
            enclosed(expr, span)
    with pytest.raises(DeclarationError, match="found sin"):
        enclosed(sin(x), span)
    assert enclosed(x**2 + 1, span) == Interval(Fraction(1), Fraction(2))
    assert enclosed(exp(y) - 1, span).low <= 0 <= enclosed(exp(y) - 1, span).high
