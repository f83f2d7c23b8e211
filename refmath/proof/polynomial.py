"""Polynomials over the rationals, by two libraries that share no code: python-flint and SymPy."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from flint import Ordering, fmpq, fmpq_mpoly_ctx
from sympy import QQ
from sympy.polys.rings import ring

__all__ = ["BACKENDS", "Backend", "Flint", "Sympy", "Terms"]

Terms = dict[tuple[int, ...], Fraction]
"""Exponents to coefficients."""


class Backend(Protocol):
    """Polynomials in some generators; they add, multiply and take whole powers."""

    name: str

    def __init__(self, names: Sequence[str]) -> None:
        """Polynomials in generators of these names."""

    def number(self, value: Any) -> Any:
        """A constant, from a SymPy rational or a Fraction."""

    def generator(self, place: int) -> Any:
        """A generator."""

    def terms(self, poly: Any) -> Terms:
        """The terms of a polynomial."""

    def made(self, terms: Mapping[tuple[int, ...], Fraction]) -> Any:
        """A polynomial from its terms."""

    def reduced(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        """A quotient in lowest terms."""


class Flint:
    """python-flint's ``fmpq_mpoly``."""

    name = "flint"

    def __init__(self, names: Sequence[str]) -> None:
        self.context = fmpq_mpoly_ctx.get(tuple(names) or ("unused",), Ordering.degrevlex)

    def number(self, value: Any) -> Any:
        q = Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else Fraction(value)
        return self.context.constant(fmpq(q.numerator, q.denominator))

    def generator(self, place: int) -> Any:
        return self.context.gens()[place]

    def terms(self, poly: Any) -> Terms:
        return {
            tuple(int(e) for e in k): Fraction(int(c.p), int(c.q))
            for k, c in poly.to_dict().items()
        }

    def made(self, terms: Mapping[tuple[int, ...], Fraction]) -> Any:
        return self.context.from_dict(
            {k: fmpq(c.numerator, c.denominator) for k, c in terms.items()}
        )

    def reduced(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        common = top.gcd(bottom)
        return top / common, bottom / common


class Sympy:
    """SymPy's sparse polynomials over ``QQ``."""

    name = "sympy"

    def __init__(self, names: Sequence[str]) -> None:
        self.ring = ring(tuple(names) or ("unused",), QQ)[0]

    def number(self, value: Any) -> Any:
        q = Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else Fraction(value)
        return self.ring.ground_new(QQ(q.numerator, q.denominator))

    def generator(self, place: int) -> Any:
        return self.ring.gens[place]

    def terms(self, poly: Any) -> Terms:
        return {
            tuple(k): Fraction(int(c.numerator), int(c.denominator)) for k, c in poly.items()
        }

    def made(self, terms: Mapping[tuple[int, ...], Fraction]) -> Any:
        return self.ring.from_dict(
            {k: QQ(c.numerator, c.denominator) for k, c in terms.items()}
        )

    def reduced(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        first, second = top.cancel(bottom)
        return first, second


BACKENDS: tuple[type[Flint], type[Sympy]] = (Flint, Sympy)
"""The engine, and the one that checks it."""
