"""The operations that a kernel consists of, each on whole arrays. Equal operations are one object.

Which kinds there are, with their fields, is listed in ``KINDS``.
"""

from collections.abc import Iterable
from math import inf
from typing import Any, NamedTuple

from refmath.emit.tensor.kernel.sizes import Order
from refmath.tensor.sizes import Size

__all__ = ["KINDS", "Bounds", "Label", "Op", "Pool", "Value"]

Label = Any
Bounds = tuple[float, float]

KINDS = {
    "arg": "(name): an array that is given",
    "scalar": "(expression): a number made of scalars and sizes",
    "linear": "(coefficients, places): the sum of coefficients times arguments, broadcast",
    "times": "(coefficient, exponents, places): the product of arguments to the powers 1 or -1",
    "square": "(): the square of every entry",
    "call": "(function, places): a scalar function of every entry",
    "dot": "(labels of both, labels of the result): the product, summed over the other labels",
    "sum": "(axes): the sum over axes",
    "max": "(axes): the maximum over axes",
    "argmax": "(axes): the index of the first maximum over axes, in reading order",
    "unravel": "(sizes, which): that one of the indices an index in reading order stands for",
    "index": "(items): a slice, an index or all of each axis",
    "windows": "(axis, offset, stride, count, dilation, width): windows along an axis",
    "pad": "(axis, before, after): zeros before and after",
    "diagonal": "(places): axes of one place become one",
    "count": "(): 0, 1, 2, ...",
    "pick": "(items, sizes): entries chosen by arrays of labels",
    "full": "(): the only argument, a number, in some shape",
    "wide": "(places): the only argument, broadcast to some shape",
    "place": "(pieces): a base with terms added at some of its entries",
    "spread": "(loops, room, piece): windows added up into zeros",
    "grams": "(signs, symmetric): blocks [a, b], given those where a = b and the others",
    "norm": "(axes): the root of the sum of squares over axes",
    "inverse": "(): the inverse matrix",
    "logdet": "(): the logarithm of the absolute value of the determinant",
}
"""The kinds of operations and what their fields say."""

class Op:
    """An operation.

    Attributes:
        kind: One of ``KINDS``.
        args: The operations whose results it takes.
        fields: What else it is made of.
        sizes: The size of each axis of the result.
        low: No entry of the result is smaller, as computed, unless it is NaN.
        high: Nor larger.
        number: In which order the operations were made.
    """

    __slots__ = ("args", "fields", "high", "kind", "low", "number", "sizes")

    def __init__(
        self, kind: str, args: tuple["Op", ...], fields: tuple[Any, ...], sizes: tuple[Size, ...],
        bounds: Bounds, number: int,
    ) -> None:
        self.kind, self.args, self.fields, self.sizes = kind, args, fields, sizes
        self.low, self.high = bounds
        self.number = number

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.sizes)

    def __repr__(self) -> str:
        return f"{self.kind}{self.number}{self.sizes}"


class Value(NamedTuple):
    """The result of an operation with a label for each of its axes.

    An axis that a tensor has and its value has not is one along which it is constant.
    """

    op: Op
    labels: tuple[Label, ...]

    def renamed(self, change: Any) -> "Value":
        """The same with other labels."""
        return Value(self.op, tuple(change.get(x, x) for x in self.labels))


class Pool:
    """All operations of a kernel that is being made.

    Attributes:
        order: How long the axes are thought to be, and which goes first.
        known: Products that were contracted before, by what they consist of.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.known: dict[Any, Any] = {}
        self._ops: dict[Any, Op] = {}

    def make(
        self, kind: str, args: Iterable[Op], fields: Iterable[Any], sizes: Iterable[Size],
        bounds: Bounds = (-inf, inf),
    ) -> Op:
        """The operation of that kind."""
        assert kind in KINDS
        given, extra, shape = tuple(args), tuple(fields), tuple(sizes)
        key = (kind, given, extra, shape)
        found = self._ops.get(key)
        if found is None:
            found = self._ops[key] = Op(kind, given, extra, shape, bounds, len(self._ops))
        return found

    def elements(self, sizes: Iterable[Size]) -> float:
        """How many entries an array is thought to have."""
        total = 1.0
        for size in sizes:
            total *= self.order.length(size)
        return total
