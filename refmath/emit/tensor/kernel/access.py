"""Reading arrays at indices: slices, windows, entries chosen by labels, diagonals."""

from collections.abc import Mapping
from typing import Any

from sympy import Integer

from refmath.emit.tensor.kernel.indices import Along, Chosen, Index, reach, span
from refmath.emit.tensor.kernel.ops import Label, Pool, Value
from refmath.tensor.sizes import Size

__all__ = ["read"]


def read(
    pool: Pool, value: Value, found: Mapping[Label, Index], sizes: Mapping[Label, Size]
) -> Value:
    """A value at the indices that its labels stand for; zero where these leave its axes."""
    for label in dict.fromkeys(value.labels):
        index = found.get(label)
        if isinstance(index, Along):
            for axis in range(len(value.labels) - 1, -1, -1):
                if value.labels[axis] == label:
                    value = _along(pool, value, axis, index, sizes)
    picked = {x: i for x, i in found.items() if isinstance(i, Chosen)}
    if picked.keys() & set(value.labels):
        value = _picked(pool, value, picked)
    return _diagonal(pool, value)


def _along(
    pool: Pool, value: Value, axis: int, index: Along, sizes: Mapping[Label, Size]
) -> Value:
    op, labels = value
    size = op.sizes[axis]
    if not index.sure:
        before, after = reach(index, size, sizes)
        if (before, after) != (0, 0):
            size = size + before + after
            shape = (*op.sizes[:axis], size, *op.sizes[axis + 1:])
            bounds = (min(op.low, 0.0), max(op.high, 0.0))
            op = pool.make("pad", (op,), (axis, before, after), shape, bounds)
            index = Along(index.steps, index.offset + before)
    if len(index.steps) < 2:
        return _sliced(pool, Value(op, labels), axis, index, sizes)
    return _windowed(pool, Value(op, labels), axis, index, sizes)


def _sliced(
    pool: Pool, value: Value, axis: int, index: Along, sizes: Mapping[Label, Size]
) -> Value:
    op, labels = value
    if not index.steps and op.kind == "index":
        return _sliced_again(pool, value, axis, index)
    items: list[Any] = [("all",)] * op.rank
    if not index.steps:
        items[axis] = ("at", index.offset)
        shape = (*op.sizes[:axis], *op.sizes[axis + 1:])
        rest = (*labels[:axis], *labels[axis + 1:])
        found = pool.make("index", (op,), (tuple(items),), shape, (op.low, op.high))
        return Value(found, rest)
    ((label, step),) = index.steps
    renamed = (*labels[:axis], label, *labels[axis + 1:])
    count = sizes[label]
    if step == 1 and index.offset == 0 and count == op.sizes[axis]:
        return Value(op, renamed)
    items[axis] = ("slice", index.offset, count, step)
    shape = (*op.sizes[:axis], count, *op.sizes[axis + 1:])
    found = pool.make("index", (op,), (tuple(items),), shape, (op.low, op.high))
    return Value(found, renamed)


def _sliced_again(pool: Pool, value: Value, axis: int, index: Along) -> Value:
    """An entry of what has been indexed on another axis, in one index."""
    op, labels = value
    items = list(op.fields[0])
    place = [a for a, item in enumerate(items) if item[0] != "at"][axis]
    shape = (*op.sizes[:axis], *op.sizes[axis + 1:])
    rest = (*labels[:axis], *labels[axis + 1:])
    if items[place] == ("all",):
        items[place] = ("at", index.offset)
        fields, base = (tuple(items),), op.args[0]
    else:
        fields = (tuple(("at", index.offset) if a == axis else ("all",) for a in range(op.rank)),)
        base = op
    return Value(pool.make("index", (base,), fields, shape, (op.low, op.high)), rest)


def _windowed(
    pool: Pool, value: Value, axis: int, index: Along, sizes: Mapping[Label, Size]
) -> Value:
    """Windows along an axis: the longer label numbers them, the shorter goes through each."""
    op, labels = value
    ordered = sorted(index.steps, key=lambda s: -pool.order.length(sizes[s[0]]))
    if len(ordered) > 2:  # windows of windows
        start: Label = object()
        *rest, last = ordered
        inner = Along(tuple(rest), Integer(0))
        known = {**sizes, start: span(inner, sizes)[1] + 1}
        outer = _windowed(pool, value, axis, Along(((start, 1), last), index.offset), known)
        return _along(pool, outer, outer.labels.index(start), inner, known)
    (one, first), (two, second) = ordered
    fields = (axis, index.offset, first, sizes[one], second, sizes[two])
    shape = (*op.sizes[:axis], sizes[one], *op.sizes[axis + 1:], sizes[two])
    found = pool.make("windows", (op,), fields, shape, (op.low, op.high))
    return Value(found, (*labels[:axis], one, *labels[axis + 1:], two))


def _picked(pool: Pool, value: Value, picked: Mapping[Label, Chosen]) -> Value:
    """Entries chosen by arrays of labels, as NumPy's advanced indices give them."""
    op, labels = value
    together: dict[Label, Size] = {}
    for x in labels:
        if x in picked:
            chosen = picked[x].value
            together |= dict(zip(chosen.labels, chosen.op.sizes, strict=True))
    order = list(together)
    items: list[Any] = []
    arrays: list[Any] = []
    for x in labels:
        if x in picked:
            chosen = picked[x].value
            arrays.append(chosen.op)
            items.append(("pick", len(arrays), tuple(order.index(y) for y in chosen.labels)))
        elif x in together:
            items.append(("count", order.index(x)))
        else:
            items.append(("all",))
    advanced = [a for a, item in enumerate(items) if item[0] != "all"]
    rest = [(x, s) for x, s, i in zip(labels, op.sizes, items, strict=True) if i[0] == "all"]
    place = 0
    if advanced == list(range(advanced[0], advanced[-1] + 1)):
        place = sum(items[a][0] == "all" for a in range(advanced[0]))
    result = [*rest[:place], *together.items(), *rest[place:]]
    fields = (tuple(items), tuple(together.values()))
    found = pool.make(
        "pick", (op, *arrays), fields, tuple(s for _, s in result), (op.low, op.high)
    )
    return Value(found, tuple(x for x, _ in result))


def _diagonal(pool: Pool, value: Value) -> Value:
    """Axes with one label become one."""
    op, labels = value
    kept = tuple(dict.fromkeys(labels))
    if len(kept) == len(labels):
        return value
    places = tuple(kept.index(x) for x in labels)
    shape = tuple(op.sizes[labels.index(x)] for x in kept)
    return Value(pool.make("diagonal", (op,), (places,), shape, (op.low, op.high)), kept)
