"""How long the axes are thought to be, and in which order they lie in memory.

Sizes are symbols, so a plan goes by what declarations usually mean: the axis that comes first,
that of the samples, is the longest, and the last, that of the classes, the shortest.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sympy import Expr, Integer, Symbol

from refmath.tensor.node import Reduce, Tensor, Variable
from refmath.tensor.sizes import Size
from refmath.tensor.walk import nodes

__all__ = ["Order", "at_least", "difference"]

_LONGEST, _SHORTEST = 2048.0, 32.0


class Order:
    """Lengths and memory order of axes by their sizes.

    Args:
        roots: The expressions that a kernel is made of.
        hints: Numbers for some sizes by name.
    """

    def __init__(self, roots: Sequence[Tensor], hints: Mapping[str, int]) -> None:
        everything = nodes(*roots)
        symbols = _sorted_symbols([x for x in everything if isinstance(x, Variable)])
        steps = max(len(symbols) - 1, 1)
        ratio = (_SHORTEST / _LONGEST) ** (1 / steps)
        guessed = {s: _LONGEST * ratio**i for i, s in enumerate(symbols)}
        if len(symbols) == 1:
            guessed = {symbols[0]: 256.0}
        self._lengths = guessed | {s: float(hints[s.name]) for s in symbols if s.name in hints}
        self._known: dict[Any, float] = {}
        self._first = self._inner(everything)

    def length(self, size: Size) -> float:
        """How long an axis of some size is thought to be."""
        found = self._known.get(size)
        if found is None:
            change = {s: Integer(int(self._lengths.get(s, 256.0))) for s in size.free_symbols}
            found = self._known[size] = max(float(size.xreplace(change)), 1.0)
        return found

    def _inner(self, everything: Sequence[Tensor]) -> set[tuple[Size, Size]]:
        """Pairs of sizes whose first shall precede: NumPy reduces a short last axis slowly."""
        found = set()
        for node in everything:
            if isinstance(node, Reduce):
                shape = node.children[0].shape
                short = {shape[a] for a in node.axes}
                kept = {s for a, s in enumerate(shape) if a not in node.axes} - short
                found |= {(s, t) for s in short for t in kept if self.length(s) < self.length(t)}
        return found

    def arranged(self, labels: Sequence[Any], sizes: Mapping[Any, Size]) -> tuple[Any, ...]:
        """Labels in the order in which their axes shall lie in memory, else as they are given."""
        out = list(labels)
        for i in range(len(out)):
            for j in range(i + 1, len(out)):
                if (sizes[out[j]], sizes[out[i]]) in self._first:
                    out.insert(i, out.pop(j))
        return tuple(out)

    def longest_first(self, labels: Sequence[Any], sizes: Mapping[Any, Size]) -> tuple[Any, ...]:
        """Labels with the longest axis first, but for those that precede it by ``arranged``."""
        by_length = sorted(labels, key=lambda x: -self.length(sizes[x]))
        return self.arranged(by_length, sizes)


def _sorted_symbols(variables: Sequence[Variable]) -> list[Any]:
    """The symbols of sizes, those on an earlier axis of a variable first where that is possible."""
    ordered = sorted(variables, key=lambda x: (-x.rank, x.name))
    pairs: list[tuple[Any, Any]] = []
    seen: dict[Any, None] = {}
    for variable in ordered:
        axes = list(variable.shape)
        if variable.classes is not None:
            axes.append(variable.classes)
        symbols = [s for s in axes if isinstance(s, Symbol)]
        seen |= dict.fromkeys(symbols)
        pairs += [(a, b) for a, b in pairwise(symbols) if a != b]
    out: list[Any] = []
    left = list(seen)
    while left:
        free = [s for s in left if not any(b == s and a in left for a, b in pairs)]
        out.append((free or left)[0])
        left.remove(out[-1])
    return out


def difference(a: Size, b: Size) -> Expr:
    """How much larger one size is than the other, in normal form."""
    return (a - b).expand()


def at_least(a: Any, b: Any) -> bool:
    """Whether one size is certainly not smaller than the other; symbols are positive."""
    rest = difference(a, b)
    low = rest.xreplace({s: s + 1 for s in rest.free_symbols}).expand()
    return all(c >= 0 for c in low.as_coefficients_dict().values())
