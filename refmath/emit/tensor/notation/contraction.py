"""Sums over indices as matrix notation: which products, traces and diagonals they are."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from refmath.emit.tensor.notation.compose import (
    call,
    diagonal,
    diagonal_matrix,
    dot,
    is_symmetric,
    ones,
    scaled,
    split,
    times,
    transpose,
    transposes,
)
from refmath.emit.tensor.notation.squeeze import squeezed
from refmath.emit.tensor.notation.sums import distributed, total
from refmath.emit.tensor.notation.tree import Dot, Notation

__all__ = ["Part", "assembled", "contracted"]


class Part(NamedTuple):
    """A scalar, vector or matrix, with the label of each axis."""

    tree: Notation
    labels: tuple[int, ...]


def contracted(
    parts: Sequence[Part], rank: int, held: Collection[int], sizes: Mapping[int, Any]
) -> list[Part]:
    """Sum over labels as long as the result is a scalar, vector or matrix.

    Args:
        parts: What is multiplied.
        rank: Labels below this one are the result's own.
        held: Other labels that must stay.
        sizes: The size of every label.

    Returns:
        What is left to multiply, no two parts with the same labels.
    """

    def inner(label: int) -> bool:
        return label >= rank and label not in held

    thin = [x for x, size in sizes.items() if size == 1 and inner(x)]
    found = [_without_repetition(_without(p, thin)) for p in parts]
    while True:
        found = _merged(found, inner)
        label = _next(found, inner)
        if label is None:
            return found
        found = _summed(found, label, rank, sizes)


def _without(part: Part, labels: Collection[int]) -> Part:
    """A part without some labels of axes of size 1."""
    for axis in reversed(range(len(part.labels))):
        if part.labels[axis] in labels:
            rest = (*part.labels[:axis], *part.labels[axis + 1:])
            part = Part(squeezed(part.tree, axis), rest)
    return part


def _without_repetition(part: Part) -> Part:
    a, *rest = part.labels or (None,)
    return Part(diagonal(part.tree), part.labels[:1]) if rest == [a] else part


def _merged(parts: list[Part], inner: Callable[[int], bool]) -> list[Part]:
    """Parts with the same labels as one; a pair of labels that nothing else has is summed."""
    groups: dict[frozenset[int], list[Part]] = {}
    for part in parts:
        groups.setdefault(frozenset(part.labels), []).append(part)
    out = []
    for labels, members in groups.items():
        if len(labels) == 2 and all(
            inner(x) and not any(x in p.labels for p in parts if p not in members) for x in labels
        ):
            out.append(Part(_full_sum(members), ()))
        elif len(members) == 1:
            out.append(members[0])
        else:
            order = _leading(members).labels
            trees = [_turned(p, order) for p in members]
            out.append(Part(times(trees, trees[0].shape), order))
    return out


def _leading(members: list[Part]) -> Part:
    """The part whose direction a product takes: one that is no matrix product itself."""
    plain = [p for p in members if not isinstance(split(p.tree)[1], Dot)]
    return min(plain or members, key=lambda p: (p.labels, p.tree.key))


def _turned(part: Part, order: tuple[int, ...]) -> Notation:
    return part.tree if part.labels == order else transpose(part.tree)


def _full_sum(members: list[Part]) -> Notation:
    """The sum of all entries of the product of matrices on one pair of labels."""
    if len(members) == 2:
        x, y = members
        a, b = x.labels
        cores = [split(p.tree)[1] for p in members]
        product = any(isinstance(c, Dot) or is_symmetric(c) for c in cores)
        if product or x.labels != y.labels:
            return _trace([_turned(x, (a, b)), _turned(y, (b, a))])
    order = _leading(members).labels
    trees = [_turned(p, order) for p in members]
    return total(times(trees, trees[0].shape))


def _trace(pair: list[Notation]) -> Notation:
    """The trace of a product of two matrices, the way that needs fewer transposes."""
    x, y = pair
    forms = [
        split(dot(p))
        for p in ([x, y], [y, x], [transpose(y), transpose(x)], [transpose(x), transpose(y)])
    ]
    own, core = min(forms, key=lambda f: (transposes(f[1]), not _starts_turned(f[1])))
    scalars = [f for f in core.children if not f.rank] if not isinstance(core, Dot) else []
    rest = times([f for f in core.children if f.rank], core.shape) if scalars else core
    return times([*scalars, _scaled_trace(own, rest)], ())


def _starts_turned(x: Notation) -> bool:
    return bool(isinstance(x, Dot) and transposes(x.children[0]))


def _scaled_trace(own: Any, x: Notation) -> Notation:
    return scaled(own, call("tr", [x], ()))


def _next(parts: list[Part], inner: Callable[[int], bool]) -> int | None:
    """The label to sum over next: one on at most two matrices, better on one."""
    best: tuple[int, int] | None = None
    for label in sorted({x for p in parts for x in p.labels if inner(x)}):
        matrices = sum(1 for p in parts if label in p.labels and len(p.labels) == 2)
        if matrices <= 2 and (best is None or (max(matrices, 1), label) < best):
            best = (max(matrices, 1), label)
    return None if best is None else best[1]


def _summed(
    parts: list[Part], label: int, rank: int, sizes: Mapping[int, Any]
) -> list[Part]:
    """The parts after the sum over a label."""
    mine = [p for p in parts if label in p.labels]
    rest = [p for p in parts if label not in p.labels]
    vectors = [p.tree for p in mine if len(p.labels) == 1]
    matrices = [p for p in mine if len(p.labels) == 2]
    ends = [next(x for x in p.labels if x != label) for p in matrices]
    if not matrices:
        return [*rest, Part(total(vectors[0]), ())]
    if len(matrices) == 1:
        column = vectors[0] if vectors else ones(sizes[label])
        return [*rest, Part(dot([_turned(matrices[0], (ends[0], label)), column]), (ends[0],))]
    middle = [diagonal_matrix(vectors[0])] if vectors else []
    whole = dot([
        _turned(matrices[0], (ends[0], label)), *middle, _turned(matrices[1], (label, ends[1]))
    ])
    part = Part(whole, (ends[0], ends[1]))
    turn = Part(transpose(whole), (ends[1], ends[0]))
    return [*rest, _better(part, turn, rest, rank)]


def _better(part: Part, turn: Part, rest: list[Part], rank: int) -> Part:
    """A matrix or its transpose: as the result has it, as others have it, or the plainer."""
    for wanted in (tuple(range(rank)), *(p.labels for p in rest)):
        for one in (part, turn):
            if one.labels == wanted:
                return one
    for one in (part, turn):
        if rank and (one.labels[0] == 0 or (rank == 2 and one.labels[1] == 1)):
            return one
    return min((part, turn), key=lambda p: (transposes(split(p.tree)[1]), p.labels))


def assembled(parts: Sequence[Part], shape: Sequence[Any], identity: bool) -> Notation | None:
    """What is left over as one piece; None where it is none.

    Args:
        parts: Scalars, vectors and matrices on the result's own labels.
        shape: The result's.
        identity: Whether the result is diagonal; all its labels are then 0.
    """
    scalars = [p.tree for p in parts if not p.labels]
    vectors = {p.labels[0]: p.tree for p in parts if len(p.labels) == 1}
    matrices = [p for p in parts if len(p.labels) == 2]
    labels = {x for p in parts for x in p.labels}
    if labels - set(range(len(shape))) or len(shape) > 2:
        return None
    if len(shape) < 2:
        whole = vectors.get(0, ones(*shape))
    elif identity:
        whole = diagonal_matrix(vectors.get(0, ones(shape[0])))
    elif matrices:
        sides = [[diagonal_matrix(vectors[x])] if x in vectors else [] for x in (0, 1)]
        whole = dot([*sides[0], _turned(matrices[0], (0, 1)), *sides[1]])
    elif vectors:
        column, row = (vectors.get(x, ones(shape[x])) for x in (0, 1))
        whole = dot([column, transpose(row)])
    else:
        whole = ones(*shape)
    return distributed(times([*scalars, whole], shape) if scalars else whole)
