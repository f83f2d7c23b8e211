"""Sums of squares: exact factors L D L' of a rational matrix, and the statement they prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Ge, Rational, symbols

from refmath.errors import DeclarationError
from refmath.proof.claim import Engine, Evidence, Theorem
from refmath.proof.forall import Forall
from refmath.proof.polynomial import Sympy

__all__ = ["Indefinite", "Semidefinite", "factors"]

Matrix = Sequence[Sequence[Fraction]]


class Indefinite(Exception):
    """A matrix is not positive semidefinite.

    Attributes:
        direction: A vector v with v'Mv < 0.
    """

    def __init__(self, direction: list[Fraction]) -> None:
        super().__init__(f"v'Mv < 0 at v = ({', '.join(map(str, direction))})")
        self.direction = direction


def factors(matrix: Matrix) -> list[tuple[Fraction, list[Fraction]]]:
    """Weights d > 0 and rows l with v'Mv = sum of d (l'v)**2, by exact elimination.

    Args:
        matrix: A symmetric matrix, n x n.

    Raises:
        DeclarationError: It is not symmetric.
        Indefinite: It is not positive semidefinite.
    """
    size = len(matrix)
    left = [[Fraction(x) for x in row] for row in matrix]
    if any(left[i][j] != left[j][i] for i in range(size) for j in range(size)):
        raise DeclarationError("expected a symmetric matrix, found another")
    back = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]  # congruences
    out = []
    for k in range(size):
        pivot = left[k][k]
        if pivot < 0:
            raise Indefinite(back[k])
        if pivot == 0:
            other = next((j for j in range(k + 1, size) if left[k][j]), None)
            if other is not None:  # v = e_other - s e_k, with s large enough
                s = (left[other][other] + 1) / (2 * left[k][other])
                raise Indefinite([b - s * a for a, b in zip(back[k], back[other], strict=True)])
            continue
        row = [x / pivot for x in left[k]]
        out.append((pivot, [Fraction(0)] * k + row[k:]))
        for i in range(k + 1, size):
            share = row[i]
            back[i] = [b - share * a for a, b in zip(back[k], back[i], strict=True)]
            for j in range(k + 1, size):
                left[i][j] -= share * pivot * row[j]
    return out


def _number(x: Fraction) -> Any:
    return Rational(x.numerator, x.denominator)


@dataclass(frozen=True)
class Semidefinite:
    """That v'Mv >= 0 for every v.

    The first engine factors M; the second multiplies the squares out and compares with v'Mv.

    Attributes:
        matrix: A symmetric matrix of rational numbers.
        name: For people.
    """

    matrix: Matrix
    name: str = ""
    evidence: Evidence = Evidence.EXACT

    @cached_property
    def found(self) -> list[tuple[Fraction, list[Fraction]]] | Indefinite:
        """The factors, or why there are none."""
        try:
            return factors(self.matrix)
        except Indefinite as fault:
            return fault

    def engines(self) -> Sequence[Engine]:
        """Elimination, and multiplying out."""
        return [("LDL'", lambda: isinstance(self.found, list)), ("sympy", self._multiplied)]

    def _multiplied(self) -> bool:
        if isinstance(self.found, Indefinite):
            return False
        ring = Sympy([f"v{i}" for i in range(len(self.matrix))])
        v = [ring.generator(i) for i in range(len(self.matrix))]
        form = sum((ring.number(x) * v[i] * v[j] for i, row in enumerate(self.matrix)
                    for j, x in enumerate(row)), ring.number(0))
        for weight, row in self.found:
            line = sum((ring.number(x) * v[i] for i, x in enumerate(row)), ring.number(0))
            form -= ring.number(weight) * line**2
        return not form and all(d > 0 for d, _ in self.found)

    def refute(self) -> str | None:
        """A vector at which the form is negative."""
        if isinstance(self.found, list):
            return None
        v = self.found.direction
        size = range(len(v))
        value = sum((v[i] * self.matrix[i][j] * v[j] for i in size for j in size), Fraction(0))
        return f"v = ({', '.join(map(str, v))}): {value}" if value < 0 else None

    @property
    def _forall(self) -> Forall:
        v = symbols(f"v0:{len(self.matrix)}", real=True)
        form = sum(_number(x) * v[i] * v[j] for i, row in enumerate(self.matrix)
                   for j, x in enumerate(row))
        using = () if isinstance(self.found, Indefinite) else tuple(
            (_number(d), sum(_number(x) * s for x, s in zip(row, v, strict=True)) ** 2)
            for d, row in self.found
        )
        return Forall(Ge(form, 0, evaluate=False), using=using, script="lra.")

    def theorem(self, name: str) -> Theorem | None:
        """The form over Coq's reals, with its squares."""
        return self._forall.theorem(name)

    def negation(self, name: str) -> Theorem | None:
        """Not told to Coq."""
        return None
