"""The slow, plain evaluation of tensor expressions, entry by entry, over any kind of number.

It is what derivatives and kernels are held against: with SymPy's symbols as entries it writes an
expression out in full.
"""

from collections.abc import Mapping, Sequence
from itertools import product as all_indices
from typing import Any, Protocol

import numpy as np
import sympy
from sympy import Add, Integer, Mul, NumberSymbol, Piecewise, Pow, Rational, Symbol

from refmath.errors import DeclarationError, InvalidInput
from refmath.tensor.calculus import nodes
from refmath.tensor.functions import FUNCTIONS, Declared
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
from refmath.tensor.sizes import shown

__all__ = ["Algebra", "Floats", "Symbols", "evaluate", "size_of", "symbols_of"]

_NAMES = {f: name for name, f in FUNCTIONS.items() if isinstance(f, type)}


class Algebra(Protocol):
    """A kind of number. Sums and products are those of the entries themselves."""

    def number(self, value: Any) -> Any:
        """An exact SymPy number as an entry."""

    def power(self, base: Any, exponent: Any) -> Any:
        """An entry to the power of an entry."""

    def call(self, name: str, *args: Any) -> Any:
        """A function of ``functions.FUNCTIONS``, by its name, of entries."""

    def largest(self, values: Sequence[Any]) -> Any:
        """The maximum of entries."""

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0."""

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """The logarithm of the sum of the exponentials of entries."""

    def inverse(self, matrix: Any) -> Any:
        """The inverse of a square array of entries."""

    def log_det(self, matrix: Any) -> Any:
        """The logarithm of the absolute value of the determinant of a square array."""


class Symbols:
    """SymPy expressions as entries: everything is written out, exactly."""

    def number(self, value: Any) -> Any:
        """Itself."""
        return value

    def power(self, base: Any, exponent: Any) -> Any:
        """SymPy's power."""
        return sympy.sympify(base) ** exponent

    def call(self, name: str, *args: Any) -> Any:
        """SymPy's function, or the definition of ours."""
        function = FUNCTIONS[name]
        given = [sympy.sympify(a) for a in args]
        if isinstance(function, type) and issubclass(function, Declared):
            return function.definition(*given)
        return function(*given)

    def largest(self, values: Sequence[Any]) -> Any:
        """SymPy's Max."""
        return sympy.Max(*values)

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0, as alternatives."""
        out = []
        for i, x in enumerate(values):
            conditions = [x > y for y in values[:i]] + [x >= y for y in values[i + 1:]]
            out.append(Piecewise((1, sympy.And(*conditions)), (0, True)))
        return out

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """Its definition."""
        return sympy.log(Add(*(sympy.exp(v) for v in values)))

    def inverse(self, matrix: Any) -> Any:
        """By the adjugate."""
        found = sympy.Matrix(matrix)
        return np.array((found.adjugate() / found.det()).tolist(), dtype=object)

    def log_det(self, matrix: Any) -> Any:
        """Of the absolute value."""
        return sympy.log(sympy.Abs(sympy.Matrix(matrix).det()))


class Floats:
    """Doubles as entries."""

    def number(self, value: Any) -> Any:
        """The nearest double."""
        return float(value)

    def power(self, base: Any, exponent: Any) -> Any:
        """The power."""
        with np.errstate(all="ignore"):
            return float(np.float64(base) ** exponent)

    def call(self, name: str, *args: Any) -> Any:
        """By the definition, where it does not overflow."""
        if name == "sigmoid":
            (x,) = args
            e = np.exp(-abs(x))
            return float(1 / (1 + e) if x >= 0 else e / (1 + e))
        if name == "softplus":
            (x,) = args
            return float(max(x, 0.0) + np.log1p(np.exp(-abs(x))))
        plain = [sympy.Float(a, 17) if np.isfinite(a) else sympy.sympify(a) for a in args]
        return float(Symbols().call(name, *plain))

    def largest(self, values: Sequence[Any]) -> Any:
        """The maximum."""
        return max(values)

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0."""
        place = int(np.argmax(np.array(values, float)))
        return [1.0 if i == place else 0.0 for i in range(len(values))]

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """With the largest taken out."""
        top = max(values)
        return top + float(np.log(np.sum(np.exp(np.array(values, float) - top))))

    def inverse(self, matrix: Any) -> Any:
        """By NumPy."""
        return np.linalg.inv(np.array(matrix, float)).astype(object)

    def log_det(self, matrix: Any) -> Any:
        """By NumPy."""
        return float(np.linalg.slogdet(np.array(matrix, float))[1])


def size_of(size: Any, sizes: Mapping[str, int]) -> int:
    """A size as a number.

    Raises:
        InvalidInput: It is not known.
    """
    known = size.subs({s: sizes[s.name] for s in size.free_symbols if s.name in sizes})
    if not isinstance(known, Integer):
        raise InvalidInput(f"the size {size} is not known; known are {dict(sizes)}")
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
    """
    run = _Evaluation(values, sizes, algebra or Floats())
    known: dict[Tensor, Any] = {}
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
        return given

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
            return self.values[expr.name]
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
        inner = [range(x) for x in lengths[node.rank:]]
        for index in np.ndindex(out.shape):
            total = zero
            for rest in all_indices(*inner):
                entry: Any = None
                full = (*index, *rest)
                for child, labels in zip(children, node.labels, strict=True):
                    x = child[tuple(full[i] for i in labels)]
                    if isinstance(x, int) and x == 0:
                        entry = zero
                        break
                    entry = x if entry is None else entry * x
                total = total + (front if entry is None else front * entry)
            out[index] = total
        return out

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
            label = int(labels[index])
            if 0 <= label < out.shape[-1]:
                out[(*index, label)] = 1
        return out

    def _affine(self, node: Affine) -> Any:
        out = np.zeros(self.shape(node), dtype=object)
        offset = size_of(node.offset, self.sizes)
        for index in np.ndindex(out.shape):
            total = sum(c * i for c, i in zip(node.coefficients, index, strict=True))
            out[index] = int(total == offset)
        return out


def _cell(value: Any) -> Any:
    out = np.empty((), dtype=object)
    out[()] = value
    return out
