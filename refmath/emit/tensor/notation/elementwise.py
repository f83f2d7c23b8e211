"""Scalar functions of SymPy as notation, elementwise on pieces of one shape."""

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Add, Mul, Pow, S

from refmath.emit.tensor.notation import sums
from refmath.emit.tensor.notation.compose import call, ones, power, scaled, split, times
from refmath.emit.tensor.notation.tree import Add as Sum
from refmath.emit.tensor.notation.tree import Call, Notation, Power
from refmath.errors import DeclarationError
from refmath.tensor.functions import FUNCTIONS, inverse_root, norm_root

__all__ = ["NAMES", "elementwise", "function"]

NAMES = {f: name for name, f in FUNCTIONS.items() if isinstance(f, type)}


def elementwise(expr: Any, places: Mapping[Any, Notation], shape: Sequence[Any]) -> Notation:
    """A scalar expression with pieces in the places of some of its symbols.

    Args:
        expr: A SymPy expression.
        places: Pieces by symbol, all of one shape.
        shape: That shape.
    """
    if expr in places:
        return places[expr]
    if not expr.free_symbols & set(places):
        return scaled(expr, ones(*shape))
    if isinstance(expr, Add):
        return sums.add([elementwise(a, places, shape) for a in expr.args], shape)
    if isinstance(expr, Mul):
        return times([elementwise(a, places, shape) for a in expr.args], shape)
    if isinstance(expr, Pow):
        return _power(expr, places, shape)
    args = [elementwise(a, places, shape) for a in expr.args]
    if isinstance(expr, norm_root):
        return power(args[0], S.Half)
    if isinstance(expr, inverse_root):
        return power(args[0], -S.Half)
    if type(expr) in NAMES:
        return function(NAMES[type(expr)], args, shape)
    raise DeclarationError(f"no notation for {expr} is known")


def _power(expr: Any, places: Mapping[Any, Notation], shape: Sequence[Any]) -> Notation:
    base, exponent = expr.base, expr.exp
    if not exponent.free_symbols & set(places):
        return power(elementwise(base, places, shape), exponent)
    pair = (elementwise(base, places, shape), elementwise(exponent, places, shape))
    return Power(tuple(shape), pair, None)


def function(name: str, args: Sequence[Notation], shape: Sequence[Any]) -> Notation:
    """A function of pieces, elementwise: softmax for the exponential of its logarithm."""
    if name != "exp":
        return call(name, args, shape)
    (inside,) = args
    outside, rest = [], []
    for term in _terms(inside):
        own, core = split(term)
        if isinstance(core, Call) and core.name == "log_softmax" and own.is_number:
            softmax = call("softmax", core.children, core.shape, core.axes)
            outside.append(power(softmax, own))
        elif isinstance(core, Call) and core.name == "logdet" and own.is_number:
            det = call("det", core.children, ())
            outside.append(power(call("abs", [det], ()), own))
        else:
            rest.append(term)
    if not outside:
        return call(name, args, shape)
    if rest:
        outside.append(call(name, [sums.add(rest, shape)], shape))
    return times(outside, shape)


def _terms(x: Notation) -> Sequence[Notation]:
    own, core = split(x)
    if isinstance(core, Sum):
        return [scaled(own, t) for t in core.children]
    return [x]

