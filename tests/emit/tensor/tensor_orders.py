"""Evaluations of tensor expressions in random orders: what the enclosure has to contain.

Every operation is rounded to the format. At random, products are distributed over sums, sums are
taken in any order, pairwise or in double, indices are contracted in any order, scalar expressions
are expanded, and stable functions are written in one of their usual forms.
"""

from collections.abc import Mapping, Sequence
from itertools import product as all_indices
from typing import Any

import numpy as np
import sympy
from sympy import Add, Integer, Mul, Pow, Rational, Symbol

from refmath.formats import FORMATS
from refmath.tensor import build
from refmath.tensor.evaluate import size_of
from refmath.tensor.functions import (
    inverse_root,
    maximum,
    minimum,
    norm_root,
    relu,
    sigmoid,
    softplus,
    step,
    where,
)
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
from refmath.tensor.sizes import dimension

__all__ = ["RandomOrder"]

Array = Any


class RandomOrder:
    """One random evaluation; shared subexpressions are evaluated anew each time."""

    def __init__(
        self, values: Mapping[str, Any], sizes: Mapping[str, int], dtype: str,
        rng: np.random.Generator,
    ) -> None:
        self.values, self.sizes, self.rng = values, sizes, rng
        self.fmt = FORMATS[dtype]
        self.known = {dimension(k): v for k, v in sizes.items()}

    def __call__(self, node: Tensor) -> Array:
        """The value of an expression, in the format's carrier."""
        with np.errstate(all="ignore"):
            return self._node(node)

    def _round(self, x: Any) -> Array:
        return self.fmt.round(x)

    def _coin(self) -> bool:
        return bool(self.rng.integers(2))

    def _node(self, node: Tensor) -> Array:
        if isinstance(node, Variable):
            return self._round(self.values[node.name])
        if isinstance(node, Sum):
            return self._total([self._node(c) for c in node.children])
        if isinstance(node, Product):
            return self._product(node)
        if isinstance(node, Map):
            expr = sympy.expand(node.expr) if self.rng.integers(4) == 0 else node.expr
            if expr.has(sympy.nan, sympy.zoo):
                expr = node.expr
            places = {placeholder(i): self._node(c) for i, c in enumerate(node.children)}
            return np.broadcast_to(self._scalar(expr, places), self._shape(node))
        if isinstance(node, Reduce):
            return self._reduce(node)
        if isinstance(node, FirstMax):
            return self._first(node)
        if isinstance(node, OneHot):
            labels = np.asarray(self.values[node.children[0].name])
            return self._round(labels[..., None] == np.arange(self._shape(node)[-1]))
        if isinstance(node, Affine):
            grid = np.indices(self._shape(node))
            total = sum(c * i for c, i in zip(node.coefficients, grid, strict=True))
            return self._round(total == int(node.offset.subs(self.known)))
        child = self._node(node.children[0]).astype(self.fmt.carrier)
        wide = child if child.dtype in (np.float32, np.float64) else child.astype(np.float32)
        if isinstance(node, Inverse):
            return self._round(np.linalg.inv(wide))
        assert isinstance(node, LogDet)
        return self._round(np.linalg.slogdet(wide)[1])

    def _shape(self, node: Tensor) -> tuple[int, ...]:
        return tuple(size_of(s, self.sizes) for s in node.shape)

    # --- sums and products ----------------------------------------------------------------------

    def _total(self, parts: Sequence[Array]) -> Array:
        """A sum in a random order: one after the other, in pairs, or in double."""
        order = [parts[i] for i in self.rng.permutation(len(parts))]
        way = int(self.rng.integers(3))
        if way == 0:
            return self._round(np.sum([np.asarray(p, float) for p in order], axis=0))
        while len(order) > 1:
            if way == 1:
                order = [self._round(order[0] + order[1]), *order[2:]]
            else:
                order = [
                    self._round(order[i] + order[i + 1]) if i + 1 < len(order) else order[i]
                    for i in range(0, len(order), 2)
                ]
        return order[0]

    def _product(self, node: Product) -> Array:
        """At random distributed over a sum, or with its indices contracted in any order."""
        sums = [i for i, c in enumerate(node.children) if isinstance(c, Sum)]
        if sums and self.rng.integers(3) == 0:
            chosen = int(self.rng.choice(sums))
            return self._total([self._node(self._with(node, chosen, c))
                                for c in node.children[chosen].children])
        factors = [(self._node(c), list(x)) for c, x in node.factors]
        front = node.coefficient
        place = int(self.rng.integers(len(factors) + 1))
        if factors and place < len(factors):
            array, labels = factors[place]
            factors[place] = (self._times_scalar(front, array), labels)
        lengths = [size_of(s, self.sizes) for s in node.sizes]
        out = self._contract(factors, lengths, node.rank)
        return out if factors and place < len(factors) else self._times_scalar(front, out)

    def _with(self, node: Product, place: int, child: Tensor) -> Tensor:
        factors = [
            (child if i == place else c, x) for i, (c, x) in enumerate(node.factors)
        ]
        return build.product(
            node.coefficient, factors, range(node.rank), dict(enumerate(node.sizes))
        )

    def _contract(self, factors: Any, lengths: Sequence[int], rank: int) -> Array:
        if not factors:
            return np.ones(tuple(lengths[:rank]), self.fmt.carrier)
        if self._coin():
            return self._loops(factors, lengths, rank)
        factors = list(factors)
        self.rng.shuffle(factors)
        array, labels = factors[0]
        for i in range(1, len(factors)):
            later = {x for _, inner in factors[i + 1:] for x in inner}
            other, inner = factors[i]
            joined = list(dict.fromkeys([*labels, *inner]))
            out = [x for x in joined if x < rank or x in later]
            array = self._loops([(array, labels), (other, inner)], lengths, None, out)
            labels = out
        return self._loops([(array, labels)], lengths, rank)

    def _loops(
        self, factors: Any, lengths: Sequence[int], rank: int | None, out: Any = None
    ) -> Array:
        """Every term by itself, then the sum."""
        own = list(range(rank)) if out is None else out
        used = list(dict.fromkeys([*own, *(x for _, inner in factors for x in inner)]))
        summed = [x for x in used if x not in own]
        terms = []
        for index in all_indices(*(range(lengths[x]) for x in summed)):
            fixed = dict(zip(summed, index, strict=True))
            term: Any = None
            for i in self.rng.permutation(len(factors)):
                array, inner = factors[i]
                part = _taken(array, inner, fixed, own, lengths)
                term = part if term is None else self._round(term * part)
            terms.append(term)
        shape = tuple(lengths[x] for x in own)
        return np.broadcast_to(self._total(terms), shape) if terms else np.zeros(shape)

    def _times_scalar(self, front: Any, array: Array) -> Array:
        if front == 1:
            return array
        if front == -1:
            return -array
        if isinstance(front, Mul) and self._coin():
            for part in front.args:
                array = self._times_scalar(part, array)
            return array
        if isinstance(front, Pow) and front.exp == -1 and self._coin():
            return self._round(array / self._scalar(front.base, {}))
        return self._round(array * self._scalar(front, {}))

    # --- scalar functions -----------------------------------------------------------------------

    def _scalar(self, expr: Any, places: Mapping[Any, Array]) -> Array:
        if expr in places:
            return places[expr]
        if expr in self.known:
            return self._round(self.known[expr])
        if isinstance(expr, Rational):
            return self._round(float(expr))
        if isinstance(expr, Symbol):
            return self._round(self.values[expr.name])
        if expr.is_number and not expr.args:
            return self._round(float(expr))
        if isinstance(expr, Add):
            shaped = np.broadcast_arrays(*(self._scalar(a, places) for a in expr.args))
            return self._total(shaped)
        if isinstance(expr, Mul):
            parts = [self._scalar(a, places) for a in expr.args]
            self.rng.shuffle(parts)
            out = parts[0]
            for p in parts[1:]:
                out = self._round(out * p)
            return out
        if isinstance(expr, Pow):
            return self._power(expr, places)
        return self._call(type(expr), [self._scalar(a, places) for a in expr.args])

    def _power(self, expr: Any, places: Mapping[Any, Array]) -> Array:
        base = self._scalar(expr.base, places)
        if isinstance(expr.exp, Integer) and 0 < expr.exp < 5 and self._coin():
            out = base
            for _ in range(int(expr.exp) - 1):
                out = self._round(out * base)
            return out
        if expr.exp == -1:
            return self._round(1 / base)
        return self._round(np.asarray(base, float) ** np.asarray(
            self._scalar(expr.exp, places), float
        ))

    def _call(self, kind: Any, args: list[Array]) -> Array:
        x = args[0]
        if kind is sigmoid:
            forms = (
                lambda: 1 / self._f(1 + self._f(np.exp(-x))),
                lambda: self._f(1 + self._f(np.tanh(x / 2))) / 2,
                lambda: 1 - self._f(1 / self._f(1 + self._f(np.exp(x)))),
            )
            return self._round(forms[int(self.rng.integers(3))]())
        if kind is softplus:
            forms = (
                lambda: np.log(self._f(1 + self._f(np.exp(x)))),
                lambda: np.maximum(x, 0) + self._f(np.log1p(self._f(np.exp(-np.abs(x))))),
                lambda: np.log1p(self._f(np.exp(x))),
            )
            return self._round(forms[int(self.rng.integers(3))]())
        if kind in _PLAIN:
            return self._round(_PLAIN[kind](*args))
        return self._round(getattr(np, kind.__name__, None)(x) if kind is not sympy.erf else (
            np.vectorize(_erf)(x)
        ))

    def _f(self, x: Array) -> Array:
        return self._round(x)

    # --- reductions -----------------------------------------------------------------------------

    def _reduce(self, node: Reduce) -> Array:
        x = self._node(node.children[0])
        kept = [i for i in range(x.ndim) if i not in node.axes]
        rows = np.transpose(x, [*kept, *node.axes])
        rows = rows.reshape(*rows.shape[:len(kept)], -1)
        top = rows.max(-1)
        if node.kind == "max":
            return top
        if self._coin():  # any value near the maximum may be taken out
            top = self._round(top + self.rng.normal(size=top.shape))
        parts = [self._f(np.exp(self._f(rows[..., j] - top))) for j in range(rows.shape[-1])]
        return self._f(top + self._f(np.log(self._total(parts))))

    def _first(self, node: FirstMax) -> Array:
        x = self._node(node.children[0])
        kept = [i for i in range(x.ndim) if i not in node.axes]
        order = [*kept, *node.axes]
        rows = np.transpose(x, order)
        flat = rows.reshape(*rows.shape[:len(kept)], -1)
        marks = np.zeros(flat.shape)
        np.put_along_axis(marks, flat.argmax(-1)[..., None], 1.0, -1)
        return self._round(np.transpose(marks.reshape(rows.shape), np.argsort(order)))


