"""Numbers for reading formulas back: Arb balls, exact to some 70 digits, or undecided."""

from collections.abc import Sequence
from typing import Any

import flint
import numpy as np
from flint import arb, fmpq

PRECISION = 256
"""Bits; two formulas that differ do so by far more than what is lost of these."""


class UndecidedError(Exception):
    """A comparison of balls that overlap."""


def ball(value: Any) -> Any:
    """An exact number as a ball."""
    if isinstance(value, arb):
        return value
    if isinstance(value, int | np.integer):
        return arb(int(value))
    return arb(fmpq(int(value.p), int(value.q)))


def positive(x: Any) -> bool:
    """Whether a ball is positive.

    Raises:
        UndecidedError: It contains 0 and more.
    """
    if x > 0:
        return True
    if x <= 0:
        return False
    raise UndecidedError


def _step(x: Any) -> Any:
    return arb(1) if positive(x) else arb(0)


def _sign(x: Any) -> Any:
    return arb(1) if positive(x) else arb(0) if x == 0 else arb(-1)


def _abs(x: Any) -> Any:
    return x if positive(x) else -x


FUNCTIONS: dict[str, Any] = {
    "abs": _abs,
    "acos": arb.acos,
    "asin": arb.asin,
    "atan": arb.atan,
    "cos": arb.cos,
    "cosh": arb.cosh,
    "erf": arb.erf,
    "exp": arb.exp,
    "inverse_root": lambda x: arb(0) if x == 0 else 1 / x.sqrt(),
    "log": arb.log,
    "maximum": lambda x, y: x if positive(x - y) else y,
    "minimum": lambda x, y: x if positive(y - x) else y,
    "norm_root": arb.sqrt,
    "relu": lambda x: x if positive(x) else arb(0),
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "sign": _sign,
    "sin": arb.sin,
    "sinh": arb.sinh,
    "softplus": lambda x: (1 + x.exp()).log(),
    "sqrt": arb.sqrt,
    "step": _step,
    "tan": arb.tan,
    "tanh": arb.tanh,
    "where": lambda c, x, y: x if positive(c) else y,
}


def power(base: Any, exponent: Any) -> Any:
    """A power; of a negative base only to a whole number."""
    whole = exponent.unique_fmpz() if isinstance(exponent, arb) else None
    if whole is None:
        return base**exponent
    total = arb(1)
    for _ in range(abs(int(whole))):  # arb's own power of a ball around 0 is not a number
        total = total * base
    return total if whole >= 0 else 1 / total


def matrix_inverse(entries: Any) -> Any:
    """The inverse of an object array.

    Raises:
        UndecidedError: The matrix may be singular.
    """
    try:
        found = flint.arb_mat(entries.tolist()).inv()
    except ZeroDivisionError:
        raise UndecidedError from None
    return np.array(found.tolist(), dtype=object).reshape(entries.shape)


def log_determinant(entries: Any) -> Any:
    """The logarithm of the absolute value of the determinant."""
    return _abs(flint.arb_mat(entries.tolist()).det()).log()


class Balls:
    """The kind of number for ``refmath.tensor.evaluate``."""

    def number(self, value: Any) -> Any:
        """An exact number, or pi and the like."""
        if value.is_Rational:
            return ball(value)
        return {"pi": arb.pi, "E": arb.const_e}[str(value)]()

    def power(self, base: Any, exponent: Any) -> Any:
        """The power."""
        return power(base, exponent)

    def call(self, name: str, *args: Any) -> Any:
        """By the table."""
        return FUNCTIONS[name](*args)

    def largest(self, values: Sequence[Any]) -> Any:
        """The maximum."""
        top = values[0]
        for v in values[1:]:
            top = FUNCTIONS["maximum"](v, top)
        return top

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum."""
        place = 0
        for i, v in enumerate(values[1:], 1):
            if positive(v - values[place]):
                place = i
        return [arb(int(i == place)) for i in range(len(values))]

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """The definition."""
        return sum((v.exp() for v in values), arb(0)).log()

    def inverse(self, matrix: Any) -> Any:
        """The inverse."""
        return matrix_inverse(matrix)

    def log_det(self, matrix: Any) -> Any:
        """The log-determinant."""
        return log_determinant(matrix)
