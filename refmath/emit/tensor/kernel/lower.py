"""Expressions as operations on whole arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import S

from refmath.emit.tensor.kernel.access import read
from refmath.emit.tensor.kernel.blocks import blocks
from refmath.emit.tensor.kernel.elementwise import call, linear, times, wide
from refmath.emit.tensor.kernel.indices import Along, Chosen, Index
from refmath.emit.tensor.kernel.ops import Label, Pool, Value
from refmath.emit.tensor.kernel.products import Term, product_term, put_together
from refmath.emit.tensor.kernel.rewrite import distributed, factored, log_softmax_in, pulled
from refmath.emit.tensor.kernel.scalars import elementwise
from refmath.errors import DeclarationError
from refmath.tensor import build
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
from refmath.tensor.sizes import Size

__all__ = ["Lowering"]


class Lowering:
    """Turns expressions into operations; what occurs twice is computed once.

    Attributes:
        pool: The operations.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._known: dict[Tensor, Value] = {}

    def prepare(self, roots: Sequence[Tensor]) -> None:
        """Lower the largest products first: their parts are then found again in smaller ones."""
        for node in sorted(roots, key=lambda x: -_factors(x)):
            self.value(node)

    def value(self, node: Tensor) -> Value:
        """The value of an expression; its labels are the expression's axes."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = self._value(node)
        return found

    def _value(self, node: Tensor) -> Value:
        if isinstance(node, Variable):
            op = self.pool.make("arg", (), (node.name,), node.shape)
            return Value(op, tuple(range(node.rank)))
        if isinstance(node, Map):
            return self._map(node)
        if isinstance(node, Reduce):
            return self._reduce(node)
        if isinstance(node, Inverse | LogDet):
            kind = "inverse" if isinstance(node, Inverse) else "logdet"
            matrix = self._full(node.children[0])
            op = self.pool.make(kind, (matrix.op,), (matrix.labels,), node.shape)
            return Value(op, matrix.labels[:node.rank])
        if isinstance(node, Sum | Product | Affine | OneHot | FirstMax):
            return put_together(self.pool, self._terms(node), node.shape)
        raise DeclarationError(f"no kernel of {type(node).__name__} is known")

    def _full(self, node: Tensor) -> Value:
        """The value with all axes."""
        value = self.value(node)
        return wide(self.pool, value, list(range(node.rank)), dict(enumerate(node.shape)))

    def _terms(self, node: Tensor) -> list[tuple[Any, Term]]:
        """The terms of a sum, each with its place in the tensor."""
        if isinstance(node, Sum):
            soft = self._log_softmax(node)
            if soft is not None:
                return soft
            plain = factored(self.pool, node)
            if plain is not node:
                return self._terms(plain)
            return [t for child in node.children for t in self._terms(child)]
        if isinstance(node, Product):
            return self._product_terms(node)
        if isinstance(node, Affine | OneHot | FirstMax):
            return product_term(self, node)
        return [(S.One, self._plain(self.value(node), node))]

    def _product_terms(self, node: Product) -> list[tuple[Any, Term]]:
        found = blocks(self, node)
        if found is not None:
            return [(S.One, self._plain(found, node))]
        smaller = pulled(self.pool, node)
        if smaller is not None:
            return self._terms(smaller)
        spread = distributed(self.pool, node, self._known)
        if spread is not None:
            front, core = build.split(spread)
            parts = core.children if isinstance(core, Sum) else (core,)
            terms = [t for part in parts for t in self._terms(part)]
            if all(t.labels(node.shape) is not None for _, t in terms):
                return [(front, self._plain(put_together(self.pool, terms, node.shape), node))]
            return [(front * c, t) for c, t in terms]
        front, core = build.split(node)
        if isinstance(core, Product | Affine | OneHot | FirstMax):
            return product_term(self, node)
        if isinstance(core, Sum):
            terms = self._terms(core)
            if any(t.labels(core.shape) is None for _, t in terms):
                return [(front * c, t) for c, t in terms]
        return [(front, self._plain(self.value(core), core))]

    def _plain(self, value: Value, node: Tensor) -> Term:
        ways = tuple(Along(((x, 1),), S.Zero) for x in range(node.rank))
        return Term(value, ways, dict(enumerate(node.shape)))

    def _map(self, node: Map) -> Value:
        values = {placeholder(i): self.value(c) for i, c in enumerate(node.children)}
        soft = {placeholder(i): self._softmax(c) for i, c in enumerate(node.children)}
        return elementwise(
            self.pool, node.expr, values, {x: v for x, v in soft.items() if v is not None}
        )

    def _log_softmax(self, node: Sum) -> list[tuple[Any, Term]] | None:
        """A sum of z, -logsumexp(z) and others, with the maximum taken out of z."""
        found = log_softmax_in(node)
        if found is None:
            return None
        reduced, rest = found
        logs = self._kept(self._log_of_sum(reduced), reduced)
        exact = linear(self.pool, [(S.One, self._centred(reduced)), (-S.One, logs)])
        child = reduced.children[0]
        return [(S.One, self._plain(exact, child)), *(t for c in rest for t in self._terms(c))]

    def _softmax(self, node: Tensor) -> Value | None:
        """The softmax, if an expression is exactly a log-softmax."""
        found = log_softmax_in(node) if isinstance(node, Sum) else None
        if found is None or found[1]:
            return None
        (reduced, _) = found
        powers, total = self._exponentials(reduced)
        share = times(self.pool, S.One, [(powers, 1), (self._kept(total, reduced), -1)])
        share.op.high = 1.0  # each entry is one of the summands of what it is divided by
        return share

    def _kept(self, value: Value, node: Reduce) -> Value:
        """A reduced value with the labels of what it is made of."""
        kept = [a for a in range(node.children[0].rank) if a not in node.axes]
        return value.renamed(dict(enumerate(kept)))

    def _down(self, value: Value, node: Reduce) -> Value:
        """The other way about."""
        kept = [a for a in range(node.children[0].rank) if a not in node.axes]
        return value.renamed({a: i for i, a in enumerate(kept)})

    def _over(self, kind: str, value: Value, axes: Sequence[int]) -> Value:
        places = tuple(a for a, x in enumerate(value.labels) if x in axes)
        shape = [s for a, s in enumerate(value.op.sizes) if a not in places]
        low = value.op.low if kind == "max" else 0.0 if value.op.low >= 0 else float("-inf")
        high = value.op.high if kind == "max" else float("inf")
        op = self.pool.make(kind, (value.op,), (places,), shape, (low, high))
        return Value(op, tuple(x for x in value.labels if x not in axes))

    def _top(self, node: Reduce) -> Value:
        return self._over("max", self._full(node.children[0]), node.axes)

    def _centred(self, node: Reduce) -> Value:
        """What is reduced minus its maximum."""
        whole = self._full(node.children[0])
        return linear(self.pool, [(S.One, whole), (-S.One, self._top(node))])

    def _exponentials(self, node: Reduce) -> tuple[Value, Value]:
        powers = call(self.pool, "exp", [self._centred(node)])
        return powers, self._down(self._over("sum", powers, node.axes), node)

    def _log_of_sum(self, node: Reduce) -> Value:
        return call(self.pool, "log", [self._exponentials(node)[1]])

    def _reduce(self, node: Reduce) -> Value:
        top = self._down(self._top(node), node)
        if node.kind == "max":
            return top
        return linear(self.pool, [(S.One, top), (S.One, self._log_of_sum(node))])

    def first_max(self, node: FirstMax) -> tuple[list[Value], Value]:
        """The indices of the first maximum on each axis, and 1 where it is a number."""
        whole = self._full(node.children[0])
        axes = tuple(whole.labels.index(a) for a in node.axes)
        kept = [a for a in whole.labels if a not in node.axes]
        shape = [whole.op.sizes[whole.labels.index(a)] for a in kept]
        rank = {a: i for i, a in enumerate(a for a in range(node.rank) if a not in node.axes)}
        labels = tuple(rank[a] for a in kept)
        place = self.pool.make("argmax", (whole.op,), (axes,), shape)
        found = [Value(place, labels)]
        if len(axes) > 1:
            inner = tuple(whole.op.sizes[a] for a in axes)
            found = [
                Value(self.pool.make("unravel", (place,), (inner, which), shape), labels)
                for which in range(len(axes))
            ]
        top = self.pool.make("max", (whole.op,), (tuple(sorted(axes)),), shape)
        return found, call(self.pool, "one_or_nan", [Value(top, labels)])

    def at(
        self, node: Tensor, labels: Sequence[Label], found: Mapping[Label, Index],
        sizes: Mapping[Label, Size],
    ) -> Value:
        """The value of an expression at indices; only what is chosen of it, where labels choose."""
        change = dict(enumerate(labels))
        chooses = any(isinstance(found.get(x), Chosen) for x in labels)
        if chooses and len(set(labels)) == len(labels):
            if isinstance(node, Map):
                values = {
                    placeholder(i): self.at(c, labels, found, sizes)
                    for i, c in enumerate(node.children)
                }
                if not any(self._softmax(c) for c in node.children):
                    return elementwise(self.pool, node.expr, values, {})
            if isinstance(node, Sum):
                return self._sum_at(node, labels, found, sizes)
        return read(self.pool, self.value(node).renamed(change), found, sizes)

    def _sum_at(
        self, node: Sum, labels: Sequence[Label], found: Mapping[Label, Index],
        sizes: Mapping[Label, Size],
    ) -> Value:
        change = dict(enumerate(labels))
        terms = self._terms(node)
        if any(t.labels(node.shape) is None for _, t in terms):
            return read(self.pool, self.value(node).renamed(change), found, sizes)
        parts = []
        for scale, term in terms:
            own = term.labels(node.shape)
            assert own is not None
            names = {x: labels[axis] for axis, x in enumerate(own)}
            deep = self._deep(term.value.renamed(names), found, sizes)
            parts += [(scale * c, v) for c, v in deep]
        return linear(self.pool, parts)

    def _deep(
        self, value: Value, found: Mapping[Label, Index], sizes: Mapping[Label, Size]
    ) -> list[tuple[Any, Value]]:
        """The terms of a sum of arrays, of which only what is chosen is read."""
        if value.op.kind != "linear":
            return [(S.One, read(self.pool, value, found, sizes))]
        coefficients, places = value.op.fields
        parts = [Value(a, tuple(value.labels[p] for p in place))
                 for a, place in zip(value.op.args, places, strict=True)]
        return [
            (c * front, v) for c, part in zip(coefficients, parts, strict=True)
            for front, v in self._deep(part, found, sizes)
        ]


def _factors(node: Tensor) -> int:
    """The number of factors of the longest product that an expression is the sum of."""
    if isinstance(node, Sum):
        return max(_factors(c) for c in node.children)
    if isinstance(node, Product) and len(node.children) == 1:
        return _factors(node.children[0]) if isinstance(node.children[0], Sum) else 1
    return len(node.children) if isinstance(node, Product) else 1
