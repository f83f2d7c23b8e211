"""Functions that neither overflow nor cancel, and the rewritings that bring expressions to them.

Each function has a definition in SymPy's functions and the form by which it is computed; each
rewriting is a pair of equal expressions. Both are proved equal by the tests, and the forms are
what the helpers in a kernel's source are printed from.
"""

from dataclasses import dataclass
from typing import Any

from sympy import Abs, Add, Mul, Pow, Symbol, Wild, cos, erf, exp, log, sin, tanh

from refmath.tensor.functions import Declared, relu, sigmoid, softplus, where

__all__ = [
    "FORMS", "REWRITINGS", "Rewriting", "erf_rest", "expm1", "log1p", "rewritten",
    "sigmoid_slope", "tanh_slope", "x",
]

x = Symbol("x", real=True)


class log1p(Declared):  # noqa: N801  (SymPy's functions are in lower case)
    """log(1 + x), exact for small x."""

    nargs = 1

    @classmethod
    def definition(cls, a: Any) -> Any:
        """As the name says."""
        return log(1 + a)


class expm1(Declared):  # noqa: N801  (as log1p)
    """exp(x) - 1, exact for small x."""

    nargs = 1

    @classmethod
    def definition(cls, a: Any) -> Any:
        """As the name says."""
        return exp(a) - 1


class sigmoid_slope(Declared):  # noqa: N801  (as log1p)
    """The derivative of the logistic function, p*(1 - p); it is even."""

    nargs = 1
    is_positive = True

    @classmethod
    def eval(cls, a: Any) -> Any:
        """Of a negative argument that of the positive one."""
        return cls(-a) if a.could_extract_minus_sign() else None

    @classmethod
    def definition(cls, a: Any) -> Any:
        """p*(1 - p)."""
        p = sigmoid.definition(a)
        return p * (1 - p)


class tanh_slope(Declared):  # noqa: N801  (as log1p)
    """The derivative of the hyperbolic tangent, 1 - tanh(x)**2; it is even."""

    nargs = 1
    is_positive = True

    @classmethod
    def eval(cls, a: Any) -> Any:
        """Of a negative argument that of the positive one."""
        return cls(-a) if a.could_extract_minus_sign() else None

    @classmethod
    def definition(cls, a: Any) -> Any:
        """As the name says."""
        return 1 - tanh(a) ** 2


class erf_rest(Declared):  # noqa: N801  (as log1p)
    """1 - erf(x), which SymPy's own erfc would bring back to erf for negative x."""

    nargs = 1
    is_positive = True

    @classmethod
    def definition(cls, a: Any) -> Any:
        """As the name says."""
        return 1 - erf(a)


_E = exp(-Abs(x))
FORMS: dict[Any, Any] = {
    sigmoid: where(-x, _E, 1) / (1 + _E),
    softplus: relu(x) + log1p(_E),
    sigmoid_slope: _E / (1 + _E) ** 2,
    tanh_slope: 4 * exp(-2 * Abs(x)) / (1 + exp(-2 * Abs(x))) ** 2,
}
"""How functions of x are computed without overflow: exp is taken of negative numbers only."""


@dataclass(frozen=True)
class Rewriting:
    """Two equal expressions in x, of which the second loses no digits.

    Attributes:
        pattern: What is looked for.
        stable: What stands for it.
    """

    pattern: Any
    stable: Any


REWRITINGS = (
    Rewriting(log(1 + exp(x)), softplus(x)),
    Rewriting(log(sigmoid(x)), -softplus(-x)),
    Rewriting(log(1 + x), log1p(x)),
    Rewriting(1 - sigmoid(x), sigmoid(-x)),
    Rewriting(1 - 2 * sigmoid(x), -tanh(x / 2)),
    Rewriting(1 - exp(x), -expm1(x)),
    Rewriting(1 - cos(x), 2 * sin(x / 2) ** 2),
    Rewriting(1 - erf(x), erf_rest(x)),
    Rewriting(1 + erf(x), erf_rest(-x)),
    Rewriting(1 - tanh(x) ** 2, tanh_slope(x)),
    Rewriting(1 / (1 + exp(x)), sigmoid(-x)),
    Rewriting(exp(x) * sigmoid(-x), sigmoid(x)),
    Rewriting(sigmoid(x) * sigmoid(-x), sigmoid_slope(x)),
)
"""Tried at every node of an expression, from the inside out, in this order."""

_WILD = Wild("w")


def rewritten(expr: Any) -> Any:
    """An expression with every pattern of ``REWRITINGS`` replaced by its stable form."""
    if not expr.args:
        return expr
    found = expr.func(*(rewritten(a) for a in expr.args))
    for rule in REWRITINGS:
        changed = _applied(rule, found)
        if changed != found:
            return rewritten(changed)
    return found


def _applied(rule: Rewriting, expr: Any) -> Any:
    if isinstance(rule.pattern, Add):
        return _in_sum(rule, expr) if isinstance(expr, Add) else expr
    if isinstance(rule.pattern, Mul):
        return _in_product(rule, expr) if isinstance(expr, Mul) else expr
    if isinstance(rule.pattern, Pow):
        return _in_power(rule, expr) if isinstance(expr, Pow) else expr
    if rule.pattern == log(1 + x):
        plain = isinstance(expr, log) and expr.args[0].as_coeff_Add()[0] == 1
        return rule.stable.xreplace({x: expr.args[0] - 1}) if plain else expr
    return _matched(rule.pattern, rule.stable, expr)


def _matched(pattern: Any, stable: Any, expr: Any) -> Any:
    """The stable form if the whole expression is of the pattern, else the expression."""
    if type(expr) is not type(pattern):
        return expr
    found = expr.match(pattern.xreplace({x: _WILD}))
    if found is None or pattern.xreplace({x: found[_WILD]}) != expr:
        return expr
    return stable.xreplace({x: found[_WILD]})


def _in_sum(rule: Rewriting, expr: Any) -> Any:
    """The number and one other term, divided by that number, as 1 + something."""
    front, _ = expr.as_coeff_Add()
    if front == 0:
        return expr
    for term in expr.args:
        if term != front:
            found = _matched(rule.pattern, rule.stable, 1 + term / front)
            if found != 1 + term / front:
                return expr - front - term + front * found
    return expr


def _in_product(rule: Rewriting, expr: Any) -> Any:
    """Two factors, as often as both occur."""
    powers = {}
    for factor in expr.args:
        whole = isinstance(factor, Pow) and factor.exp.is_Integer
        powers[factor.base if whole else factor] = factor.exp if whole else 1
    first, second = rule.pattern.args
    for base, count in powers.items():
        inside = _matched(first, x, base)
        other = second.xreplace({x: inside})
        both = min(count, powers.get(other, 0))
        if inside != base and both > 0:
            return expr / (base * other) ** both * rule.stable.xreplace({x: inside}) ** both
    return expr


def _in_power(rule: Rewriting, expr: Any) -> Any:
    """A negative power of a sum."""
    if not (expr.exp.is_Integer and expr.exp < 0):
        return expr
    found = _matched(rule.pattern, rule.stable, 1 / expr.base)
    return expr if found == 1 / expr.base else found ** (-expr.exp)
