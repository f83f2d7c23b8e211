"""Exact arithmetic for holding derivatives against SymPy's: rationals, and balls of 300 bits.

``Rationals`` and ``Balls`` are kinds of number for ``refmath.tensor.evaluate``. ``at`` evaluates a
SymPy expression, written out in full and differentiated by SymPy, over the same numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx, fmpq, fmpq_mat
from sympy import Add, Integer, Mul, Piecewise, Pow, Rational, Symbol

from refmath.tensor.functions import FUNCTIONS

BITS = 300
DIGITS = 60


class NotRational(Exception):
    """The value of a function that is no rational number in general."""


class Undecided(Exception):
    """The point is at a kink, or a ball contains one: another point is needed."""


@contextmanager
def precision() -> Iterator[None]:
    """Work with balls of that many bits."""
    before, ctx.prec = ctx.prec, BITS
    try:
        yield
    finally:
        ctx.prec = before


class _Ordered:
    """What both kinds of number have in common: functions that choose."""

    def sign(self, x: Any) -> int:
        """-1, 0 or 1."""
        raise NotImplementedError

    def choose(self, name: str, args: Sequence[Any]) -> Any:
        """The functions that need only the order; None for another function."""
        x = args[0]
        if name == "abs":
            return x if self.sign(x) >= 0 else -x
        if name == "sign":
            return self.number(Integer(self.sign(x)))
        if name == "relu":
            return x if self.sign(x) > 0 else 0 * x
        if name == "step":
            return self.number(Integer(int(self.sign(x) > 0)))
        if name == "where":
            return args[1] if self.sign(x) > 0 else args[2]
        if name in ("maximum", "minimum"):
            first = self.sign(x - args[1]) > 0
            return x if first == (name == "maximum") else args[1]
        return None

    def number(self, value: Any) -> Any:
        """An exact SymPy number."""
        raise NotImplementedError

    def largest(self, values: Sequence[Any]) -> Any:
        """The maximum."""
        top = values[0]
        for x in values[1:]:
            if self.sign(x - top) > 0:
                top = x
        return top

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0."""
        place = 0
        for i, x in enumerate(values):
            if self.sign(x - values[place]) > 0:
                place = i
        return [self.number(Integer(int(i == place))) for i in range(len(values))]


class Rationals(_Ordered):
    """Rational numbers; what leaves them raises ``NotRational``."""

    def number(self, value: Any) -> Any:
        """A rational."""
        if not isinstance(value, Rational):
            raise NotRational
        return fmpq(int(value.p), int(value.q))

    def sign(self, x: Any) -> int:
        """Exact."""
        return int(x > 0) - int(x < 0)

    def power(self, base: Any, exponent: Any) -> Any:
        """A whole power."""
        if exponent.q != 1:
            raise NotRational
        return base ** int(exponent.p)

    def call(self, name: str, *args: Any) -> Any:
        """A function that only chooses."""
        found = self.choose(name, args)
        if found is None:
            raise NotRational
        return found

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """Not rational."""
        raise NotRational

    def inverse(self, matrix: Any) -> Any:
        """Exact."""
        found = fmpq_mat([list(row) for row in matrix]).inv()
        return np.array(found.tolist(), dtype=object)

    def log_det(self, matrix: Any) -> Any:
        """Not rational."""
        raise NotRational


class Balls(_Ordered):
    """Balls of 300 bits that contain the true value."""

    def number(self, value: Any) -> Any:
        """A rational, or pi."""
        if isinstance(value, Rational):
            return arb(fmpq(int(value.p), int(value.q)))
        if value == sympy.pi:
            return arb.pi()
        raise AssertionError(value)

    def sign(self, x: Any) -> int:
        """Certain, or ``Undecided``."""
        if x > 0:
            return 1
        if x < 0:
            return -1
        if x == 0:
            return 0
        raise Undecided

    def power(self, base: Any, exponent: Any) -> Any:
        """Whole powers by multiplication, others by Arb's power."""
        whole = exponent.unique_fmpz()
        if whole is None:
            return base ** exponent
        out = arb(1)
        for _ in range(abs(int(whole))):
            out = out * base
        return out if whole >= 0 else 1 / out

    def call(self, name: str, *args: Any) -> Any:
        """Arb's functions."""
        found = self.choose(name, args)
        if found is not None:
            return found
        x = args[0]
        if name == "sigmoid":
            return 1 / (1 + (-x).exp())
        if name == "softplus":
            return (1 + x.exp()).log()
        if name in ("sqrt", "norm_root"):
            return x.sqrt()
        if name == "inverse_root":
            return arb(0) if self.sign(x) == 0 else 1 / x.sqrt()
        return getattr(x, name)()

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """By its definition."""
        return sum((x.exp() for x in values), arb(0)).log()

    def inverse(self, matrix: Any) -> Any:
        """By Gauss's elimination, in balls."""
        from flint import arb_mat

        found = arb_mat([list(row) for row in matrix]).inv()
        return np.array(found.tolist(), dtype=object)

    def log_det(self, matrix: Any) -> Any:
        """Of the absolute value."""
        from flint import arb_mat

        return self.choose("abs", [arb_mat([list(row) for row in matrix]).det()]).log()


