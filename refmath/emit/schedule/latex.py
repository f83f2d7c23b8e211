"""LaTeX of a schedule."""

from refmath.emit.latex import LatexPrinter
from refmath.emit.layout import Node
from refmath.emit.schedule.text import ScheduleLayout
from refmath.schedule import Schedule, emitter

__all__ = ["ScheduleLatex", "latex"]

_FUNCTIONS = {"cos": r"\cos", "sin": r"\sin", "exp": r"\exp", "log": r"\log"}
_WORDS = {
    "passed": (r"\left|\left\{{i : {0}_i \leq {1}\right\}}\right|"),
    "passed_before": (r"\left|\left\{{i : {0}_i < {1}\right\}}\right|"),
    "entry": r"{0}_{{{1}}}",
    "product": r"\prod_{{i < {1}}} {0}_i",
    "cycle": r"\operatorname{{cycles}}\left({0}, {1}, {2}\right)",
    "floor": r"\left\lfloor {0} \right\rfloor",
    "ceiling": r"\left\lceil {0} \right\rceil",
}


class ScheduleLatex(LatexPrinter):
    """Prints formulas of t as LaTeX."""

    def __init__(self) -> None:
        self.layout = ScheduleLayout()

    def _call(self, name: str, args: tuple[Node, ...]) -> str:
        shown = [self._node(a) for a in args]
        if name in _WORDS:
            return _WORDS[name].format(*shown)
        if name in _FUNCTIONS:
            return rf"{_FUNCTIONS[name]}\left({shown[0]}\right)"
        if name in ("And", "Or"):
            return (r" \wedge " if name == "And" else r" \vee ").join(shown)
        return super()._call(name, args)


@emitter("latex")
def latex(schedule: Schedule) -> str:
    """The formula as an equation, or the recursion as an ``aligned`` block."""
    form, printer = schedule.resolved, ScheduleLatex()
    if form.formula is not None:
        return rf"\alpha(t) = {printer.doprint(form.formula)}"
    assert form.recursion is not None
    rows = [f"{_name(x)} &= {printer.doprint(e)}" for x, e in form.recursion.steps]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _name(target: object) -> str:
    return str(ScheduleLatex().doprint(target))


