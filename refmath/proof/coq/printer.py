"""SymPy expressions and relations in Coq's notation of the real numbers."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sympy import (
    Abs,
    Add,
    And,
    Eq,
    Ge,
    Gt,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Ne,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    cos,
    exp,
    fraction,
    log,
    pi,
    sign,
    sin,
)  # fmt: skip

__all__ = ["Printer", "Unprintable", "identifier"]

_TAKEN = {
    "R", "S", "O", "Z", "N", "I", "exp", "sqrt", "pow", "pi", "PI", "cos", "sin", "fun", "forall",
    "exists", "let", "in", "at", "as", "if", "then", "else", "end", "match", "with", "IF", "Type",
    "Prop", "Set", "E", "ln", "sgn", "where", "fix", "return", "plus", "mult", "minus", "eq", "n",
    "k", "H", "IHn", "using",
}
_RELATIONS = {Eq: "=", Ne: "<>", Le: "<=", Lt: "<", Ge: ">=", Gt: ">"}
_CALLS = {exp: "exp", log: "ln", cos: "cos", sin: "sin", sign: "sgn", Abs: "Rabs"}


class Unprintable(Exception):
    """An expression has no counterpart in the library of the reals."""


def identifier(symbol: Any) -> str:
    """The name of a symbol in Coq."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", str(symbol)).strip("_") or "x"
    if str(symbol).endswith("_"):
        name += "_before"
    return f"x_{name}" if name in _TAKEN or not name[0].isalpha() else name


class Printer:
    """Prints expressions.

    Args:
        whole: Symbols that are natural numbers, as the number of successors and a base:
            ``{t: (1, "k")}`` prints t as ``S k``.
        other: What prints the functions that this class does not know.
    """

    def __init__(
        self, whole: Mapping[Any, tuple[int, str]] | None = None,
        other: Callable[["Printer", Any], str | None] | None = None,
    ) -> None:
        self.whole = dict(whole or {})
        self.other = other

    def natural(self, expr: Any) -> str:
        """A natural number: t, t + 2 or a constant."""
        constant, rest = expr.as_coeff_Add()
        if rest == 0 and constant.is_Integer and constant >= 0:
            return str(int(constant))
        if rest in self.whole:
            base, name = self.whole[rest]
            if base + int(constant) >= 0:
                count = base + int(constant)
                return f"{'(S ' * count}{name}{')' * count}"
        raise Unprintable(f"{expr} is no natural number")

    def _is_natural(self, expr: Any) -> bool:
        try:
            self.natural(expr)
        except Unprintable:
            return False
        return True

    def expr(self, expr: Any) -> str:
        """A real number."""
        found: str | None = self.other(self, expr) if self.other else None
        if found is not None:
            return found
        if expr.is_Rational:
            return _rational(expr)
        if expr in self.whole:
            return f"(INR {self.natural(expr)})"
        if isinstance(expr, Symbol):
            return identifier(expr)
        if isinstance(expr, Add):
            return "(" + " + ".join(self.expr(a) for a in expr.args) + ")"
        if isinstance(expr, Mul):
            return self._product(expr)
        if isinstance(expr, Pow):
            return self._power(expr)
        if isinstance(expr, Max | Min):
            return self._extreme(expr)
        if isinstance(expr, Piecewise):
            return self._cases(list(expr.args))
        if expr is pi:
            return "PI"
        for kind, name in _CALLS.items():
            if isinstance(expr, kind):
                return f"({name} {self.expr(expr.args[0])})"
        raise Unprintable(f"{expr.func.__name__} has no counterpart in Coq's reals")

    def _product(self, expr: Any) -> str:
        top, bottom = fraction(expr)
        if bottom == 1:
            return "(" + " * ".join(self.expr(a) for a in Mul.make_args(top)) + ")"
        return f"({self.expr(top)} / {self.expr(bottom)})"

    def _power(self, expr: Any) -> str:
        base, power = expr.base, expr.exp
        if power.is_Integer:
            if power < 0:
                return f"(/ {self.expr(base**-power)})"
            return f"({self.expr(base)} ^ {int(power)})"
        if power.is_Rational and power.q == 2:
            if power < 0:
                return f"(/ {self.expr(base**-power)})"
            root = f"(sqrt {self.expr(base)})"
            return root if power == S.Half else f"({root} ^ {int(power.p)})"
        if power.could_extract_minus_sign():
            return f"(/ {self.expr(base ** (-power))})"
        if any(power.has(s) for s in self.whole) and self._is_natural(power):
            return f"({self.expr(base)} ^ {self.natural(power)})"
        return f"(Rpower {self.expr(base)} {self.expr(power)})"

    def _extreme(self, expr: Any) -> str:
        name = "Rmax" if isinstance(expr, Max) else "Rmin"
        parts = [self.expr(a) for a in expr.args]
        out = parts[-1]
        for x in reversed(parts[:-1]):
            out = f"({name} {x} {out})"
        return out

    def _cases(self, branches: list[Any]) -> str:
        value, condition = branches[0]
        if condition in (True, S.true) or len(branches) == 1:
            return self.expr(value)
        then, other = self.expr(value), self._cases(branches[1:])
        return f"(if {self._test(condition)} then {then} else {other})" if not isinstance(
            condition, Ne
        ) else f"(if {self._test(Eq(condition.lhs, condition.rhs))} then {other} else {then})"

    def _test(self, condition: Any) -> str:
        left, right = condition.lhs, condition.rhs
        if isinstance(condition, Eq):
            if left in self.whole:
                return f"Nat.eqb {self.natural(left)} {self.natural(right)}"
            return f"Req_EM_T {self.expr(left)} {self.expr(right)}"
        if isinstance(condition, Le | Ge):
            left, right = (left, right) if isinstance(condition, Le) else (right, left)
            return f"Rle_dec {self.expr(left)} {self.expr(right)}"
        left, right = (left, right) if isinstance(condition, Lt) else (right, left)
        return f"Rlt_dec {self.expr(left)} {self.expr(right)}"

    def relation(self, relation: Any) -> str:
        """A proposition."""
        if relation in (True, S.true):
            return "True"
        if relation in (False, S.false):
            return "False"
        if isinstance(relation, And | Or):
            sign_ = " /\\ " if isinstance(relation, And) else " \\/ "
            return "(" + sign_.join(self.relation(r) for r in relation.args) + ")"
        way = _RELATIONS[relation.func]
        return f"({self.expr(relation.lhs)} {way} {self.expr(relation.rhs)})"


def _rational(value: Any) -> str:
    value = Rational(value)
    top = str(value.p) if value.p >= 0 else f"(- {-value.p})"
    return top if value.q == 1 else f"({top} / {value.q})"
