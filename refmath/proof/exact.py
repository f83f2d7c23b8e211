"""Expressions at rational points: exactly where that is possible, else in Arb balls."""

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from flint import arb, fmpq
from sympy import (
    Abs,
    Add,
    And,
    Eq,
    Ge,
    Gt,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Ne,
    Or,
    Piecewise,
    Pow,
    S,
    Sum,
    Symbol,
    cos,
    exp,
    log,
    pi,
    sign,
    sin,
)  # fmt: skip

__all__ = ["Undefined", "truth", "value"]

Number = Any
"""A Fraction, or an Arb ball."""


class Undefined(Exception):
    """An expression has no value at a point, or none that is known well enough."""


def ball(x: Number) -> Any:
    """A number as an Arb ball."""
    return arb(fmpq(x.numerator, x.denominator)) if isinstance(x, Fraction) else x


def _combine(a: Number, b: Number, name: str) -> Number:
    if not (isinstance(a, Fraction) and isinstance(b, Fraction)):
        a, b = ball(a), ball(b)
    return a + b if name == "+" else a * b


def value(expr: Any, point: Mapping[Any, Any]) -> Number:
    """The value of an expression.

    Args:
        expr: Sums, products, powers, |.|, max, min, sign, alternatives, exp, log, cos, sin.
        point: A number for every symbol.

    Raises:
        Undefined: A division by 0, the root of a negative number, an undecided comparison.
    """
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    if expr in point:
        return point[expr]
    if isinstance(expr, Add | Mul):
        parts = [value(a, point) for a in expr.args]
        total = parts[0]
        for x in parts[1:]:
            total = _combine(total, x, "+" if isinstance(expr, Add) else "*")
        return total
    if isinstance(expr, Pow):
        return _power(value(expr.base, point), value(expr.exp, point))
    if isinstance(expr, Piecewise):
        for branch, condition in expr.args:
            known = truth(condition, point)
            if known is None:
                raise Undefined(f"{condition} is undecided")
            if known:
                return value(branch, point)
        raise Undefined(f"no branch of {expr} holds")
    if isinstance(expr, Sum):
        return _sum(expr, point)
    if expr is pi:
        return arb.pi()
    return _function(expr, point)


def _function(expr: Any, point: Mapping[Any, Any]) -> Number:
    if isinstance(expr, Symbol):
        raise Undefined(f"{expr} has no value")
    args = [value(a, point) for a in expr.args]
    if isinstance(expr, Abs):
        return abs(args[0])
    if isinstance(expr, Max | Min):
        if all(isinstance(a, Fraction) for a in args):
            return max(args) if isinstance(expr, Max) else min(args)
        total = ball(args[0])
        for a in args[1:]:
            total = total.max(ball(a)) if isinstance(expr, Max) else total.min(ball(a))
        return total
    if isinstance(expr, sign):
        way = _compare(args[0], Fraction(0))
        if way is None:
            raise Undefined(f"the sign of {expr.args[0]} is undecided")
        return Fraction(way)
    for kind, name in ((exp, "exp"), (log, "log"), (cos, "cos"), (sin, "sin")):
        if isinstance(expr, kind):
            found = getattr(ball(args[0]), name)()
            if not found.is_finite():
                raise Undefined(f"{expr} has no value")
            return found
    raise Undefined(f"no exact value of {expr.func.__name__} is known")


def _sum(expr: Any, point: Mapping[Any, Any]) -> Number:
    ((index, first, last),) = expr.limits
    low, high = value(first, point), value(last, point)
    total: Number = Fraction(0)
    for k in range(int(low), int(high) + 1):
        total = _combine(total, value(expr.function, {**point, index: Fraction(k)}), "+")
    return total


def _power(base: Number, exponent: Number) -> Number:
    if not isinstance(exponent, Fraction):
        return _positive_power(ball(base), exponent)
    if exponent.denominator == 1:
        if isinstance(base, Fraction):
            if base == 0 and exponent < 0:
                raise Undefined("division by 0")
            return base ** int(exponent)
        if exponent < 0 and base.contains(0):
            raise Undefined("division by a number that may be 0")
        return base ** int(exponent)
    if exponent.denominator == 2:
        return _power(_root(base), Fraction(exponent.numerator))
    if isinstance(base, Fraction) and base == 0 and exponent > 0:
        return base
    return _positive_power(ball(base), ball(exponent))


def _positive_power(base: Any, exponent: Any) -> Any:
    if not base > 0:
        raise Undefined("a real power of a number that may not be positive")
    return base**exponent


def _root(base: Number) -> Number:
    if isinstance(base, Fraction):
        if base < 0:
            raise Undefined("the root of a negative number")
        top, bottom = isqrt(base.numerator), isqrt(base.denominator)
        if top * top == base.numerator and bottom * bottom == base.denominator:
            return Fraction(top, bottom)
    elif not base >= 0:
        raise Undefined("the root of a number that may be negative")
    return ball(base).sqrt()


def _compare(a: Number, b: Number) -> int | None:
    """-1, 0 or 1; None where two balls overlap."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return (a > b) - (a < b)
    x, y = ball(a), ball(b)
    if x > y:
        return 1
    return -1 if x < y else None


def truth(relation: Any, point: Mapping[Any, Any]) -> bool | None:
    """Whether a relation holds at a point; None where that is undecided.

    Raises:
        Undefined: A side has no value there.
    """
    if relation in (True, S.true):
        return True
    if relation in (False, S.false):
        return False
    if isinstance(relation, And | Or):
        parts = [truth(r, point) for r in relation.args]
        decisive = isinstance(relation, Or)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    way = _compare(value(relation.lhs, point), value(relation.rhs, point))
    if way is None:
        return None
    return {
        Eq: way == 0, Ne: way != 0, Le: way <= 0, Lt: way < 0, Ge: way >= 0, Gt: way > 0,
    }[relation.func]
