"""Indices that are affine in others: slices, windows and shifts in index notation."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from sympy import Add, Dummy, S

from refmath.emit.tensor.notation.tree import Bracket, Index, Notation
from refmath.tensor.node import Affine

__all__ = ["Relations", "fits", "relation", "solved"]

Shift = tuple[Affine, tuple[int, ...]]


class Relations:
    """What holds between the labels of a product.

    Attributes:
        symbols: A symbol for every label.
        value: For labels that are given by others, the expression in these symbols.
        labels: The labels of the shifts.
    """

    def __init__(self, sizes: Mapping[int, Any]) -> None:
        self.sizes = sizes
        self.symbols = {x: Dummy(f"l{x}", integer=True, nonnegative=True) for x in sizes}
        self.value: dict[int, Any] = {}
        self.labels: list[tuple[int, ...]] = []
        self._ranges: list[tuple[Any, Any]] = []
        self._equal: list[tuple[Any, Any]] = []

    def of(self, label: int) -> Any:
        """A label in symbols of those that are not given by others."""
        return self.value.get(label, self.symbols[label])

    def needs(self, labels: Sequence[int]) -> frozenset[int]:
        """The labels that some labels depend on."""
        return self._labels([self.of(x) for x in labels])

    def _labels(self, expressions: Sequence[Any]) -> frozenset[int]:
        found = set().union(*(e.free_symbols for e in expressions)) if expressions else set()
        return frozenset(x for x, s in self.symbols.items() if s in found)

    def at(self, label: int, where: Mapping[int, Any]) -> Any:
        """A label at given indices."""
        return self._placed(self.of(label), where)

    def _placed(self, expr: Any, where: Mapping[int, Any]) -> Any:
        change = {s: where[x] for x, s in self.symbols.items() if x in where}
        return expr.xreplace(change).expand()

    def take(self, node: Affine, labels: tuple[int, ...], rank: int) -> None:
        """Use a shift to give one label by the others, or keep it as a condition."""
        self.labels.append(labels)
        form = Add(*(
            c * self.of(x) for c, x in zip(node.coefficients, labels, strict=True)
        )) - node.offset
        best: tuple[int, int] | None = None
        found: Any = None
        for x in dict.fromkeys(labels):
            rate = form.expand().coeff(self.symbols[x])
            if x < rank or x in self.value or abs(rate) != 1:
                continue
            expr = (self.symbols[x] - form / rate).expand()
            count = sum(limit is not None for limit in self._limits(expr, self.sizes[x]))
            if best is None or count < best[0]:
                best, found = (count, x), expr
        if best is None:
            self._equal.append(_sides(form.expand()))
            return
        expr, label = found, best[1]
        self.value = {
            y: v.xreplace({self.symbols[label]: expr}).expand() for y, v in self.value.items()
        }
        change = {self.symbols[label]: expr}
        self._ranges = [(e.xreplace(change).expand(), size) for e, size in self._ranges]
        self._equal = [_sides((a - b).xreplace(change).expand()) for a, b in self._equal]
        self.value[label] = expr
        self._ranges.append((expr, self.sizes[label]))

    def _limits(self, expr: Any, size: Any) -> tuple[Any, Any]:
        """The bounds of an axis that an index may violate; None where it cannot."""
        own = {s: x for x, s in self.symbols.items()}
        least = most = S.Zero
        for symbol, rate in expr.as_coefficients_dict().items():
            if symbol in own:
                top = rate * (self.sizes[own[symbol]] - 1)
                least, most = (least + top, most) if rate < 0 else (least, most + top)
            else:
                least, most = least + rate * symbol, most + rate * symbol
        spare = (size - 1 - most).expand()
        return (None if fits(least.expand()) else S.Zero, None if fits(spare) else size)

    def brackets(self) -> Iterator[tuple[frozenset[int], Callable[[Any, Any], Notation]]]:
        """The conditions that are left, each with the labels it needs."""
        for middle, size in self._ranges:
            low, high = self._limits(middle, size)
            if low is not None or high is not None:
                yield self._labels([middle]), self._range(low, middle, high)
        for left, right in self._equal:
            yield self._labels([left, right]), self._equation(left, right)

    def _range(self, low: Any, middle: Any, high: Any) -> Callable[[Any, Any], Notation]:
        def make(where: Any, _: Any) -> Notation:
            return _between(low, self._placed(middle, where), high)

        return make

    def _equation(self, left: Any, right: Any) -> Callable[[Any, Any], Notation]:
        def make(where: Any, _: Any) -> Notation:
            form = self._placed(left, where) - self._placed(right, where)
            sides = _sides(form.expand())
            return Bracket((), tuple(Index((), (), x) for x in sides), ("=",))

        return make

    def idle(self, labels: Iterable[int], used: Collection[int]) -> Any:
        """How often a product counts because of labels that end up on none of its factors."""
        rest = {x for x in labels if x not in self.value and x not in used}
        return prod((self.sizes[x] for x in sorted(rest)), start=S.One)


def solved(shifts: Sequence[Shift], rank: int, sizes: Mapping[int, Any]) -> Relations:
    """The relations that shifts stand for, as many of them as possible solved."""
    relations = Relations(sizes)
    for node, labels in shifts:
        relations.take(node, labels, rank)
    return relations


def fits(spare: Any) -> bool:
    """Whether a number of spare entries is not negative, the sizes being large enough.

    x[:4] is taken to mean that there are 4 entries.
    """
    growing = spare - spare.as_coeff_Add()[0]
    return bool(spare.is_nonnegative or growing.is_positive)


def _sides(form: Any) -> tuple[Any, Any]:
    """An affine form that is 0 as an equation, nothing negative on either side."""
    left: list[Any] = []
    right: list[Any] = []
    for term in Add.make_args(form):
        (right if term.could_extract_minus_sign() else left).append(term)
    sides = [Add(*left), -Add(*right)]
    sides.sort(key=lambda s: (s.is_number or not _indices(s), len(Add.make_args(s)), str(s)))
    return sides[0], sides[1]


def _indices(expr: Any) -> bool:
    return any(s.is_nonnegative and not s.is_positive for s in expr.free_symbols)


def _between(low: Any, middle: Any, high: Any) -> Notation:
    """``low <= middle < high``, its constant moved to the other side where there is one bound."""
    constant = Add(*(t for t in Add.make_args(middle) if not _indices(t)))
    if high is not None and low is not None and not constant.is_number:
        constant = S.Zero
    sides = [x - constant for x in (low, middle, high) if x is not None]
    relations = ("<=",) * (low is not None) + ("<",) * (high is not None)
    return Bracket((), tuple(Index((), (), x) for x in sides), relations)


def relation(node: Affine, at: Sequence[Any]) -> Notation:
    """A shift by itself: where its indices add up to its offset."""
    form = Add(*(c * x for c, x in zip(node.coefficients, at, strict=True))) - node.offset
    return Bracket((), tuple(Index((), (), x) for x in _sides(form.expand())), ("=",))
