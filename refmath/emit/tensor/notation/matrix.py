"""Tensor expressions as matrix notation, and by their entries where there is none."""

from collections.abc import Sequence
from math import prod
from typing import Any

from sympy import Integer, S, log

from refmath.emit.tensor.notation import sums
from refmath.emit.tensor.notation.affine import fits
from refmath.emit.tensor.notation.compose import (
    call,
    is_row,
    ones,
    scaled,
    sliced,
    split,
    transpose,
)
from refmath.emit.tensor.notation.contraction import Part, assembled, contracted
from refmath.emit.tensor.notation.elementwise import elementwise
from refmath.emit.tensor.notation.entries import Entries
from refmath.emit.tensor.notation.letters import Letters
from refmath.emit.tensor.notation.tree import Eye, Fill, Indexed, Name, Notation
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
from refmath.tensor.walk import nodes

__all__ = ["Matrices"]

Factor = tuple[Tensor, tuple[int, ...]]


class Matrices:
    """Writes expressions in matrix notation.

    Attributes:
        entries: What writes those that have none.
    """

    def __init__(self, root: Tensor, letters: Letters) -> None:
        self._known: dict[Tensor, Notation | None] = {}
        self.entries = Entries(root, letters, self)
        for node in nodes(root):
            self._known[node] = self._tree(node)

    def __call__(self, node: Tensor) -> Notation | None:
        """A piece for an expression of rank 0, 1 or 2; None for one of higher rank."""
        if node not in self._known:
            for inner in nodes(node):
                if inner not in self._known:
                    self._known[inner] = self._tree(inner)
        return self._known[node]

    def _tree(self, node: Tensor) -> Notation | None:
        if node.rank > 2:
            return None
        found = self._matrix(node)
        return self.entries.whole(node) if found is None else found

    def _matrix(self, node: Tensor) -> Notation | None:
        """Matrix notation, or None where there is none."""
        if isinstance(node, Variable):
            return Name(node.shape, (), node.name, node.symmetric)
        if isinstance(node, Product):
            return self._product(node)
        if isinstance(node, Affine):
            return Eye(node.shape, (), False) if node.is_delta else None
        children = [self._known[c] for c in node.children]
        trees = [c for c in children if c is not None]
        if len(trees) < len(children):
            return None
        if isinstance(node, Map):
            places = {placeholder(i): c for i, c in enumerate(trees)}
            return elementwise(node.expr, places, node.shape)
        if isinstance(node, Sum):
            return self._sum(node, trees)
        return _function(node, trees[0])

    def _sum(self, node: Sum, trees: Sequence[Notation]) -> Notation | None:
        logs, rest = self._log_softmax(node)
        if logs:
            others = [] if build.is_zero(rest) else [self(rest)]
            return sums.add([*logs, *(x for x in others if x is not None)], node.shape)
        if any(isinstance(split(t)[1], Indexed) for t in trees):
            return None
        return sums.add(trees, node.shape)

    def _log_softmax(self, node: Sum) -> tuple[list[Notation], Tensor]:
        """The parts of a sum that are x - logsumexp(x), and the rest of it."""
        found: list[Notation] = []
        rest: Tensor = node
        for child in node.children:
            normal = _normalizer(child)
            if normal is None:
                continue
            factor, wide, reduce = normal
            (inside,) = reduce.children
            tree = self(inside)
            if tree is None:
                continue
            term = build.add([inside, build.scaled(-1, wide)], node.shape)
            left = build.add([rest, build.scaled(factor, term)], node.shape)
            if _count(left) == _count(rest) - _count(inside) - 1:
                rest = left
                log = call("log_softmax", [tree], node.shape, reduce.axes)
                found.append(scaled(-factor, log))
        return found, rest

    def _product(self, node: Product) -> Notation | None:
        parts: list[Part] = []
        shifts: list[Factor] = []
        diagonal = False
        for child, labels in node.factors:
            if isinstance(child, Affine):
                if child.is_delta and labels == (0, 1) and node.rank == 2:
                    diagonal = True
                else:
                    shifts.append((child, labels))
                continue
            tree = self._known[child]
            if tree is None or (isinstance(tree, Indexed) and len(node.factors) == 1):
                return None
            parts.append(Part(tree, labels))
        sizes = dict(enumerate(node.sizes))
        if diagonal:
            parts = [Part(t, tuple(0 if x == 1 else x for x in own)) for t, own in parts]
            if any(1 in labels for _, labels in shifts):
                return None
        parts, shifts, cut = shifted(parts, shifts, node.rank)
        if shifts:
            return None
        used = {x for p in parts for x in p.labels} | cut
        idle = [x for x in range(node.rank, len(node.sizes)) if x not in used]
        count = prod((node.sizes[x] for x in idle), start=S.One)
        left = contracted(parts, node.rank, (), sizes)
        whole = assembled(left, node.shape, diagonal)
        if whole is None:
            return None
        assert not is_row(split(whole)[1])
        return scaled(node.coefficient * count, whole)

    def parts(self, node: Product) -> tuple[list[Part], list[Factor]]:
        """A product of any rank: its factors, summed over as far as they stay matrices.

        Returns:
            Scalars, vectors and matrices, and the factors that are none.
        """
        parts, rest = [], []
        for child, labels in node.factors:
            tree = None if isinstance(child, Affine | OneHot) else self._known[child]
            if tree is None or isinstance(tree, Indexed):
                rest.append((child, labels))
            else:
                parts.append(Part(tree, labels))
        held = {x for _, labels in rest for x in labels}
        sizes = dict(enumerate(node.sizes))
        return contracted(parts, node.rank, held, sizes), rest


