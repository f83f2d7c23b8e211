"""Formulas as Python: scalars, coefficients, and arrays brought into line for broadcasting."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import Abs, Add, Max, Mul, NumberSymbol, Pow, Rational, Symbol, exp, pi

from refmath.emit.tensor.kernel.helpers import HELPERS, IMPORTS, RENAMED, UFUNCS
from refmath.emit.tensor.kernel.scalars import NAMES
from refmath.emit.text import decimal
from refmath.errors import DeclarationError
from refmath.tensor.functions import relu, step, where

__all__ = ["ATOM", "POWER", "PRODUCT", "SUM", "Piece", "ScalarText", "aligned", "scaled", "wrapped"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
"""How strongly the outermost operator of a text binds."""
Piece = tuple[str, int]
"""A text with how strongly it binds."""


def wrapped(piece: Piece, strength: int) -> str:
    """The text, in brackets if it binds less strongly."""
    return piece[0] if piece[1] >= strength else f"({piece[0]})"


class ScalarText:
    """Prints scalar expressions.

    Attributes:
        names: The text of every symbol.
        arrays: Whether symbols stand for arrays, so that functions are NumPy's; else numbers are
            made plain ones, which leave an array's dtype alone.
        uses: Called with the name of each function beyond NumPy's that a text needs.
    """

    def __init__(self, names: Mapping[Any, str], arrays: bool = False) -> None:
        self.names, self.arrays = names, arrays
        self.uses: Callable[[str], object] = str

    def __call__(self, expr: Any) -> str:
        """The text of an expression."""
        return self.piece(expr)[0]

    def piece(self, expr: Any) -> Piece:
        """The text of an expression with how strongly it binds."""
        if isinstance(expr, Symbol):
            return self.names[expr], ATOM
        if isinstance(expr, Rational):
            return _number(expr)
        if isinstance(expr, NumberSymbol):
            return ("np.pi", ATOM) if expr == pi else (repr(float(expr)), ATOM)
        if isinstance(expr, Add):
            return self._sum(expr), SUM
        if isinstance(expr, Mul | Pow) and not isinstance(expr, exp):
            return self._product(expr)
        return self._function(expr)

    def _sum(self, expr: Any) -> str:
        terms = sorted(expr.args, key=lambda a: _reading_order(a, self.arrays))
        text = wrapped(self.piece(terms[0]), SUM)
        for term in terms[1:]:
            minus = term.could_extract_minus_sign()
            shown = self.piece(-term if minus else term)
            text += (" - " if minus else " + ") + wrapped(shown, PRODUCT)
        return text

    def _product(self, expr: Any) -> Piece:
        if expr.could_extract_minus_sign():
            return f"-{wrapped(self.piece(-expr), PRODUCT)}", SUM
        above, below = expr.as_numer_denom()
        if below != 1:
            top, bottom = self.piece(above), self.piece(below)
            return f"{wrapped(top, PRODUCT)}/{wrapped(bottom, POWER)}", PRODUCT
        if isinstance(expr, Pow):
            return self._power(expr)
        return "*".join(wrapped(self.piece(a), PRODUCT) for a in expr.args), PRODUCT

    def _power(self, expr: Any) -> Piece:
        if expr.exp == Rational(1, 2) and self.arrays:
            return f"np.sqrt({self(expr.base)})", ATOM
        base, exponent = self.piece(expr.base), self.piece(expr.exp)
        return f"{wrapped(base, ATOM)}**{wrapped(exponent, ATOM)}", POWER

    def _function(self, expr: Any) -> Piece:
        inside = [self(a) for a in expr.args]
        if isinstance(expr, where) and self.arrays:
            test, one, other = expr.args
            return f"np.where({self(-test)} < 0, {self(one)}, {self(other)})", ATOM
        if isinstance(expr, Abs | Max) and not self.arrays:
            function = "abs" if isinstance(expr, Abs) else "max"
            return f"{function}({', '.join(inside)})", ATOM
        if isinstance(expr, relu):
            text = f"np.maximum({inside[0]}, 0)"
        elif isinstance(expr, step):
            text = f"np.heaviside({inside[0]}, 0)"
        else:
            name = NAMES.get(type(expr), "")
            name = RENAMED.get(name, name)
            if name not in UFUNCS and name not in HELPERS and name not in IMPORTS:
                raise DeclarationError(f"no kernel of the scalar {expr} is known")
            if name not in UFUNCS:
                self.uses(name)
            text = f"{UFUNCS.get(name, name)}({', '.join(inside)})"
        return (text if self.arrays else f"float({text})"), ATOM


def _reading_order(term: Any, numbers_first: bool) -> tuple[bool, bool, int]:
    """Positive terms first, then short ones; a number leads or ends."""
    return bool(term.could_extract_minus_sign()), term.is_number != numbers_first, len(str(term))


def _number(value: Any) -> Piece:
    if abs(value.p) > 2**53 or value.q > 2**53:
        return repr(float(value)), SUM if value < 0 else ATOM
    text = decimal(value)
    return text, SUM if value < 0 else PRODUCT if "/" in text else ATOM


def scaled(scalars: ScalarText, coefficient: Any, piece: Piece) -> Piece:
    """The text of a coefficient times an array, divided last; the sign is the caller's."""
    above, below = coefficient.as_numer_denom()
    text, strength = piece
    if above != 1:
        text = f"{wrapped(scalars.piece(above), PRODUCT)}*{wrapped(piece, POWER)}"
        strength = PRODUCT
    if below != 1:
        text = f"{wrapped((text, strength), PRODUCT)}/{wrapped(scalars.piece(below), POWER)}"
        strength = PRODUCT
    return text, strength


def aligned(piece: Piece, places: Sequence[int], rank: int) -> Piece:
    """An array with its axes at places of a result of some rank, for broadcasting."""
    order = sorted(range(len(places)), key=lambda a: places[a])
    turned = transposed(piece, order)
    taken = [places[a] for a in order]
    if not taken or taken == list(range(rank - len(taken), rank)):
        return turned
    items = [":" if p in taken else "None" for p in range(taken[0], rank)]
    return f"{wrapped(turned, ATOM)}[{', '.join(items)}]", ATOM


def transposed(piece: Piece, order: Sequence[int]) -> Piece:
    """An array with its axes in another order."""
    if list(order) == sorted(order):
        return piece
    if list(order) == list(range(len(order)))[::-1]:
        return f"{wrapped(piece, ATOM)}.T", ATOM
    return f"{wrapped(piece, ATOM)}.transpose({', '.join(map(str, order))})", ATOM
