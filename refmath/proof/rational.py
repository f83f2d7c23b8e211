"""Intervals with rational ends, rounded outwards: sums, products, powers, exp and log."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Add, Mul, Pow, Symbol, exp, log

from refmath.errors import DeclarationError

__all__ = ["Interval", "enclosed"]

_GRID = 1 << 96
_TERMS = 24


@dataclass(frozen=True)
class Interval:
    """All numbers from low to high."""

    low: Fraction
    high: Fraction

    def __add__(self, other: "Interval") -> "Interval":
        return _outward(self.low + other.low, self.high + other.high)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return _outward(min(ends), max(ends))

    def __pow__(self, power: int) -> "Interval":
        """A whole power.

        Raises:
            ZeroDivisionError: It is negative, and 0 is among the numbers.
        """
        if power < 0:
            if self.low <= 0 <= self.high:
                raise ZeroDivisionError("an interval that contains 0 is divided by")
            return _outward(1 / self.high, 1 / self.low) ** -power
        ends = [self.low**power, self.high**power]
        if power % 2 == 0 and self.low < 0 < self.high:
            ends.append(Fraction(0))
        return _outward(min(ends), max(ends))

    def exp(self) -> "Interval":
        """The exponential, which grows."""
        return Interval(_exp(self.low).low, _exp(self.high).high)

    def log(self) -> "Interval":
        """The logarithm, which grows.

        Raises:
            ZeroDivisionError: A number that is not positive is among them.
        """
        if self.low <= 0:
            raise ZeroDivisionError("the logarithm of an interval that is not positive")
        return Interval(_log(self.low).low, _log(self.high).high)


def _outward(low: Fraction, high: Fraction) -> Interval:
    return Interval(
        Fraction(low.numerator * _GRID // low.denominator, _GRID),
        Fraction(-(-high.numerator * _GRID // high.denominator), _GRID),
    )


def _exp(x: Fraction) -> Interval:
    """Taylor's sum at x / 2**n < 1/2, and a geometric bound of its rest; squared n times."""
    if x < 0:
        return _exp(-x) ** -1
    halvings = max(0, (2 * x.numerator // x.denominator).bit_length())
    y = x / 2**halvings
    term = total = Fraction(1)
    for k in range(1, _TERMS):
        term *= y / k
        total += term
    out = _outward(total, total + term)  # the rest: less than term (y + y**2 + ...) <= term
    for _ in range(halvings):
        out = out * out
    return out


def _log(x: Fraction) -> Interval:
    """N log 2 + log m with m from 1/2 to 2, each by the series of 2 artanh((m - 1)/(m + 1))."""
    doublings = x.numerator.bit_length() - x.denominator.bit_length()
    scaled = _series(x / Fraction(2) ** doublings)
    count = Interval(Fraction(doublings), Fraction(doublings))
    return count * _series(Fraction(2)) + scaled


def _series(m: Fraction) -> Interval:
    z = (m - 1) / (m + 1)  # at most 1/3 in size
    power, total = z, Fraction(0)
    for k in range(_TERMS):
        total += 2 * power / (2 * k + 1)
        power *= z * z
    rest = 3 * abs(power)  # 2 |z|**n (1 + z**2 + ...) / n, n > 1
    return _outward(total - rest, total + rest)


def enclosed(expr: Any, piece: Mapping[Any, tuple[Fraction, Fraction]]) -> Interval:
    """An interval of the values of an expression.

    Args:
        expr: Sums, products, whole powers, exp and log of symbols and rational numbers.
        piece: The interval of every symbol.

    Raises:
        DeclarationError: Something else is in it.
        ZeroDivisionError: It may have no value somewhere.
    """
    if expr.is_Rational:
        exact = Fraction(int(expr.p), int(expr.q))
        return Interval(exact, exact)
    if isinstance(expr, Symbol):
        return Interval(*piece[expr])
    parts = [enclosed(a, piece) for a in expr.args]
    if isinstance(expr, Add | Mul):
        total = parts[0]
        for x in parts[1:]:
            total = total + x if isinstance(expr, Add) else total * x
        return total
    if isinstance(expr, Pow) and expr.exp.is_Integer:
        return parts[0] ** int(expr.exp)
    if isinstance(expr, exp | log):
        return parts[0].exp() if isinstance(expr, exp) else parts[0].log()
    raise DeclarationError(f"expected sums, products, powers, exp and log, found {expr}")
