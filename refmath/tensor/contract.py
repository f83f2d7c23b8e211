"""Products in their normal form.

A product is flattened, deltas are contracted away, functions of the same tensors are merged into
one, and labels are numbered in one way.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import prod
from typing import Any

from sympy import Add, Mul, S, gcd_terms, sympify

from refmath.tensor import collect
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Map,
    OneHot,
    Product,
    Sum,
    Tensor,
    placeholder,
)
from refmath.tensor.order import numbered
from refmath.tensor.sizes import Size

__all__ = ["constant", "is_constant", "product", "scaled", "split", "tidy"]

Label = Hashable
Factor = tuple[Tensor, tuple[Any, ...]]
_INDICATORS = (Affine, OneHot, FirstMax)
"""Their entries are 0 and 1."""


def constant(value: Any, shape: Sequence[Size] = ()) -> Tensor:
    """The same scalar everywhere."""
    return Product(tuple(shape), (), sympify(value, strict=True), (), tuple(shape))


def split(node: Tensor) -> tuple[Any, Tensor]:
    """A node as a scalar times a node with coefficient 1."""
    if not isinstance(node, Product) or node.coefficient == 1:
        return S.One, node
    return node.coefficient, _with_coefficient(node, S.One)


def is_constant(node: Tensor) -> bool:
    """Whether a node is the same scalar everywhere."""
    return isinstance(node, Product) and not node.children


def scaled(scalar: Any, node: Tensor) -> Tensor:
    """A scalar times a node."""
    scalar = sympify(scalar, strict=True)
    if isinstance(node, Product):
        return _with_coefficient(node, tidy(scalar * node.coefficient))
    if scalar == 1:
        return node
    if scalar == 0:
        return constant(0, node.shape)
    return Product(node.shape, (node,), tidy(scalar), (tuple(range(node.rank)),), node.shape)


def _with_coefficient(node: Product, scalar: Any) -> Tensor:
    """A product with another coefficient; the rest is in its normal form already."""
    if scalar == 0:
        return constant(0, node.shape)
    if scalar == 1 and len(node.children) == 1 and node.labels[0] == tuple(range(node.rank)):
        return node.children[0]
    return Product(node.shape, node.children, scalar, node.labels, node.sizes)


def product(
    coefficient: Any, factors: Iterable[Factor], out: Iterable[Label], sizes: Mapping[Any, Size]
) -> Tensor:
    """The sum over all labels that are not in ``out`` of the product of the factors.

    Args:
        coefficient: A scalar.
        factors: Tensors, each with one label an axis.
        out: The labels of the result's axes, all different.
        sizes: The size of every label.
    """
    scalar, flat, known, summed = _flattened(
        sympify(coefficient, strict=True), factors, dict(sizes)
    )
    result = tuple(out)
    shape = tuple(known[x] for x in result)
    if scalar == 0:
        return constant(0, shape)
    summed -= set(result)
    flat = _on_diagonals(_without_deltas(flat, summed, known), result)
    flat = _without_full_choices(flat, summed)
    place, apart = _to_open(flat, summed)
    if apart:
        return _opened(scalar, flat, place, apart, result, known)
    used = {x for _, labels in flat for x in labels}
    scalar = scalar * prod((known[x] for x in summed - used), start=S.One)
    merged = _merged(flat)
    if any(isinstance(f, Product) for f, _ in merged):  # merging may have made one
        return product(scalar, merged, result, known)
    ordered, names = numbered(merged, result)
    children, inner = tuple(x for x, _ in ordered), tuple(x for _, x in ordered)
    found = Product(shape, children, tidy(scalar), inner, tuple(known[x] for x in names))
    return _with_coefficient(found, found.coefficient)


def _to_open(flat: list[Factor], summed: set[Label]) -> tuple[int, list[Tensor]]:
    """The place of a sum with deltas that can be contracted away, and the terms that have them."""
    for place, (node, labels) in enumerate(flat):
        if isinstance(node, Sum) and not summed.isdisjoint(labels):
            inner = {i for i, x in enumerate(labels) if x in summed}
            apart = [x for x in node.children if not inner.isdisjoint(_delta_axes(x))]
            if apart:
                return place, apart
    return -1, []


def _delta_axes(term: Tensor) -> set[int]:
    """The axes of a term that a delta stands on."""
    factors = term.factors if isinstance(term, Product) else [(term, tuple(range(term.rank)))]
    return {x for f, inner in factors if isinstance(f, Affine) and f.is_delta for x in inner}


def _opened(
    scalar: Any, flat: list[Factor], place: int, apart: list[Tensor], out: tuple[Label, ...],
    sizes: Mapping[Any, Size],
) -> Tensor:
    """A product in which some terms of a sum are multiplied out."""
    whole, labels = flat[place]
    others = flat[:place] + flat[place + 1:]
    rest = collect.add([x for x in whole.children if x not in apart], whole.shape)
    terms = [product(scalar, [*others, (x, labels)], out, sizes) for x in (*apart, rest)]
    return collect.add(terms, terms[0].shape)


def tidy(scalar: Any) -> Any:
    """A scalar with sums brought to one fraction, as SymPy writes it by itself."""
    if isinstance(scalar, Add):
        found = gcd_terms(scalar)
        return Mul(*found.args) if isinstance(found, Mul) else found
    return scalar


def _flattened(
    scalar: Any, factors: Iterable[Factor], sizes: dict[Any, Size]
) -> tuple[Any, list[Factor], dict[Any, Size], set[Label]]:
    """Factors that are no products themselves, with fresh inner labels; and all labels in use."""
    flat: list[Factor] = []
    used: set[Label] = set()
    for node, labels in factors:
        assert len(labels) == node.rank, (node, labels)
        used.update(labels)
        for label, size in zip(labels, node.shape, strict=True):
            assert sizes.setdefault(label, size) == size, (node, labels, sizes)
        if not isinstance(node, Product):
            flat.append((node, tuple(labels)))
            continue
        scalar = scalar * node.coefficient
        names: dict[int, Label] = dict(enumerate(labels))
        for x in range(node.rank, len(node.sizes)):
            names[x] = object()
            sizes[names[x]] = node.sizes[x]
            used.add(names[x])
        flat += [(f, tuple(names[x] for x in inner)) for f, inner in node.factors]
    return scalar, flat, sizes, used


def _without_deltas(
    flat: list[Factor], summed: set[Label], sizes: Mapping[Any, Size]
) -> list[Factor]:
    """Contract deltas where one of their labels is summed over; that label leaves ``summed``."""
    flat = _once(flat)
    place = 0
    while place < len(flat):
        node, labels = flat[place]
        place += 1
        if not isinstance(node, Affine) or not node.is_delta:
            continue
        a, b = labels
        if a != b and a not in summed and b not in summed:
            continue
        del flat[place - 1]
        place = 0
        if a != b:
            gone, stays = (a, b) if a in summed else (b, a)
            summed.discard(gone)
            flat = [(f, tuple(stays if x == gone else x for x in inner)) for f, inner in flat]
    return _once(flat)


def _on_diagonals(flat: list[Factor], out: tuple[Label, ...]) -> list[Factor]:
    """Where deltas make own labels equal, the first of them stands for all on other factors."""
    first: dict[Label, Label] = {}
    deltas: dict[Label, Tensor] = {}
    for node, labels in flat:
        if isinstance(node, Affine) and node.is_delta:
            pair = sorted((first.get(x, x) for x in labels), key=out.index)
            for x in (*labels, *first):
                first[x] = pair[0] if first.get(x, x) == pair[1] else first.get(x, x)
            deltas |= dict.fromkeys(labels, node)
    if not first:
        return flat
    rest = [f for f in flat if not (isinstance(f[0], Affine) and f[0].is_delta)]
    moved = [(node, tuple(first.get(x, x) for x in labels)) for node, labels in rest]
    return _once([*moved, *((deltas[x], (y, x)) for x, y in first.items() if x != y)])


def _once(flat: list[Factor]) -> list[Factor]:
    """Factors without repeated ones whose entries are 0 and 1: squaring them changes nothing."""
    single = dict.fromkeys(f for f in flat if isinstance(f[0], _INDICATORS))
    return [*(f for f in flat if not isinstance(f[0], _INDICATORS)), *single]


def _without_full_choices(flat: list[Factor], summed: set[Label]) -> list[Factor]:
    """Drop what chooses one entry of an axis that nothing else has: it adds up to 1."""
    kept = list(flat)
    for factor in flat:
        node, labels = factor
        if not isinstance(node, OneHot | FirstMax):
            continue
        axes = node.axes if isinstance(node, FirstMax) else (node.rank - 1,)
        own = {labels[a] for a in axes}
        count = sum(labels.count(x) for x in own)
        elsewhere = {x for f in kept if f is not factor for x in f[1]}
        if own <= summed and count == len(axes) and not own & elsewhere:
            kept.remove(factor)
            summed -= own
    return kept


def _merged(flat: list[Factor]) -> list[Factor]:
    """Merge functions of the same tensors at the same indices into one."""
    groups: dict[tuple[Label, ...], list[Tensor]] = {}
    for node, labels in flat:
        groups.setdefault(labels, []).append(node)
    out: list[Factor] = []
    for labels, nodes in groups.items():
        for together in _sharing(nodes):
            if len(together) == 1:
                out.append((together[0], labels))
            else:
                symbols = [placeholder(i) for i in range(len(together))]
                out.append((collect.elementwise(Mul(*symbols), together), labels))
    return out


def _sharing(nodes: list[Tensor]) -> list[list[Tensor]]:
    """Groups of nodes that are functions of a common tensor."""
    groups: list[tuple[set[Tensor], list[Tensor]]] = []
    for node in nodes:
        atoms = set(node.children) if isinstance(node, Map) else {node}
        own: tuple[set[Tensor], list[Tensor]] = (atoms, [node])
        rest = []
        for group in groups:
            if group[0] & atoms:
                own = (own[0] | group[0], [*group[1], *own[1]])
            else:
                rest.append(group)
        groups = [*rest, own]
    return [members for _, members in groups]
