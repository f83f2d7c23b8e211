"""A bound of the rounding error of any double-precision evaluation of an expression.

An evaluation in which every operation has a relative error of at most u gives a result within
gamma_N A of the true one, where gamma_N = N u/(1 - N u), N is the number of roundings on the
longest way from an input to the result, and A is the value of the expression with the absolute
values of all its terms (Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 3.1
and 3.4). A function f multiplies what it is given by |f'| and adds |f|; it counts as eight
roundings, because libraries promise a few units in the last place.

``Absolute`` carries value, A and N through ``refmath.tensor.evaluate``. It is assumed that a
program that differentiates automatically evaluates the same sums of products in some order, and
that its chains are at most four times as long as those of the function itself for a gradient (after
the cheap gradient principle: Griewank and Walther 2008, section 4.5), and as long again for each
further derivative.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

UNIT = 2.0**-53
FUNCTION = 8


@dataclass(frozen=True)
class Entry:
    """A value, its evaluation with absolute values, and the number of roundings."""

    value: float
    size: float
    steps: int = 0

    def __add__(self, other: Any) -> "Entry":
        o = entry(other)
        return Entry(
            self.value + o.value, self.size + o.size, max(self.steps, o.steps) + 1
        )

    __radd__ = __add__

    def __mul__(self, other: Any) -> "Entry":
        o = entry(other)
        return Entry(self.value * o.value, self.size * o.size, self.steps + o.steps + 1)

    __rmul__ = __mul__

    def through(self, value: float, slope: float) -> "Entry":
        """A function of it, with that value and derivative."""
        return Entry(value, abs(value) + abs(slope) * self.size, self.steps + FUNCTION)


def entry(x: Any) -> Entry:
    """A number as an exact entry; NumPy hands over arrays of rank 0."""
    if isinstance(x, np.ndarray):
        x = x[()]
    return x if isinstance(x, Entry) else Entry(float(x), abs(float(x)))


def gamma(steps: int) -> float:
    """Steps u/(1 - steps u)."""
    return steps * UNIT / (1 - steps * UNIT)


_SMOOTH: dict[str, Any] = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "sin": (math.sin, math.cos),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: 1 / (4 * math.cosh(x / 2) ** 2)),
    "softplus": (lambda x: math.log1p(math.exp(x)), lambda x: 1 / (1 + math.exp(-x))),
    "atan": (math.atan, lambda x: 1 / (1 + x * x)),
    "norm_root": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "inverse_root": (lambda x: 1 / math.sqrt(x), lambda x: -0.5 / x**1.5),
}


class Absolute:
    """Entries for ``evaluate``."""

    def number(self, value: Any) -> Entry:
        """Rounded once."""
        return Entry(float(value), abs(float(value)), 1)

    def power(self, base: Entry, exponent: Entry) -> Entry:
        """x**p, with the derivatives p x**(p - 1) and x**p log(x); constants p are exact."""
        x, p = base.value, exponent.value
        found = base.through(x**p, p * x ** (p - 1))
        if exponent.steps <= 1:
            return found
        size = found.size + abs(x**p * math.log(x)) * exponent.size
        return Entry(found.value, size, found.steps + exponent.steps)

    def call(self, name: str, *args: Entry) -> Entry:
        """What chooses takes one of its arguments over; others are smooth."""
        x = args[0]
        if name in ("sign", "step"):
            return entry(np.sign(x.value) if name == "sign" else float(x.value > 0))
        if name == "abs":
            return Entry(abs(x.value), x.size, x.steps)
        if name == "relu":
            return x if x.value > 0 else entry(0)
        if name == "where":
            return args[1] if x.value > 0 else args[2]
        if name in ("maximum", "minimum"):
            return x if (x.value > args[1].value) == (name == "maximum") else args[1]
        function, slope = _SMOOTH[name]
        return x.through(function(x.value), slope(x.value))

    def largest(self, values: Sequence[Entry]) -> Entry:
        """One of them."""
        return max(values, key=lambda x: x.value)

    def first_largest(self, values: Sequence[Entry]) -> list[int]:
        """1 at the first maximum, else 0."""
        place = int(np.argmax([x.value for x in values]))
        return [int(i == place) for i in range(len(values))]

    def log_sum_exp(self, values: Sequence[Entry]) -> Entry:
        """Its derivatives add up to 1; the largest is subtracted and added again."""
        top = max(abs(x.value) for x in values)
        value = math.log(sum(math.exp(x.value - top) for x in values)) + top
        steps = max(x.steps for x in values) + len(values) + 2 * FUNCTION
        return Entry(value, abs(value) + 2 * max(x.size for x in values) + top, steps)

    def inverse(self, matrix: Any) -> Any:
        """Not bounded here."""
        raise NotImplementedError

    def log_det(self, matrix: Any) -> Any:
        """Not bounded here."""
        raise NotImplementedError
