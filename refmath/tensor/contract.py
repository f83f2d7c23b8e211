"""Products in their normal form.

A product is flattened, deltas are contracted away, functions of the same tensors are merged into
one, and labels are numbered in one way.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import permutations
from math import factorial, prod
from typing import Any

from sympy import Add, Mul, S, gcd_terms, sympify

from refmath.tensor import collect
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Map,
    OneHot,
    Product,
    Tensor,
    Variable,
    placeholder,
)
from refmath.tensor.sizes import Size

__all__ = ["constant", "is_constant", "product", "scaled", "split", "tidy"]

Label = Hashable
Factor = tuple[Tensor, tuple[Any, ...]]
_MOST_ORDERS = 720
_INDICATORS = (Affine, OneHot, FirstMax)
"""Their entries are 0 and 1: squaring one changes nothing."""


def constant(value: Any, shape: Sequence[Size] = ()) -> Tensor:
    """The same scalar everywhere."""
    return Product(tuple(shape), (), sympify(value, strict=True), (), tuple(shape))


def split(node: Tensor) -> tuple[Any, Tensor]:
    """A node as a scalar times a node with coefficient 1."""
    if not isinstance(node, Product) or node.coefficient == 1:
        return S.One, node
    labels = range(node.rank)
    return node.coefficient, product(1, node.factors, labels, dict(enumerate(node.sizes)))


def is_constant(node: Tensor) -> bool:
    """Whether a node is the same scalar everywhere."""
    return isinstance(node, Product) and not node.children


def scaled(scalar: Any, node: Tensor) -> Tensor:
    """A scalar times a node."""
    labels = tuple(range(node.rank))
    return product(scalar, [(node, labels)], labels, dict(enumerate(node.shape)))


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
    flat = _without_deltas(flat, summed, known)
    flat = _without_full_choices(flat, summed)
    used = {x for _, labels in flat for x in labels}
    scalar = scalar * prod((known[x] for x in summed - used), start=S.One)
    merged = _merged(flat)
    if any(isinstance(f, Product) for f, _ in merged):  # merging may have made one
        return product(scalar, merged, result, known)
    if len(merged) == 1 and scalar == 1 and merged[0][1] == result:
        return merged[0][0]
    return _numbered(tidy(scalar), merged, result, known)


def tidy(scalar: Any) -> Any:
    """A scalar with sums brought to one fraction."""
    if isinstance(scalar, Add):
        return gcd_terms(scalar)
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
    kept = dict.fromkeys(f for f in flat if isinstance(f[0], _INDICATORS))
    flat = [*(f for f in flat if not isinstance(f[0], _INDICATORS)), *kept]
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
    return flat


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


def _numbered(
    scalar: Any, flat: list[Factor], out: tuple[Label, ...], sizes: Mapping[Any, Size]
) -> Tensor:
    """The product with its factors in order and its labels numbered in one way."""
    number = {x: i for i, x in enumerate(out)}
    orders = _orders(flat, number)
    best = min((_labelled(order, number) for order in orders), key=lambda x: x[0])
    _, ordered, names = best
    children = tuple(node for node, _ in ordered)
    labels = tuple(inner for _, inner in ordered)
    all_sizes = tuple(sizes[x] for x in sorted(names, key=lambda x: names[x]))
    return Product(tuple(sizes[x] for x in out), children, scalar, labels, all_sizes)


def _orders(flat: list[Factor], number: Mapping[Label, int]) -> Iterable[list[Factor]]:
    """The orders of the factors that have to be tried: equal tensors may stand either way."""
    keyed = sorted(flat, key=lambda f: (f[0].key, tuple(number.get(x, 1 << 30) for x in f[1])))
    groups: list[list[Factor]] = []
    for factor in keyed:
        if groups and groups[-1][0][0] is factor[0]:
            groups[-1].append(factor)
        else:
            groups.append([factor])
    if prod(factorial(len(g)) for g in groups) > _MOST_ORDERS:
        return [keyed]
    orders: list[list[Factor]] = [[]]
    for group in groups:
        orders = [[*o, *p] for o in orders for p in permutations(group)]
    return orders


def _labelled(
    order: list[Factor], number: Mapping[Label, int]
) -> tuple[Any, list[tuple[Tensor, tuple[int, ...]]], dict[Label, int]]:
    names = dict(number)
    out = []
    for node, labels in order:
        if isinstance(node, Variable) and node.symmetric:
            ordered = tuple(sorted(labels, key=lambda x: names.get(x, 1 << 30)))
        else:
            ordered = labels
        for x in ordered:
            names.setdefault(x, len(names))
        inner = tuple(names[x] for x in ordered)
        if isinstance(node, Affine) and node.is_delta:
            inner = tuple(sorted(inner))
        out.append((node, inner))
    return tuple(inner for _, inner in out), out, names
