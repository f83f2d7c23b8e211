"""Certified enclosures: every value that a correct implementation can compute, as an Arb ball.

The model. Each operation ``a o b`` of an implementation in a format with unit roundoff u returns
``(a o b)(1 + d) + e`` with ``|d| <= c u`` and ``|e|`` below the format's flush magnitude.

- A product of k factors is widened by its k - 1 operations together, and by the lost underflows
  ``e (1 + |f1|) ... (1 + |fk|)``, which bounds them in every order.
- A sum of n terms widens each term by ``(n - 1) c u``, which bounds every order.
- An average ``beta m + (1 - beta) g`` is widened by ``c u (1 - beta)|m|`` more, which covers
  ``m + (1 - beta)(g - m)``. Not covered is ``g + beta (m - g)``: it loses what is small in g.
- Scalars such as ``1 - beta**t`` are modelled apart, in double or in a narrower format, and rounded
  once where they meet an array.

With c = 2 this covers any order of evaluation, fused multiply-add, hoisted scalars, reciprocals for
quotients, and ``sqrt(a)/sqrt(b)`` for ``sqrt(a/b)``. Overflow is not covered: a value whose ball
comes near the largest number of the format is not judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import flint
import numpy as np
from flint import arb

from refmath.emit.enclosure_source import MOST_OPERATIONS, generate
from refmath.formats import FORMATS, Format
from refmath.recurrence import Recurrence

__all__ = [
    "PRECISION", "C", "Enclosure", "Model", "Track", "enclosure", "model", "working_precision",
]

C = 2
"""The factor c on the unit roundoff."""

PRECISION = 128
"""Working precision of the balls, in bits."""


class working_precision:  # noqa: N801  (used as a context, like decimal.localcontext)
    """Sets Arb's working precision for a block and puts it back."""

    def __init__(self, bits: int = PRECISION) -> None:
        self._bits = bits

    def __enter__(self) -> None:
        self._old = flint.ctx.prec
        flint.ctx.prec = self._bits

    def __exit__(self, *_: object) -> None:
        flint.ctx.prec = self._old


@dataclass(frozen=True)
class Model:
    """How an implementation rounds: the format of arrays, and that of scalars.

    Attributes:
        array: The format of arrays.
        scalar: The format in which scalars such as 1 - beta**t are computed.
        w: Balls [1 - n c u, 1 + n c u] by the number n of operations.
        e: The ball of lost underflows.
        r: The ball of one scalar operation.
    """

    array: Format
    scalar: Format
    w: tuple[Any, ...]
    e: Any
    r: Any
    u: Any
    rounded: bool
    exact: bool = False

    def hyper(self, value: float) -> Any:
        """The ball of a hyperparameter whose exact value is the given double."""
        ball = arb(value)
        if self.rounded and value:
            unit = arb(self.scalar.unit)
            ball = ball * (1 + unit * arb(0, 1)) + arb(0, self.scalar.flush)
        return ball

    def power(self, base: Any, exponent: int) -> Any:
        """base**exponent, by repeated multiplication or by ``pow``."""
        slack = self.u * (exponent if self.rounded else exponent - 1)
        if base.contains(0):  # python-flint gives nan for the power of a ball around 0
            return base.abs_upper() ** exponent * (1 + slack) * arb(0, 1)
        return base**exponent * (1 + slack * arb(0, 1))


@lru_cache(maxsize=64)
def model(array: str, scalar: str, exact: bool = False) -> Model:
    """The model of a format for arrays and one for scalars; ``exact`` widens nothing."""
    fmt, scalars = FORMATS[array], FORMATS[scalar]
    unit = 0.0 if exact else C * fmt.unit
    small = 0.0 if exact else fmt.flush
    scalar_unit = arb(0.0 if exact else C * scalars.unit)
    with working_precision():
        w = tuple(arb(1, n * unit) for n in range(MOST_OPERATIONS + 1))
        r = 1 + scalar_unit * arb(0, 1)
        rounded = scalars.name != "float64" and not exact
        return Model(fmt, scalars, w, arb(0, small), r, scalar_unit, rounded, exact)


