"""Domains: intervals of the reals with their edges and interior samples, as exact rationals."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from refmath.errors import DeclarationError, InvalidInput

__all__ = ["Interval", "Number", "exact"]

Number = int | float | str | Fraction

_INTERVAL = re.compile(r"^\s*([\[(])\s*([^,\s]+)\s*,\s*([^,\s]+)\s*([\])])\s*$")
_INFINITE = {"oo": 1, "+oo": 1, "-oo": -1}


def exact(value: Number) -> Fraction:
    """The rational a number stands for: ``"0.9"`` is 9/10, a float is its exact binary value.

    Raises:
        InvalidInput: Not a finite number, or text that is no decimal or quotient.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
        raise InvalidInput(
            f"expected a number or a decimal string, found {value!r} of type "
            f"{type(value).__name__}; write for example '0.9'"
        )
    try:
        return Fraction(value)
    except (ValueError, OverflowError, ZeroDivisionError):
        raise InvalidInput(
            f"expected a finite number, found {value!r}; write for example '1e-3', '1/3' or 0.5"
        ) from None


@dataclass(frozen=True)
class Interval:
    """An interval of the reals; an end of ``None`` is infinite.

    Attributes:
        low: Lower end, or None for minus infinity.
        high: Upper end, or None for infinity.
        low_open: Whether the lower end is excluded.
        high_open: Whether the upper end is excluded.
    """

    low: Fraction | None
    high: Fraction | None
    low_open: bool
    high_open: bool

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read ``"[0, 1)"`` or ``"(0, oo)"``.

        Raises:
            DeclarationError: Not an interval, or an empty one.
        """
        message = f"expected an interval such as '[0, 1)' or '(0, oo)', found {text!r}"
        match = _INTERVAL.match(text)
        if not match:
            raise DeclarationError(message)
        left, low, high, right = match.groups()
        try:
            ends = [None if e in _INFINITE else exact(e) for e in (low, high)]
        except InvalidInput:
            raise DeclarationError(message) from None
        interval = cls(ends[0], ends[1], left == "(", right == ")")
        interval._check(text, low, high)
        return interval

    def _check(self, text: str, low: str, high: str) -> None:
        if _INFINITE.get(low, -1) > 0 or _INFINITE.get(high, 1) < 0:
            raise DeclarationError(f"the ends of the interval {text!r} are the wrong way round")
        if (self.low is None and not self.low_open) or (self.high is None and not self.high_open):
            raise DeclarationError(
                f"infinity cannot belong to the interval {text!r}; write a round bracket there"
            )
        if self.low is None or self.high is None:
            return
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            raise DeclarationError(f"the interval {text!r} is empty: {self.low} to {self.high}")

    def __contains__(self, value: Number) -> bool:
        x = exact(value)
        if self.low is not None and (x < self.low or (self.low_open and x == self.low)):
            return False
        return self.high is None or not (x > self.high or (self.high_open and x == self.high))

    def __str__(self) -> str:
        low = "-oo" if self.low is None else str(self.low)
        high = "oo" if self.high is None else str(self.high)
        return f"{'(' if self.low_open else '['}{low}, {high}{')' if self.high_open else ']'}"

    @cached_property
    def edges(self) -> tuple[Fraction, ...]:
        """The finite ends that belong to the interval."""
        low = () if self.low is None or self.low_open else (self.low,)
        high = () if self.high is None or self.high_open or self.high == self.low else (self.high,)
        return low + high

    @cached_property
    def samples(self) -> tuple[Fraction, ...]:
        """Interior points spread over the interval's own scale, simplest first."""
        if self.low is not None and self.high is not None:
            width = self.high - self.low
            return tuple(
                self.low + width * Fraction(p) for p in ("1/2", "3/4", "9/10", "99/100", "1/4")
            )
        spread = [Fraction(p) for p in ("1", "1/10", "1/1000", "3", "1/100000000")]
        if self.low is not None:
            return tuple(self.low + s for s in spread)
        if self.high is not None:
            return tuple(self.high - s for s in spread)
        return tuple([Fraction(0)] + [sign * s for s in spread for sign in (1, -1)])

    def check(self, name: str, value: Number) -> Fraction:
        """Return the exact value.

        Raises:
            InvalidInput: The value lies outside; the message names the domain.
        """
        x = exact(value)
        if x not in self:
            raise InvalidInput(f"{name}={value!r} is outside its domain {self}")
        return x
