"""The order in which a formula is written: SymPy says what is true, this says how it reads.

SymPy sorts sums and products by its own lights. Here a formula becomes a tree of sums, fractions
and roots in the order of the literature: what is kept first, the gradient last, epsilon at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from sympy import Add, Indexed, Mul, Piecewise, Pow, Rational, S

from refmath.notation import Hyper, t
from refmath.recurrence import Recurrence

__all__ = ["Atom", "Call", "Cases", "Fraction", "Layout", "Node", "Power", "Root", "Sum"]


@dataclass(frozen=True)
class Atom:
    """A number, hyperparameter, quantity or the step counter."""

    value: Any


@dataclass(frozen=True)
class Sum:
    """Terms with their signs, in reading order."""

    terms: tuple[tuple[int, "Node"], ...]


@dataclass(frozen=True)
class Fraction:
    """A product over a product; the lower one may be empty."""

    upper: tuple["Node", ...]
    lower: tuple["Node", ...]


@dataclass(frozen=True)
class Power:
    """A power other than a square root."""

    base: "Node"
    exponent: "Node"


@dataclass(frozen=True)
class Root:
    """A square root."""

    inside: "Node"


@dataclass(frozen=True)
class Call:
    """A function: Max, Min, Abs, sign, or a relation by its symbol."""

    name: str
    args: tuple["Node", ...]


@dataclass(frozen=True)
class Cases:
    """Alternatives with their conditions; None is 'otherwise'."""

    branches: tuple[tuple["Node", "Node | None"], ...]


Node = Atom | Sum | Fraction | Power | Root | Call | Cases


class Layout:
    """Lays out the formulas of one recurrence."""

    def __init__(self, rec: Recurrence) -> None:
        self._parameter = rec.parameter[t - 1]

    def __call__(self, expr: Any) -> Node:
        """The tree of an expression, in reading order."""
        if isinstance(expr, Add):
            return self._sum(expr)
        if isinstance(expr, Mul) or (isinstance(expr, Pow) and _is_reciprocal(expr)):
            return self._product(expr)
        if isinstance(expr, Pow):
            if expr.exp == S.Half:
                return Root(self(expr.base))
            return Power(self(expr.base), self(expr.exp))
        if isinstance(expr, Piecewise):
            return Cases(
                tuple((self(e), None if c is S.true else self(c)) for e, c in expr.args)
            )
        if isinstance(expr, Indexed | Hyper) or expr.is_Atom:
            return Atom(expr)
        args = sorted(expr.args, key=self._rank) if expr.func.__name__ in _SYMMETRIC else expr.args
        return Call(expr.func.__name__, tuple(self(a) for a in args))

    def _sum(self, expr: Any) -> Node:
        terms = sorted(expr.args, key=cmp_to_key(lambda a, b: self._before(a, b, expr)))
        signed = []
        for term in terms:
            negative = term.could_extract_minus_sign()
            signed.append((-1 if negative else 1, self(-term if negative else term)))
        return Sum(tuple(signed))

    def _before(self, a: Any, b: Any, whole: Any) -> int:
        left, right = self._term_key(a, whole), self._term_key(b, whole)
        return (left > right) - (left < right)

    def _term_key(self, term: Any, whole: Any) -> tuple[float, bool, str]:
        rank = self._rank(term)
        if term == self._parameter:
            rank = 0.0
        elif term.has(self._parameter):
            rank = 1.0 if self._parameter in whole.args else 5.5
        return (rank, term.could_extract_minus_sign(), str(term))

    def _rank(self, term: Any) -> float:
        if term == t:
            return 0.3
        if term.is_number:
            return 7.0 if term.could_extract_minus_sign() or term is S.Zero else 0.5
        found = [_quantity_rank(q) for q in term.atoms(Indexed)]
        if not found:
            return 6.0
        return 5.0 if 5.0 in found else min(found)

    def _product(self, expr: Any) -> Node:
        upper: list[Any] = []
        lower: list[Any] = []
        for factor in Mul.make_args(expr):
            if isinstance(factor, Pow) and _is_reciprocal(factor):
                lower.append(factor.base ** (-factor.exp))
            elif isinstance(factor, Rational) and factor.q != 1 and abs(factor.p) == 1:
                lower.append(S(factor.q))
                upper.extend([S.NegativeOne] if factor.p < 0 else [])
            else:
                upper.append(factor)
        negative = S.NegativeOne in upper
        if negative:
            upper.remove(S.NegativeOne)
        node = Fraction(self._factors(upper), self._factors(lower))
        if negative:
            return Sum(((-1, node),))
        return node

    def _factors(self, factors: Sequence[Any]) -> tuple[Node, ...]:
        return tuple(self(f) for f in sorted(factors, key=_factor_key))


_SYMMETRIC = ("Max", "Min")


def _is_reciprocal(power: Any) -> bool:
    return bool(power.exp.could_extract_minus_sign())


def _quantity_rank(q: Any) -> float:
    if q.base.role == "grad" or q.base.name == "h":
        return 5.0
    if q.base.role == "temp":
        return 4.0
    return 2.0 if q.indices == (t - 1,) else 3.0


_KEYS = ["lr", "weight_decay", "momentum", "rho", "beta1", "beta2"]


def _factor_key(factor: Any) -> tuple[float, int, str]:
    quantities = factor.atoms(Indexed)
    if not quantities:
        if factor.is_number:
            return (0.0, 0, str(factor))
        if isinstance(factor, Hyper):
            key = factor.key
            return (1.0, _KEYS.index(key) if key in _KEYS else len(_KEYS), key)
        return (2.0, 0, str(factor))
    rank = max(_quantity_rank(q) for q in quantities)
    return (3.0 + (rank if rank == 5.0 else 0.0), int(isinstance(factor, Indexed)), str(factor))
