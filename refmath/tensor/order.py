"""One order of a product's factors and one numbering of its labels, however it was put together.

Labels are told apart by refining colours: a label is known by the factors it stands on, their
places, and the colours of the labels beside it. What stays alike is tried in every way, part by
part, and the least outcome is kept (individualization and refinement: McKay, "Practical graph
isomorphism", 1981).
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from refmath.tensor.node import Affine, Inverse, Map, Product, Sum, Tensor, Variable

__all__ = ["is_symmetric", "numbered"]

Label = Hashable
Factor = tuple[Tensor, tuple[Any, ...]]
Place = tuple[int, tuple[Label, ...], bool]
"""A factor: the number of its tensor, its labels, and whether these two may be swapped."""

_SYMMETRIC: "WeakKeyDictionary[Tensor, bool]" = WeakKeyDictionary()


def is_symmetric(node: Tensor) -> bool:
    """Whether a node is known to be a symmetric matrix from how it is made."""
    if node.rank != 2 or node.shape[0] != node.shape[1]:
        return False
    if node not in _SYMMETRIC:
        _SYMMETRIC[node] = _stays(node)
    return _SYMMETRIC[node]


def _stays(node: Tensor) -> bool:
    """Whether a square matrix is its own transpose."""
    if isinstance(node, Variable):
        return node.symmetric
    if isinstance(node, Affine):
        return node.is_delta
    if isinstance(node, Map | Inverse):
        return all(is_symmetric(x) for x in node.children)
    if isinstance(node, Sum):
        return all(is_symmetric(x) or transposed(x) in node.children for x in node.children)
    return isinstance(node, Product) and transposed(node) is node


def transposed(matrix: Tensor) -> Tensor:
    """A matrix with its axes swapped."""
    from refmath.tensor.contract import product  # they need each other

    return product(1, [(matrix, (0, 1))], (1, 0), dict(enumerate(matrix.shape)))


def numbered(
    flat: Sequence[Factor], out: Sequence[Label]
) -> tuple[list[tuple[Tensor, tuple[int, ...]]], dict[Label, int]]:
    """Factors in order with the numbers of their labels, and the number of every label.

    Args:
        flat: Tensors with their labels.
        out: The labels of the product's own axes, which are numbered first.
    """
    nodes = sorted({f for f, _ in flat}, key=lambda f: f.key)
    rank = {f: i for i, f in enumerate(nodes)}
    swaps = {f: is_symmetric(f) for f in nodes}
    places: list[Place] = [(rank[f], labels, swaps[f]) for f, labels in flat]
    colours: dict[Label, int] = {x: i for i, x in enumerate(out)}
    inner = list(dict.fromkeys(x for _, labels in flat for x in labels if x not in colours))
    if inner and (len(nodes) < len(flat) or _may_turn(places, colours)):
        _, order = _arranged(inner, places, {**colours, **dict.fromkeys(inner, len(colours))})
        colours |= {x: len(colours) + i for i, x in enumerate(order)}
    names: dict[Label, int] = {x: i for i, x in enumerate(out)}
    ordered = []
    for number, labels, swap in sorted(places, key=lambda p: _seen(p, colours)):
        for x in sorted(labels, key=lambda x: colours.get(x, len(colours))) if swap else labels:
            names.setdefault(x, len(names))
        inside = [names[x] for x in labels]
        ordered.append((nodes[number], tuple(sorted(inside) if swap else inside)))
    return ordered, names


def _may_turn(places: Sequence[Place], colours: Mapping[Label, int]) -> bool:
    """Whether a symmetric factor has two labels of which neither comes first by itself."""
    return any(swap and colours.keys().isdisjoint(labels) for _, labels, swap in places)


def _seen(place: Place, colours: Mapping[Label, int]) -> tuple[int, tuple[int, ...]]:
    number, labels, swap = place
    found = [colours.get(x, len(colours)) for x in labels]
    return number, tuple(sorted(found) if swap else found)


def _arranged(
    inner: Sequence[Label], places: Sequence[Place], colours: Mapping[Label, int]
) -> tuple[Any, list[Label]]:
    """Labels in one order that does not depend on their names, and how the factors then look."""
    colours = _refined(inner, places, colours)
    count = Counter(colours[x] for x in inner)
    order = sorted((x for x in inner if count[colours[x]] == 1), key=colours.__getitem__)
    tied = [x for x in inner if count[colours[x]] > 1]
    parts = _parts(tied, places)
    if len(parts) == 1:
        least = min(colours[x] for x in tied)
        apart = {x: 2 * c + 1 for x, c in colours.items()}
        tries = [x for x in tied if colours[x] == least]
        found = [_arranged(inner, places, {**apart, x: 2 * least}) for x in tries]
        return min(found, key=lambda f: f[0])
    found = [_arranged(part, touching, colours) for part, touching in parts]
    for _, labels in sorted(found, key=lambda f: f[0]):
        order += labels
    return _look(order, places, colours), order


def _refined(
    inner: Sequence[Label], places: Sequence[Place], colours: Mapping[Label, int]
) -> dict[Label, int]:
    """Colours of the inner labels, as different as what stands around them makes them."""
    now = dict(colours)
    mine = set(inner)
    base = 1 + max((c for x, c in now.items() if x not in mine), default=-1)
    kinds = len({now[x] for x in inner})
    while True:
        marks: dict[Label, list[Any]] = {x: [] for x in inner}
        for place in places:
            seen = _seen(place, now)
            for i, x in enumerate(place[1]):
                if x in marks:
                    marks[x].append((seen, 0 if place[2] else i))
        signs = {x: (now[x], sorted(found)) for x, found in marks.items()}
        ranked: list[Any] = []
        for sign in sorted(signs.values()):
            if not ranked or ranked[-1] != sign:
                ranked.append(sign)
        now |= {x: base + ranked.index(sign) for x, sign in signs.items()}
        if len(ranked) == kinds:
            return now
        kinds = len(ranked)


def _parts(
    tied: Sequence[Label], places: Sequence[Place]
) -> list[tuple[list[Label], list[Place]]]:
    """The labels that hang together by factors, with these factors."""
    parts: list[tuple[list[Label], list[Place]]] = [([x], []) for x in tied]
    for place in places:
        own = [p for p in parts if not set(p[0]).isdisjoint(place[1])]
        if own:
            parts = [p for p in parts if p not in own]
            parts.append(([x for p in own for x in p[0]], [f for p in own for f in p[1]] + [place]))
    return parts


def _look(order: Sequence[Label], places: Sequence[Place], colours: Mapping[Label, int]) -> Any:
    number = {x: i for i, x in enumerate(order)}
    found = []
    for rank, labels, swap in places:
        seen = [(1, number[x]) if x in number else (0, colours[x]) for x in labels]
        found.append((rank, sorted(seen) if swap else seen))
    return [colours[x] for x in order], sorted(found)
