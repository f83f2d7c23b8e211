"""The scalar functions of objectives.

Beyond SymPy's own: kinks with a declared derivative, and forms that do not overflow, each with the
definition it is proved equal to.
"""

from functools import lru_cache
from typing import Any

from sympy import (
    Abs,
    Add,
    Derivative,
    DiracDelta,
    Expr,
    Function,
    Heaviside,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Piecewise,
    Pow,
    S,
    Subs,
    Symbol,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    erf,
    exp,
    log,
    sign,
    sin,
    sinh,
    sqrt,
    sympify,
    tan,
    tanh,
)

from refmath.errors import DeclarationError
from refmath.tensor.node import is_placeholder
from refmath.tensor.sizes import is_dimension, parameter

__all__ = [
    "FUNCTIONS", "KINKS", "Declared", "check_scalar", "inverse_root", "maximum", "minimum",
    "norm_root", "relu", "scalar_derivative", "sigmoid", "softplus", "step", "where",
]


class Declared(Function):
    """A scalar function of ours: real, with a definition in SymPy's functions."""

    is_real = True

    @classmethod
    def definition(cls, *args: Any) -> Any:
        """The definition, valid for all real arguments."""
        raise NotImplementedError


class relu(Declared):  # noqa: N801  (SymPy's functions are in lower case)
    """max(x, 0); its derivative at 0 is declared to be 0, as the frameworks have it."""

    nargs = 1
    is_nonnegative = True

    @classmethod
    def definition(cls, x: Any) -> Any:
        """Two alternatives."""
        return Piecewise((x, x > 0), (0, True))

    def fdiff(self, argindex: int = 1) -> Any:
        """1 where x > 0, else 0."""
        return step(self.args[0])


class step(Declared):  # noqa: N801
    """1 where x > 0, else 0; its derivative is declared to be 0 everywhere."""

    nargs = 1
    is_nonnegative = True

    @classmethod
    def definition(cls, x: Any) -> Any:
        """Two alternatives."""
        return Piecewise((1, x > 0), (0, True))

    def fdiff(self, argindex: int = 1) -> Any:
        """0, at the jump too."""
        return S.Zero


class maximum(Declared):  # noqa: N801
    """The larger of two; where they are equal the derivative is the second's."""

    nargs = 2

    @classmethod
    def definition(cls, x: Any, y: Any) -> Any:
        """Two alternatives."""
        return Piecewise((x, x > y), (y, True))

    def fdiff(self, argindex: int = 1) -> Any:
        """1 for the larger, 0 for the smaller."""
        first = step(self.args[0] - self.args[1])
        return first if argindex == 1 else 1 - first


class minimum(Declared):  # noqa: N801
    """The smaller of two; where they are equal the derivative is the second's."""

    nargs = 2

    @classmethod
    def definition(cls, x: Any, y: Any) -> Any:
        """Two alternatives."""
        return Piecewise((x, x < y), (y, True))

    def fdiff(self, argindex: int = 1) -> Any:
        """1 for the smaller, 0 for the larger."""
        first = step(self.args[1] - self.args[0])
        return first if argindex == 1 else 1 - first


class where(Declared):  # noqa: N801
    """The second argument where the first is positive, else the third.

    The derivative is that of the branch taken; the first argument counts as constant.
    """

    nargs = 3

    @classmethod
    def definition(cls, c: Any, x: Any, y: Any) -> Any:
        """Two alternatives."""
        return Piecewise((x, c > 0), (y, True))

    def _eval_derivative(self, s: Any) -> Any:
        c, x, y = self.args
        first, second = x.diff(s), y.diff(s)
        return first if first == second else where(c, first, second)


class sigmoid(Declared):  # noqa: N801
    """1/(1 + exp(-x)), without overflow."""

    nargs = 1
    is_positive = True

    @classmethod
    def definition(cls, x: Any) -> Any:
        """The logistic function."""
        return 1 / (1 + exp(-x))

    def fdiff(self, argindex: int = 1) -> Any:
        """p*(1 - p)."""
        return self * (1 - self)


class softplus(Declared):  # noqa: N801
    """log(1 + exp(x)), without overflow."""

    nargs = 1
    is_positive = True

    @classmethod
    def definition(cls, x: Any) -> Any:
        """The integral of the logistic function."""
        return log(1 + exp(x))

    def fdiff(self, argindex: int = 1) -> Any:
        """The logistic function."""
        return sigmoid(self.args[0])


class norm_root(Declared):  # noqa: N801
    """The square root as a norm has it: its derivative at 0 is declared to be 0."""

    nargs = 1
    is_nonnegative = True

    @classmethod
    def definition(cls, x: Any) -> Any:
        """The square root."""
        return sqrt(x)

    def fdiff(self, argindex: int = 1) -> Any:
        """Half the inverse root, 0 at 0."""
        return inverse_root(self.args[0]) / 2