@dataclass
class Track:
    """The balls of one tensor: its step count, a list for each state, and its scalar states."""

    t: int
    arrays: list[list[Any]]
    scalars: list[Any]
    seen: int = field(default=0)


class Enclosure:
    """Runs a recurrence in ball arithmetic.

    Attributes:
        rec: The recurrence.
        arrays: Names of the array states, the parameter first.
        scalars: Names of the scalar states.
    """

    def __init__(self, rec: Recurrence) -> None:
        self.rec = rec
        built = generate(rec)
        self.source = built.source
        self.arrays = built.arrays
        self.scalars = built.scalars
        self.keys = built.keys
        self._advance = _compile(built.source, "advance")
        self._starts = _compile(built.source, "starts")
        self._point = _compile(built.source, "point") if rec.takes_point else None

    def hypers(self, model_: Model, values: Mapping[str, float]) -> tuple[Any, ...]:
        """The balls of the hyperparameters, in the order of ``keys``."""
        return tuple(model_.hyper(values[k]) for k in self.keys)

    def begin(self, theta: np.ndarray, model_: Model, hyper: Sequence[Any]) -> Track:
        """The track of a tensor before its first step; ``theta`` holds exact floats."""
        values = [arb(x) for x in theta.ravel().tolist()]
        array_starts, scalar_starts = self._starts(hyper, model_)
        columns = [values] + [[s] * len(values) for s in array_starts]
        return Track(0, columns, list(scalar_starts))

    def step(
        self, track: Track, gradient: np.ndarray, model_: Model, hyper: Sequence[Any]
    ) -> None:
        """Advance a track by one step; ``gradient`` holds exact floats."""
        track.t += 1
        g = [arb(x) for x in gradient.ravel().tolist()]
        self._advance(track.t, hyper, track.scalars, track.arrays, g, model_)

    def point(self, track: Track, model_: Model, hyper: Sequence[Any]) -> list[Any]:
        """The balls of the point where the gradient is to be taken."""
        if self._point is None:
            return track.arrays[0]
        result: list[Any] = self._point(hyper, track.scalars, track.arrays, model_)
        return result


@lru_cache(maxsize=8192)
def enclosure(rec: Recurrence) -> Enclosure:
    """The enclosure of a recurrence, made once."""
    return Enclosure(rec)


def _compile(source: str, name: str) -> Callable[..., Any]:
    """Turn generated source into a function; nothing in it comes from a user's text."""
    scope: dict[str, Any] = {
        "arb": arb, "root": root, "strict_root": strict_root, "root_above": root_above,
        "largest": largest, "smallest": smallest, "choose": choose, "UNIT": arb(0, 1),
    }
    exec(compile(source, f"<enclosure {name}>", "exec"), scope)  # noqa: S102  (generated)
    function: Callable[..., Any] = scope[name]
    return function


def root(x: Any) -> Any:
    """Square root of what cannot be negative: the part of the ball below 0 is cut off."""
    if x > 0:
        return x.sqrt()
    if x < 0 or not x.is_finite():
        return arb("nan")
    top = x.abs_upper()
    half = top.sqrt() / 2
    return half + half * arb(0, 1)


def root_above(x: Any, floor: Any) -> Any:
    """Square root of what cannot fall below a floor, wherever the ball reaches."""
    if not x.is_finite() or x > floor:
        return root(x)
    low = floor.lower()
    if not low > 0:
        return root(x)
    bottom, top = arb(low).sqrt(), x.abs_upper().sqrt()
    return bottom.union(top)


def strict_root(x: Any) -> Any:
    """Square root that is undefined wherever the ball reaches below 0."""
    return x.sqrt()


def largest(a: Any, b: Any) -> Any:
    """The larger of two; where the balls overlap, with a margin around the hull of both."""
    top = a.max(b)
    return top if a > b or b > a else top + top.rad() * arb(0, 1)


def smallest(a: Any, b: Any) -> Any:
    """The smaller of two; where the balls overlap, with a margin around the hull of both."""
    return -largest(-a, -b)


def choose(sure: bool, never: bool, first: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """One branch where the condition is decided, the hull of both where it is not."""
    if sure:
        return first()
    if never:
        return other()
    return first().union(other())
