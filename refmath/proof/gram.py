"""Inequalities between vectors, by the inner products of some of them alone.

A worst case over all functions of a class is a statement about finitely many points, gradients and
values, which the class's interpolation conditions tie together (Taylor, Hendrickx and Glineur
2017). It is linear in the values and in the inner products, so that multipliers of the conditions
and a positive semidefinite rest prove it, in every dimension.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sympy import Add, Ge, Rational, Symbol, expand, symbols

from refmath.proof.forall import Forall
from refmath.proof.squares import factors

__all__ = ["Space", "interpolated"]


class Space:
    """Some vectors of an inner product space, as symbols; others are linear in them.

    Args:
        names: Names of the vectors: ``"x g0 g1"``.
    """

    def __init__(self, names: str) -> None:
        self.vectors: tuple[Any, ...] = symbols(names + ",", real=True)

    def _product(self, i: int, j: int) -> Any:
        first, second = self.vectors[min(i, j)], self.vectors[max(i, j)]
        return Symbol(f"{first}_dot_{second}", real=True)

    def inner(self, first: Any, second: Any) -> Any:
        """The inner product of two vectors, in those of the basis."""
        one = [expand(first).coeff(v) for v in self.vectors]
        two = [expand(second).coeff(v) for v in self.vectors]
        return Add(*(
            a * b * self._product(i, j)
            for i, a in enumerate(one) for j, b in enumerate(two) if a != 0 and b != 0
        ))

    def square(self, vector: Any) -> Any:
        """The squared norm of a vector."""
        return self.inner(vector, vector)

    def positive(self, vector: Any) -> Any:
        """That a squared norm is nonnegative: a hypothesis that every inner product meets."""
        return Ge(self.square(vector), 0, evaluate=False)

    def squares(self, form: Any) -> list[tuple[Any, Any]]:
        """Weights and vectors of a sum of squared norms, by exact factors.

        Args:
            form: Linear in inner products, with rational coefficients.

        Raises:
            Indefinite: It is negative somewhere.
        """
        size = range(len(self.vectors))
        matrix = [
            [_fraction(expand(form).coeff(self._product(i, j)) / (1 if i == j else 2))
             for j in size] for i in size
        ]
        return [
            (_rational(d), Add(*(_rational(x) * v for x, v in zip(row, self.vectors, strict=True))))
            for d, row in factors(matrix)
        ]

    def certified(
        self, relation: Any, conditions: Sequence[tuple[Any, Any]], name: str = "",
        script: str | None = "lra.",
    ) -> Forall:
        """That a relation follows from conditions, with multipliers, and from squares.

        Args:
            relation: ``larger >= smaller``, linear in values and inner products.
            conditions: Pairs of a multiplier and of a condition ``larger >= smaller``.
            name: For people.
            script: Coq's proof.

        Raises:
            Indefinite: What the multipliers leave is no sum of squares.
        """
        rest = relation.lhs - relation.rhs - Add(*(w * (c.lhs - c.rhs) for w, c in conditions))
        squares = self.squares(rest)
        given = (*(c for _, c in conditions), *(self.positive(v) for _, v in squares))
        using = (
            *((w, c.lhs - c.rhs) for w, c in conditions),
            *((d, self.square(v)) for d, v in squares),
        )
        return Forall(relation, given, using, script, name)


def interpolated(
    space: Space, first: tuple[Any, Any, Any], second: tuple[Any, Any, Any]
) -> Any:
    """What convexity and 1-smoothness say of two points: of any function, in units of L.

    Args:
        space: The vectors.
        first: Value, point and gradient.
        second: The same of the other point.
    """
    (f, x, g), (k, y, h) = first, second
    below = k + space.inner(h, x - y) + space.square(g - h) / 2
    return Ge(f, below, evaluate=False)


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _rational(value: Fraction) -> Any:
    return Rational(value.numerator, value.denominator)
