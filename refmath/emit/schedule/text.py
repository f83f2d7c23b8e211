"""Plain text of a schedule."""

from typing import Any, ClassVar

from sympy import Indexed

from refmath.emit.layout import Layout, Node
from refmath.emit.text import TextPrinter
from refmath.schedule import Resolved, Schedule, emitter, t

__all__ = ["RATE", "ScheduleLayout", "SchedulePrinter", "recursion_text", "text"]

RATE = "alpha"
_NAMES = (
    "floor", "ceiling", "cos", "sin", "exp", "log", "passed", "passed_before", "entry", "product",
    "cycle", "And", "Or",
)


class ScheduleLayout(Layout):
    """Lays out formulas of t; what is compared stands at the left of a relation."""

    def __init__(self) -> None:
        self._parameter = None

    def __call__(self, expr: Any) -> Node:
        """The tree of an expression."""
        if getattr(expr, "is_Relational", False) and _later(expr.lhs) < _later(expr.rhs):
            return super().__call__(expr.reversed)
        return super().__call__(expr)

    def _term_key(self, term: Any, whole: Any) -> tuple[float, bool, str]:
        """The end first, as in end + (start - end) * ...; t and positive numbers before all."""
        number = 9.0 if term.could_extract_minus_sign() else 0.5
        rank = number if term.is_number else 0.0 if term == t else 1.0 if term.is_Symbol else 2.0
        return (rank, term.could_extract_minus_sign(), str(term))


def _later(side: Any) -> int:
    """How much a side of a relation is the one compared."""
    return 2 if side.has(t) else 1 if side.has(Indexed) else 0


class SchedulePrinter(TextPrinter):
    """Prints formulas of t as text."""

    functions: ClassVar[dict[str, str]] = {
        **TextPrinter.functions, **{n: n.lower() for n in _NAMES},
    }

    def __init__(self) -> None:
        self.layout = ScheduleLayout()

    def call(self, name: str, args: tuple[Node, ...]) -> tuple[str, int]:
        """Text of a function, relation or connective."""
        if name in ("And", "Or"):
            word = f" {name.lower()} "
            return word.join(self.node(a)[0] for a in args), 1
        return super().call(name, args)


def recursion_text(form: Resolved, name: str = RATE) -> list[str]:
    """The recursion, one aligned line a step; the rate first at t = 0."""
    if form.recursion is None:
        return []
    printer = SchedulePrinter()
    shown = [(printer.doprint(x), printer.doprint(e)) for x, e in form.recursion.steps]
    if form.formula is not None:
        start = next(q.start for q in form.recursion.states if q.name == "eta")
        shown.insert(0, ("eta[0]", printer.doprint(start)))
    named = [(x.replace("eta[", f"{name}["), e.replace("eta[", f"{name}[")) for x, e in shown]
    width = max(len(x) for x, _ in named)
    return [f"{x:<{width}} = {e}" for x, e in named]


@emitter("text")
def text(schedule: Schedule) -> str:
    """The formula on one line, or the recursion where there is none."""
    form = schedule.resolved
    if form.formula is None:
        return "\n".join(recursion_text(form))
    return f"{RATE}(t) = {SchedulePrinter().doprint(form.formula)}"


