"""Sums of products and products of sums: which of both is less work."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from refmath.emit.tensor.kernel.contraction import cost
from refmath.emit.tensor.kernel.ops import Pool
from refmath.tensor import build
from refmath.tensor.node import Affine, FirstMax, OneHot, Product, Reduce, Sum, Tensor
from refmath.tensor.sizes import Size

__all__ = ["distributed", "factored", "log_softmax_in", "pulled"]

Factor = tuple[Tensor, tuple[Any, ...]]
_GAIN = 0.9
"""A product is only distributed if that takes less than so much of the time."""


def factored(pool: Pool, node: Sum) -> Tensor:
    """A sum of products with a common large factor as this factor times a sum: X'p - X'y."""
    found = _common(pool, node)
    if found is None:
        return node
    key, members = found
    factor, pattern = key
    rest = [child for child in node.children if child not in members]
    shared = [("s", a) if x == "s" else x for a, x in enumerate(pattern)]
    sizes: dict[Any, Size] = dict(enumerate(node.shape))
    sizes |= dict(zip(shared, factor.shape, strict=True))
    parts = [_without(child, key, shared) for child in members]
    boundary = list(dict.fromkeys(
        x for _, factors, _ in parts for _, labels in factors for x in labels
        if x in sizes
    ))
    terms = [
        build.product(coefficient, factors, boundary, {**inner, **sizes})
        for coefficient, factors, inner in parts
    ]
    inside = build.add(terms, [sizes[x] for x in boundary])
    whole = build.product(
        1, [(factor, tuple(shared)), (inside, tuple(boundary))], range(node.rank), sizes
    )
    again = build.add([*rest, whole], node.shape)
    return factored(pool, again) if isinstance(again, Sum) and rest else again


def _patterns(node: Tensor) -> list[tuple[Tensor, tuple[Any, ...]]]:
    """The factors of a product over which it sums, with "s" for labels that are summed over."""
    if not isinstance(node, Product) or len(node.children) < 2:
        return []
    found = []
    for factor, labels in node.factors:
        pattern = tuple(x if x < node.rank else "s" for x in labels)
        plain = len(set(labels)) == len(labels) and not isinstance(
            factor, Affine | OneHot | FirstMax
        )
        if plain and "s" in pattern:
            found.append((factor, pattern))
    return found


def _common(pool: Pool, node: Sum) -> tuple[Any, list[Tensor]] | None:
    """The largest factor that several products have in common, if the rest is not larger."""
    groups: dict[Any, list[Tensor]] = {}
    for child in node.children:
        for key in dict.fromkeys(_patterns(child)):
            groups.setdefault(key, []).append(child)
    several = [(k, c) for k, c in groups.items() if len(c) > 1]
    several.sort(key=lambda g: -pool.elements(g[0][0].shape))
    for key, members in several:
        room = pool.elements(key[0].shape)
        if all(_rest_size(pool, c, key) <= room for c in members):
            return key, members
    return None


def _rest_size(pool: Pool, node: Tensor, key: Any) -> float:
    """How many entries a product has without a factor, before it is summed."""
    assert isinstance(node, Product)
    place = _patterns_place(node, key)
    shared = set(node.labels[place])
    own = {x for i, labels in enumerate(node.labels) if i != place for x in labels}
    return pool.elements(node.sizes[x] for x in own if x in shared or x < node.rank)


def _patterns_place(node: Product, key: Any) -> int:
    factor, pattern = key
    for i, (f, labels) in enumerate(node.factors):
        if f is factor and tuple(x if x < node.rank else "s" for x in labels) == pattern:
            return i
    raise AssertionError((node, key))


def _without(
    node: Tensor, key: Any, shared: Sequence[Any]
) -> tuple[Any, list[Factor], dict[Any, Size]]:
    """A product without a factor, whose labels are renamed: coefficient, factors, sizes."""
    assert isinstance(node, Product)
    place = _patterns_place(node, key)
    names: dict[int, Any] = {x: x for x in range(node.rank)}
    names |= dict(zip(node.labels[place], shared, strict=True))
    for x in range(node.rank, len(node.sizes)):
        names.setdefault(x, (id(node), x))
    factors = [
        (f, tuple(names[x] for x in labels))
        for i, (f, labels) in enumerate(node.factors) if i != place
    ]
    return node.coefficient, factors, {names[i]: s for i, s in enumerate(node.sizes)}


def distributed(pool: Pool, node: Product, known: Container[Tensor]) -> Tensor | None:
    """A product with a sum multiplied out, where the sum has more entries than it is worth.

    Args:
        pool: The operations.
        node: The product.
        known: What has been computed anyway.
    """
    for place, (factor, labels) in enumerate(node.factors):
        plain = isinstance(factor, Sum) and log_softmax_in(factor) is None
        if plain and all(
            isinstance(f, Affine | OneHot | FirstMax) for f in node.children if f is not factor
        ) and len(node.children) > 1:
            terms = [_with(node, place, child) for child in factor.children]
            return build.add(terms, node.shape)
        if plain and len(set(labels)) == len(labels):
            kept = _time(pool, _factors(node), range(node.rank), dict(enumerate(node.sizes)))
            if factor not in known:
                kept += sum(_own_time(pool, child) for child in factor.children)
            terms = [_with(node, place, child) for child in factor.children]
            if sum(_own_time(pool, term) for term in terms) < _GAIN * kept:
                return build.add(terms, node.shape)
    return None


def pulled(pool: Pool, node: Product) -> Tensor | None:
    """A product with common factors taken out of a sum, if the sum becomes smaller; else None."""
    for place, (factor, labels) in enumerate(node.factors):
        if not isinstance(factor, Sum) or len(set(labels)) < len(labels):
            continue
        shared = _shared_factors(factor)
        left = [x for x in range(factor.rank) if any(_has(c, x, shared) for c in factor.children)]
        if not shared or len(left) == factor.rank:
            continue
        own = dict(enumerate(factor.shape))
        terms = [_lessened(child, shared, left, own) for child in factor.children]
        inner = build.add(terms, [own[x] for x in left])
        factors = [f for i, f in enumerate(node.factors) if i != place]
        factors += [(f, tuple(labels[x] for x in inside)) for f, inside in shared]
        factors.append((inner, tuple(labels[x] for x in left)))
        sizes = dict(enumerate(node.sizes))
        return build.product(node.coefficient, factors, range(node.rank), sizes)
    return None


def _shared_factors(node: Sum) -> list[tuple[Tensor, tuple[int, ...]]]:
    """Factors that all terms of a sum have, on the sum's own axes."""
    found: list[tuple[Tensor, tuple[int, ...]]] = []
    first, *others = (_factors(c) for c in node.children)
    for f, labels in first:
        own = all(x < node.rank for x in labels) and not isinstance(f, Affine | OneHot | FirstMax)
        if own and all((f, labels) in o for o in others) and (f, labels) not in found:
            found.append((f, labels))
    return found