_NAMES = {f: name for name, f in FUNCTIONS.items() if isinstance(f, type)}


def at(expr: Any, point: Mapping[Any, Any], algebra: Any, known: dict[Any, Any]) -> Any:
    """The value of a SymPy expression where its symbols have these values.

    Args:
        expr: The expression.
        point: Symbol to number.
        algebra: ``Rationals`` or ``Balls``.
        known: The values of expressions met before; reused and extended.
    """
    if expr in known:
        return known[expr]
    if isinstance(expr, Symbol):
        value = point[expr]
    elif isinstance(expr, Add | Mul):
        first, *rest = (at(a, point, algebra, known) for a in expr.args)
        for other in rest:
            first = first + other if isinstance(expr, Add) else first * other
        value = first
    elif isinstance(expr, Pow):
        base, exponent = (at(a, point, algebra, known) for a in expr.args)
        value = algebra.power(base, exponent)
    elif isinstance(expr, Piecewise):
        value = next(
            at(x, point, algebra, known) for x, condition in expr.args
            if _holds(condition, point, algebra, known)
        )
    elif isinstance(expr, sympy.DiracDelta | sympy.Heaviside | sympy.sign):
        sign = _certain(at(expr.args[0], point, algebra, known), algebra)
        value = algebra.number(Integer({
            sympy.DiracDelta: 0, sympy.Heaviside: (sign + 1) // 2, sympy.sign: sign,
        }[type(expr)]))
    elif isinstance(expr, sympy.Max):
        value = algebra.largest([at(a, point, algebra, known) for a in expr.args])
    elif type(expr) in _NAMES:
        given = [at(a, point, algebra, known) for a in expr.args]
        value = algebra.call(_NAMES[type(expr)], *given)
    else:
        value = algebra.number(expr)
    known[expr] = value
    return value


def _holds(condition: Any, point: Any, algebra: Any, known: Any) -> bool:
    if condition in (sympy.true, sympy.false):
        return bool(condition)
    if isinstance(condition, sympy.And):
        return all(_holds(c, point, algebra, known) for c in condition.args)
    if isinstance(condition, sympy.Or):
        return any(_holds(c, point, algebra, known) for c in condition.args)
    if isinstance(condition, sympy.ITE):
        choice, yes, no = condition.args
        taken = yes if _holds(choice, point, algebra, known) else no
        return _holds(taken, point, algebra, known)
    left, right = (at(a, point, algebra, known) for a in condition.args)
    sign = _certain(left - right, algebra)
    above = isinstance(condition, sympy.StrictGreaterThan | sympy.GreaterThan)
    assert above or isinstance(condition, sympy.StrictLessThan | sympy.LessThan), condition
    return (sign > 0) == above


def _certain(x: Any, algebra: Any) -> int:
    """A sign other than 0; at a kink SymPy's derivative need not be the declared one."""
    sign: int = algebra.sign(x)
    if sign == 0:
        raise Undecided
    return sign


def same(a: Any, b: Any) -> bool:
    """Whether rationals are equal, or balls agree to 60 digits."""
    if not isinstance(a, arb) and not isinstance(b, arb):
        return bool(a == b)
    difference = arb(a) - arb(b)
    scale = abs(arb(a)) + 1
    return bool(abs(difference) < scale * arb(10) ** -DIGITS)


def normal_form(expr: Any) -> Any:
    """An expression in the field of rational functions of symbols and functions of symbols."""
    expanded = sympy.expand(expr)
    change: dict[Any, Any] = {}
    for inner in sympy.postorder_traversal(expanded):
        if isinstance(inner, sympy.Function):
            change.setdefault(inner, inner.func(*(normal_form(a) for a in inner.args)))
    plain = sympy.expand(expanded.xreplace(change))
    functions = sorted(plain.atoms(sympy.Function), key=sympy.default_sort_key)
    hidden = plain.xreplace({f: sympy.Dummy() for f in functions})
    if not hidden.is_rational_function():
        return plain
    return sympy.cancel(sympy.together(plain))
