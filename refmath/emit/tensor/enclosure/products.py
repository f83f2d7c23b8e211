"""Products with labelled axes over entries: what einsum computes, in any order."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import product as all_indices
from operator import mul
from typing import Any

import numpy as np
from flint import arb

from refmath.emit.tensor.enclosure.entries import Entries, Model, multiply, objects, upper

__all__ = ["contracted"]

Labels = Sequence[Sequence[int]]


def contracted(
    model: Model,
    coefficient: Entries,
    factors: Sequence[Entries],
    labels: Labels,
    lengths: Sequence[int],
    rank: int,
) -> Entries:
    """The coefficient times the sum over the labels from ``rank`` on of the factors' products.

    Args:
        model: How an implementation rounds.
        coefficient: One entry.
        factors: Entries with axes.
        labels: The labels of each factor's axes.
        lengths: The size of every label.
        rank: The labels below it are the axes of the result.
    """
    shape = tuple(lengths[:rank])
    if not factors:
        return coefficient.shaped(shape)
    with np.errstate(all="ignore"):
        found = _contracted(model, factors, labels, lengths, rank)
    count = int(np.prod(shape, dtype=int))
    one = coefficient.grid == 0 and bool((coefficient.value[0] - 1).is_zero())
    if one:
        return found
    flat = found.shaped((count,))
    return multiply(model, flat, coefficient).shaped(shape)


def _contracted(
    model: Model, factors: Sequence[Entries], labels: Labels, lengths: Sequence[int], rank: int
) -> Entries:
    sums = _Sums(labels, lengths, rank)
    finite = all(np.isfinite(f.magnitude).all() for f in factors)
    value = sums([f.value for f in factors]) if finite else _chosen(factors, sums)
    # What is unbounded is replaced, so that 0 times it is 0, and marked where it counts.
    sizes = [np.where(np.isfinite(f.magnitude), f.magnitude, 1.0) for f in factors]
    lost = None if finite else sums.any([~np.isfinite(f.magnitude) for f in factors], sizes)
    size = upper(sums(sizes))
    error = np.zeros_like(size)
    for i, f in enumerate(factors):
        if f.error.any():
            own = np.where(np.isfinite(f.error), f.error, 1.0)
            error = upper(error + upper(sums([*sizes[:i], own, *sizes[i + 1:]])))
    if lost is not None:
        size, error = (np.where(lost, np.inf, x) for x in (size, error))
    most = sums([(m != 0).astype(np.float64) for m in sizes]).max(initial=1.0)
    grids = [f.grid for f in factors]
    known = [g for g in grids if g is not None]
    terms = int(most) * int(np.prod([f.terms for f in factors], dtype=object))
    found = Entries(
        value, size, error, sum(known) if len(known) == len(grids) else None, terms,
        sum(f.depth for f in factors) + len(factors) - 1,
        sums.any([f.undecided for f in factors], sizes),
    )
    small = _underflow(model, factors, sizes, sums, size)
    if small is None:
        return found
    small = np.where((size == 0) | model.exact(found), 0.0, small)
    return replace(found, error=upper(error + small))


class _Sums:
    """einsum for fixed labels; an axis of the result that no factor has is a broadcast."""

    def __init__(self, labels: Labels, lengths: Sequence[int], rank: int) -> None:
        self.labels, self.lengths, self.rank = labels, lengths, rank
        present = {x for inner in labels for x in inner}
        self.own = [x for x in range(rank) if x in present]

    def __call__(self, arrays: Sequence[Any]) -> Any:
        array, labels = arrays[0], list(self.labels[0])
        for i in range(1, len(arrays)):
            later = {x for inner in self.labels[i + 1:] for x in inner}
            both = dict.fromkeys([*labels, *self.labels[i]])
            out = [x for x in both if x < self.rank or x in later]
            array = _array(np.einsum(array, labels, arrays[i], list(self.labels[i]), out), array)
            labels = out
        found = _array(np.einsum(array, labels, self.own), array)
        index = tuple(slice(None) if x in self.own else None for x in range(self.rank))
        return np.broadcast_to(_array(found[index], array), tuple(self.lengths[:self.rank]))

    def any(self, flags: Sequence[Any], sizes: Sequence[Any]) -> Any:
        """Where a term that counts has a factor with a flag; None if no factor has any."""
        total: Any = None
        for i, flag in enumerate(flags):
            if flag is not None:
                used = [(m != 0).astype(np.float64) for m in sizes]
                used[i] = flag.astype(np.float64)
                total = self(used) if total is None else total + self(used)
        return None if total is None else total > 0

    def cells(self) -> Any:
        """Every full index with its position in the result."""
        for index in all_indices(*(range(n) for n in self.lengths)):
            yield index, index[:self.rank]


def _array(found: Any, like: Any) -> Any:
    """What NumPy returns for no axes as an array without axes."""
    if isinstance(found, np.ndarray):
        return found
    array = np.empty((), like.dtype)
    array[()] = found
    return array


def _chosen(factors: Sequence[Entries], sums: _Sums) -> Any:
    """Sums in which a choice that is 0 leaves a term out, whatever its other factors are.

    Gathers, slices and maxima select; an entry that they leave out may be infinite.
    """
    shape = tuple(sums.lengths[:sums.rank])
    total = objects([arb(0)] * int(np.prod(shape, dtype=int))).reshape(shape)
    for index, place in sums.cells():
        parts = [
            f.value[tuple(index[x] for x in inner)]
            for f, inner in zip(factors, sums.labels, strict=True)
        ]
        if not any(f.choice and p.is_zero() for f, p in zip(factors, parts, strict=True)):
            total[place] = total[place] + reduce(mul, parts)
    return total


def _is_mask(f: Entries) -> bool:
    """Whether all entries are exactly 0 or 1."""
    return f.grid is not None and not f.error.any() and bool(np.isin(f.magnitude, (0, 1)).all())


def _underflow(
    model: Model, factors: Sequence[Entries], sizes: Sequence[Any], sums: _Sums, size: Any
) -> Any:
    """What underflow in products may cost: bounded in every order by the factors' sizes."""
    rounded = [i for i, f in enumerate(factors) if not _is_mask(f)]
    if len(rounded) < 2 or not model.flush:
        return None
    wide = [1 + m if i in rounded else m for i, m in enumerate(sizes)]
    terms = np.prod([float(n) for n in sums.lengths[sums.rank:]])
    rough = model.flush * terms * np.prod([w.max(initial=1.0) for w in wide])
    least = size[size > 0].min(initial=np.inf)
    if rough <= model.unit * least:
        return rough
    return upper(model.flush * sums(wide))