def _function(node: Tensor, tree: Notation) -> Notation | None:
    """Functions of whole tensors."""
    own, core = split(tree)
    if isinstance(node, Reduce) and isinstance(core, Fill):
        count = prod((tree.shape[i] for i in node.axes), start=S.One)
        return scaled(own if node.kind == "max" else own + log(count), ones(*node.shape))
    if isinstance(node, Reduce):
        axes = None if len(node.axes) == tree.rank else node.axes
        return call(node.kind, [tree], node.shape, axes)
    if isinstance(node, FirstMax):
        return _first_max(node, tree)
    if isinstance(node, OneHot):
        return call("onehot", [tree], node.shape)
    if isinstance(node, Inverse):
        return call("inv", [tree], node.shape)
    if isinstance(node, LogDet):
        return call("logdet", [tree], ())
    raise DeclarationError(f"no notation for {type(node).__name__} is known")


def _first_max(node: FirstMax, tree: Notation) -> Notation | None:
    if len(node.axes) != 1 or isinstance(split(tree)[1], Fill):
        return None
    (axis,) = node.axes
    if tree.rank == 1:
        return call("onehot", [call("argmax", [tree], ())], node.shape)
    where = call("argmax", [tree], (node.shape[1 - axis],), node.axes)
    found = call("onehot", [where], (node.shape[1 - axis], node.shape[axis]))
    return found if axis == 1 else transpose(found)


def _normalizer(node: Tensor) -> tuple[Any, Tensor, Reduce] | None:
    """A multiple of a log-sum-exp, broadcast along the axes it was taken over."""
    factor, core = build.split(node)
    if not isinstance(core, Product) or len(core.children) != 1:
        return None
    (reduce,) = core.children
    if not isinstance(reduce, Reduce) or reduce.kind != "logsumexp":
        return None
    shape = reduce.children[0].shape
    kept = tuple(i for i in range(len(shape)) if i not in reduce.axes)
    fits = core.labels == (kept,) and core.shape == shape
    return (factor, core, reduce) if fits else None


def _count(node: Tensor) -> int:
    """The number of terms."""
    _, core = build.split(node)
    return 0 if build.is_zero(node) else len(core.children) if isinstance(core, Sum) else 1


def shifted(
    parts: list[Part], shifts: list[Factor], rank: int
) -> tuple[list[Part], list[Factor], set[int]]:
    """Take slices and whole indices: what chooses entries of an axis that is summed over.

    Returns:
        The parts, what could not be taken, and the labels that are summed over by this.
    """
    left, cut = list(shifts), set[int]()
    found = _first_cut(parts, left, rank)
    while found is not None:
        shift, (label, item, count, new) = found
        left.remove(shift)
        cut.add(label)
        parts = [_taken(p, label, item, count, new) for p in parts]
        found = _first_cut(parts, left, rank)
    return parts, left, cut


def _first_cut(
    parts: Sequence[Part], shifts: Sequence[Factor], rank: int
) -> tuple[Factor, tuple[int, Any, Any, int | None]] | None:
    """A shift that only chooses entries of an axis, with what it chooses."""
    for shift in shifts:
        node, labels = shift
        assert isinstance(node, Affine)
        chosen = _choice(node, labels, rank)
        busy = {x for other in shifts if other is not shift for x in other[1]}
        again = chosen and any(p.labels.count(chosen[0]) > 1 for p in parts)
        if chosen is not None and chosen[0] not in busy and not again:
            return shift, chosen
    return None


def _taken(part: Part, label: int, item: Any, count: Any, new: int | None) -> Part:
    if label not in part.labels:
        return part
    axis = part.labels.index(label)
    labels = tuple(new if x == label else x for x in part.labels)
    tree = sliced(part.tree, axis, item, count)
    return Part(tree, tuple(x for x in labels if x is not None))


def _choice(
    node: Affine, labels: tuple[int, ...], rank: int
) -> tuple[int, Any, Any, int | None] | None:
    """The label that is cut, what is taken of it, how many entries, and the label they get."""
    if len(labels) == 1:
        start = node.offset / node.coefficients[0]
        return (labels[0], start, None, None) if labels[0] >= rank else None
    if len(labels) != 2 or labels[0] == labels[1]:
        return None
    for place in (0, 1):
        own, other = node.coefficients[place], node.coefficients[1 - place]
        step = -other * own
        if abs(own) != 1 or step < 1 or labels[place] < rank:
            continue
        start, count = node.offset * own, node.shape[1 - place]
        spare = node.shape[place] - 1 - start - step * (count - 1)
        if start.is_nonnegative and fits(spare.expand()):
            item = (start, count, Integer(step))
            return labels[place], item, count, labels[1 - place]
    return None


