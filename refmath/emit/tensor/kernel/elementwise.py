"""Elementwise operations on labelled values, with what is known of their range.

Bounds hold for the numbers as they are rounded: rounding is monotone, and only bounds that every
floating-point format holds exactly are kept.
"""

from collections.abc import Mapping, Sequence
from math import inf, isfinite, isnan
from typing import Any

from sympy import S

from refmath.emit.tensor.kernel.ops import Bounds, Label, Pool, Value
from refmath.tensor.sizes import Size

__all__ = [
    "RANGES", "arguments_of", "call", "linear", "number", "scalar", "sizes_of", "square", "times",
    "wide",
]

RANGES: dict[str, Bounds] = {
    "abs": (0, inf), "acos": (0, 4), "cos": (-1, 1), "cosh": (1, inf), "erf": (-1, 1),
    "erf_rest": (0, 2), "exp": (0, inf), "expm1": (-1, inf), "inverse_norm": (0, inf),
    "inverse_root": (0, inf), "norm_root": (0, inf), "relu": (0, inf), "sigmoid": (0, 1),
    "sigmoid_slope": (0, 1),
    "sign": (-1, 1), "sin": (-1, 1), "softplus": (0, inf), "sqrt": (0, inf), "step": (0, 1),
    "tanh": (-1, 1), "tanh_slope": (0, 1),
}
"""Functions whose values lie within these bounds."""


def scalar(pool: Pool, expr: Any) -> Value:
    """A number made of scalars and sizes."""
    return Value(pool.make("scalar", (), (expr,), (), _bounds_of(expr)), ())


def number(value: Value) -> Any:
    """The expression of a value that is a scalar, else None."""
    return value.op.fields[0] if value.op.kind == "scalar" else None


def sizes_of(values: Sequence[Value]) -> dict[Label, Size]:
    """The size of every label."""
    return {x: s for v in values for x, s in zip(v.labels, v.op.sizes, strict=True)}


def _bounds_of(expr: Any) -> Bounds:
    if expr.is_Rational:
        return _kept((float(expr), float(expr)))
    low, high = (0.0 if expr.is_nonnegative else -inf), (0.0 if expr.is_nonpositive else inf)
    return low, high


def _kept(bounds: Bounds) -> Bounds:
    """Bounds widened to numbers that all formats hold."""
    low, high = bounds
    exact = [x if not isfinite(x) or (x == int(x) and abs(x) <= 1024) else None for x in bounds]
    low = exact[0] if exact[0] is not None else 0.0 if low > 0 else -inf
    high = exact[1] if exact[1] is not None else 0.0 if high < 0 else inf
    return low, high


def _sum(bounds: Sequence[Bounds]) -> Bounds:
    low, high = sum(b[0] for b in bounds), sum(b[1] for b in bounds)
    return _kept((-inf if isnan(low) else low, inf if isnan(high) else high))


def _product(a: Bounds, b: Bounds) -> Bounds:
    ends = [0.0 if 0 in (x, y) else x * y for x in a for y in b]
    return _kept((min(ends), max(ends)))


def _reciprocal(a: Bounds) -> Bounds:
    return (0.0, inf) if a[0] >= 0 else (-inf, 0.0) if a[1] <= 0 else (-inf, inf)


def _laid_out(pool: Pool, values: Sequence[Value]) -> tuple[tuple[Label, ...], dict[Label, Size]]:
    """The labels of the result, as the largest of the values has them."""
    sizes = sizes_of(values)
    fullest = max(values, key=lambda v: (len(v.labels), v.op.kind != "arg", -v.op.number))
    if len(fullest.labels) == len(sizes):
        return fullest.labels, sizes
    return pool.order.longest_first(list(sizes), sizes), sizes


def _apply(
    pool: Pool, kind: str, fields: Sequence[Any], values: Sequence[Value], bounds: Bounds
) -> Value:
    labels, sizes = _laid_out(pool, values)
    places = tuple(tuple(labels.index(x) for x in v.labels) for v in values)
    shape = [sizes[x] for x in labels]
    op = pool.make(kind, [v.op for v in values], [*fields, places], shape, bounds)
    return Value(op, labels)


