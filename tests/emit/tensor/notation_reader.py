"""Evaluates printed formulas: what a mathematician takes them to mean, in numbers.

Entries outside of a tensor do not exist; what is multiplied by a relation that does not hold is not
looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product as all_indices
from typing import Any

import numpy as np
from flint import arb
from notation_balls import FUNCTIONS, ball, power
from notation_grammar import Line, Node, text_lines
from notation_latex import latex_lines
from notation_values import (
    BALLS,
    Shape,
    Value,
    constant,
    diagonal,
    filled,
    identity,
    matmul,
    one_hot,
    quotient,
    together,
    whole_function,
)


@dataclass(frozen=True)
class Reader:
    """Reads formulas.

    Attributes:
        values: Tensors and scalars by name.
        sizes: Sizes by name.
    """

    values: Mapping[str, Value]
    sizes: Mapping[str, int]

    def value(self, node: Node, at: Mapping[str, int]) -> Value:
        """The value of a piece of syntax where indices have values."""
        return getattr(self, f"_{node.kind}")(node, at)

    def _number(self, node: Node, at: Mapping[str, int]) -> Value:
        return constant(arb(node.value))

    def _ones(self, node: Node, at: Mapping[str, int]) -> Value:
        return filled(self.whole(node.parts[0], at) if node.parts else None)

    def _identity(self, node: Node, at: Mapping[str, int]) -> Value:
        return identity(self.whole(node.parts[0], at))

    def _name(self, node: Node, at: Mapping[str, int]) -> Value:
        if node.value in self.values:
            return self.values[node.value]
        if node.value == "I":
            return identity(None)
        if node.value == "pi":
            return constant(arb.pi())
        return constant(arb(self.whole(node, at)))

    def _minus(self, node: Node, at: Mapping[str, int]) -> Value:
        return together(lambda a: -a, [self.value(node.parts[0], at)])

    def _sum(self, node: Node, at: Mapping[str, int]) -> Value:
        return together(lambda *a: sum(a, arb(0)), [self.value(p, at) for p in node.parts])

    def _times(self, node: Node, at: Mapping[str, int]) -> Value:
        return together(lambda a, b: a * b, [self.value(p, at) for p in node.parts])

    def _over(self, node: Node, at: Mapping[str, int]) -> Value:
        top = self.value(node.parts[0], at)
        if at and not top.rank and top.array()[()] == 0:
            return top  # what is below need not exist where a relation does not hold
        return together(quotient, [top, self.value(node.parts[1], at)])

    def _power(self, node: Node, at: Mapping[str, int]) -> Value:
        return together(power, [self.value(p, at) for p in node.parts])

    def _side(self, node: Node, at: Mapping[str, int]) -> Value:
        relations = [p for p in node.parts if p.kind == "relation"]
        if any(not self.holds(p, at) for p in relations):
            return constant(arb(0))
        out: Value | None = None
        for part in node.parts:
            if part.kind != "relation":
                found = self.value(part, at)
                out = found if out is None else matmul(out, found)
        return constant(arb(1)) if out is None else out

    def _transpose(self, node: Node, at: Mapping[str, int]) -> Value:
        x = self.value(node.parts[0], at)
        assert x.rank in (1, 2), "only vectors and matrices have a transpose"
        if x.rank == 1:
            return replace(x, row=not x.row)
        return Value(x.shape[::-1], lambda s: x.array(s[::-1]).T)

    def _relation(self, node: Node, at: Mapping[str, int]) -> Value:
        return constant(arb(int(self.holds(node, at))))

    def holds(self, node: Node, at: Mapping[str, int]) -> bool:
        """Whether a chain of relations holds."""
        sides = [self.place(p, at) for p in node.parts]
        tests = {"=": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b}
        return all(tests[s](sides[i], sides[i + 1]) for i, s in enumerate(node.value))

    def place(self, node: Node, at: Mapping[str, int]) -> tuple[int, ...]:
        """One or several whole numbers."""
        if node.kind == "tuple":
            return tuple(self.whole(p, at) for p in node.parts)
        if node.kind == "fold" and node.value[0] == "argmax":
            return self._argmax(node, at)
        return (self.whole(node, at),)

    def whole(self, node: Node, at: Mapping[str, int]) -> int:
        """A whole number made of indices and sizes, or a label."""
        if node.kind == "number":
            return int(node.value)
        if node.kind == "name" and node.value in at:
            return at[node.value]
        if node.kind == "name" and node.value in self.sizes:
            return self.sizes[node.value]
        if node.kind == "name" and node.value not in self.values:
            raise KeyError(f"nothing says what {node.value} is")
        if node.kind in ("at", "call", "name"):
            x = self.value(node, at)
            assert x.classes is not None, node
            return int(x.array()[()])
        parts = [self.whole(p, at) for p in node.parts]
        if node.kind == "minus":
            return -parts[0]
        if node.kind == "sum":
            return sum(parts)
        if node.kind in ("side", "times"):
            return int(np.prod(parts))
        if node.kind == "power":
            return int(parts[0] ** parts[1])
        assert node.kind == "over", node
        assert parts[0] % parts[1] == 0
        return parts[0] // parts[1]

    def _at(self, node: Node, at: Mapping[str, int]) -> Value:
        base, *items = node.parts
        x = self.value(base, {})
        array = x.array()
        assert len(items) == array.ndim, "one index for each axis"
        found = [
            self._item(item, size, at) for item, size in zip(items, array.shape, strict=True)
        ]
        return replace(constant(array[tuple(found)]), classes=x.classes)

    def _item(self, item: Node, size: int, at: Mapping[str, int]) -> Any:
        if item.kind == "slice":
            ends = [None if p.kind == "none" else self.whole(p, at) for p in item.parts]
            assert all(e is None or -size <= e <= size for e in ends[:2]), "beyond the end"
            return slice(*ends)
        place = self.whole(item, at)
        if item == Node("minus", (Node("number", (), 1),)) and place == -1:
            return size - 1
        literal = item.kind == "minus" and item.parts[0].kind == "number"
        place = size + place if literal else place
        assert 0 <= place < size, f"entry {place} of {size}"
        return place

    def _ranges(self, node: Node, at: Mapping[str, int]) -> list[tuple[str, int]]:
        """The indices of a sum with their numbers of values."""
        out = []
        for name, top in node.value[1]:
            size = self.range_of(name, node.parts[0]) if top is None else self.whole(top, at)
            out.append((name, size))
        return out

    def range_of(self, name: str, body: Node) -> int:
        """The size of an axis on which an index stands by itself."""
        wanted = Node("name", (), name)
        stack, found = [body], set()
        while stack:
            node = stack.pop()
            if node.kind == "at":
                base, *items = node.parts
                if wanted in items:
                    found.add(self.value(base, {}).shape[items.index(wanted)])
            bound = [x for x, _ in node.value[1]] if node.kind == "fold" else []
            stack += [] if name in bound else node.parts
        assert len(found) == 1, f"the range of {name} is {found or 'nowhere told'}"
        (size,) = found
        assert size is not None
        return size

    def _entries(self, node: Node, at: Mapping[str, int]) -> list[tuple[tuple[int, ...], Any]]:
        ranges = self._ranges(node, at)
        out = []
        for index in all_indices(*(range(size) for _, size in ranges)):
            inside = {**at, **dict(zip([x for x, _ in ranges], index, strict=True))}
            value = self.value(node.parts[0], inside)
            assert not value.rank, "a sum runs over entries"
            out.append((index, value.array()[()]))
        return out

    def _fold(self, node: Node, at: Mapping[str, int]) -> Value:
        found = [v for _, v in self._entries(node, at)]
        if node.value[0] == "sum":
            return constant(sum(found, arb(0)))
        run = {"max": BALLS.largest, "logsumexp": BALLS.log_sum_exp}[node.value[0]]
        return constant(run(found))

    def _argmax(self, node: Node, at: Mapping[str, int]) -> tuple[int, ...]:
        found = self._entries(node, at)
        marks = BALLS.first_largest([v for _, v in found])
        return found[[m == 1 for m in marks].index(True)][0]

    def _call(self, node: Node, at: Mapping[str, int]) -> Value:
        name, axes = node.value if isinstance(node.value, tuple) else (node.value, None)
        args = [self.value(p, at) for p in node.parts]
        if name in FUNCTIONS:
            return together(FUNCTIONS[name], args)
        (x,) = args
        if name == "onehot":
            return one_hot(x)
        if name == "diag":
            return diagonal(x)
        return whole_function(name, x, axes)


def read(
    text: str,
    values: Mapping[str, Any],
    sizes: Mapping[str, int],
    shape: tuple[int, ...],
    classes: Mapping[str, int],
    latex: bool = False,
) -> Any:
    """The entries that a printed formula stands for.

    Args:
        text: The main line, and lines with definitions, as text or as LaTeX.
        values: Exact numbers or arrays of them by name; labels as whole numbers.
        sizes: Sizes by name.
        shape: The sizes of the result.
        classes: The number of classes of labels, by name.
        latex: Whether it is LaTeX.
    """
    known: dict[str, Value] = {}
    for name, given in values.items():
        if name in classes:
            known[name] = constant(given, classes[name])
        else:
            array = np.asarray(given, dtype=object)
            known[name] = constant(np.vectorize(ball, otypes=[object])(array))
    lines = latex_lines(text, {*known, *sizes}) if latex else text_lines(text)
    main, *where = lines
    for line in where:
        assert line.name not in known, f"{line.name} is defined twice"
        assert line.name not in sizes, f"{line.name} is a size"
        known[line.name] = _line(Reader(known, sizes), line, None)
    return _line(Reader(known, sizes), main, shape).array(shape)


def _line(reader: Reader, line: Line, shape: Shape | None) -> Value:
    """A line: in matrix notation, or the entries for all values of the indices on its left."""
    if not line.bounds:
        found = reader.value(line.body, {})
        if shape is not None:
            assert not found.row or found.rank != 1, "a row where a column was expected"
            return _spread(found, shape)
        return constant(found.array()) if found.classes is None else found
    names, sizes = [], []
    for axis, (name, top) in enumerate(line.bounds):
        names.append(name)
        told = None if top is None else reader.whole(top, {})
        if told is None and shape is not None:
            told = shape[axis]
        sizes.append(reader.range_of(name, line.body) if told is None else told)
    out = np.empty(tuple(sizes), dtype=object)
    for index in np.ndindex(*sizes):
        out[index] = reader.value(line.body, dict(zip(names, index, strict=True))).array()[()]
    return constant(out)


def _spread(found: Value, shape: Shape) -> Value:
    """0 is meant for every entry; everything else has the shape that it should have."""
    if not found.rank and shape:
        assert found.array()[()] == 0, "a scalar where a tensor was expected"
        return together(lambda a, _: a, [found, Value(shape, lambda s: np.empty(s, dtype=object))])
    assert found.rank == len(shape), f"read {found.shape}, expected {shape}"
    assert all(a in (None, b) for a, b in zip(found.shape, shape, strict=True)), found.shape
    return found
