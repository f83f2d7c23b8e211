"""The notation of schedules: the count of updates, whole and listed hyperparameters, functions.

``t`` counts updates from 0: the first update is taken with the rate at t = 0.
"""

from collections.abc import Sequence
from typing import Any

from sympy import Function, Symbol

from refmath.domain import Interval, Number, exact
from refmath.errors import DeclarationError
from refmath.notation import Hyper, hyper

__all__ = [
    "Count", "Listed", "count", "cycle", "entry", "metric", "passed", "passed_before", "product",
    "series", "t",
]

t: Any = Symbol("t", integer=True, nonnegative=True)
"""The number of updates before this one; the first has t = 0."""

metric: Any = Symbol("metric", real=True)
"""What a schedule that reacts to progress is shown after each epoch."""

passed: Any = Function("passed", integer=True, nonnegative=True)
"""``passed(milestones, x)``: how many milestones are at most x, repeated ones counted."""

passed_before: Any = Function("passed_before", integer=True, nonnegative=True)
"""``passed_before(milestones, x)``: how many milestones are less than x."""

entry: Any = Function("entry", real=True)
"""``entry(values, k)``: the value at place k, counted from 0."""

product: Any = Function("product", real=True)
"""``product(scales, k)``: the product of the first k scales."""

cycle: Any = Function("cycle", integer=True, nonnegative=True)
"""``cycle(x, T, q)``: how many of the cycles of length T, T q, T q**2, ... are over at x."""


class Count(Hyper):
    """A hyperparameter that is a whole number."""

    __slots__ = ()

    def __new__(
        cls, key: str, default: Number | None, domain: Interval, symbol: str, doc: str
    ) -> "Count":
        obj: Count = Symbol.__xnew__(cls, symbol, integer=True)
        obj.key, obj.domain, obj.doc = key, domain, doc
        obj.default = None if default is None else exact(default)
        return obj


class Listed(Hyper):
    """A hyperparameter that is a list: of milestones, of values, of scales.

    Attributes:
        whole: Whether its entries are whole numbers in ascending order.
        longer_than: Key of the list that has one entry less, or None.
    """

    __slots__ = ("longer_than", "whole")
    whole: bool
    longer_than: str | None

    def __new__(
        cls, key: str, default: Any, domain: Interval, symbol: str, doc: str
    ) -> "Listed":
        obj: Listed = Symbol.__xnew__(cls, symbol, real=True)
        obj.key, obj.domain, obj.doc = key, domain, doc
        obj.default = tuple(exact(x) for x in default)
        obj.whole, obj.longer_than = False, None
        return obj


def count(
    key: str, default: int | None, domain: str = "[1, oo)", *, symbol: str, doc: str
) -> Any:
    """A hyperparameter that is a whole number.

    Raises:
        DeclarationError: The default lies outside the domain.
    """
    made = hyper(key, default, domain, symbol=symbol, doc=doc)
    return Count(key, default, made.domain, symbol, doc)


def series(
    key: str,
    default: Sequence[Number],
    domain: str,
    *,
    symbol: str,
    doc: str,
    whole: bool = False,
    longer_than: str | None = None,
) -> Any:
    """A hyperparameter that is a list of numbers from one domain.

    Raises:
        DeclarationError: An entry of the default lies outside the domain, or is a float.
    """
    interval = Interval.parse(domain)
    for x in default:
        if isinstance(x, float) or x not in interval:
            raise DeclarationError(
                f"{key}: expected entries in {interval}, as whole numbers or decimal strings, "
                f"found {x!r}"
            )
    made = Listed(key, default, interval, symbol, doc)
    made.whole, made.longer_than = whole, longer_than
    return made
