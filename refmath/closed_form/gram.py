"""Terms of a Hessian that are Gram matrices: c A'DBA with D diagonal and B symmetric.

Such a term is positive semidefinite where c, D and B are, and that is read off its indices: an
exchange of the left and the right indices must map its factors to each other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from refmath.tensor import build, jacobian, nodes
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Map,
    OneHot,
    Product,
    Reduce,
    Sum,
    Tensor,
    placeholder,
)
from refmath.tensor.order import is_symmetric
from refmath.tensor.sizes import Size

__all__ = ["Gram", "Term", "gram", "is_nonnegative", "is_positive", "square", "terms"]

Factor = tuple[Tensor, tuple[int, ...]]
_MOST_SUMMED = 6


@dataclass(frozen=True)
class Term:
    """One term of a Hessian of shape (*s, *s), with s of the given rank.

    Attributes:
        coefficient: A SymPy expression.
        factors: Tensors with their labels; 0, ..., 2 rank - 1 are the Hessian's own.
        sizes: The size of every label.
        rank: The number of axes of what is differentiated by.
    """

    coefficient: Any
    factors: tuple[Factor, ...]
    sizes: Mapping[int, Size]
    rank: int

    def is_paired(self, axis: int) -> bool:
        """Whether a delta joins an axis to its partner, so that no two entries of it mix."""
        return any(_is_delta(f, (axis, axis + self.rank)) for f in self.factors)

    def joined(self) -> "tuple[tuple[Factor, ...], set[int]]":
        """The factors with the deltas between partners carried out, and the axes joined."""
        axes = {a for a in range(self.rank) if self.is_paired(a)}
        partner = {a + self.rank: a for a in axes}
        kept = tuple(
            (node, tuple(partner.get(x, x) for x in labels)) for node, labels in self.factors
            if not any(_is_delta((node, labels), (a, a + self.rank)) for a in axes)
        )
        return kept, axes


@dataclass(frozen=True)
class Gram:
    """A term that is positive semidefinite where its parts are.

    Attributes:
        coefficient: Must not be negative.
        roots: Matrices whose Kronecker product is A, their last axes the columns; none where the
            term has no off-diagonal entries but those of a middle.
        diagonal: Without roots, the diagonal: of rank 0, or one entry a joined index.
        weights: Entries of D: must not be negative.
        middles: B: must be positive semidefinite.
        definite: Whether the term is positive definite where its parts are and the roots have
            full column rank.
    """

    coefficient: Any
    roots: tuple[Tensor, ...]
    diagonal: Tensor | None
    weights: tuple[Tensor, ...]
    middles: tuple[Tensor, ...]
    definite: bool


def terms(matrix: Tensor, rank: int) -> list[Term]:
    """The terms of a Hessian."""
    front, core = build.split(matrix)
    out = []
    for child in core.children if isinstance(core, Sum) else (core,):
        scalar, part = build.split(child)
        if isinstance(part, Product):
            sizes = dict(enumerate(part.sizes))
            out.append(Term(front * scalar, part.factors, sizes, rank))
        else:
            sizes = dict(enumerate(part.shape))
            own = tuple(range(part.rank))
            out.append(Term(front * scalar, ((part, own),), sizes, rank))
    return out


def _is_delta(factor: Factor, pair: tuple[int, int]) -> bool:
    node, labels = factor
    return isinstance(node, Affine) and node.is_delta and set(labels) == set(pair)


def is_positive(node: Tensor) -> bool:
    """Whether all entries are known to be positive."""
    return _has_sign(node, strict=True)


def is_nonnegative(node: Tensor) -> bool:
    """Whether no entry can be negative."""
    return isinstance(node, OneHot | FirstMax | Affine) or _has_sign(node, strict=False)


def _has_sign(node: Tensor, *, strict: bool) -> bool:
    known = is_positive if strict else is_nonnegative
    if isinstance(node, Map):
        change = {
            placeholder(i): _signed(i, child) for i, child in enumerate(node.children)
        }
        expr = node.expr.xreplace(change)
        return bool(expr.is_positive if strict else expr.is_nonnegative)
    if isinstance(node, Product):
        front = node.coefficient
        sign = front.is_positive if strict else front.is_nonnegative
        return bool(sign) and all(known(c) for c in node.children)
    if isinstance(node, Sum):
        return all(is_nonnegative(c) for c in node.children) and (
            not strict or any(is_positive(c) for c in node.children)
        )
    if isinstance(node, Reduce) and node.kind == "max":
        return known(node.children[0])
    return False


def _signed(index: int, node: Tensor) -> Any:
    if is_positive(node):
        return Symbol(f"x{index}", positive=True)
    return Symbol(f"x{index}", nonnegative=True) if is_nonnegative(node) else placeholder(index)


def _key(factor: Factor) -> tuple[Tensor, tuple[int, ...]]:
    node, labels = factor
    return node, tuple(sorted(labels)) if len(labels) == 2 and is_symmetric(node) else labels


def gram(term: Term) -> Gram | None:
    """A term as a Gram matrix, or None if it cannot be read as one."""
    factors, joined = term.joined()
    free = [a for a in range(term.rank) if a not in joined]
    summed = sorted({x for _, labels in factors for x in labels if x >= 2 * term.rank})
    if len(summed) > _MOST_SUMMED:
        return None
    best: Gram | None = None
    own = {a: a + term.rank for a in free}
    for swap in _involutions(summed, term.sizes):
        sigma = swap | own | {v: k for k, v in own.items()}
        if not _is_invariant(factors, sigma):
            continue
        found = _split(term, factors, sigma, free)
        if found and (best is None or _demands(found) < _demands(best)):
            best = found
    return best


def _demands(found: Gram) -> int:
    return len(found.weights) + len(found.middles)


def _involutions(labels: list[int], sizes: Mapping[int, Size]) -> Iterator[dict[int, int]]:
    """All ways to exchange some labels in pairs; none exchanged comes first."""
    if not labels:
        yield {}
        return
    first, *rest = labels
    yield from _involutions(rest, sizes)
    for other in rest:
        if sizes[other] == sizes[first]:
            for inner in _involutions([x for x in rest if x != other], sizes):
                yield inner | {first: other, other: first}


def _is_invariant(factors: tuple[Factor, ...], sigma: Mapping[int, int]) -> bool:
    before = Counter(_key(f) for f in factors)
    after = Counter(_key((n, tuple(sigma.get(x, x) for x in labels))) for n, labels in factors)
    return before == after


def _split(
    term: Term, factors: tuple[Factor, ...], sigma: Mapping[int, int], free: list[int]
) -> Gram | None:
    """The factors on the left side, between the sides, and on neither."""
    bridges = [f for f in factors if _is_bridge(f, sigma)]
    plain = [f for f in factors if f not in bridges]
    left = _left_side(plain, sigma, free)
    right = {sigma[x] for x in left}
    if left & right:
        return None
    weights = tuple(node for node, labels in plain if not set(labels) & (left | right))
    roots = [f for f in plain if set(f[1]) & left]
    used = {x for _, labels in roots for x in labels}
    bridged = {x for _, labels in bridges for x in labels if x in left}
    definite = all(a in used or a in bridged for a in free)
    middles = tuple(node for node, _ in bridges if not isinstance(node, Affine))
    if used & set(free):
        rows = {x for x in used if x not in free and (x not in left or x in bridged)}
        parts = _apart(roots, set(free))
        found = tuple(_matrix(part, rows, free, term) for part in parts)
        high = all(rows & set(labels) for part in parts for _, labels in part)
        return Gram(term.coefficient, found, None, weights, middles, definite and high)
    inner = [f for f in factors if not set(f[1]) & set(free)]
    batch = sorted({x for _, labels in inner for x in labels if x < term.rank})
    diagonal = build.product(1, inner, batch, term.sizes)
    return Gram(term.coefficient, (), diagonal, weights, middles, definite)


def _matrix(part: list[Factor], rows: set[int], free: list[int], term: Term) -> Tensor:
    used = {x for _, labels in part for x in labels}
    out = [*sorted(used & rows), *(a for a in free if a in used)]
    return build.product(1, part, out, term.sizes)


def _apart(factors: list[Factor], columns: set[int]) -> list[list[Factor]]:
    """Groups of factors without a common label; those without columns join the first."""
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in factors:
        mine = (set(factor[1]), [factor])
        rest = []
        for group in groups:
            if group[0] & mine[0]:
                mine = (mine[0] | group[0], [*group[1], *mine[1]])
            else:
                rest.append(group)
        groups = [*rest, mine]
    first, *others = [members for labels, members in groups if labels & columns]
    return [first + [f for labels, m in groups if not labels & columns for f in m], *others]


def _is_bridge(factor: Factor, sigma: Mapping[int, int]) -> bool:
    node, labels = factor
    if len(labels) != 2 or not is_symmetric(node):
        return False
    a, b = labels
    return a != b and sigma.get(a) == b


def _left_side(
    plain: list[Factor], sigma: Mapping[int, int], free: list[int]
) -> set[int]:
    """The labels that are exchanged and hang together with the left own ones."""
    left = set(free)
    while True:
        before = len(left)
        for _, labels in plain:
            moving = {x for x in labels if x in sigma}
            if moving & left:
                left |= moving
        if len(left) == before:
            rest = [x for x in sigma if x not in left and sigma[x] not in left]
            if not rest:
                return left
            left.add(min(rest))


def square(term: Term, theta: Tensor) -> Gram | None:
    """The second derivative of a term of an objective that is a sum of weighted squares.

    Args:
        term: A term of rank 0 that is quadratic in theta.
        theta: A variable.

    Returns:
        The second derivative halved, as a Gram matrix, or None if the term is no such sum.
    """
    moving = [f for f in term.factors if theta in nodes(f[0])]
    if len(moving) != 1:
        return None
    ((node, labels),) = moving
    if not isinstance(node, Map) or node.expr != placeholder(0) ** 2:
        return None
    if len(set(labels)) != len(labels):
        return None
    root = jacobian(node.children[0], theta)
    weights = tuple(x for x, _ in term.factors if x is not node)
    _, core = build.split(root)
    if not weights and isinstance(core, Affine) and core.is_delta:
        return Gram(term.coefficient, (), build.constant(1), (), (), True)
    return Gram(term.coefficient, (root,), None, weights, (), True)
