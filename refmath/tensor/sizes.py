"""Sizes of axes: whole numbers, symbols, and sums and products of them."""

from typing import Any

from sympy import Integer, Symbol, expand, sympify

from refmath.errors import DeclarationError

__all__ = ["Size", "as_size", "dimension", "is_dimension", "parameter", "shown"]

Size = Any
"""A SymPy expression: a whole number, a symbol of ``dims``, or made of them."""


def dimension(name: str) -> Any:
    """The symbol of a size, a positive whole number."""
    return Symbol(name, integer=True, positive=True)


def is_dimension(symbol: Any) -> bool:
    """Whether a symbol is that of a size."""
    return bool(symbol == dimension(symbol.name))


def parameter(name: str) -> Any:
    """The symbol of a real scalar."""
    return Symbol(name, real=True)


def as_size(value: Any) -> Size:
    """A size in its normal form.

    Raises:
        DeclarationError: Not a whole number or a symbol made by ``dims``.
    """
    if isinstance(value, bool | float | str):
        raise DeclarationError(
            f"expected a size, found {value!r}; give a whole number or a symbol of dims('n d')"
        )
    try:
        size = expand(sympify(value, strict=True))
    except Exception:  # the value's own conversion may raise anything
        raise DeclarationError(
            f"expected a size, found {value!r} of type {type(value).__name__}; give a whole "
            "number or a symbol of dims('n d')"
        ) from None
    if isinstance(size, Integer):
        if size < 0:
            raise DeclarationError(f"a size must not be negative, found {size}")
        return size
    for symbol in size.free_symbols:
        if not is_dimension(symbol):
            raise DeclarationError(
                f"the size {size} contains {symbol}, which is no size; make it by "
                f"dims({symbol.name!r})"
            )
    if not size.is_integer:
        raise DeclarationError(f"the size {size} is not a whole number")
    return size


def shown(shape: Any) -> str:
    """A shape for people: ``(n, d)``."""
    return "(" + ", ".join(str(s) for s in shape) + ("," if len(shape) == 1 else "") + ")"
