"""Elementwise functions of tensor expressions, and those made of them: softmax, norm."""

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Expr, Symbol, sympify
from sympy.core.sympify import SympifyError

from refmath.errors import InvalidInput
from refmath.tensor import algebra, build
from refmath.tensor.algebra import Axis, broadcast, logsumexp
from refmath.tensor.declare import as_tensor
from refmath.tensor.functions import FUNCTIONS
from refmath.tensor.node import Tensor, placeholder
from refmath.tensor.sizes import parameter

__all__ = [
    "absolute", "cos", "erf", "exp", "log", "log_softmax", "map_scalar", "maximum", "minimum",
    "norm", "relu", "sigmoid", "sign", "sin", "softmax", "softplus", "sqrt", "step", "tanh",
    "where",
]


def map_scalar(expr: Any, arguments: Mapping[Any, Any]) -> Tensor:
    """A scalar SymPy expression of tensors, elementwise: ``map_scalar(x*exp(-y), {x: X, y: Y})``.

    Args:
        expr: An expression in the symbols, scalars and sizes.
        arguments: A tensor for every symbol; they are broadcast.

    Raises:
        DeclarationError: A function or symbol that is not known, or a float.
        InvalidInput: Not an expression, or not symbols with tensors.
    """
    if not isinstance(arguments, Mapping) or not arguments:
        raise InvalidInput(f"expected tensors by symbol such as {{x: X}}, found {arguments!r}")
    change: dict[Any, Any] = {}
    for i, symbol in enumerate(arguments):
        if not isinstance(symbol, Symbol) or not _stands_for_reals(symbol):
            raise InvalidInput(
                f"expected a symbol of any real number, found {symbol!r} of type "
                f"{type(symbol).__name__}; make it by scalar('x')"
            )
        change[symbol] = placeholder(i)
    nodes = broadcast("map_scalar", *arguments.values())
    try:
        found = None if isinstance(expr, str | bool) else sympify(expr, strict=True)
    except (SympifyError, TypeError, ValueError):
        found = None
    if not isinstance(found, Expr):
        raise InvalidInput(
            f"expected a SymPy expression, found {expr!r} of type {type(expr).__name__}"
        )
    return build.elementwise(found.xreplace(change), nodes)


def _stands_for_reals(symbol: Any) -> bool:
    """Whether a symbol claims nothing of its value but that it is real: an entry may be any."""
    return symbol in (Symbol(symbol.name), parameter(symbol.name))


def _function(name: str, doc: str = "") -> Callable[[Any], Tensor]:
    def function(x: Any) -> Tensor:
        return build.elementwise(FUNCTIONS[name](placeholder(0)), [as_tensor(x)])

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc or f"{name}, elementwise."
    return function


exp = _function("exp")
log = _function("log")
sqrt = _function("sqrt")
sin = _function("sin")
cos = _function("cos")
tanh = _function("tanh")
erf = _function("erf")
sign = _function("sign", "The sign, elementwise: -1, 0 or 1; its derivative is declared to be 0.")
absolute = _function("abs", "The absolute value; its derivative at 0 is declared to be 0.")
relu = _function("relu", "max(x, 0), elementwise; its derivative at 0 is declared to be 0.")
step = _function("step", "1 where x > 0, else 0; its derivative is declared to be 0.")
sigmoid = _function("sigmoid", "1/(1 + exp(-x)), elementwise, without overflow.")
softplus = _function("softplus", "log(1 + exp(x)), elementwise, without overflow.")


def _pair(name: str, a: Any, b: Any) -> Tensor:
    x, y = broadcast(name, a, b)
    if name == "maximum":
        for one, other in ((x, y), (y, x)):
            if build.is_zero(one):
                return relu(other)
    return build.elementwise(FUNCTIONS[name](placeholder(0), placeholder(1)), [x, y])


def maximum(a: Any, b: Any) -> Tensor:
    """The larger, elementwise; where equal, the derivative is b's (with a 0: relu's, 0)."""
    return _pair("maximum", a, b)


def minimum(a: Any, b: Any) -> Tensor:
    """The smaller, elementwise; where equal, the derivative is b's."""
    return _pair("minimum", a, b)


def where(condition: Any, a: Any, b: Any) -> Tensor:
    """``a`` where the condition is positive, else ``b``, elementwise."""
    nodes = broadcast("where", condition, a, b)
    symbols = [placeholder(i) for i in range(3)]
    return build.elementwise(FUNCTIONS["where"](*symbols), nodes)


def log_softmax(x: Any, axis: Axis = -1) -> Tensor:
    """The logarithm of softmax: x - logsumexp(x)."""
    node = as_tensor(x)
    return algebra.minus(node, logsumexp(node, axis, keepdims=True))


def softmax(x: Any, axis: Axis = -1) -> Tensor:
    """exp(x - logsumexp(x)): positive, adding up to 1 over the axes."""
    return exp(log_softmax(x, axis))


def norm(x: Any, axis: Axis = None) -> Tensor:
    """The Euclidean norm; its derivative at 0 is declared to be 0."""
    squares = algebra.sum(as_tensor(x) ** 2, axis)
    return build.elementwise(FUNCTIONS["norm_root"](placeholder(0)), [squares])