def _has(node: Tensor, label: int, shared: Sequence[Factor]) -> bool:
    """Whether a term depends on an axis by other factors."""
    rest = list(_factors(node))
    for f in shared:
        rest.remove(f)
    return any(label in labels for _, labels in rest)


def _lessened(
    node: Tensor, shared: Sequence[Factor], left: Sequence[int], own: Mapping[int, Size]
) -> Tensor:
    """A term without some of its factors, on the axes that are left."""
    rest = list(_factors(node))
    for f in shared:
        rest.remove(f)
    scale = node.coefficient if isinstance(node, Product) else 1
    sizes = dict(enumerate(node.sizes)) if isinstance(node, Product) else own
    return build.product(scale, rest, left, sizes)


def _with(node: Product, place: int, child: Tensor) -> Tensor:
    factors = list(node.factors)
    factors[place] = (child, node.labels[place])
    return build.product(node.coefficient, factors, range(node.rank), dict(enumerate(node.sizes)))


def _factors(node: Tensor) -> list[Factor]:
    return list(node.factors) if isinstance(node, Product) else [(node, tuple(range(node.rank)))]


def _own_time(pool: Pool, node: Tensor) -> float:
    """The time of computing an expression from its factors."""
    sizes = dict(enumerate(node.sizes if isinstance(node, Product) else node.shape))
    return _time(pool, _factors(node), range(node.rank), sizes) + pool.elements(node.shape)


def _time(
    pool: Pool, factors: Sequence[Factor], out: Sequence[Any], sizes: Mapping[Any, Size]
) -> float:
    """The time of a product, in which deltas cost nothing."""
    same = {x: x for x in sizes}
    for factor, labels in factors:
        if isinstance(factor, Affine) and factor.is_delta:
            first, second = (same[x] for x in labels)
            same = {x: first if y == second else y for x, y in same.items()}
    dense = [
        frozenset(same[x] for x in labels) for f, labels in factors
        if not (isinstance(f, Affine) and f.is_delta)
    ]
    if not dense or len(dense) > 8:
        return pool.elements(sizes.values())
    return cost(pool, dense, frozenset(same[x] for x in out), sizes)[0]


def log_softmax_in(node: Sum) -> tuple[Reduce, list[Tensor]] | None:
    """A log-sum-exp that is subtracted from what it is taken of, and the other terms."""
    labels = tuple(range(node.rank))
    for child in node.children:
        scale, core = build.split(child)
        if scale != -1 or not isinstance(core, Product) or len(core.children) != 1:
            continue
        reduced = core.children[0]
        if not isinstance(reduced, Reduce) or reduced.kind != "logsumexp":
            continue
        inside = reduced.children[0]
        kept = tuple(a for a in labels if a not in reduced.axes)
        if inside.shape != node.shape or core.labels != (kept,):
            continue
        parts = inside.children if isinstance(inside, Sum) else (inside,)
        others = [c for c in node.children if c is not child]
        if all(p in others for p in parts):
            return reduced, [c for c in others if c not in parts]
    return None
