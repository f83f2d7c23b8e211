"""Where a product reads and writes: deltas, slices, windows and labels become indices.

A factor that is 1 where an affine form of the indices vanishes determines one of its labels by the
others; one-hot labels determine their last label. What can be determined becomes an index into the
other factors or into the result; what cannot stays a mask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Integer, Max, S

from refmath.emit.tensor.kernel.elementwise import call, linear, scalar
from refmath.emit.tensor.kernel.ops import Label, Pool, Value
from refmath.emit.tensor.kernel.sizes import at_least
from refmath.tensor.node import Affine
from refmath.tensor.sizes import Size

__all__ = ["Along", "Chosen", "Index", "Indices", "reach"]


@dataclass(frozen=True)
class Along:
    """An index that is an offset plus whole multiples of labels.

    Attributes:
        steps: Labels with their multiples.
        offset: The offset.
        sure: Whether it stays within its axis, or each call checks that it does.
    """

    steps: tuple[tuple[Label, int], ...]
    offset: Any
    sure: bool = True

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that it depends on."""
        return tuple(x for x, _ in self.steps)


@dataclass(frozen=True)
class Chosen:
    """An index that an array of whole numbers holds.

    Attributes:
        value: The array.
        room: By how much it may leave the axis before its start, and after its end.
    """

    value: Value
    room: tuple[Any, Any] = (0, 0)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that it depends on."""
        return self.value.labels


Index = Along | Chosen


class Indices:
    """The indices behind the labels of one product.

    Attributes:
        found: What determined labels stand for.
        vanishes: Whether the product is 0.

    Args:
        pool: The operations.
        sizes: The size of every label.
        out: The labels of the product's own axes.
        dense: The labels that stand on a factor that is no indicator.
    """

    def __init__(
        self, pool: Pool, sizes: Mapping[Label, Size], out: Sequence[Label], dense: set[Label]
    ) -> None:
        self.pool, self.sizes = pool, sizes
        self.out, self.dense = tuple(out), dense
        self.found: dict[Label, Index] = {}
        self._masks: list[tuple[dict[Label, int], Any]] = []
        self._chosen: list[tuple[Label, Value]] = []
        self.vanishes = False

    def index(self, label: Label) -> Index:
        """What a label stands for; itself if it is free."""
        return self.found.get(label) or Along(((label, 1),), S.Zero)

    def require(self, node: Affine, labels: Sequence[Label]) -> None:
        """Take account of an affine factor."""
        steps: dict[Label, int] = {}
        offset = node.offset
        for label, coefficient in zip(labels, node.coefficients, strict=True):
            index = self.index(label)
            assert isinstance(index, Along)
            offset = offset - coefficient * index.offset
            for x, step in index.steps:
                steps[x] = steps.get(x, 0) + coefficient * step
        steps = {x: c for x, c in steps.items() if c}
        offset = offset.expand() if hasattr(offset, "expand") else Integer(offset)
        if not steps and offset.is_number:
            self.vanishes = self.vanishes or offset != 0
            return
        ranked = [
            (self._rank(x, steps, offset, node, labels), x) for x, c in steps.items() if abs(c) == 1
        ]
        rank, best = max(ranked, key=lambda r: r[0], default=((False, False), None))
        if rank[0]:
            self._determine(best, replace(self._solved(best, steps, offset), sure=rank[1]))
        else:
            self._masks.append((steps, offset))

    def choose(self, label: Label, value: Value) -> None:
        """Take account of a label that an array holds."""
        if label in self.found:
            self._chosen.append((label, value))
        else:
            self.found[label] = Chosen(value)

    def way(self, label: Label) -> Index:
        """The index at which the axis of a label is written."""
        index = self.index(label)
        if isinstance(index, Chosen) or not any(x in self.found for x in index.labels):
            return index
        room = (S.Zero, S.Zero) if index.sure else reach(index, self.sizes[label], self.sizes)
        return Chosen(self._number(index), room)

    def masks(self) -> list[Value]:
        """Arrays of truth values; an entry counts where all are true."""
        found = []
        for steps, offset in self._masks:
            left = self._number(Along(tuple(steps.items()), S.Zero))
            found.append(call(self.pool, "equal", [left, scalar(self.pool, offset)]))
        for label, value in self._chosen:
            found.append(call(self.pool, "equal", [self._number(self.index(label)), value]))
        return found

    def _number(self, index: Index) -> Value:
        """An index as an array of whole numbers."""
        if isinstance(index, Chosen):
            return index.value
        terms = [(Integer(c), self._number_of(x)) for x, c in index.steps]
        return linear(self.pool, [*terms, (S.One, scalar(self.pool, index.offset))])

    def _number_of(self, label: Label) -> Value:
        index = self.index(label)
        if index == Along(((label, 1),), S.Zero):
            size = self.sizes[label]
            return Value(self.pool.make("count", (), (), (size,)), (label,))
        return self._number(index)

    def _solved(self, label: Label, steps: Mapping[Label, int], offset: Any) -> Along:
        sign = steps[label]
        rest = tuple((x, -c // sign) for x, c in steps.items() if x != label)
        return Along(rest, offset / sign)

    def _rank(
        self, label: Label, steps: Mapping[Label, int], offset: Any, node: Affine,
        labels: Sequence[Label],
    ) -> tuple[bool, ...]:
        """Whether a label can be determined at all; whether within its axis; and preferences."""
        index = self._solved(label, steps, offset)
        own = set(self.out)
        plain = len(index.steps) <= 1
        summed = label not in own
        fits = self._fits(index, label)
        if node.rank <= 2 and label == labels[0] and set(steps) == set(labels):
            fits = True  # that an index or slice stays within its axis is checked in each call
        able = all(step > 0 for _, step in index.steps)
        able = able and (plain or summed or not own & set(index.labels))
        able = able and (fits or not summed or label in self.dense)
        return able, fits, summed, label == labels[0]

    def _fits(self, index: Along, label: Label) -> bool:
        low, high = span(index, self.sizes)
        return at_least(low, 0) and at_least(self.sizes[label] - 1, high)

    def _determine(self, label: Label, index: Along) -> None:
        for other, old in self.found.items():
            assert isinstance(old, Along)
            step = dict(old.steps).pop(label, 0)
            if step:
                steps = {x: c for x, c in old.steps if x != label}
                for x, c in index.steps:
                    steps[x] = steps.get(x, 0) + step * c
                offset = (old.offset + step * index.offset).expand()
                sure = old.sure and index.sure
                self.found[other] = Along(tuple(steps.items()), offset, sure)
        self.found[label] = index


def span(index: Along, sizes: Mapping[Label, Size]) -> tuple[Any, Any]:
    """The least and the largest value of an index, if no axis is empty."""
    low = high = index.offset
    for x, step in index.steps:
        if step > 0:
            high = high + step * (sizes[x] - 1)
        else:
            low = low + step * (sizes[x] - 1)
    return low, high


def reach(index: Along, size: Size, sizes: Mapping[Label, Size]) -> tuple[Any, Any]:
    """By how much an index leaves an axis before its start, and after its end."""
    low, high = span(index, sizes)
    before = S.Zero if at_least(low, 0) else _positive(-low)
    after = S.Zero if at_least(size - 1, high) else _positive(high - size + 1)
    return before, after


def _positive(size: Any) -> Any:
    size = size.expand()
    return size if at_least(size, 0) else Max(size, 0)