class inverse_root(Declared):  # noqa: N801
    """1/sqrt(x) where x > 0, and 0 at 0."""

    nargs = 1
    is_nonnegative = True

    @classmethod
    def definition(cls, x: Any) -> Any:
        """Two alternatives."""
        return Piecewise((1 / sqrt(x), x > 0), (0, True))

    def fdiff(self, argindex: int = 1) -> Any:
        """-1/2 of its cube, 0 at 0."""
        return -(self**3) / 2


FUNCTIONS: dict[str, Any] = {
    "abs": Abs, "acos": acos, "acosh": acosh, "asin": asin, "asinh": asinh, "atan": atan,
    "atan2": atan2, "atanh": atanh, "cos": cos, "cosh": cosh, "erf": erf, "exp": exp,
    "inverse_root": inverse_root, "log": log, "maximum": maximum, "minimum": minimum,
    "norm_root": norm_root, "relu": relu, "sigmoid": sigmoid, "sign": sign, "sin": sin,
    "sinh": sinh, "softplus": softplus, "sqrt": sqrt, "step": step, "tan": tan, "tanh": tanh,
    "where": where,
}
"""Every scalar function that an expression may contain, by the name users write."""

KINKS: dict[Any, str] = {
    Abs: "|x| has derivative 0 at x = 0",
    sign: "sign(x) is 0 at x = 0, and its derivative is 0 everywhere",
    relu: "relu(x) has derivative 0 at x = 0",
    step: "step(x) is 0 at x = 0, and its derivative is 0 everywhere",
    maximum: "maximum(x, y) has the derivative of y where x = y",
    minimum: "minimum(x, y) has the derivative of y where x = y",
    where: "a choice has the derivative of the branch taken",
    norm_root: "a norm has derivative 0 where it is 0",
    inverse_root: "a norm has derivative 0 where it is 0",
}
"""What is declared where a derivative does not exist."""

_ALLOWED = (Add, Mul, Pow, Symbol, Number, NumberSymbol, *(
    f for f in FUNCTIONS.values() if isinstance(f, type)
))
_NO_NUMBERS = (S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.ImaginaryUnit)
_CURES: dict[Any, str] = {
    Heaviside: "write step(x)",
    DiracDelta: "it is a distribution and has no values",
    Piecewise: "write where(condition, x, y), which chooses x where the condition is positive",
}


def check_scalar(expr: Any) -> Any:
    """An expression that consists of known functions only, with SymPy's Max and Min as ours.

    Raises:
        DeclarationError: A function or symbol that is not known, a float, or no real number.
    """
    return _checked(sympify(expr, strict=True))


@lru_cache(maxsize=4096)
def _checked(expr: Any) -> Any:
    if expr.has(Max, Min):
        expr = expr.replace(Max, lambda *a: _folded(maximum, a))
        expr = expr.replace(Min, lambda *a: _folded(minimum, a))
    for node in _nodes(expr):
        if node.is_Float:
            raise DeclarationError(
                f"{node} is a binary float; write Rational('{node}') or Fraction('{node}')"
            )
        if node in _NO_NUMBERS or (node.is_number and node.is_extended_real is False):
            raise DeclarationError(f"{node} is not a real number")
        if not isinstance(node, _ALLOWED):
            cure = _CURES.get(node.func, "the functions are " + ", ".join(sorted(FUNCTIONS)))
            raise DeclarationError(f"{node.func.__name__} is not a known scalar function; {cure}")
        if isinstance(node, Symbol) and not _is_known(node):
            raise DeclarationError(
                f"the symbol {node} is not one of scalar or dims, and would be another than the "
                f"one of that name; make it by scalar({node.name!r})"
            )
    return expr


def _is_known(symbol: Any) -> bool:
    return bool(
        symbol == parameter(symbol.name) or is_dimension(symbol) or is_placeholder(symbol)
    )


def _folded(function: Any, args: tuple[Any, ...]) -> Any:
    zero = [a for a in args if a == 0]
    rest = [a for a in args if a != 0]
    if zero and function is maximum and len(rest) == 1:
        return relu(rest[0])
    out, *others = args
    for other in others:
        out = function(out, other)
    return out


def _nodes(expr: Any) -> Any:
    yield expr
    for arg in expr.args:
        yield from _nodes(arg)


class _Absolute(Function):
    """The absolute value of a real number: SymPy's own derivative allows for complex ones."""

    def fdiff(self, argindex: int = 1) -> Any:
        return _Sign(self.args[0])


class _Sign(Function):
    """The sign of a real number, with the derivative that is declared."""

    def fdiff(self, argindex: int = 1) -> Any:
        return S.Zero


@lru_cache(maxsize=4096)
def scalar_derivative(expr: Any, symbol: Any) -> Any:
    """The derivative of a scalar expression, with what is declared at kinks.

    Raises:
        DeclarationError: SymPy has no derivative of a function in it.
    """
    found: Expr = expr.replace(Abs, _Absolute).replace(sign, _Sign).diff(symbol)
    found = found.replace(_Absolute, Abs).replace(_Sign, sign)
    if found.has(Derivative, Subs, Heaviside, DiracDelta):
        raise DeclarationError(f"no derivative of {expr} by {symbol} is known")
    return found
