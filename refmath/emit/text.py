"""Plain text of a rule: one aligned line a step, in the paper's order."""

from typing import Any, ClassVar

from sympy import Indexed, Rational

from refmath.emit.layout import Atom, Call, Cases, Fraction, Layout, Node, Power, Root, Sum
from refmath.notation import Hyper
from refmath.recurrence import Recurrence
from refmath.rule import Rule, emitter

__all__ = ["TextPrinter", "decimal", "text"]

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_RELATIONS = {
    "Equality": "==", "Unequality": "!=", "StrictGreaterThan": ">", "GreaterThan": ">=",
    "StrictLessThan": "<", "LessThan": "<=",
}


def decimal(value: Any) -> str:
    """A rational as a short decimal where that is exact, else as a quotient."""
    if value.q == 1:
        return str(value.p)
    rest = value.q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.p}/{value.q}"
    text = repr(float(value))
    return text if Rational(text) == value else f"{value.p}/{value.q}"


class TextPrinter:
    """Prints a laid-out formula as text; subclasses change names and functions."""

    root = "sqrt"
    functions: ClassVar[dict[str, str]] = {
        "Max": "max", "Min": "min", "Abs": "abs", "sign": "sign",
    }

    def __init__(self, rec: Recurrence) -> None:
        self.layout = Layout(rec)

    def doprint(self, expr: Any) -> str:
        """The text of an expression."""
        return self.node(self.layout(expr))[0]

    def node(self, node: Node) -> tuple[str, int]:
        """Text of a node with its binding strength."""
        match node:
            case Atom(value):
                return self.atom(value)
            case Sum(terms):
                return self._sum(terms), _SUM
            case Fraction(upper, lower):
                return self._fraction(upper, lower)
            case Power(base, exponent):
                return f"{self.wrap(base, _ATOM)}**{self.wrap(exponent, _ATOM)}", _POWER
            case Root(inside):
                return f"{self.root}({self.node(inside)[0]})", _ATOM
            case Cases(branches):
                return self.cases(branches)
            case Call(name, args):
                return self.call(name, args)

    def atom(self, value: Any) -> tuple[str, int]:
        """Text of a number, hyperparameter or quantity."""
        if value.is_Rational:
            shown = decimal(value)
            strength = _SUM if value < 0 else _PRODUCT if "/" in shown else _ATOM
            return shown, strength
        if isinstance(value, Indexed):
            return f"{value.base.name}[{str(value.indices[0]).replace(' ', '')}]", _ATOM
        return (value.name if isinstance(value, Hyper) else str(value)), _ATOM

    def wrap(self, node: Node, strength: int) -> str:
        """Text of a node, in brackets where it binds less strongly."""
        shown, own = self.node(node)
        return shown if own >= strength else f"({shown})"

    def _sum(self, terms: tuple[tuple[int, Node], ...]) -> str:
        parts = []
        for place, (sign, term) in enumerate(terms):
            shown = self.wrap(term, _PRODUCT)
            lead = "-" if sign < 0 else ""
            parts.append(lead + shown if place == 0 else f" {'-' if sign < 0 else '+'} {shown}")
        return "".join(parts)

    def _fraction(self, upper: tuple[Node, ...], lower: tuple[Node, ...]) -> tuple[str, int]:
        above = "*".join(self.wrap(f, _PRODUCT + (len(upper) > 1) * 0) for f in upper) or "1"
        if not lower:
            return above, _PRODUCT
        if len(lower) == 1:
            return f"{above}/{self.wrap(lower[0], _POWER)}", _PRODUCT
        below = "*".join(self.wrap(f, _PRODUCT) for f in lower)
        return f"{above}/({below})", _PRODUCT

    def cases(self, branches: tuple[tuple[Node, Node | None], ...]) -> tuple[str, int]:
        """Text of alternatives."""
        parts = [
            f"{self.node(value)[0]} {'otherwise' if cond is None else 'if ' + self.node(cond)[0]}"
            for value, cond in branches
        ]
        return "{" + ", ".join(parts) + "}", _ATOM

    def call(self, name: str, args: tuple[Node, ...]) -> tuple[str, int]:
        """Text of a function or relation."""
        shown = [self.node(a)[0] for a in args]
        if name in _RELATIONS:
            return f"{shown[0]} {_RELATIONS[name]} {shown[1]}", _SUM
        return f"{self.functions[name]}({', '.join(shown)})", _ATOM


@emitter("text")
def text(rule: Rule) -> str:
    """The algorithm as aligned plain text."""
    return recurrence_text(rule.recurrence)


def recurrence_text(rec: Recurrence) -> str:
    """The steps of a recurrence as aligned plain text, the gradient first."""
    printer = TextPrinter(rec)
    gradient = rec.gradient
    lines = [(f"{gradient.name}[t]", f"gradient at {printer.doprint(rec.at)}")]
    lines += [(f"{s.name}[t]", printer.doprint(s.rhs)) for s in rec.steps]
    width = max(len(left) for left, _ in lines)
    return "\n".join(f"{left:<{width}} = {right}" for left, right in lines)
