"""Scalar expressions as elementwise operations."""

from collections.abc import Mapping
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, S, exp, factor_terms

from refmath.emit.tensor.kernel.elementwise import call, linear, scalar, square, times
from refmath.emit.tensor.kernel.ops import Pool, Value
from refmath.emit.tensor.kernel.stable import (
    erf_rest,
    expm1,
    log1p,
    rewritten,
    sigmoid_slope,
    tanh_slope,
)
from refmath.errors import DeclarationError
from refmath.tensor.functions import FUNCTIONS, step, where

__all__ = ["NAMES", "elementwise"]

NAMES: dict[Any, str] = {
    **{f: name for name, f in FUNCTIONS.items() if isinstance(f, type)},
    erf_rest: "erf_rest", expm1: "expm1", log1p: "log1p", sigmoid_slope: "sigmoid_slope",
    tanh_slope: "tanh_slope",
}
"""The name of every function that an elementwise operation may call."""

_SAFE = (S.One, S.Half, S.Zero, Integer(2), -S.One, Rational(3, 2))
"""Where a branch that is not taken may be evaluated instead."""
_RISKY = frozenset({"acos", "acosh", "asin", "atanh", "cosh", "exp", "expm1", "log", "log1p",
                    "sinh", "tan", "norm_root", "inverse_root"})
"""Functions that overflow or are not defined everywhere; powers are the others."""


def elementwise(
    pool: Pool, expr: Any, values: Mapping[Any, Value], soft: Mapping[Any, Value]
) -> Value:
    """A scalar expression of values.

    Args:
        pool: The operations.
        expr: An expression in symbols, scalars and sizes.
        values: The value of each symbol.
        soft: For symbols that stand for a log-softmax, the softmax.
    """
    known = dict(values)
    if soft:
        expr, known = _with_softmax(expr, known, soft)
    return _Writer(pool, known).value(rewritten(expr))


def _with_softmax(
    expr: Any, values: dict[Any, Value], soft: Mapping[Any, Value]
) -> tuple[Any, dict[Any, Value]]:
    """Exponentials of a log-softmax as the softmax itself."""
    names = {x: x.func(f"{x.name}_soft", real=True, positive=True) for x in soft}

    def replaced(inside: Any) -> Any:
        front = S.One
        for x, p in names.items():
            count = inside.coeff(x) if inside.is_Add or inside.is_Mul or inside == x else S.Zero
            if count.is_Integer and not (inside - count * x).has(x):
                front, inside = front * p**count, inside - count * x
        return front * exp(inside)

    changed = expr.replace(exp, replaced)
    if changed.is_Add:
        changed = factor_terms(changed)
    return changed, values | {names[x]: v for x, v in soft.items()}


class _Writer:
    def __init__(self, pool: Pool, values: Mapping[Any, Value]) -> None:
        self.pool, self.values = pool, values

    def value(self, expr: Any) -> Value:
        if expr in self.values:
            return self.values[expr]
        if not expr.free_symbols & self.values.keys():
            return scalar(self.pool, expr)
        if isinstance(expr, Add):
            return linear(self.pool, [self._term(a) for a in expr.args])
        if isinstance(expr, Mul):
            front, rest = self._term(expr)
            return times(self.pool, front, [(rest, 1)])
        if isinstance(expr, Pow):
            return self._power(expr.base, expr.exp)
        if isinstance(expr, where):
            return self._where(*expr.args)
        if isinstance(expr, step):  # NumPy's heaviside is slow, its sign is not
            positive = call(self.pool, "relu", [self.value(expr.args[0])])
            return call(self.pool, "sign", [positive])
        if type(expr) in NAMES:
            return call(self.pool, NAMES[type(expr)], [self.value(a) for a in expr.args])
        raise DeclarationError(f"no kernel of {expr} is known")

    def _term(self, expr: Any) -> tuple[Any, Value]:
        """A scalar and the rest of a product."""
        symbols = expr.free_symbols & self.values.keys()
        front, rest = expr.as_independent(*symbols, as_Add=False) if symbols else (expr, S.One)
        if isinstance(rest, Add):  # a number in front of a sum may hide in it
            number_, rest = rest.as_content_primitive()
            front = front * number_
        factors = []
        for factor in Mul.make_args(rest):
            below = isinstance(factor, Pow) and factor.exp.is_Rational and factor.exp < 0
            factors.append((self.value(1 / factor if below else factor), -1 if below else 1))
        return front, times(self.pool, S.One, factors)

    def _power(self, base: Any, exponent: Any) -> Value:
        if exponent.is_Rational and exponent < 0:
            return times(self.pool, S.One, [(self._power(base, -exponent), -1)])
        inside = self.value(base)
        if isinstance(base, step):  # it is 0 or 1
            return inside
        if exponent.is_Integer and exponent <= 16:
            return self._whole_power(inside, int(exponent))
        if exponent.is_Rational and exponent.q == 2 and exponent <= 16:
            root = call(self.pool, "sqrt", [inside])
            whole = self._whole_power(inside, exponent.p // 2)
            return times(self.pool, S.One, [(whole, 1), (root, 1)])
        return call(self.pool, "pow", [inside, self.value(exponent)])

    def _whole_power(self, base: Value, exponent: int) -> Value:
        """By squaring, which is faster than a general power."""
        if exponent < 2:
            return base if exponent else scalar(self.pool, S.One)
        half = square(self.pool, self._whole_power(base, exponent // 2))
        if exponent % 2:
            return times(self.pool, S.One, [(base, 1), (half, 1)])
        return half

    def _where(self, condition: Any, first: Any, second: Any) -> Value:
        """A choice; where a branch is not taken it is evaluated at a harmless place."""
        test = self.value(condition)
        one = self._branch(first, test, taken=True)
        other = self._branch(second, test, taken=False)
        return call(self.pool, "where", [test, one, other])

    def _branch(self, expr: Any, test: Value, taken: bool) -> Value:
        symbols = sorted(expr.free_symbols & self.values.keys(), key=str)
        if not symbols or not _is_risky(expr):
            return self.value(expr)
        harmless = next((s for s in _SAFE if _is_finite(expr, s)), S.One)
        safe = {}
        for x in symbols:
            own, spare = self.values[x], scalar(self.pool, harmless)
            pair = [own, spare] if taken else [spare, own]
            safe[x] = call(self.pool, "choose", [test, *pair])
        return _Writer(self.pool, safe).value(expr)


def _is_risky(expr: Any) -> bool:
    if isinstance(expr, Pow) and not (expr.exp.is_Integer and expr.exp > 0):
        return True
    return NAMES.get(type(expr)) in _RISKY or any(_is_risky(a) for a in expr.args)


def _is_finite(expr: Any, place: Any) -> bool:
    """Whether an expression is a real number where all of its symbols have one value."""
    found = expr.xreplace(dict.fromkeys(expr.free_symbols, place))
    for function in expr.atoms(*(f for f in NAMES if hasattr(f, "definition"))):
        inside = [a.xreplace(dict.fromkeys(a.free_symbols, place)) for a in function.args]
        found = found.xreplace({function.func(*inside): function.definition(*inside)})
    return bool(found.is_finite and found.is_real)
