"""Operators, products and reductions of tensor expressions, broadcast as in NumPy."""

from collections.abc import Sequence
from operator import index
from typing import Any

from sympy import Integer, S

from refmath.errors import InvalidInput
from refmath.tensor import build
from refmath.tensor.declare import as_tensor
from refmath.tensor.node import Tensor, Variable, placeholder
from refmath.tensor.sizes import Size, shown

__all__ = [
    "Axis", "axes_of", "broadcast", "dot", "logsumexp", "matmul", "max", "mean", "min", "minus",
    "named", "one_axis", "outer", "over", "plus", "power", "sum", "times", "whole",
]

Axis = int | Sequence[int] | None


def broadcast(what: str, *values: Any) -> list[Tensor]:
    """Tensors brought to one shape by NumPy's rules.

    Raises:
        InvalidInput: Their sizes do not fit.
    """
    nodes = [as_tensor(v) for v in values]
    shape = _common_shape(what, nodes)
    return [_expanded(x, shape) for x in nodes]


def _common_shape(what: str, nodes: Sequence[Tensor]) -> tuple[Size, ...]:
    rank = _most(x.rank for x in nodes)
    shape: list[Size] = []
    for axis in range(rank):
        sizes = [
            x.shape[axis - rank + x.rank] for x in nodes if axis - rank + x.rank >= 0
        ]
        wide = {s for s in sizes if s != 1}
        if len(wide) > 1:
            pair = " and ".join(f"{named(x)} of shape {shown(x.shape)}" for x in nodes)
            raise InvalidInput(
                f"{what}: {pair} do not fit: {' and '.join(str(s) for s in sorted(wide, key=str))}"
                f" meet on axis {axis}"
            )
        shape.append(wide.pop() if wide else Integer(1))
    return tuple(shape)


def _most(values: Any) -> int:
    """The largest of some whole numbers; ``max`` is the tensors' here."""
    return int(sorted(values)[-1])


def named(node: Tensor) -> str:
    """An expression for an error message."""
    if isinstance(node, Variable):
        return node.name
    text = repr(node)
    return f"`{text}`" if len(text) < 40 else f"`{text[:37]}...`"


def _expanded(node: Tensor, shape: tuple[Size, ...]) -> Tensor:
    if node.shape == shape:
        return node
    start = len(shape) - node.rank
    sizes: dict[Any, Size] = dict(enumerate(shape))
    labels: list[Any] = []
    for axis, size in enumerate(node.shape):
        label: Any = start + axis
        if size != shape[start + axis]:  # an axis of size 1 that is stretched: summed over
            label = ("one", axis)
            sizes[label] = size
        labels.append(label)
    return build.product(1, [(node, tuple(labels))], range(len(shape)), sizes)


def plus(a: Any, b: Any) -> Tensor:
    """The elementwise sum."""
    x, y = broadcast("+", a, b)
    return build.add([x, y], x.shape)


def minus(a: Any, b: Any) -> Tensor:
    """The elementwise difference."""
    x, y = broadcast("-", a, b)
    return build.add([x, build.scaled(-1, y)], x.shape)


def times(a: Any, b: Any) -> Tensor:
    """The elementwise product."""
    x, y = broadcast("*", a, b)
    labels = tuple(range(x.rank))
    return build.product(1, [(x, labels), (y, labels)], labels, dict(enumerate(x.shape)))


def over(a: Any, b: Any) -> Tensor:
    """The elementwise quotient.

    Raises:
        InvalidInput: The denominator is the constant 0.
    """
    bottom = as_tensor(b)
    if build.is_zero(bottom):
        raise InvalidInput("division by 0")
    return times(a, power(bottom, -1))


def power(a: Any, b: Any) -> Tensor:
    """The elementwise power."""
    x, y = broadcast("**", a, b)
    return build.elementwise(placeholder(0) ** placeholder(1), [x, y])


def matmul(a: Any, b: Any) -> Tensor:
    """The matrix product of vectors and matrices, as NumPy's ``@``.

    Raises:
        InvalidInput: Inner sizes differ, or one is a scalar.
    """
    x, y = as_tensor(a), as_tensor(b)
    if not (1 <= x.rank <= 2 and 1 <= y.rank <= 2):
        raise InvalidInput(
            f"@ multiplies vectors and matrices, found {named(x)} of shape {shown(x.shape)} and "
            f"{named(y)} of shape {shown(y.shape)}; for scalars write *, for other ranks einsum"
        )
    if x.shape[-1] != y.shape[0]:
        raise InvalidInput(
            f"@: {named(x)} of shape {shown(x.shape)} and {named(y)} of shape {shown(y.shape)} "
            f"do not fit: {x.shape[-1]} and {y.shape[0]} meet"
        )
    left = ("i", "k") if x.rank == 2 else ("k",)
    right = ("k", "j") if y.rank == 2 else ("k",)
    out = [*left[:-1], *right[1:]]
    sizes = {**dict(zip(left, x.shape, strict=True)), **dict(zip(right, y.shape, strict=True))}
    return build.product(1, [(x, left), (y, right)], out, sizes)


