"""Axes of size 1 taken away."""

from typing import Any

from sympy import Integer

from refmath.emit.tensor.notation import sums
from refmath.emit.tensor.notation.compose import (
    call,
    dot,
    is_row,
    ones,
    power,
    scaled,
    sliced,
    times,
    transpose,
)
from refmath.emit.tensor.notation.pushed import WHOLE
from refmath.emit.tensor.notation.tree import (
    Add,
    Call,
    Dot,
    Fill,
    Notation,
    Power,
    Scaled,
    Times,
    Transpose,
)

__all__ = ["squeezed"]


def squeezed(x: Notation, axis: int) -> Notation:
    """A piece without an axis of size 1; a row becomes a column."""
    shape = (*x.shape[:axis], *x.shape[axis + 1:])
    if isinstance(x, Scaled):
        return scaled(x.coefficient, squeezed(x.children[0], axis))
    if isinstance(x, Fill):
        return ones(*shape)
    if isinstance(x, Add | Times | Power) or (isinstance(x, Call) and x.name not in WHOLE):
        return _elementwise(x, axis, shape)
    if isinstance(x, Transpose) and x.rank == 2:
        return squeezed(x.children[0], 1 - axis)
    if isinstance(x, Dot) and x.rank == 2:
        return _product(x, axis)
    if isinstance(x, Call) and x.axes is not None and len(x.axes) == 1:
        return _along(x, axis, shape)
    return sliced(x, axis, Integer(0), None)


def _elementwise(x: Notation, axis: int, shape: tuple[Any, ...]) -> Notation:
    inside = [squeezed(c, axis) if c.shape == x.shape else c for c in x.children]
    if isinstance(x, Add):
        return sums.add(inside, shape)
    if isinstance(x, Times):
        return times(inside, shape)
    if isinstance(x, Power) and x.exponent is not None:
        return power(inside[0], x.exponent)
    return type(x)(shape, tuple(inside), *x.fields)


def _product(x: Dot, axis: int) -> Notation:
    first, last = x.children[0], x.children[-1]
    if axis == 0:
        rest = dot(x.children[1:])
        if first.rank == 1:
            return times([squeezed(first, 0), transpose(rest)], x.shape[1:])
        return transpose(dot([transpose(squeezed(first, 0)), rest]))
    rest = dot(x.children[:-1])
    if is_row(last):
        return times([squeezed(transpose(last), 0), rest], x.shape[:1])
    return dot([rest, squeezed(last, 1)])


def _along(x: Call, axis: int, shape: tuple[Any, ...]) -> Notation:
    """A function along an axis of a matrix that has one row or column."""
    (inside,) = x.children
    (along,) = x.axes
    if inside.rank == 2 and x.rank == 1:
        return call(x.name, [squeezed(inside, 1 - along)], shape)
    if inside.rank == 2 and axis != along:
        return call(x.name, [squeezed(inside, axis)], shape, (0,))
    return sliced(x, axis, Integer(0), None)
