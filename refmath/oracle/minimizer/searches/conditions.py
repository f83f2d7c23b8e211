"""The declared conditions on a step, in exact numbers.

The bound that a search compares with has roundings of its own: ``value0 + step * (c1 * slope0)``
takes three, of one unit each, in any order; ``c2 * slope0`` takes one. By as much may a search
decide otherwise, and by no more; where no operation rounds, by nothing.
"""

from fractions import Fraction

__all__ = ["flat", "sufficient"]

_UNIT, _TINY = Fraction(1, 2**53), Fraction(1, 2**1074)


def sufficient(
    value: float, value0: float, slope0: float, step: float, c1: float
) -> bool | None:
    """Whether ``value <= value0 + c1 * step * slope0``; None if rounding decides."""
    linear = Fraction(c1) * Fraction(step) * Fraction(slope0)
    doubt = Fraction(0)
    if not _plain(value0, slope0, step, c1):
        doubt = (
            abs(linear) * (2 * _UNIT + _UNIT**2)
            + (abs(Fraction(value0)) + abs(linear) * (1 + _UNIT) ** 2) * _UNIT
            + _TINY * (1 + Fraction(step)) * 2
        )
    return _at_most(Fraction(value), Fraction(value0) + linear, doubt)


def flat(slope: float, slope0: float, c2: float, *, strong: bool) -> bool | None:
    """Whether ``slope >= c2 * slope0``, or ``|slope| <= c2 * |slope0|``; None as above."""
    bound = abs(Fraction(c2) * Fraction(slope0))
    doubt = Fraction(0) if Fraction(c2 * slope0) == -bound else bound * _UNIT + _TINY
    size = abs(Fraction(slope)) if strong else -Fraction(slope)
    return _at_most(size, bound, doubt)


def _at_most(x: Fraction, bound: Fraction, doubt: Fraction) -> bool | None:
    if doubt and abs(x - bound) <= doubt:
        return None
    return x <= bound


def _plain(value0: float, slope0: float, step: float, c1: float) -> bool:
    """Whether nothing rounds, in whatever order the bound is computed."""
    a, b, c = Fraction(c1), Fraction(step), Fraction(slope0)
    products = (c1 * step, a * b), (c1 * slope0, a * c), (step * slope0, b * c)
    whole = c1 * step * slope0
    return (
        all(Fraction(x) == y for x, y in products)
        and Fraction(whole) == a * b * c
        and Fraction(value0 + whole) == Fraction(value0) + a * b * c
    )