def dot(a: Any, b: Any) -> Tensor:
    """The sum of the products of all entries of two tensors of one shape.

    Raises:
        InvalidInput: Their shapes differ.
    """
    x, y = as_tensor(a), as_tensor(b)
    if x.shape != y.shape:
        raise InvalidInput(
            f"dot: {named(x)} of shape {shown(x.shape)} and {named(y)} of shape "
            f"{shown(y.shape)} do not fit"
        )
    return sum(times(x, y))


def outer(a: Any, b: Any) -> Tensor:
    """All products of an entry of one with an entry of the other."""
    x, y = as_tensor(a), as_tensor(b)
    first = tuple(range(x.rank))
    second = tuple(range(x.rank, x.rank + y.rank))
    sizes = dict(enumerate((*x.shape, *y.shape)))
    return build.product(1, [(x, first), (y, second)], (*first, *second), sizes)


def axes_of(node: Tensor, axis: Axis) -> tuple[int, ...]:
    """Axes as whole numbers from 0; all of them if none is given.

    Raises:
        InvalidInput: Not axes of this tensor, or one is named twice.
    """
    if axis is None:
        return tuple(range(node.rank))
    found = []
    for a in axis if isinstance(axis, list | tuple) else (axis,):
        place = whole(a, "axis")
        if not -node.rank <= place < node.rank:
            raise InvalidInput(f"axis {a} does not exist; the shape is {shown(node.shape)}")
        found.append(place % node.rank)
    if len(set(found)) != len(found):
        raise InvalidInput(f"axes {axis} name one axis twice; the shape is {shown(node.shape)}")
    return tuple(sorted(found))


def one_axis(node: Tensor, axis: Any) -> int:
    """A single axis as a whole number from 0.

    Raises:
        InvalidInput: Not one axis of this tensor.
    """
    (place,) = axes_of(node, (axis,))
    return place


def whole(value: Any, what: str, least: int | None = None) -> int:
    """A whole number that is given as an option.

    Raises:
        InvalidInput: Not a whole number, or less than the least.
    """
    try:
        found = None if isinstance(value, bool) else index(value)
    except TypeError:
        found = None
    if found is None or (least is not None and found < least):
        bound = "" if least is None else f" from {least}"
        raise InvalidInput(
            f"expected a whole number{bound} as {what}, found {value!r} of type "
            f"{type(value).__name__}"
        )
    return found


def _filled(what: str, node: Tensor, axes: tuple[int, ...]) -> None:
    if any(node.shape[a] == 0 for a in axes):
        raise InvalidInput(f"{what} of no entries: {named(node)} has the shape {shown(node.shape)}")


def _kept(node: Tensor, full: Tensor, axes: tuple[int, ...], keepdims: bool) -> Tensor:
    if not isinstance(keepdims, bool):
        raise InvalidInput(
            f"expected True or False as keepdims, found {keepdims!r} of type "
            f"{type(keepdims).__name__}; several axes are given as a tuple"
        )
    if not keepdims:
        return node
    labels = tuple(i for i in range(full.rank) if i not in axes)
    sizes = {i: Integer(1) if i in axes else s for i, s in enumerate(full.shape)}
    return build.product(1, [(node, labels)], range(full.rank), sizes)


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001
    """The sum over axes, all of them if none is given."""
    node = as_tensor(x)
    axes = axes_of(node, axis)
    labels = tuple(range(node.rank))
    out = [i for i in labels if i not in axes]
    found = build.product(1, [(node, labels)], out, dict(enumerate(node.shape)))
    return _kept(found, node, axes, keepdims)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over axes, all of them if none is given."""
    node = as_tensor(x)
    axes = axes_of(node, axis)
    _filled("mean", node, axes)
    count = S.One
    for a in axes:
        count = count * node.shape[a]
    return build.scaled(1 / count, sum(node, axis, keepdims))


def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001
    """The maximum over axes. Where several are largest, the derivative goes to the first."""
    node = as_tensor(x)
    axes = axes_of(node, axis)
    _filled("max", node, axes)
    return _kept(build.reduce("max", node, axes), node, axes, keepdims)


def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001
    """The minimum over axes. Where several are smallest, the derivative goes to the first."""
    return -max(-as_tensor(x), axis, keepdims)


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials, without overflow."""
    node = as_tensor(x)
    axes = axes_of(node, axis)
    _filled("logsumexp", node, axes)
    return _kept(build.reduce("logsumexp", node, axes), node, axes, keepdims)
