"""Strict inequalities on a box, by intervals: the box is cut until every piece is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from sympy import Gt, Lt

from refmath.errors import DeclarationError
from refmath.proof.claim import Engine, Evidence, Theorem
from refmath.proof.exact import Undefined, ball, truth
from refmath.proof.rational import enclosed
from refmath.proof.search import counterexample

__all__ = ["OnBox"]

Box = Mapping[Any, tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class OnBox:
    """That a strict inequality holds at every point of a box.

    Arb's balls and intervals with rational ends each enclose both sides on pieces of the box.

    Attributes:
        relation: ``left > right`` or ``left < right``.
        box: The interval of every symbol, its ends among it.
        name: For people.
        pieces: How many pieces may be needed.

    Raises:
        DeclarationError: The relation is not strict, or a symbol has no interval.
    """

    relation: Any
    box: Box
    name: str = ""
    pieces: int = 4_000
    evidence: Evidence = field(default=Evidence.BOUND)

    def __post_init__(self) -> None:
        if not isinstance(self.relation, Gt | Lt):
            raise DeclarationError(f"expected a strict inequality, found {self.relation}")
        if left := self.relation.free_symbols - set(self.box):
            raise DeclarationError(f"expected an interval of {min(map(str, left))}, found none")

    def engines(self) -> Sequence[Engine]:
        """Balls, and intervals that share no code with them."""
        return [("arb", partial(self._cut, self._by_balls)),
                ("rational", partial(self._cut, self._by_intervals))]

    def _cut(self, decided: Callable[[Box], bool]) -> bool:
        left = [dict(self.box)]
        for _ in range(self.pieces):
            if not left:
                return True
            piece = left.pop()
            if not decided(piece):
                widest = max(piece, key=lambda s: piece[s][1] - piece[s][0])
                low, high = piece[widest]
                middle = (low + high) / 2
                left += [{**piece, widest: (low, middle)}, {**piece, widest: (middle, high)}]
        return not left

    def _by_balls(self, piece: Box) -> bool:
        point = {s: ball(a).union(ball(b)) for s, (a, b) in piece.items()}
        try:
            return truth(self.relation, point) is True
        except Undefined:
            return False

    def _by_intervals(self, piece: Box) -> bool:
        gap = self.relation.gts - self.relation.lts
        try:
            return enclosed(gap, piece).low > 0
        except ZeroDivisionError:
            return False

    def refute(self) -> str | None:
        """The simplest point of the box at which it fails, or one of its corners."""
        given = [r for s, (a, b) in self.box.items() for r in (s >= a, s <= b)]
        point = counterexample([self.relation], given)
        return None if point is None else ", ".join(f"{s} = {x}" for s, x in point.items())

    def theorem(self, name: str) -> Theorem | None:
        """Not told to Coq."""
        return None

    def negation(self, name: str) -> Theorem | None:
        """Not told to Coq."""
        return None
