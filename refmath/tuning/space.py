"""What is searched: ranges and choices, also written as text."""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

from refmath.errors import InvalidInput

__all__ = ["Choice", "Parameter", "Range", "parse"]


@dataclass(frozen=True)
class Range:
    """An interval of numbers.

    Attributes:
        name: The parameter.
        low, high: The ends, which belong to it.
        log: Whether its logarithm is searched evenly.
        whole: Whether only whole numbers count.

    Raises:
        InvalidInput: The ends are not in order, or not positive for a logarithm.
    """

    name: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise InvalidInput(
                f"{self.name}: expected finite ends low < high, found {self.low}:{self.high}"
            )
        if self.log and self.low <= 0:
            raise InvalidInput(
                f"{self.name}: a logarithmic range is above 0, found low={self.low}; leave out :log"
            )

    def points(self, count: int) -> list[float]:
        """Evenly spaced points from end to end."""
        if count < 2:
            raise InvalidInput(f"points={count}: expected at least 2 points of a range")
        shares = [i / (count - 1) for i in range(count)]
        if self.log:
            ratio = self.high / self.low
            found = [self.low * ratio**s for s in shares]
        else:
            found = [self.low + (self.high - self.low) * s for s in shares]
        found[-1] = self.high
        return list(dict.fromkeys(round(x) for x in found)) if self.whole else found


@dataclass(frozen=True)
class Choice:
    """Some values: numbers or words.

    Raises:
        InvalidInput: None is given, or one twice.
    """

    name: str
    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.values or len(set(self.values)) < len(self.values):
            raise InvalidInput(f"{self.name}: expected distinct values, found {self.values}")

    def points(self, count: int) -> list[Any]:
        """All of them."""
        return list(self.values)


Parameter: TypeAlias = Range | Choice


def parse(text: str) -> Parameter:
    """A parameter from text: ``lr=1e-4:1:log``, ``momentum=0:0.99`` or ``batch_size=16,32,64``.

    Raises:
        InvalidInput: It is written otherwise.
    """
    name, sign, rest = (part.strip() for part in text.partition("="))
    if not (name and sign and rest):
        raise InvalidInput(
            f"{text!r}: expected NAME=LOW:HIGH, NAME=LOW:HIGH:log or NAME=VALUE,VALUE"
        )
    if ":" not in rest:
        return Choice(name, tuple(_value(x.strip()) for x in rest.split(",")))
    low, high, *more = rest.split(":")
    ends = [_value(x) for x in (low, high)]
    if any(isinstance(x, str) for x in ends) or more not in ([], ["log"]):
        raise InvalidInput(f"{text!r}: expected numbers as in lr=1e-4:1 or lr=1e-4:1:log")
    whole = all(isinstance(x, int) for x in ends) and name in ("batch_size", "memory", "epochs")
    return Range(name, ends[0], ends[1], log=bool(more), whole=whole)


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
