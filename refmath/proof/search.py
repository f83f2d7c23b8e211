"""Counterexamples: the simplest rational point at which hypotheses hold and a relation does not."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

from flint import ctx
from sympy import And

from refmath.proof.exact import Undefined, truth
from refmath.proof.intervals import atoms_of

__all__ = ["counterexample", "points"]

_VALUES = tuple(
    Fraction(x) for x in (
        "1", "0", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "3/2", "4", "-4", "1/4", "3/4",
        "5", "1/10", "9/10", "10", "-10", "1/100", "99/100", "100",
    )
)
"""Rational numbers, the simplest first."""
_WHOLE = tuple(Fraction(x) for x in range(1, 9))


def _ranks(places: int, total: int, sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All choices of one rank a place that add up to a total."""
    if places == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(total, sizes[0] - 1) + 1):
        for rest in _ranks(places - 1, total - first, sizes[1:]):
            yield (first, *rest)


def points(symbols: Sequence[Any]) -> Iterator[dict[Any, Fraction]]:
    """Rational points, the simplest first; integer symbols take whole numbers from 1."""
    lists = [_WHOLE if s.is_integer else _VALUES for s in symbols]
    sizes = [len(x) for x in lists]
    for total in range(sum(sizes) - len(sizes) + 1):
        for ranks in _ranks(len(symbols), total, sizes):
            yield {s: x[r] for s, x, r in zip(symbols, lists, ranks, strict=True)}


def counterexample(
    relations: Sequence[Any], given: Sequence[Any], tries: int = 20_000,
    order: Callable[[Any], Any] = str,
) -> dict[Any, Fraction] | None:
    """The first point at which all hypotheses hold and one of the relations certainly does not.

    Hypotheses are tested as soon as their symbols have values, so that hopeless beginnings cost
    little.
    """
    hypotheses = atoms_of(given)
    symbols = sorted(
        {s for r in (*relations, *hypotheses) for s in r.free_symbols}, key=order
    )
    claim = And(*relations)
    before = ctx.prec
    ctx.prec = 256
    try:
        for point in islice(points(symbols), tries):
            try:
                if all(truth(h, point) for h in hypotheses) and truth(claim, point) is False:
                    return point
            except Undefined:
                continue
    finally:
        ctx.prec = before
    return None
