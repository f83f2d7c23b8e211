"""Conditions on hyperparameters as a person writes them: ``lr > 0 and (rate = 0 or power <= 1)``.

The line of every hyperparameter is cut where the condition compares it with a number. Within the
cells that this makes the condition is constant, so it is a union of boxes of cells.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Eq, Gt, Mul, Or, Rational, Symbol, true
from sympy.core.relational import Relational

from refmath.domain import Interval

__all__ = ["condition_text"]

_SHOWN = {
    "Equality": "=", "Unequality": "!=", "StrictGreaterThan": ">", "GreaterThan": ">=",
    "StrictLessThan": "<", "LessThan": "<=",
}
_NAMES = {"last_value": "the last value"}
_NOT_NEGATIVE = Interval(Fraction(0), None, False, True)

Box = tuple[tuple[int, int], ...]
"""For each line the first and the last cell."""


@dataclass(frozen=True)
class _Line:
    """A hyperparameter's line in cells, or the two cells of a relation between several.

    Attributes:
        name: As it is printed.
        key: What stands for it in the condition.
        samples: A value in each cell.
        ends: Of each cell its two ends, and whether it is a single point; empty for a relation.
    """

    name: str
    key: Any
    samples: tuple[Any, ...]
    ends: tuple[tuple[Any, Any, bool], ...] = ()

    def text(self, first: int, last: int) -> str:
        """The cells from the first to the last as a relation; empty if they are all."""
        whole = last == len(self.samples) - 1
        if first == 0 and whole:
            return ""
        if not self.ends:
            return self.name if first == 0 else f"not {self.name}"
        (low, _, at_low), (_, high, at_high) = self.ends[first], self.ends[last]
        if first == last and at_low:
            return f"{self.name} = {low}"
        if whole:
            return f"{self.name} {'>=' if at_low else '>'} {low}"
        upper = f"{self.name} {'<=' if at_high else '<'} {high}"
        if first == 0:
            return upper
        return f"{self.name} {'>=' if at_low else '>'} {low} and {upper}"


def condition_text(condition: Any, domains: Mapping[str, Interval]) -> str:
    """A condition in plain text, without what the domains decide.

    Args:
        condition: A SymPy relation, or such with and, or, not.
        domains: Those of the hyperparameters by name; others are not negative.

    Returns:
        ``always``, ``never``, or ``if`` and the condition.
    """
    split = condition.replace(lambda e: isinstance(e, Relational), _split)
    lines = list(_lines(split, domains))
    holds = {
        cell for cell in product(*(range(len(x.samples)) for x in lines))
        if split.xreplace({x.key: x.samples[i] for x, i in zip(lines, cell, strict=True)}) == true
    }  # fmt: skip
    if not holds:
        return "never"
    boxes = [
        [x.text(*ends) for x, ends in zip(lines, box, strict=True)]
        for box in _boxes(holds, [len(x.samples) for x in lines])
    ]
    clauses = [[text for text in box if text] for box in boxes]
    return f"if {_joined(clauses)}" if all(clauses) else "always"


def _split(relation: Any) -> Any:
    """A product of what is not negative, held against 0, factor by factor."""
    left = relation.lhs
    if not (isinstance(left, Mul) and relation.rhs == 0 and left.is_nonnegative):
        return relation
    zero = Or(*(Eq(f, 0) for f in left.args))
    return {Eq: zero, Gt: ~zero}.get(relation.func, relation)


def _lines(condition: Any, domains: Mapping[str, Interval]) -> Iterator[_Line]:
    relations = sorted(condition.atoms(Relational), key=str)
    for symbol in sorted(condition.free_symbols, key=str):
        cuts = {
            Rational(r.rhs if r.lhs == symbol else r.lhs)
            for r in relations if r.free_symbols == {symbol}
        }  # fmt: skip
        if cuts:
            yield _cut(symbol, cuts, domains.get(symbol.name, _NOT_NEGATIVE))
    for relation in relations:
        if len(relation.free_symbols) > 1:
            shown = _SHOWN[type(relation).__name__]
            yield _Line(f"{relation.lhs} {shown} {relation.rhs}", relation, (true, ~true))


def _cut(symbol: Symbol, cuts: set[Any], domain: Interval) -> _Line:
    """The cells of a domain: its cuts, and what lies between them."""
    low = None if domain.low is None else Rational(str(domain.low))
    high = None if domain.high is None else Rational(str(domain.high))
    if low is not None and not domain.low_open:
        cuts = cuts | {low}
    inner = sorted(
        c for c in cuts
        if (low is None or c > low or (c == low and not domain.low_open))
        and (high is None or c < high or (c == high and not domain.high_open))
    )  # fmt: skip
    points = [p for p in [low if low not in inner else None, *inner] if p is not None]
    samples, ends = [], []
    if low is None:
        samples.append(inner[0] - 1)
        ends.append((None, inner[0], False))
    for place, point in enumerate(points):
        if point in inner:
            samples.append(point)
            ends.append((point, point, True))
        after = points[place + 1] if place + 1 < len(points) else high
        if after is None or after > point:
            samples.append((point + after) / 2 if after is not None else point + 1)
            ends.append((point, after, False))
    return _Line(_NAMES.get(symbol.name, symbol.name), symbol, tuple(samples), tuple(ends))


def _boxes(holds: set[tuple[int, ...]], counts: list[int]) -> list[Box]:
    """As few boxes as cover the cells, each as large as it can be."""
    found: list[Box] = []
    for cell in sorted(holds):
        box = _grown(cell, holds, counts)
        if box not in found:
            found.append(box)
    for box in list(found):
        others = {c for b in found if b != box for c in _cells(b)}
        if set(_cells(box)) <= others:
            found.remove(box)
    return found


def _grown(cell: tuple[int, ...], holds: set[tuple[int, ...]], counts: list[int]) -> Box:
    """A box about a cell that cannot be larger; whole lines are tried first."""
    box: Box = tuple((i, i) for i in cell)
    for place, count in enumerate(counts):
        first, last = box[place]
        for ends in [(0, count - 1), *((a, last) for a in range(first)),
                     *((first, b) for b in range(count - 1, last, -1))]:  # fmt: skip
            wider = (*box[:place], ends, *box[place + 1 :])
            if all(c in holds for c in _cells(wider)):
                box = wider
                break
    return box


def _cells(box: Box) -> Iterator[tuple[int, ...]]:
    return product(*(range(first, last + 1) for first, last in box))


def _joined(clauses: list[list[str]]) -> str:
    """Clauses joined by "or", what all have in common once, before them."""
    common = [x for x in clauses[0] if all(x in c for c in clauses)]
    rests = [[x for x in c if x not in common] for c in clauses]
    if len(clauses) == 1:
        return " and ".join(common)
    text = " or ".join(
        f"({' and '.join(r)})" if len(r) > 1 else r[0] for r in rests
    )  # fmt: skip
    return f"{' and '.join(common)} and ({text})" if common else text
