"""The functions that an expression in text may call, and how their arguments are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from sympy import Expr, Integer

from refmath.errors import InvalidInput, UnknownName
from refmath.tensor import algebra, build, elementary, structure
from refmath.tensor.declare import as_tensor
from refmath.tensor.functions import FUNCTIONS as SCALAR
from refmath.tensor.node import Tensor, placeholder

__all__ = ["FUNCTIONS", "Comparison", "call", "operand"]


@dataclass(frozen=True)
class Comparison:
    """``left > right``: the first argument of ``where``.

    Attributes:
        left: An operand.
        sign: ``>``, ``>=``, ``<``, ``<=``, ``==`` or ``!=``.
        right: An operand.
    """

    left: Any
    sign: str
    right: Any


def operand(value: Any) -> Any:
    """A value that can be calculated with: a tensor expression or a SymPy scalar.

    Raises:
        InvalidInput: A comparison, text, a list, a slice, None or a truth value.
    """
    if isinstance(value, Tensor | Expr):
        return value
    if isinstance(value, Comparison):
        raise InvalidInput(
            f"a comparison ({value.sign}) can only be the first argument of where(x > y, a, b)"
        )
    raise InvalidInput(f"expected a number or a tensor expression, found {_shown(value)}")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {value[:20]!r}"
    if isinstance(value, list | tuple):
        return "a list" if isinstance(value, list) else "a tuple"
    return str(value)


def _where(condition: Any, a: Any, b: Any) -> Tensor:
    if not isinstance(condition, Comparison):
        return elementary.where(operand(condition), operand(a), operand(b))
    x, y = operand(condition.left), operand(condition.right)
    if condition.sign in ("==", "!="):
        raise InvalidInput(f"where compares by > >= < <=, found {condition.sign}")
    if condition.sign in ("<", ">="):
        x, y = y, x
    if condition.sign in (">=", "<="):  # where x >= y means where not y > x
        a, b = b, a
    return elementary.where(algebra.minus(x, y), operand(a), operand(b))


def _scalar(name: str) -> Callable[[Any], Tensor]:
    def function(x: Any) -> Tensor:
        return build.elementwise(SCALAR[name](placeholder(0)), [as_tensor(x)])

    return function


_ELEMENTWISE = (
    "exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "sign", "relu", "step", "sigmoid",
    "softplus", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "abs",
)
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    **{name: _scalar(name) for name in _ELEMENTWISE},
    **{f.__name__: f for f in (
        algebra.dot, algebra.logsumexp, algebra.max, algebra.mean, algebra.min, algebra.outer,
        algebra.sum, elementary.log_softmax, elementary.maximum, elementary.minimum,
        elementary.norm, elementary.softmax, structure.concatenate, structure.det,
        structure.diag, structure.einsum, structure.eye, structure.gather, structure.inverse,
        structure.logdet, structure.ones, structure.trace, structure.transpose,
        structure.windows, structure.zeros,
    )},
    "inv": structure.inverse,
    "where": _where,
}
"""Every function by the name that users write."""


def _whole(value: Any) -> int:
    if isinstance(value, Integer):
        return int(value)
    shown = value if isinstance(value, Expr) else _shown(value)
    raise InvalidInput(f"expected a whole number, found {shown}")


def _axes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_whole(v) for v in value)
    return None if value is None else _whole(value)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidInput("expected True or False")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise InvalidInput("expected text such as \"ij,jk->ik\"")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [operand(v) for v in value]
    raise InvalidInput("expected a list such as [a, b]")


_KINDS: dict[str, Callable[[Any], Any]] = {
    "axis": _axes, "axes": _axes, "keepdims": _truth, "subscripts": _text, "parts": _parts,
    "stride": _whole, "padding": _whole, "dilation": _whole, "condition": lambda value: value,
}
"""How an argument is read, by the parameter's name; all others are operands."""


def call(name: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Tensor:
    """A function of values.

    Raises:
        UnknownName: There is no such function.
        InvalidInput: The arguments are not those that it takes, or their shapes do not fit.
    """
    if name not in FUNCTIONS:
        raise UnknownName("function", name, list(FUNCTIONS))
    function = FUNCTIONS[name]
    try:
        bound = signature(function).bind(*arguments, **keywords)
    except TypeError as error:
        raise InvalidInput(f"{_usage(name)}: {error}") from None
    for key, value in bound.arguments.items():
        read = _KINDS.get(key, operand)
        several = signature(function).parameters[key].kind is Parameter.VAR_POSITIONAL
        if key == "shape" and len(value) == 1 and isinstance(value[0], tuple):
            (value,) = value
        try:
            bound.arguments[key] = tuple(read(v) for v in value) if several else read(value)
        except InvalidInput as error:
            raise InvalidInput(f"{_usage(name)}, for {key}: {error}") from None
    return function(*bound.args, **bound.kwargs)


def _usage(name: str) -> str:
    """How a function is called: ``sum(x, axis=None, keepdims=False)``."""
    parts = []
    for key, parameter in signature(FUNCTIONS[name]).parameters.items():
        star = "*" if parameter.kind is Parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is Parameter.empty else f"={parameter.default}"
        parts.append(f"{star}{key}{default}")
    return f"{name}({', '.join(parts)})"
