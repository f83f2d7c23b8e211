"""Tensor expressions by their entries: index notation."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sympy import S

from refmath.emit.tensor.notation import sums
from refmath.emit.tensor.notation.affine import Relations, relation, solved
from refmath.emit.tensor.notation.compose import call, scaled, split, times
from refmath.emit.tensor.notation.elementwise import elementwise
from refmath.emit.tensor.notation.letters import Letters
from refmath.emit.tensor.notation.pushed import pushed
from refmath.emit.tensor.notation.repeated import repeated
from refmath.emit.tensor.notation.tree import (
    Bracket,
    Entry,
    Index,
    Indexed,
    Name,
    Notation,
    Sigma,
    Times,
)
from refmath.errors import DeclarationError
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

__all__ = ["Entries"]

At = tuple[Any, ...]
Scope = frozenset[str]
Maker = Callable[[Any, Scope], Notation]
"""A factor at given indices, with the names of the indices in use."""


class Entries:
    """Writes expressions by their entries.

    Args:
        root: The whole expression.
        letters: Where indices come from.
        matrices: What writes vectors and matrices inside in matrix notation; None if index
            notation is wanted throughout.
    """

    def __init__(self, root: Tensor, letters: Letters, matrices: Any = None) -> None:
        self._letters, self._matrices = letters, matrices
        self._defined = repeated(root) - {root}
        self._wholes: dict[Tensor, Notation] = {}

    def whole(self, node: Tensor) -> Notation:
        """A tensor by its entries; of a scalar its value."""
        if node not in self._wholes:
            own = self._letters.own(node.rank)
            body = self._opened(node, own, frozenset(x.name for x in own))
            self._wholes[node] = Indexed(node.shape, (body,), own) if own else body
        return self._wholes[node]

    def entry(self, node: Tensor, at: At, scope: Scope) -> Notation:
        """The entry at some indices."""
        tree = None
        if self._matrices is not None and node.rank <= 2:
            tree = self._matrices(node)
            if tree is not None and not isinstance(split(tree)[1], Indexed):
                return pushed(tree, at)
        if node in self._defined:
            whole = self.whole(node)
            return Entry((), (whole,), at) if at else whole
        return self._opened(node, at, scope)

    def _opened(self, node: Tensor, at: At, scope: Scope) -> Notation:
        if isinstance(node, Variable):
            name = Name(node.shape, (), node.name, node.symmetric)
            return Entry((), (name,), at) if at else name
        if isinstance(node, Map):
            places = {
                placeholder(i): self.entry(c, at, scope) for i, c in enumerate(node.children)
            }
            return elementwise(node.expr, places, ())
        if isinstance(node, Sum):
            return sums.add([self.entry(c, at, scope) for c in node.children], ())
        if isinstance(node, Product):
            return self._product(node, at, scope)
        if isinstance(node, Reduce | FirstMax):
            return self._reduction(node, at, scope)
        if isinstance(node, OneHot):
            label = self.entry(node.children[0], at[:-1], scope)
            return Bracket((), (label, Index((), (), at[-1])), ("=",))
        if isinstance(node, Affine):
            return relation(node, at)
        if isinstance(node, Inverse):
            found = call("inv", [self._argument(node.children[0])], node.shape)
            return Entry((), (found,), at)
        if isinstance(node, LogDet):
            return call("logdet", [self._argument(node.children[0])], ())
        raise DeclarationError(f"no notation for {type(node).__name__} is known")

    def _argument(self, node: Tensor) -> Notation:
        """A matrix as the argument of a function of matrices."""
        if isinstance(node, Variable):
            return Name(node.shape, (), node.name, node.symmetric)
        return self.whole(node)

    def _reduction(self, node: Reduce | FirstMax, at: At, scope: Scope) -> Notation:
        (child,) = node.children
        bound = self._letters.summed(len(node.axes), scope)
        inside: list[Any] = list(bound)
        kept = list(at) if isinstance(node, Reduce) else [
            x for i, x in enumerate(at) if i not in node.axes
        ]
        full = tuple(
            inside.pop(0) if i in node.axes else kept.pop(0) for i in range(child.rank)
        )
        body = self.entry(child, full, scope | {x.name for x in bound})
        sizes = [child.shape[i] for i in node.axes]
        if isinstance(node, Reduce):
            return _over(node.kind, bound, sizes, body)
        first = _over("argmax", bound, sizes, body)
        place = [Index((), (), at[i]) for i in node.axes]
        left = place[0] if len(place) == 1 else call("tuple", place, ())
        return Bracket((), (left, first), ("=",))

    def _product(self, node: Product, at: At, scope: Scope) -> Notation:
        parts: list[tuple[Notation | None, Any, tuple[int, ...]]]
        if self._matrices is None:
            parts = [(None, c, labels) for c, labels in node.factors]
        else:
            trees, rest = self._matrices.parts(node)
            parts = [(p.tree, None, p.labels) for p in trees]
            parts += [(None, c, labels) for c, labels in rest]
        shifts = [(c, labels) for _, c, labels in parts if isinstance(c, Affine)]
        relations = solved(shifts, node.rank, dict(enumerate(node.sizes)))
        others = [p for p in parts if not isinstance(p[1], Affine)]
        return self._written(node, others, relations, at, scope)

    def _written(
        self, node: Product, parts: Sequence[Any], relations: Relations, at: At, scope: Scope
    ) -> Notation:
        """A product with its sums, each over the factors that its index stands in."""
        coefficient = node.coefficient
        factors: list[tuple[frozenset[int], Maker]] = []
        for tree, child, labels in parts:
            factors.append((relations.needs(labels), self._maker(tree, child, labels, relations)))
        factors += relations.brackets()
        places = dict(enumerate(at))
        places |= {x: S.Zero for x, s in enumerate(node.sizes) if s == 1 and x >= node.rank}
        out = []
        for group, bound in _groups(factors, set(places)):
            symbols = self._letters.summed(len(bound), scope)
            where = places | dict(zip(bound, symbols, strict=True))
            inner = scope | {x.name for x in symbols}
            body = times([make(where, inner) for make in group], ())
            sizes = [node.sizes[x] for x in bound]
            out.append(_over("sum", symbols, sizes, body) if bound else body)
        labels = {x for _, _, own in parts for x in own if x >= node.rank}
        shifted = {x for own in relations.labels for x in own if x >= node.rank}
        used = frozenset().union(*(needed for needed, _ in factors))
        return scaled(coefficient * relations.idle(labels | shifted, used), times(out, ()))

    def _maker(
        self, tree: Notation | None, child: Any, labels: tuple[int, ...], relations: Relations
    ) -> Maker:
        def make(where: Any, scope: Scope) -> Notation:
            own = tuple(relations.at(x, where) for x in labels)
            return self.entry(child, own, scope) if tree is None else pushed(tree, own)

        return make


def _groups(
    factors: Sequence[tuple[frozenset[int], Any]], fixed: Collection[int]
) -> list[tuple[list[Any], tuple[int, ...]]]:
    """Factors that share an index which is summed over, with these indices."""
    groups: list[tuple[list[Any], frozenset[int]]] = []
    for needed, make in factors:
        mine: tuple[list[Any], frozenset[int]] = (
            [make], needed - frozenset(fixed)
        )
        rest = []
        for group in groups:
            if group[1] & mine[1]:
                mine = ([*group[0], *mine[0]], group[1] | mine[1])
            else:
                rest.append(group)
        groups = [*rest, mine]
    return [(makers, tuple(sorted(bound))) for makers, bound in groups]


def _over(kind: str, symbols: Sequence[Any], sizes: Sequence[Any], body: Notation) -> Notation:
    """A sum or maximum; of a sum what does not depend on the indices stands in front."""
    indices = tuple(zip(symbols, sizes, strict=True))
    if kind != "sum":
        return Sigma((), (body,), kind, indices)
    own, core = split(body)
    bound = {x.name for x in symbols}
    factors = core.children if isinstance(core, Times) else (core,)
    inside = [f for f in factors if f.free & bound]
    outside = [f for f in factors if not f.free & bound]
    return scaled(own, times([*outside, Sigma((), (times(inside, ()),), kind, indices)], ()))
