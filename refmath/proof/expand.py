"""Tensor expressions multiplied out: sums of products, with rational functions as coefficients.

A part of a product that shares no index with the rest is a scalar of its own; scalars are symbols,
so that y's / y's cancels. The result is one form for equal polynomials in the tensors, at any size.
"""

from collections.abc import Mapping
from itertools import product as choices
from typing import Any

from sympy import Add, S, Symbol

from refmath.proof.normal import Field
from refmath.proof.polynomial import Backend, Flint
from refmath.tensor import build
from refmath.tensor.node import Map, Product, Sum, Tensor, placeholder

__all__ = ["Expansion"]

_ONE: Tensor = build.constant(1)
Terms = dict[Tensor, Any]


class Expansion:
    """Multiplies out, and remembers which symbol stands for which scalar.

    Args:
        backend: The library that decides whether a coefficient is 0.
        put: Scalars, as tensors of rank 0, to what is known of them: ``sum(p)`` is 1.
    """

    def __init__(
        self, backend: type[Backend] = Flint, put: Mapping[Tensor, Any] | None = None
    ) -> None:
        self.field = Field(backend)
        self.scalars: dict[Tensor, Any] = {}
        self.known: dict[Tensor, Terms] = {}
        self.put = dict(put or {})

    def is_zero(self, node: Tensor) -> bool:
        """Whether an expression is 0 at every size; True is a proof."""
        return all(self.field.is_zero(c) for c in self.terms(node).values())

    def terms(self, node: Tensor) -> Terms:
        """The products that an expression is a sum of, with their coefficients."""
        if node not in self.known:
            self.known[node] = self._terms(node)
        return self.known[node]

    def _terms(self, node: Tensor) -> Terms:
        if isinstance(node, Sum):
            parts = [self.terms(c) for c in node.children]
            out: Terms = {}
            for p in parts:
                for core, coefficient in p.items():
                    out[core] = out.get(core, S.Zero) + coefficient
            return out
        if isinstance(node, Product):
            return self._product(node)
        if isinstance(node, Map) and node.rank == 0:
            values = {placeholder(i): self._scalar(c) for i, c in enumerate(node.children)}
            return {_ONE: node.expr.xreplace(values)}
        if isinstance(node, Map) and _whole_power(node):
            labels = tuple(range(node.rank))
            factors = [(node.children[0], labels)] * int(node.expr.exp)
            sizes = dict(enumerate(node.shape))
            return self._multiplied(S.One, factors, node.rank, sizes)
        return self._leaf(node)

    def _leaf(self, node: Tensor) -> Terms:
        return {_ONE: self._symbol(node)} if node.rank == 0 else {node: S.One}

    def _scalar(self, node: Tensor) -> Any:
        """A tensor of rank 0 as a rational function."""
        terms = self.terms(node)
        assert set(terms) <= {_ONE}, node
        return terms.get(_ONE, S.Zero)

    def _symbol(self, node: Tensor) -> Any:
        if node in self.put:
            return self.put[node]
        if node not in self.scalars:
            self.scalars[node] = Symbol(f"scalar{len(self.scalars)}")
        return self.scalars[node]

    def _product(self, node: Product) -> Terms:
        sizes = dict(enumerate(node.sizes))
        return self._multiplied(node.coefficient, list(node.factors), node.rank, sizes)

    def _multiplied(
        self, scalar: Any, factors: list[Any], rank: int, sizes: dict[Any, Any]
    ) -> Terms:
        out: Terms = {}
        for choice in choices(*(self.terms(c).items() for c, _ in factors)):
            coefficient = scalar
            kept = []
            for (core, c), (_, labels) in zip(choice, factors, strict=True):
                coefficient = coefficient * c
                if core != _ONE:
                    kept.append((core, labels))
            made = build.product(1, kept, range(rank), sizes)
            for core, c in self._apart(made).items():
                out[core] = out.get(core, S.Zero) + coefficient * c
        return {k: c for k, c in out.items() if c != 0}

    def _apart(self, node: Tensor) -> Terms:
        """A product of leaves as scalars times what carries its indices."""
        if isinstance(node, Sum):
            return {
                core: Add(*(self._apart(c).get(core, 0) for c in node.children))
                for c in node.children for core in self._apart(c)
            }
        if not isinstance(node, Product):
            return self._leaf(node)
        sizes = dict(enumerate(node.sizes))
        groups: list[tuple[set[Any], list[Any]]] = []
        for factor in node.factors:
            joined, rest = (set(factor[1]), [factor]), []
            for g in groups:
                if g[0] & joined[0]:
                    joined = (joined[0] | g[0], g[1] + joined[1])
                else:
                    rest.append(g)
            groups = [*rest, joined]
        own = set(range(node.rank))
        used = {x for labels, _ in groups for x in labels}
        scalar = node.coefficient
        for label in range(node.rank, len(node.sizes)):
            scalar = scalar if label in used else scalar * node.sizes[label]
        kept: list[Any] = []
        for labels, factors in groups:
            if labels & own:
                kept += factors
            else:
                scalar *= self._symbol(build.product(1, factors, (), sizes))
        core = build.product(1, kept, range(node.rank), sizes) if node.rank else _ONE
        return {core: scalar}


def _whole_power(node: Map) -> bool:
    """Whether a function is x**2, x**3 or x**4 of a sum or product."""
    known = node.expr.is_Pow and node.expr.base == placeholder(0) and node.expr.exp.is_Integer
    return known and 2 <= node.expr.exp <= 4 and isinstance(node.children[0], Sum | Product)
