"""Products as they are written: a sign, a coefficient, factors, and what stands below the line."""

from typing import Any, NamedTuple

from sympy import Add, Mul, NumberSymbol, Pow, S

from refmath.emit.tensor.notation.compose import call, ones, power, scaled, split, times
from refmath.emit.tensor.notation.elementwise import NAMES, elementwise
from refmath.emit.tensor.notation.sums import add
from refmath.emit.tensor.notation.tree import Add as Sum
from refmath.emit.tensor.notation.tree import Call, Fill, Name, Notation, Power, Scaled, Times

__all__ = ["Parts", "parts_of", "symbolic"]

Pieces = tuple[Notation, ...]


class Parts(NamedTuple):
    """A product.

    Attributes:
        negative: Whether there is a minus sign.
        number: A positive rational number.
        front: Scalars made of sizes, parameters and numbers, above the line.
        under: Such scalars below the line.
        scalars: Other scalars.
        tensors: Factors that have axes.
        below: What else is below the line.
    """

    negative: bool
    number: Any
    front: Pieces
    under: Pieces
    scalars: Pieces
    tensors: Pieces
    below: Pieces


def symbolic(expr: Any) -> Notation:
    """A scalar expression in sizes and parameters as notation."""
    if expr.is_Rational:
        return scaled(expr, ones())
    if not expr.free_symbols:
        return _constant(expr)
    names = {s: Name((), (), s.name, False) for s in expr.free_symbols}
    return elementwise(expr, names, ())


def _constant(expr: Any) -> Notation:
    """A number that is no fraction."""
    if expr is S.Exp1:
        return call("exp", [ones()], ())
    if isinstance(expr, NumberSymbol):
        return Name((), (), str(expr), False)
    args = [symbolic(a) for a in expr.args]
    if isinstance(expr, Add):
        return add(args, ())
    if isinstance(expr, Mul):
        return times(args, ())
    if isinstance(expr, Pow):
        return Power((), tuple(args[:1]), expr.exp)
    return call(NAMES[type(expr)], args, ())


def parts_of(x: Notation) -> Parts:
    """A product as it is written."""
    number, above, below = _split_up(x)
    return Parts(
        negative=bool(number < 0),
        number=abs(number),
        front=tuple(c for c in above if _is_plain(c)),
        under=tuple(c for c in below if _is_plain(c)),
        scalars=tuple(c for c in above if not c.rank and not _is_plain(c)),
        tensors=tuple(c for c in above if c.rank),
        below=tuple(c for c in below if not _is_plain(c)),
    )


def _split_up(x: Notation) -> tuple[Any, list[Notation], list[Notation]]:
    own, core = split(x)
    number: Any = own
    above: list[Notation] = []
    below: list[Notation] = []
    if not own.is_Rational:
        number, above, below = _split_up(symbolic(own))
    for f in core.children if isinstance(core, Times) else (core,):
        if isinstance(f, Fill) and not f.rank:
            continue
        exponent = f.exponent if isinstance(f, Power) else None
        if exponent is not None and exponent.could_extract_minus_sign():
            below.append(power(f.children[0], -exponent))
        else:
            above.append(f)
    return number, above, below


def _is_plain(x: Notation) -> bool:
    """Whether a scalar is made of sizes, parameters and numbers."""
    passing = isinstance(x, Name | Power | Times | Scaled | Fill | Call | Sum)
    return passing and not x.rank and all(_is_plain(c) for c in x.children)
