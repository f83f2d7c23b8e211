"""Entries of a tensor, with all that an implementation may compute in their place.

A polynomial of leaves (inputs, values of functions) may be evaluated in any order, with products
and sums associated and distributed in any way. Written out in full it has ``terms`` terms, each a
product of at most ``depth`` operations, so no leaf's contribution passes more than
``terms - 1 + depth`` roundings, and the error is at most that multiple of the unit roundoff times
the polynomial of the absolute values (Higham 2002, sections 3.1 and 3.3). What comes from the
leaves' own errors is carried apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from flint import arb

from refmath.formats import FORMATS, Format

__all__ = ["C", "Entries", "Model", "leaf", "multiply", "plus", "upper"]

C = 2
"""The factor on the number of products: hoisted scalars, reciprocals for quotients."""

FUNCTION = 8
"""The error of an elementary function in unit roundoffs (4 units in the last place).

NumPy's, PyTorch's and JAX's in single precision reach 3, 1.5 and 5 of them."""

_UP = 1 + 2.0**-40
Floats = Any
"""A NumPy array of doubles."""
Balls = Any
"""A NumPy array of Arb balls."""


def upper(values: Any) -> Floats:
    """Doubles computed from doubles that are not negative, as upper bounds; NaN is unbounded."""
    out = np.asarray(values, dtype=np.float64) * _UP
    return np.where(np.isnan(out), np.inf, out)


@dataclass(frozen=True)
class Model:
    """How an implementation rounds.

    Attributes:
        fmt: The format of arrays.
        unit: Its unit roundoff; 0 for exact arithmetic.
        flush: The magnitude below which a result may be lost; 0 for exact arithmetic.
        kink: The derivative of relu at 0, between 0 and 1.
        ties: Where several entries are largest: ``first``, ``even`` or ``every``.
    """

    fmt: Format
    unit: float
    flush: float
    kink: float = 0.0
    ties: str = "first"

    @classmethod
    def of(cls, dtype: str, exact: bool = False) -> "Model":
        """The model of a format."""
        fmt = FORMATS[dtype]
        return cls(fmt, 0.0, 0.0) if exact else cls(fmt, fmt.unit, fmt.flush)

    def asking(self, kink: float = 0.0, ties: str = "first") -> "Model":
        """The same rounding with other derivatives where there is none."""
        return replace(self, kink=kink, ties=ties)

    def rounding(self, count: int) -> float:
        """The relative error of so many roundings."""
        with np.errstate(over="ignore"):
            return float(np.expm1(1.01 * self.unit * count))

    def spread(self, x: "Entries", more: int = 0) -> Floats:
        """The largest distance of a computed entry from its value.

        It is 0 where every step is exact: where all leaves are multiples of one power of 2, and
        the polynomial of the absolute values stays below what the format holds of its multiples.

        Args:
            x: Entries.
            more: Roundings beyond those of the polynomial; then nothing counts as exact.
        """
        count = x.terms - 1 + C * x.depth + more
        with np.errstate(all="ignore"):
            total = upper(x.error + upper(self.rounding(count) * x.magnitude))
        total = np.where(x.magnitude == 0, x.error, total)
        return total if more else np.where(self.exact(x), 0.0, total)

    def exact(self, x: "Entries") -> Any:
        """Where every step is exact, in any order."""
        if x.grid is None:
            return np.zeros(x.magnitude.shape, dtype=bool)
        most = 2.0 ** min(1000, x.grid + self.fmt.precision)
        return (x.error == 0) & (x.magnitude <= most)


@dataclass(frozen=True)
class Entries:
    """The entries of a tensor.

    Attributes:
        value: Their values as balls; at an undecided kink the middle of what is possible.
        magnitude: Upper bounds of the polynomial of the absolute values of the leaves.
        error: What the leaves' own errors add, and lost underflows.
        grid: All values are multiples of 2**grid; None if that is not known.
        terms: The number of terms of the polynomial, written out.
        depth: The number of multiplications of its longest term.
        undecided: Where rounding decides on which side of a kink an implementation is.
        choice: Whether they choose among the entries of another factor, and are 0 and 1 for that.
    """

    value: Balls
    magnitude: Floats
    error: Floats
    grid: int | None = None
    terms: int = 1
    depth: int = 0
    undecided: Any = None
    choice: bool = False

    def shaped(self, shape: tuple[int, ...]) -> "Entries":
        """The same entries, broadcast to their number and in another shape."""
        count = int(np.prod(shape, dtype=int))

        def fit(x: Any) -> Any:
            flat = x.reshape(-1)
            return (flat if flat.size == count else np.broadcast_to(flat, (count,))).reshape(shape)

        undecided = None if self.undecided is None else fit(self.undecided)
        return replace(
            self, value=fit(self.value), magnitude=fit(self.magnitude), error=fit(self.error),
            undecided=undecided,
        )


def either(*parts: Any) -> Any:
    """Where one of several is undecided."""
    found = [p for p in parts if p is not None]
    return reduce(np.logical_or, found) if found else None


def objects(values: Sequence[Any]) -> Balls:
    """A flat array of balls."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def leaf(values: Sequence[Any], error: Floats, undecided: Any = None) -> Entries:
    """Entries that no product is distributed over: values of functions."""
    balls = objects(values)
    size = upper([magnitude(v) for v in values])
    with np.errstate(all="ignore"):
        return Entries(balls, upper(size + error), np.asarray(error, float), None, 1, 0, undecided)


def magnitude(ball: Any) -> float:
    """The largest absolute value in a ball, as a double; infinite if it is not bounded."""
    return float(ball.abs_upper()) if ball.is_finite() else float("inf")


def multiply(model: Model, a: Entries, b: Entries) -> Entries:
    """The products, entry by entry, of flat entries."""
    with np.errstate(all="ignore"):
        size = upper(a.magnitude * b.magnitude)
        error = upper(upper(a.error * b.magnitude) + upper(a.magnitude * b.error))
        grid = None if a.grid is None or b.grid is None else a.grid + b.grid
        lost = upper(model.flush * (1 + a.magnitude) * (1 + b.magnitude))
        found = Entries(
            a.value * b.value, size, error, grid, a.terms * b.terms, a.depth + b.depth + 1,
            either(a.undecided, b.undecided),
        )
        lost = np.where((size == 0) | model.exact(found), 0.0, lost)
        return replace(found, error=upper(error + lost))


def plus(parts: Sequence[Entries]) -> Entries:
    """The sums, entry by entry."""
    grids = [p.grid for p in parts]
    known = [g for g in grids if g is not None]
    with np.errstate(all="ignore"):
        return Entries(
            reduce(lambda x, y: x + y, (p.value for p in parts)),
            upper(reduce(lambda x, y: x + y, (p.magnitude for p in parts))),
            upper(reduce(lambda x, y: x + y, (p.error for p in parts))),
            min(known) if len(known) == len(grids) else None,
            sum(p.terms for p in parts),
            max(p.depth for p in parts),
            either(*(p.undecided for p in parts)),
        )


def number(model: Model, p: int, q: int = 1) -> Entries:
    """A rational number, rounded where the format does not hold it."""
    value = arb(p) / q
    held = q & (q - 1) == 0 and abs(p).bit_length() <= model.fmt.precision
    grid = 1 - q.bit_length() if held else None
    error = 0.0 if held else model.unit * abs(p / q)
    return Entries(objects([value]), upper([abs(p / q)]), upper([error]), grid)
