"""How far doubles may be from the true value: the evaluation with absolute values, in units of u.

An entry is carried as its true value (a ball), the value of the same sums and products of absolute
values, and a bound on the error in units of u = 2^-53. A sum errs by u times the sum of absolute
values at each addition, in whatever order it is taken; a product by u times its absolute value; a
function by ``LIBRARY`` u times its value, and its argument's error times its slope (Higham,
Accuracy and Stability of Numerical Algorithms, 2nd ed., sections 3.1, 4.2, 9.3, 14.1). Terms of
order u^2 are covered by ``SECOND_ORDER``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from flint import arb
from tensor_numbers import Balls

from refmath.tensor.functions import FUNCTIONS, Declared
from refmath.tensor.numbers import Symbols

UNIT = 2.0**-53
LIBRARY = 4
"""Errors of library functions, in units in the last place (glibc and XLA stay below)."""
SECOND_ORDER = 1.01
REGROUPED = 4
"""Another algorithm carries out the same sums and products, grouped otherwise and in other terms
(x - max before an exponential, a quotient in place of an inverse): a few roundings more at each."""
_BALLS = Balls()
_X = sympy.Symbol("x", real=True)


class Rounded:
    """A true value, its evaluation with absolute values, and a bound on its error."""

    def __init__(self, value: Any, size: float | None = None, error: float = 0.0) -> None:
        self.value, self.error = arb(value), error
        self.size = abs(float(self.value)) if size is None else size

    def __add__(self, other: Any) -> "Rounded":
        b = _rounded(other)
        size = self.size + b.size
        return Rounded(self.value + b.value, size, self.error + b.error + size)

    def __mul__(self, other: Any) -> "Rounded":
        b = _rounded(other)
        size = self.size * b.size
        error = self.size * b.error + b.size * self.error + size
        return Rounded(self.value * b.value, size, error)

    __radd__, __rmul__ = __add__, __mul__


def _rounded(x: Any) -> Rounded:
    return x if isinstance(x, Rounded) else Rounded(x)


class Roundings:
    """The algebra of ``Rounded`` for ``evaluate``."""

    def number(self, value: Any) -> Any:
        ball = _BALLS.number(value)
        exact = float(ball) == ball
        return Rounded(ball, error=0.0 if exact else abs(float(ball)))

    def power(self, base: Any, exponent: Any) -> Any:
        value = _BALLS.power(base.value, exponent.value)
        size = abs(float(value))
        by_base = float(abs(exponent.value * value / base.value)) if base.error else 0.0
        by_exponent = float(abs(base.value.log() * value)) if exponent.error else 0.0
        error = by_base * base.error + by_exponent * exponent.error + LIBRARY * size
        return Rounded(value, size, error)

    def call(self, name: str, *args: Any) -> Any:
        values = [a.value for a in args]
        if name in ("where", "maximum", "minimum"):
            return args[self._choice(name, values)]
        value = _BALLS.call(name, *values)
        (x,) = args
        size = abs(float(value))
        error = float(abs(_slope(name, x.value))) * x.error
        return Rounded(value, size, error + LIBRARY * size)

    @staticmethod
    def _choice(name: str, values: Sequence[Any]) -> int:
        if name == "where":
            return 1 if _BALLS.sign_of(values[0]) > 0 else 2
        first = _BALLS.sign_of(values[0] - values[1]) > 0
        return 0 if first == (name == "maximum") else 1

    def largest(self, values: Sequence[Any]) -> Any:
        return values[self.first_largest(values).index(1)]

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        return _BALLS.first_largest([v.value for v in values])

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """The errors of the terms, weighted by softmax; and those of the sum and the logarithm."""
        value = _BALLS.log_sum_exp([v.value for v in values])
        most = max(v.error for v in values)
        spread = max(v.size for v in values)
        size = abs(float(value))
        return Rounded(value, size, most + 2 * spread + len(values) + 3 * LIBRARY + size)

    def inverse(self, matrix: Any) -> Any:
        """|A^-1| (error of A + 3 n |L||U|) |A^-1|, with |L||U| below 2^(n-1) n max|A|."""
        n = len(matrix)
        found = _BALLS.inverse(np.vectorize(lambda x: x.value, otypes=[object])(matrix))
        size = np.vectorize(lambda v: abs(float(v)), otypes=[float])(found)
        error = size @ self._factors(matrix) @ size + n * size
        out = np.empty((n, n), dtype=object)
        for index in np.ndindex(n, n):
            out[index] = Rounded(found[index], size[index], float(error[index]))
        return out

    def log_det(self, matrix: Any) -> Any:
        values = np.vectorize(lambda x: x.value, otypes=[object])(matrix)
        value = _BALLS.log_det(values)
        slope = np.vectorize(lambda v: abs(float(v)), otypes=[float])(_BALLS.inverse(values)).T
        size = abs(float(value))
        error = float((slope * self._factors(matrix)).sum()) + len(matrix) * (LIBRARY + size)
        return Rounded(value, size, error)

    @staticmethod
    def _factors(matrix: Any) -> Any:
        n = len(matrix)
        error = np.vectorize(lambda x: x.error, otypes=[float])(matrix)
        top = max(x.size for x in matrix.flat)
        return error + 3 * n * n * 2 ** (n - 1) * top


def _slope(name: str, x: Any) -> Any:
    """The derivative of a function of one argument at x."""
    if name in ("sign", "step"):
        return arb(0)
    if name in ("abs", "relu"):
        return arb(1)
    function = FUNCTIONS[name]
    own = isinstance(function, type) and issubclass(function, Declared)
    expr = {"norm_root": sympy.sqrt(_X), "inverse_root": 1 / sympy.sqrt(_X)}.get(name)
    if expr is None:
        expr = Symbols().call(name, _X) if own else function(_X)
    from tensor_numbers import ball_of

    return ball_of(expr.diff(_X), {_X: x}, {})


def bound(found: Any) -> Any:
    """The bound on the error of entries that were evaluated over ``Roundings``."""
    out = np.empty(np.shape(found), dtype=float)
    for index in np.ndindex(out.shape):
        x = _rounded(np.asarray(found, object)[index])
        out[index] = REGROUPED * SECOND_ORDER * UNIT * (x.error + x.size)
    return out


def true(found: Any) -> Any:
    """The true values, rounded to doubles."""
    return np.vectorize(lambda x: float(_rounded(x).value), otypes=[float])(found)
