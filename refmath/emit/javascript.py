"""JavaScript of a rule: one step for one entry, under the paper's names, for pages and for Node."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sympy import Indexed

from refmath.domain import exact
from refmath.emit.layout import Atom, Node, Power
from refmath.emit.text import TextPrinter
from refmath.notation import Hyper, t
from refmath.recurrence import Recurrence
from refmath.rule import Rule, emitter

__all__ = ["javascript"]

_PRODUCT, _ATOM = 2, 4
_WORDS = (
    "arguments await break case catch class const continue debugger default delete do else enum "
    "eval export extends false finally for function if implements import in instanceof interface "
    "let new null package private protected public return static super switch this throw true try "
    "typeof undefined var void while with yield Math"
)
_RESERVED = frozenset(_WORDS.split())


def _name(name: str) -> str:
    return f"{name}_" if name in _RESERVED else name


class _Printer(TextPrinter):
    """Prints formulas as JavaScript."""

    root = "Math.sqrt"
    functions: ClassVar[dict[str, str]] = {
        "Max": "Math.max", "Min": "Math.min", "Abs": "Math.abs", "sign": "Math.sign",
    }

    def __init__(self, rec: Recurrence, names: Mapping[Any, str]) -> None:
        super().__init__(rec)
        self._names = names

    def atom(self, value: Any) -> tuple[str, int]:
        if isinstance(value, Indexed):
            return self._names[value], _ATOM
        if isinstance(value, Hyper):
            return _name(value.key), _ATOM
        return super().atom(value)

    def node(self, node: Node) -> tuple[str, int]:
        if isinstance(node, Power):
            if node.exponent == Atom(2) and isinstance(node.base, Atom):
                base = self.wrap(node.base, _ATOM)
                return f"{base}*{base}", _PRODUCT
            return f"Math.pow({self.node(node.base)[0]}, {self.node(node.exponent)[0]})", _ATOM
        return super().node(node)

    def cases(self, branches: tuple[tuple[Node, Node | None], ...]) -> tuple[str, int]:
        out = ""
        for value, cond in branches:
            shown = self.node(value)[0]
            out += shown if cond is None else f"{self.node(cond)[0]} ? {shown} : "
        return f"({out})", _ATOM


def _default(rule: Rule, symbol: Hyper) -> str:
    value = rule.defaults.get(symbol.key, symbol.default)
    return "null" if value is None else repr(float(exact(value)))


@emitter("javascript")
def javascript(rule: Rule) -> str:
    """A JavaScript object: ``hyper`` (defaults), ``start``, ``point`` and ``step`` for one entry.

    ``start(theta, hyper)`` gives the states before the first step, ``step(state, g, t, hyper)``
    those after step t, ``point(state, t, hyper)`` where its gradient is to be taken. Numbers are
    doubles.
    """
    rec = rule.recurrence
    states = [q.name for q in rec.states]
    names: dict[Any, str] = {rec.gradient[t]: _name(rec.gradient.name)}
    names |= {q[t - 1]: _name(q.name) for q in rec.states}
    for step in rec.steps:
        names[step.target] = f"{step.name}_new" if step.name in states else _name(step.name)
    printer = _Printer(rec, names)
    lines = [
        f"    const {names[s.target]} = {printer.doprint(s.rhs)};" for s in rec.steps
    ]
    hyper = ", ".join(_argument(h.key) for h in rec.hypers)
    before = ", ".join(_argument(n) for n in states)
    after = ", ".join(f"{q.name}: {names[q[t]]}" for q in rec.states)
    start = ", ".join(
        f"{q.name}: {printer.doprint(q.start) if q.start is not None else _name(q.name)}"
        for q in rec.states
    )
    defaults = ", ".join(f"{h.key}: {_default(rule, h)}" for h in rec.hypers)
    return "\n".join([
        "{",
        f"  hyper: {{{defaults}}},",
        f"  start({_name(states[0])}, {{{hyper}}}) {{",
        f"    return {{{start}}};",
        "  },",
        f"  point({{{before}}}, t, {{{hyper}}}) {{",
        f"    return {printer.doprint(rec.at)};",
        "  },",
        f"  step({{{before}}}, {names[rec.gradient[t]]}, t, {{{hyper}}}) {{",
        *lines,
        f"    return {{{after}}};",
        "  },",
        "}",
    ])


def _argument(name: str) -> str:
    return name if _name(name) == name else f"{name}: {_name(name)}"
