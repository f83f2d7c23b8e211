"""LaTeX of a rule: an aligned block with one line a step, in the paper's order."""

from typing import Any

from sympy import Indexed
from sympy import latex as sympy_latex

from refmath.emit.layout import Atom, Call, Cases, Fraction, Layout, Node, Power, Root, Sum
from refmath.emit.text import decimal
from refmath.notation import t
from refmath.recurrence import Recurrence
from refmath.rule import Rule, emitter

__all__ = ["LatexPrinter", "latex"]

_HATS = {
    "mhat": r"\hat{m}", "vhat": r"\hat{v}", "vmax": r"v^{\max}", "ahead": r"\mu'",
    "alpha1": r"\alpha^{(1)}",
}
_FUNCTIONS = {"Max": r"\max", "Min": r"\min", "sign": r"\operatorname{sign}"}
_RELATIONS = {
    "Equality": "=", "Unequality": r"\neq", "StrictGreaterThan": ">", "GreaterThan": r"\geq",
    "StrictLessThan": "<", "LessThan": r"\leq",
}


class LatexPrinter:
    """Prints a laid-out formula as LaTeX."""

    def __init__(self, rec: Recurrence) -> None:
        self.layout = Layout(rec)

    def doprint(self, expr: Any) -> str:
        """The LaTeX of an expression."""
        return self._node(self.layout(expr))

    def _node(self, node: Node) -> str:
        match node:
            case Atom(value):
                return _atom(value)
            case Sum(terms):
                return self._sum(terms)
            case Fraction(upper, lower):
                above = r" \, ".join(self._factor(f, len(upper) > 1) for f in upper) or "1"
                if not lower:
                    return above
                below = r" \, ".join(self._factor(f, len(lower) > 1) for f in lower)
                return rf"\frac{{{above}}}{{{below}}}"
            case Power(base, exponent):
                return self._power(base, exponent)
            case Root(inside):
                return rf"\sqrt{{{self._node(inside)}}}"
            case Cases(branches):
                return self._cases(branches)
            case Call(name, args):
                return self._call(name, args)

    def _sum(self, terms: tuple[tuple[int, Node], ...]) -> str:
        out = ""
        for place, (sign, term) in enumerate(terms):
            shown = self._factor(term, True)
            out += ("-" if sign < 0 else "") + shown if place == 0 else (
                f" {'-' if sign < 0 else '+'} {shown}"
            )
        return out

    def _factor(self, node: Node, bracket: bool) -> str:
        shown = self._node(node)
        return rf"\left({shown}\right)" if bracket and isinstance(node, Sum) else shown

    def _power(self, base: Node, exponent: Node) -> str:
        raised = self._node(exponent)
        if isinstance(base, Atom) and not isinstance(base.value, Indexed):
            return f"{self._node(base)}^{{{raised}}}"
        if isinstance(base, Atom) and base.value.base.name not in _HATS:
            return f"{_name(base.value)}_{{{_index(base.value)}}}^{{{raised}}}"
        return rf"\left({self._node(base)}\right)^{{{raised}}}"

    def _cases(self, branches: tuple[tuple[Node, Node | None], ...]) -> str:
        rows = [
            f"{self._node(value)} & "
            + (r"\text{otherwise}" if cond is None else rf"\text{{if }} {self._node(cond)}")
            for value, cond in branches
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _call(self, name: str, args: tuple[Node, ...]) -> str:
        shown = [self._node(a) for a in args]
        if name in _RELATIONS:
            return f"{shown[0]} {_RELATIONS[name]} {shown[1]}"
        if name == "Abs":
            return rf"\left|{shown[0]}\right|"
        return rf"{_FUNCTIONS[name]}\left({', '.join(shown)}\right)"


def _name(value: Any) -> str:
    name = value.base.name
    return _HATS.get(name) or str(sympy_latex(value.base.label))


def _index(value: Any) -> str:
    return str(value.indices[0]).replace(" ", "")


def _atom(value: Any) -> str:
    if value.is_Rational:
        shown = decimal(value)
        return rf"\frac{{{value.p}}}{{{value.q}}}" if "/" in shown else shown
    if isinstance(value, Indexed):
        return f"{_name(value)}_{{{_index(value)}}}"
    return str(sympy_latex(value))


@emitter("latex")
def latex(rule: Rule) -> str:
    """The algorithm as an ``aligned`` block."""
    rec = rule.recurrence
    printer = LatexPrinter(rec)
    theta, g = rec.parameter, rec.gradient
    name = str(sympy_latex(theta.label))
    point = printer.doprint(rec.at)
    rows = [rf"{g.name}_{{t}} &= \nabla_{{{name}}} L\left({point}\right)"]
    rows += [f"{_atom(s.target)} &= {printer.doprint(s.rhs)}" for s in rec.steps]
    assert all(s.target.indices == (t,) for s in rec.steps)
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