def _erf(x: float) -> float:
    import math

    return math.erf(x)


_PLAIN: dict[Any, Any] = {
    relu: lambda x: np.maximum(x, 0), step: lambda x: (x > 0) * 1.0, sympy.Abs: np.abs,
    maximum: np.maximum, minimum: np.minimum, where: lambda c, a, b: np.where(c > 0, a, b),
    norm_root: np.sqrt, inverse_root: lambda x: np.where(x > 0, 1 / np.sqrt(x), 0.0),
    sympy.acos: np.arccos, sympy.asin: np.arcsin, sympy.atan: np.arctan,
    sympy.acosh: np.arccosh, sympy.asinh: np.arcsinh, sympy.atanh: np.arctanh,
    sympy.atan2: np.arctan2,
}


def _taken(
    array: Array, inner: Sequence[int], fixed: Mapping[int, int], own: Sequence[int],
    lengths: Sequence[int],
) -> Array:
    """A factor at fixed summed indices, with the axes of the result."""
    free = [x for x in inner if x not in fixed]
    index = tuple(fixed.get(x, slice(None)) for x in inner)
    part = array[index]
    if len(set(free)) < len(free):
        part = np.einsum(part, free, list(dict.fromkeys(free)))
        free = list(dict.fromkeys(free))
    order = [x for x in own if x in free]
    part = np.transpose(part, [free.index(x) for x in order])
    return part.reshape([lengths[x] if x in free else 1 for x in own])
