"""Declarations of sizes, tensors and scalars by name."""

import re
from collections.abc import Mapping
from typing import Any

from sympy import Expr, Float, MatrixExpr, sympify
from sympy.core.sympify import SympifyError

from refmath.errors import DeclarationError
from refmath.tensor import build
from refmath.tensor.functions import check_scalar
from refmath.tensor.node import Tensor, Variable
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
    text = _text(names, "dims('n d')")
    found = tuple(dimension(_checked(name)) for name in text.replace(",", " ").split())
    if not found:
        raise DeclarationError("no size is named; write for example dims('n d')")
    return found if len(found) > 1 else found[0]


def scalar(name: str) -> Any:
    """Make a real scalar parameter, a SymPy symbol.

    Raises:
        DeclarationError: Not a name.
    """
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
    turned = _text(symmetric, "symmetric='A B'").replace(",", " ").split()
    declarations = _text(declarations, "tensors('X[n,d] y[n]')")
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
        found[name] = _declared(name, inner, classes, name in turned)
    if not found:
        raise DeclarationError("no tensor is named; write for example tensors('X[n,d] y[n]')")
    for name in turned:
        if name not in found:
            raise DeclarationError(
                f"symmetric names {name}, which is not declared; declared are {', '.join(found)}"
            )
    _no_clash(found)
    return tuple(found.values()) if len(found) > 1 else next(iter(found.values()))


def _declared(name: str, inner: str | None, classes: str | None, symmetric: bool) -> Any:
    if inner is None:
        if name == "in":
            raise DeclarationError("labels need sizes; they are declared as y[n] in k")
        if symmetric:
            raise DeclarationError(f"{name} has no sizes; write them in brackets: {name}[n,n]")
        return scalar(name)
    shape = [_size(text) for text in inner.split(",")] if inner.strip() else []
    if symmetric and (len(shape) != 2 or shape[0] != shape[1]):
        raise DeclarationError(f"{name}{shown(shape)} is not square, so it cannot be symmetric")
    number = _size(classes) if classes else None
    if number == 0 or (symmetric and classes):
        raise DeclarationError(
            f"{name} cannot have labels in {number}" + (" and be symmetric" if symmetric else "")
        )
    return build.variable(_checked(name), shape, number, symmetric)


def _no_clash(found: Mapping[str, Any]) -> None:
    given = [x for x in found.values() if isinstance(x, Tensor)]
    sizes = {s.name for x in given for size in x.shape for s in size.free_symbols}
    sizes |= {s.name for x in given if isinstance(x, Variable) and x.classes is not None
              for s in x.classes.free_symbols}
    for name in found:
        if name in sizes:
            raise DeclarationError(f"{name} is a size and a tensor; give one another name")


def _size(text: str) -> Size:
    text = text.strip()
    return as_size(int(text)) if re.fullmatch("[0-9]{1,18}", text) else dimension(_checked(text))


def _checked(name: Any) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        shown_name = name[:40] if isinstance(name, str) else name
        raise DeclarationError(f"expected a name such as X or theta, found {shown_name!r}")
    return name


def _text(value: Any, example: str) -> str:
    if not isinstance(value, str):
        raise DeclarationError(
            f"expected text with names, found {value!r} of type {type(value).__name__}; write for "
            f"example {example}"
        )
    return value


def as_tensor(value: Any) -> Tensor:
    """A tensor expression, or a scalar as one of rank 0.

    Raises:
        DeclarationError: Neither an expression nor an exact number or an expression in scalars.
    """
    if isinstance(value, Tensor):
        return value
    try:
        found = None if isinstance(value, str | bool) else sympify(value, strict=True)
    except (SympifyError, TypeError, ValueError):
        found = None
    if not isinstance(found, Expr) or isinstance(found, MatrixExpr):
        raise DeclarationError(
            f"expected a tensor expression or an exact number, found {value!r} of type "
            f"{type(value).__name__}; make tensors by tensors('X[n,d] y[n]')"
        )
    if isinstance(found, Float) and found.is_finite:
        raise DeclarationError(
            f"{value!s} is a binary float, which is not the decimal; write Fraction('{value!s}')"
        )
    return build.constant(check_scalar(found))