def linear(pool: Pool, terms: Sequence[tuple[Any, Value]]) -> Value:
    """The sum of coefficients times values, broadcast; the first term leads the source."""
    numbers = sum((c * number(v) for c, v in terms if number(v) is not None), S.Zero)
    rest = []
    small = len({x for _, v in terms for x in v.labels}) < 2
    for c, v in terms:
        if small and v.op.kind == "linear" and c in (1, -1):
            inner = list(zip(v.op.fields[0], arguments_of(v), strict=True))
            rest += [(c * f, a) for f, a in inner if number(a) is None]
            numbers += sum((c * f * number(a) for f, a in inner if number(a) is not None), S.Zero)
        elif small and v.op.kind == "times" and v.op.fields[0] != 1:
            plain = list(zip(arguments_of(v), v.op.fields[1], strict=True))
            rest.append((c * v.op.fields[0], times(pool, S.One, plain)))
        elif number(v) is None:
            rest.append((c, v))
    if not rest:
        return scalar(pool, numbers)
    if numbers == 0 and len(rest) == 1:
        return times(pool, rest[0][0], [(rest[0][1], 1)])
    given = [*rest, (S.One, scalar(pool, numbers))] if numbers != 0 else rest
    given.sort(key=lambda t: bool(t[0].could_extract_minus_sign()))
    bounds = _sum([_product(_bounds_of(c), (v.op.low, v.op.high)) for c, v in given])
    coefficients = tuple(c for c, _ in given)
    return _apply(pool, "linear", [coefficients], [v for _, v in given], bounds)


def times(pool: Pool, coefficient: Any, factors: Sequence[tuple[Value, int]]) -> Value:
    """A coefficient times values to the powers 1 or -1, broadcast."""
    given: list[tuple[Value, int]] = []
    small = len({x for v, _ in factors for x in v.labels}) < 2
    for value, exponent in factors:
        inner = value.op.kind == "times" and exponent == 1
        if number(value) is not None:
            coefficient = coefficient * number(value) ** exponent
        elif inner and (small or len(value.op.args) == 1):
            coefficient = coefficient * value.op.fields[0]
            given += zip(arguments_of(value), value.op.fields[1], strict=True)
        else:
            given.append((value, exponent))
    if not given:
        return scalar(pool, coefficient)
    if coefficient == 0:
        return scalar(pool, S.Zero)
    if coefficient == 1 and len(given) == 1 and given[0][1] == 1:
        return given[0][0]
    bounds = _bounds_of(coefficient)
    for value, exponent in given:
        own = (value.op.low, value.op.high)
        bounds = _product(bounds, own if exponent == 1 else _reciprocal(own))
    exponents = tuple(e for _, e in given)
    return _apply(pool, "times", [coefficient, exponents], [v for v, _ in given], bounds)


def arguments_of(value: Value) -> list[Value]:
    """The arguments of an elementwise operation, with the labels of its value."""
    return [
        Value(a, tuple(value.labels[p] for p in place))
        for a, place in zip(value.op.args, value.op.fields[-1], strict=True)
    ]


def square(pool: Pool, value: Value) -> Value:
    """The square of every entry."""
    if number(value) is not None:
        return scalar(pool, number(value) ** 2)
    own = (value.op.low, value.op.high)
    high = _product(own, own)[1]
    op = pool.make("square", (value.op,), (), value.op.sizes, (0.0, high))
    return Value(op, value.labels)


def call(pool: Pool, name: str, values: Sequence[Value]) -> Value:
    """A function of every entry."""
    if name in ("sqrt", "norm_root", "inverse_root"):
        length = _norm(pool, values[0])
        if length is not None:
            return length if name != "inverse_root" else call(pool, "inverse_norm", [length])
    bounds = RANGES.get(name, (-inf, inf))
    own = [(v.op.low, v.op.high) for v in values]
    if name in ("maximum", "minimum"):
        pick = max if name == "maximum" else min
        bounds = (pick(b[0] for b in own), pick(b[1] for b in own))
    elif name == "where":
        bounds = (min(b[0] for b in own[1:]), max(b[1] for b in own[1:]))
    elif name == "sign" and own[0][0] >= 0:
        bounds = (0.0, 1.0)
    elif name == "pow" and own[0][0] >= 0:
        bounds = (0.0, inf)
    return _apply(pool, "call", [name], values, bounds)


def _norm(pool: Pool, value: Value) -> Value | None:
    """The root of a sum of squares, taken so that the squares do not overflow."""
    op = value.op
    if op.kind != "dot" or op.args[0] is not op.args[1] or op.fields[0] != op.fields[1]:
        return None
    axes = tuple(a for a, x in enumerate(op.fields[0]) if x not in op.fields[2])
    kept = tuple(x for x in op.fields[0] if x in op.fields[2])
    if kept != op.fields[2]:
        return None
    found = pool.make("norm", (op.args[0],), (axes,), op.sizes, (0.0, inf))
    return Value(found, value.labels)


def wide(pool: Pool, value: Value, labels: Sequence[Label], sizes: Mapping[Label, Size]) -> Value:
    """The value with all of these labels, in this order if some were missing."""
    if set(labels) == set(value.labels):
        return value
    shape = [sizes[x] for x in labels]
    bounds = (value.op.low, value.op.high)
    if not value.labels:
        return Value(pool.make("full", (value.op,), (), shape, bounds), tuple(labels))
    places = tuple(labels.index(x) for x in value.labels)
    return Value(pool.make("wide", (value.op,), (places,), shape, bounds), tuple(labels))
