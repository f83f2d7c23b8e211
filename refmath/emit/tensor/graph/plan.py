"""In which order the factors of a product are multiplied, two at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Any

from sympy import S

from refmath.tensor.node import Affine, FirstMax, OneHot, Product, Tensor

__all__ = ["Indices", "Step", "is_indicator", "pairs", "reduced", "typical"]

_TYPICAL = 64
"""The number that stands for a size where only an order of magnitude matters."""

Labels = frozenset[Any]


def is_indicator(node: Tensor) -> bool:
    """Whether a factor only chooses entries: its own are 0 and 1."""
    return isinstance(node, Affine | OneHot | FirstMax)


def typical(size: Any) -> int:
    """A size as a number, where only its order of magnitude matters."""
    found = size.subs(dict.fromkeys(size.free_symbols, _TYPICAL))
    return max(int(found), 1)


@dataclass(frozen=True)
class Indices:
    """The labels of a product.

    Attributes:
        sizes: The size of every label.
        choices: The labels of each factor of zeros and ones, and which of them the others fix.
    """

    sizes: Mapping[Any, Any]
    choices: tuple[tuple[Labels, Labels], ...]

    @classmethod
    def of(cls, node: Product) -> "Indices":
        """The labels of a product."""
        sizes = dict(enumerate(node.sizes))
        choices: list[tuple[Labels, Labels]] = []
        for factor, labels in node.factors:
            if is_indicator(factor):
                before = frozenset(x for _, fixed in choices for x in fixed)
                choices.append((frozenset(labels), _fixed(factor, labels, sizes, before)))
        return cls(sizes, tuple(choices))

    @property
    def choosing(self) -> Labels:
        """The labels of the factors of zeros and ones."""
        return frozenset(x for labels, _ in self.choices for x in labels)

    def completed(self, labels: Labels) -> Labels:
        """Labels with those that they fix: all of a choice if at most one is missing."""
        found = labels
        for own, _ in self.choices:
            if len(own - found) <= 1:
                found |= own
        return found

    def volume(self, labels: Iterable[Any]) -> Any:
        """The number of values that some labels go through together."""
        found = self.completed(frozenset(labels))
        fixed = {x for own, fixed in self.choices if own <= found for x in fixed}
        return self.entries(found - fixed)

    def entries(self, labels: Iterable[Any]) -> Any:
        """The number of entries of a tensor with these labels."""
        return prod((self.sizes[x] for x in sorted(labels)), start=S.One)


def _fixed(
    factor: Tensor, labels: Sequence[Any], sizes: Mapping[Any, Any], before: Labels
) -> Labels:
    """The labels of a factor of zeros and ones that the others fix."""
    if isinstance(factor, OneHot):
        return frozenset(labels[-1:]) - before
    if isinstance(factor, FirstMax):
        return frozenset(labels[a] for a in factor.axes) - before
    assert isinstance(factor, Affine), factor
    free = [
        x for x, c in zip(labels, factor.coefficients, strict=True)
        if abs(c) == 1 and x not in before
    ]
    return frozenset(sorted(free, key=lambda x: -typical(sizes[x]))[:1])


@dataclass(frozen=True)
class Step:
    """One multiplication of two factors, summed over what nothing else needs.

    Attributes:
        left: The number of a factor; those made by earlier steps follow the given ones.
        right: Another.
        out: The labels of the result.
    """

    left: int
    right: int
    out: tuple[Any, ...]


def reduced(factors: Sequence[Labels], out: Labels) -> list[Labels]:
    """The labels of factors that are first summed over what only they have."""
    found = []
    for i, own in enumerate(factors):
        others = out.union(*(x for j, x in enumerate(factors) if j != i))
        found.append(own & others)
    return found


def pairs(factors: Sequence[Labels], out: Labels, indices: Indices) -> list[Step]:
    """The steps that multiply some factors, with the fewest multiplications at typical sizes.

    Args:
        factors: The labels of every factor.
        out: The labels of the result.
        indices: The sizes of the labels.
    """
    state = tuple((i, x) for i, x in enumerate(factors))
    _, steps = _cheapest(state, len(factors), out, indices)
    return steps


State = tuple[tuple[int, Labels], ...]


def _cheapest(
    state: State, fresh: int, out: Labels, indices: Indices
) -> tuple[int, list[Step]]:
    if len(state) < 2:
        return 0, []
    best: tuple[int, list[Step]] | None = None
    for first, second in _candidates(state, indices):
        rest = tuple(x for x in state if x not in (first, second))
        needed = out.union(*(labels for _, labels in rest))
        kept = (first[1] | second[1]) & needed
        own = typical(indices.volume(first[1] | second[1]))
        later, steps = _cheapest((*rest, (fresh, kept)), fresh + 1, out, indices)
        if best is None or own + later < best[0]:
            order = tuple(sorted(kept, key=str))
            best = own + later, [Step(first[0], second[0], order), *steps]
    assert best is not None
    return best


def _candidates(state: State, indices: Indices) -> Iterable[Any]:
    """The pairs that are tried: all of up to five factors, else the cheapest one."""
    every = list(combinations(state, 2))
    if len(state) <= 5:
        return every
    return [min(every, key=lambda p: typical(indices.volume(p[0][1] | p[1][1])))]
