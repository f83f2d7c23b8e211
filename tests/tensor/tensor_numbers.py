"""Kinds of number for ``evaluate``: rationals, rational functions, Arb balls, and rounding bounds.

Each is an ``Algebra``. Equality is decided by the first three without a tolerance: rationals and
rational functions are equal or not; two balls that do not overlap are different numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import flint
import numpy as np
import sympy
from flint import arb, arb_mat, fmpq, fmpq_mat

from refmath.tensor.numbers import Symbols

BITS = 260
TINY = arb(2) ** -160
"""Balls of results are at least this small, relative to 1: else a comparison says nothing."""


class NotRational(ArithmeticError):
    """A function whose values at rationals are not rational."""


class Undecided(ArithmeticError):
    """A ball that contains 0 where its sign is needed: an input at a kink."""


@contextmanager
def precision(bits: int = BITS) -> Iterator[None]:
    """Balls of so many bits."""
    old = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = old


class _Ordered:
    """What follows from the sign of a number."""

    one: Any
    zero: Any

    def sign_of(self, x: Any) -> int:
        return (x > 0) - (x < 0)

    def call(self, name: str, *args: Any) -> Any:
        x = args[0]
        if name == "abs":
            return x * self.sign_of(x)
        if name in ("sign", "step"):
            sign = self.sign_of(x)
            return self.one * (sign if name == "sign" else int(sign > 0))
        if name == "relu":
            return x if self.sign_of(x) > 0 else self.zero
        if name in ("maximum", "minimum"):
            first = self.sign_of(x - args[1]) > 0
            return x if first == (name == "maximum") else args[1]
        if name == "where":
            return args[1] if self.sign_of(x) > 0 else args[2]
        raise NotRational(name)

    def largest(self, values: Sequence[Any]) -> Any:
        return values[self.first_largest(values).index(1)]

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        place = 0
        for i in range(1, len(values)):
            if self.sign_of(values[i] - values[place]) > 0:
                place = i
        return [int(i == place) for i in range(len(values))]

    def power(self, base: Any, exponent: Any) -> Any:
        if exponent != int(exponent):
            raise NotRational("power")
        return base ** int(exponent)

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        raise NotRational("logsumexp")

    def log_det(self, matrix: Any) -> Any:
        raise NotRational("logdet")


class Rationals(_Ordered):
    """Exact rational numbers."""

    one, zero = fmpq(1), fmpq(0)

    def number(self, value: Any) -> Any:
        if not value.is_Rational:
            raise NotRational(value)
        return fmpq(int(value.p), int(value.q))

    def inverse(self, matrix: Any) -> Any:
        return np.array(fmpq_mat(matrix.tolist()).inv().tolist(), dtype=object)


class Fields(_Ordered):
    """Rational functions, in lowest terms: equal ones are equal objects, so equality is proved.

    Choices (of a maximum, of a branch) are those at a point, and so those around it.
    """

    def __init__(self, point: Mapping[str, Any]) -> None:
        self.field, *generators = sympy.polys.fields.field(list(point), sympy.QQ)
        self.at = dict(zip(point, generators, strict=True))
        self.point = [sympy.QQ(int(q.p), int(q.q)) for q in point.values()]
        self.one, self.zero = self.field.one, self.field.zero

    def sign_of(self, x: Any) -> int:
        """At the point, and so around it."""
        value = x.numer(*self.point) * x.denom(*self.point)
        if value == 0 and x != 0:
            raise Undecided(x)
        return int(value > 0) - int(value < 0)

    def number(self, value: Any) -> Any:
        if not value.is_Rational:
            raise NotRational(value)
        return self.field.ground_new(sympy.QQ(int(value.p), int(value.q)))

    def power(self, base: Any, exponent: Any) -> Any:
        whole = exponent.numer.coeff(1) if exponent.numer.is_ground else None
        if whole is None or exponent.denom != 1 or sympy.QQ(whole).denominator != 1:
            raise NotRational("power")
        return base ** int(whole)

    def inverse(self, matrix: Any) -> Any:
        n = len(matrix)
        det = _determinant(matrix, self.one)
        out = np.empty((n, n), dtype=object)
        for i, j in np.ndindex(n, n):
            minor = np.delete(np.delete(matrix, j, 0), i, 1)
            out[i, j] = _determinant(minor, self.one) * (-1) ** (i + j) / det
        return out


def _determinant(matrix: Any, one: Any) -> Any:
    """By the first row."""
    if len(matrix) == 0:
        return one
    total = one - one
    for j in range(len(matrix)):
        minor = np.delete(matrix[1:], j, 1)
        total += matrix[0, j] * (-1) ** j * _determinant(minor, one)
    return total


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + (-x).exp())


_BALL: dict[str, Callable[..., Any]] = {
    name: getattr(arb, name)
    for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "erf", "exp",
                 "log", "sin", "sinh", "sqrt", "tan", "tanh")
} | {
    "atan2": lambda y, x: arb.atan2(y, x),
    "sigmoid": _sigmoid,
    "softplus": lambda x: (1 + x.exp()).log(),
    "norm_root": lambda x: x.sqrt(),
    "inverse_root": lambda x: x.rsqrt(),
}


class Balls(_Ordered):
    """Arb balls: the true value lies inside."""

    @property
    def one(self) -> Any:  # type: ignore[override]
        return arb(1)

    @property
    def zero(self) -> Any:  # type: ignore[override]
        return arb(0)

    def sign_of(self, x: Any) -> int:
        if x > 0:
            return 1
        if x < 0:
            return -1
        if x.is_zero():
            return 0
        raise Undecided(x)

    def number(self, value: Any) -> Any:
        if value.is_Rational:
            return arb(fmpq(int(value.p), int(value.q)))
        return {sympy.pi: arb.pi, sympy.E: arb.const_e}[value]()

    def power(self, base: Any, exponent: Any) -> Any:
        whole = exponent.unique_fmpz()
        if whole is None:
            return (base.log() * exponent).exp()
        found = arb(1)
        for _ in range(abs(int(whole))):  # python-flint gives nan for powers of balls around 0
            found = found * base
        return found if whole >= 0 else 1 / found

    def call(self, name: str, *args: Any) -> Any:
        return _BALL[name](*args) if name in _BALL else super().call(name, *args)

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        return sum((v.exp() for v in values), arb(0)).log()

    def inverse(self, matrix: Any) -> Any:
        return np.array(arb_mat(matrix.tolist()).inv().tolist(), dtype=object)

    def log_det(self, matrix: Any) -> Any:
        return abs(arb_mat(matrix.tolist()).det()).log()


def agree(found: Any, wanted: Any) -> bool:
    """Whether arrays are equal: rationals exactly; balls overlap, and are tiny.

    Overlapping tiny balls refute a difference above their radius; they prove no equality.
    """
    found, wanted = np.asarray(found, object), np.asarray(wanted, object)
    if found.shape != wanted.shape:
        return False
    for a, b in zip(found.flat, wanted.flat, strict=True):
        if isinstance(a, arb) or isinstance(b, arb):
            gap = arb(a) - arb(b)
            assert gap.rad() < TINY * (1 + abs(arb(a)).upper()), "the balls are too wide to tell"
            if not gap.contains(0):
                return False
        elif a != b:
            return False
    return True


def rational(random: Random) -> Any:
    """A rational of moderate size, not 0, with a denominator that few others have."""
    p = random.choice([-1, 1]) * random.randint(20, 90)
    return fmpq(p, random.choice([43, 47, 53, 59, 61]))


def entries(random: Random, shape: Sequence[int], symmetric: bool = False) -> Any:
    """An array of different rationals."""
    out = np.empty(tuple(shape), dtype=object)
    used: set[Any] = set()
    for index in np.ndindex(*shape):
        x = rational(random)
        while x in used:
            x = rational(random)
        used.add(x)
        out[index] = x
    if symmetric:
        for i, j in np.ndindex(*shape):
            out[i, j] = out[min(i, j), max(i, j)]
    return out


def as_balls(values: Any) -> Any:
    """The same numbers as balls."""
    out = np.empty(np.shape(values), dtype=object)
    for index in np.ndindex(*np.shape(values)):
        out[index] = arb(np.asarray(values, object)[index])
    return out


def ball_of(expr: Any, at: dict[Any, Any], known: dict[Any, Any]) -> Any:
    """The value of a SymPy expression as a ball.

    It shares no code with ``evaluate``.

    Args:
        expr: An expression of SymPy's own functions.
        at: A ball for every symbol.
        known: Values of parts seen before; it is added to.
    """
    if expr not in known:
        known[expr] = _ball_of(expr, at, known)
    return known[expr]


def _ball_of(expr: Any, at: dict[Any, Any], known: dict[Any, Any]) -> Any:
    if expr.is_Symbol:
        return at[expr]
    if expr.is_Number or expr.is_NumberSymbol:
        return Balls().number(expr)
    args = [ball_of(a, at, known) for a in expr.args]
    if expr.is_Add:
        return sum(args, arb(0))
    if expr.is_Mul:
        return np.prod(np.array(args, dtype=object))
    if expr.is_Pow:
        return Balls().power(*args)
    return Balls().call(type(expr).__name__.lower(), *args)


class Expressions(_Ordered, Symbols):
    """SymPy's expressions. Choices are those at a point, and so those around it.

    Args:
        point: A ball for every symbol.
    """

    one, zero = sympy.S.One, sympy.S.Zero

    def __init__(self, point: dict[Any, Any]) -> None:
        self.point = point
        self.known: dict[Any, Any] = {}

    def ball(self, expr: Any) -> Any:
        """The value at the point."""
        return ball_of(sympy.sympify(expr), self.point, self.known)

    def sign_of(self, x: Any) -> int:
        return Balls().sign_of(self.ball(x))

    def call(self, name: str, *args: Any) -> Any:
        try:
            return _Ordered.call(self, name, *args)
        except NotRational:
            return sympy.sqrt(args[0]) if name == "norm_root" else Symbols.call(self, name, *args)

    def power(self, base: Any, exponent: Any) -> Any:
        return Symbols.power(self, base, exponent)

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        return Symbols.log_sum_exp(self, values)

    def log_det(self, matrix: Any) -> Any:
        det = sympy.Matrix(matrix).det()
        return sympy.log(det * self.sign_of(det))
