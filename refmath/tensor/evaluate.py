"""The slow, plain evaluation of tensor expressions, entry by entry, over any kind of number.

It is what derivatives and kernels are held against: with SymPy's symbols as entries it writes an
expression out in full.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sympy import Add, Integer, Mul, NumberSymbol, Pow, Rational, Symbol

from refmath.errors import DeclarationError, InvalidInput
from refmath.tensor.algebra import whole
from refmath.tensor.functions import FUNCTIONS
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Inverse,
    LogDet,
    Map,
    OneHot,
    Product,
    Reduce,
    Sum,
    Tensor,
    Variable,
    placeholder,
)
from refmath.tensor.numbers import Algebra as Algebra
from refmath.tensor.numbers import Floats as Floats
from refmath.tensor.numbers import Symbols as Symbols
from refmath.tensor.sizes import shown
from refmath.tensor.walk import check_names, nodes

__all__ = ["Algebra", "Floats", "Symbols", "evaluate", "size_of", "symbols_of"]

_MARKS = (Affine, OneHot, FirstMax)
"""Their entries are 0 and 1."""
_NAMES = {f: name for name, f in FUNCTIONS.items() if isinstance(f, type)}


def size_of(size: Any, sizes: Mapping[str, int]) -> int:
    """A size as a number.

    Raises:
        InvalidInput: It is not known, or negative.
    """
    known = _number(size, sizes)
    if known < 0:
        raise InvalidInput(f"the size {size} is {known} where {dict(sizes)}")
    return known


def _number(expr: Any, sizes: Mapping[str, int]) -> int:
    known = expr.xreplace({
        s: Integer(whole(sizes[s.name], f"size {s}", 0))
        for s in expr.free_symbols if s.name in sizes
    })
    if not isinstance(known, Integer):
        raise InvalidInput(f"the size {expr} is not known; known are {dict(sizes)}")
    return int(known)


def symbols_of(variable: Variable, sizes: Mapping[str, int]) -> Any:
    """An array of SymPy symbols, one an entry: ``X_0_1``."""
    shape = tuple(size_of(s, sizes) for s in variable.shape)
    out = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        name = "_".join([variable.name, *map(str, index)])
        out[index] = Symbol(name, real=True)
    if variable.symmetric:
        for i, j in np.ndindex(shape):
            out[i, j] = out[min(i, j), max(i, j)]
    return out


def evaluate(
    root: Tensor,
    values: Mapping[str, Any],
    sizes: Mapping[str, int],
    algebra: Algebra | None = None,
) -> Any:
    """An array of the entries of an expression.

    Args:
        root: The expression.
        values: By name, an array of entries for every variable (labels: of whole numbers), and a
            number for every scalar parameter.
        sizes: Numbers for the sizes, by name.
        algebra: The kind of number; doubles if none is given.

    Returns:
        An object array of the expression's shape.

    Raises:
        InvalidInput: A value or size is missing, or does not fit.
        DeclarationError: One name stands for two things.
    """
    check_names(root)
    run = _Evaluation(values, sizes, algebra or Floats())
    known: dict[Tensor, Any] = {}
    with np.errstate(all="ignore"):  # what is not a number comes out as such
        for node in nodes(root):
            known[node] = run.node(node, [known[c] for c in node.children])
    return known[root]


class _Evaluation:
    def __init__(self, values: Any, sizes: Any, algebra: Algebra) -> None:
        self.values, self.sizes, self.algebra = values, sizes, algebra

    def shape(self, node: Tensor) -> tuple[int, ...]:
        return tuple(size_of(s, self.sizes) for s in node.shape)

    def node(self, node: Tensor, children: list[Any]) -> Any:
        if isinstance(node, Variable):
            return self._variable(node)
        if isinstance(node, Sum):
            total = children[0]
            for child in children[1:]:
                total = total + child
            return total if isinstance(total, np.ndarray) else _cell(total)
        if isinstance(node, Product):
            return self._product(node, children)
        if isinstance(node, Map):
            return self._map(node, children)
        if isinstance(node, Reduce | FirstMax):
            return self._reduce(node, children[0])
        if isinstance(node, OneHot):
            return self._one_hot(node, children[0])
        if isinstance(node, Affine):
            return self._affine(node)
        if isinstance(node, Inverse):
            return self.algebra.inverse(children[0])
        if isinstance(node, LogDet):
            return _cell(self.algebra.log_det(children[0]))
        raise DeclarationError(f"no evaluation of {type(node).__name__} is known")

    def _variable(self, node: Variable) -> Any:
        if node.name not in self.values:
            raise InvalidInput(f"no value is given for {node.name}")
        given = np.asarray(self.values[node.name], dtype=object)
        if given.shape != self.shape(node):
            raise InvalidInput(
                f"{node.name} has the shape {shown(node.shape)}, that is {self.shape(node)}; found "
                f"{given.shape}"
            )
        if node.classes is not None:
            return _labels(node, given, size_of(node.classes, self.sizes))
        return self._entries(node.name, given)

    def _entries(self, name: str, given: Any) -> Any:
        """Entries that are given; doubles where these are asked for."""
        if not isinstance(self.algebra, Floats):
            return given
        try:
            return given.astype(float).astype(object)
        except (TypeError, ValueError):
            raise InvalidInput(f"expected real numbers for {name}, found {given!r}") from None

    def scalar(self, expr: Any, places: Mapping[Any, Any]) -> Any:
        """A scalar expression as an entry."""
        if expr in places:
            return places[expr]
        if isinstance(expr, Rational | NumberSymbol):
            return self.algebra.number(expr)
        if isinstance(expr, Symbol):
            if expr.name in self.sizes and expr.is_integer:
                return self.algebra.number(Integer(self.sizes[expr.name]))
            if expr.name not in self.values:
                raise InvalidInput(f"no value is given for the scalar {expr.name}")
            return self._entries(expr.name, np.asarray(self.values[expr.name], object))[()]
        if isinstance(expr, Add | Mul):
            found = [self.scalar(a, places) for a in expr.args]
            total = found[0]
            for other in found[1:]:
                total = total + other if isinstance(expr, Add) else total * other
            return total
        if isinstance(expr, Pow):
            base = self.scalar(expr.base, places)
            if isinstance(expr.exp, Integer) and 0 < expr.exp < 5:
                total = base
                for _ in range(int(expr.exp) - 1):
                    total = total * base
                return total
            return self.algebra.power(base, self.scalar(expr.exp, places))
        if type(expr) in _NAMES:
            name = _NAMES[type(expr)]
            return self.algebra.call(name, *(self.scalar(a, places) for a in expr.args))
        raise DeclarationError(f"no evaluation of {expr} is known")

    def _map(self, node: Map, children: list[Any]) -> Any:
        out = np.empty(self.shape(node), dtype=object)
        for index in np.ndindex(out.shape):
            places = {placeholder(i): c[index] for i, c in enumerate(children)}
            out[index] = self.scalar(node.expr, places)
        return out

    def _product(self, node: Product, children: list[Any]) -> Any:
        lengths = [size_of(s, self.sizes) for s in node.sizes]
        front = self.scalar(node.coefficient, {})
        out = np.empty(tuple(lengths[:node.rank]), dtype=object)
        zero = self.algebra.number(Integer(0))
        factors = list(zip(node.children, children, node.labels, strict=True))
        marks = [(c, x) for f, c, x in factors if isinstance(f, _MARKS)]
        for index in np.ndindex(out.shape):
            total = zero
            for full in self._chosen(index, lengths, marks):
                entry = front
                for _, child, labels in factors:
                    entry = entry * child[tuple(full[i] for i in labels)]
                total = total + entry
            out[index] = total
        return out

    def _chosen(
        self, index: tuple[int, ...], lengths: list[int], marks: list[Any]
    ) -> Iterator[tuple[int, ...]]:
        """The indices that go on from these and at which every mark is on, in order.

        What is not chosen has no influence, even where it is not a number.
        """
        known = len(index)
        ready = [(c, x) for c, x in marks if max(x) < known]
        if any(self._is_off(c[tuple(index[i] for i in x)]) for c, x in ready):
            return
        if known == len(lengths):
            yield index
            return
        rest = [m for m in marks if max(m[1]) >= known]
        for i in range(lengths[known]):
            yield from self._chosen((*index, i), lengths, rest)

    @staticmethod
    def _is_off(mark: Any) -> bool:
        return isinstance(mark, int | float) and mark == 0

    def _reduce(self, node: Reduce | FirstMax, child: Any) -> Any:
        axes = node.axes
        kept = [i for i in range(child.ndim) if i not in axes]
        moved = np.transpose(child, [*kept, *axes])
        lengths = moved.shape[len(kept):]
        if isinstance(node, Reduce):
            out = np.empty(moved.shape[:len(kept)], dtype=object)
            call = self.algebra.largest if node.kind == "max" else self.algebra.log_sum_exp
            for index in np.ndindex(out.shape):
                out[index] = call(moved[index].reshape(-1).tolist())
            return out
        marks = np.empty(moved.shape, dtype=object)
        for index in np.ndindex(moved.shape[:len(kept)]):
            found = self.algebra.first_largest(moved[index].reshape(-1).tolist())
            block = np.empty(len(found), dtype=object)
            block[:] = found
            marks[index] = block.reshape(lengths)
        return np.transpose(marks, np.argsort([*kept, *axes]))

    def _one_hot(self, node: OneHot, labels: Any) -> Any:
        out = np.zeros(self.shape(node), dtype=object)
        for index in np.ndindex(labels.shape):
            out[(*index, labels[index])] = 1
        return out

    def _affine(self, node: Affine) -> Any:
        out = np.zeros(self.shape(node), dtype=object)
        offset = _number(node.offset, self.sizes)
        for index in np.ndindex(out.shape):
            total = sum(c * i for c, i in zip(node.coefficients, index, strict=True))
            out[index] = int(total == offset)
        _check_reach(node, out.shape, offset)
        return out


def _check_reach(node: Affine, shape: tuple[int, ...], offset: int) -> None:
    """Refuse an index or slice that reaches out of its axis; windows may, their entries are 0."""
    if node.rank > 2:
        return
    count, stride = (1, 0) if node.rank == 1 else (shape[1], -node.coefficients[1])
    last = offset + stride * (count - 1)
    if count and not (offset >= 0 and last < shape[0]):
        raise InvalidInput(
            f"entries {offset} to {last} are chosen of an axis of size {node.shape[0]} = {shape[0]}"
        )


def _labels(node: Variable, given: Any, classes: int) -> Any:
    for label in given.flat:
        if not isinstance(label, int | np.integer) or not 0 <= label < classes:
            raise InvalidInput(
                f"expected whole numbers from 0 to {classes - 1} as labels {node.name}, found "
                f"{label!r}"
            )
    return given.astype(int)


def _cell(value: Any) -> Any:
    out = np.empty((), dtype=object)
    out[()] = value
    return out
