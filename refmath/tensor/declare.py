"""Declarations of sizes, tensors and scalars by name."""

import re
from collections.abc import Mapping
from typing import Any

from sympy import Expr, sympify
from sympy.core.sympify import SympifyError

from refmath.errors import DeclarationError
from refmath.tensor import build
from refmath.tensor.node import Tensor
from refmath.tensor.sizes import Size, as_size, dimension, parameter, shown

__all__ = ["as_tensor", "dims", "scalar", "tensors"]

_DECLARED = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\[([^\[\]]*)\])?(?:\s+in\s+([A-Za-z0-9_]+))?\s*"
)


def dims(names: str) -> Any:
    """Make symbols of sizes; one name gives one symbol.

    For example ``n, d = dims("n d")``.

    Raises:
        DeclarationError: Not names.
    """
    found = tuple(dimension(_checked(name)) for name in names.replace(",", " ").split())
    if not found:
        raise DeclarationError("no size is named; write for example dims('n d')")
    return found if len(found) > 1 else found[0]


def scalar(name: str) -> Any:
    """Make a real scalar parameter, a SymPy symbol."""
    return parameter(_checked(name))


def tensors(declarations: str, *, symmetric: str = "") -> Any:
    """Make tensors by name and sizes.

    For example ``X, y, theta = tensors("X[n,d] y[n] theta[d]")``. A name without
    brackets is a scalar, a SymPy symbol. ``y[n] in k`` are class labels 0, ..., k - 1.

    Args:
        declarations: Names with their sizes in brackets; sizes are names or whole numbers.
        symmetric: Names of those that are symmetric matrices.

    Raises:
        DeclarationError: Not of that form, or a name is declared twice.
    """
    found: dict[str, Any] = {}
    place = 0
    while place < len(declarations):
        match = _DECLARED.match(declarations, place)
        if match is None or match.end() == place:
            raise DeclarationError(
                f"expected a tensor such as X[n,d], found {declarations[place:place + 20]!r}"
            )
        place = match.end()
        if declarations[place:place + 1] == ",":
            place += 1
        name, inner, classes = match.groups()
        if name in found:
            raise DeclarationError(f"{name} is declared twice; give the second another name")
        found[name] = _declared(name, inner, classes, name in symmetric.replace(",", " ").split())
    if not found:
        raise DeclarationError("no tensor is named; write for example tensors('X[n,d] y[n]')")
    _no_clash(found)
    return tuple(found.values()) if len(found) > 1 else next(iter(found.values()))


def _declared(name: str, inner: str | None, classes: str | None, symmetric: bool) -> Any:
    if inner is None:
        return scalar(name)
    shape = [_size(text) for text in inner.split(",")] if inner.strip() else []
    if symmetric and (len(shape) != 2 or shape[0] != shape[1]):
        raise DeclarationError(f"{name}{shown(shape)} is not square, so it cannot be symmetric")
    return build.variable(_checked(name), shape, _size(classes) if classes else None, symmetric)


def _no_clash(found: Mapping[str, Any]) -> None:
    sizes = {s.name for x in found.values() if isinstance(x, Tensor)
             for size in x.shape for s in size.free_symbols}
    for name in found:
        if name in sizes:
            raise DeclarationError(f"{name} is a size and a tensor; give one another name")


def _size(text: str) -> Size:
    text = text.strip()
    return as_size(int(text)) if text.isdigit() else dimension(_checked(text))


def _checked(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise DeclarationError(f"expected a name such as X or theta, found {name!r}")
    return name


def as_tensor(value: Any) -> Tensor:
    """A tensor expression, or a scalar as one of rank 0.

    Raises:
        DeclarationError: Neither an expression nor an exact number.
    """
    if isinstance(value, Tensor):
        return value
    if isinstance(value, float):
        raise DeclarationError(
            f"{value!r} is a binary float, which is not the decimal; write Fraction('{value!r}')"
        )
    try:
        found = None if isinstance(value, str | bool) else sympify(value, strict=True)
    except (SympifyError, TypeError, ValueError):
        found = None
    if not isinstance(found, Expr):
        raise DeclarationError(
            f"expected a tensor expression or an exact number, found {value!r} of type "
            f"{type(value).__name__}"
        )
    return build.constant(found)
