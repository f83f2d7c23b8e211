"""Where implementations of a rule differ: every option of every axis, with its formula."""

from page import escape

from refmath.emit.latex import LatexPrinter
from refmath.notation import t
from refmath.recurrence import Recurrence
from refmath.rule import Axis, Rule

__all__ = ["axes_section", "changed_lines", "decay_section", "settings_text"]


def axes_section(rule: Rule) -> str:
    """Every axis, with the lines of the algorithm that each of its options changes."""
    parts = [
        "## Where implementations differ",
        "The option of the algorithm above comes first; of the others, the lines that change.",
    ]
    for axis in rule.axes:
        parts.append(f"**{escape(axis.name)}**: {escape(axis.doc)}.")
        parts.append("\n".join(_option(rule, axis, option) for option in axis.options))
    return "\n\n".join(parts)


def settings_text(settings: dict[str, str]) -> str:
    """Options as code: ``epsilon=hat``."""
    return ", ".join(f"`{k}={v}`" for k, v in settings.items())


def _option(rule: Rule, axis: Axis, option: str) -> str:
    if option == rule.setting(axis.name):
        return f"- `{option}`: as above"
    for given in _bases(rule, axis):
        base, other = rule.vary(**given), rule.vary(**given, **{axis.name: option})
        lines = changed_lines(base, other)
        if lines:
            condition = f" (with {settings_text(given)})" if given else ""
            return f"- `{option}`{condition}: " + ", ".join(f"${x}$" for x in lines)
    return f"- `{option}`: changes no line"


def _bases(rule: Rule, axis: Axis) -> list[dict[str, str]]:
    """The rule as it is, then with one other axis moved: some options mean something only then."""
    others = [a for a in rule.axes if a.name != axis.name]
    others.sort(key=lambda a: a.name == "eps_root")
    moved = [{a.name: o} for a in others for o in a.options if o != rule.setting(a.name)]
    return [{}, *moved]


def changed_lines(base: Rule, other: Rule) -> list[str]:
    """The lines of ``other`` that ``base`` has not, as LaTeX; new start values among them."""
    old, new = base.recurrence, other.recurrence
    had, lines = _lines(old), _lines(new)
    return [x for x in lines if x not in had]


def _lines(rec: Recurrence) -> list[str]:
    """The gradient's point, the assignments and the start values, so that a table can hold them."""
    printer = LatexPrinter(rec)
    lines = [rf"g_t = \nabla_{{\theta}} L\left({printer.doprint(rec.at)}\right)"]
    lines += [f"{printer.doprint(s.target)} = {printer.doprint(s.rhs)}" for s in rec.steps]
    for q in rec.states:
        if q.start is not None:
            shown = "_{0}".join(printer.doprint(q[t]).rsplit("_{t}", 1))
            given = r"\text{given}" if q.start.is_Symbol and q.start.name == shown[:2] + "0" else ""
            lines.append(f"{shown} = {given or printer.doprint(q.start)}")
    return [
        x.replace(r"\left|", r"\left\vert ").replace(r"\right|", r"\right\vert ") for x in lines
    ]


_DECAYS = {
    "none": "no decay",
    "coupled": "added to the gradient{coupled}",
    "decoupled": "taken off the parameter, with the learning rate{decoupled}",
    "decoupled_by_schedule": "taken off the parameter, with the learning rate divided by its first "
                             "value: it follows the schedule, not the rate",
    "decoupled_unscaled": "taken off the parameter, without the learning rate",
    "after_unscaled": "taken off the parameter that the step has already moved, without the rate",
}


def decay_section(rule: Rule) -> str:
    """Where weight decay enters, in words, in the order of the rule's axis."""
    said = {"coupled": "", "decoupled": ""}
    if "eps" in rule.hyper:
        said = {
            "coupled": ", before all averages: they contain it, and the divisor scales it",
            "decoupled": "; averages and divisor never see it",
        }
    elif len(rule.recurrence.states) > 1:
        said = {
            "coupled": ": the velocity contains it", "decoupled": "; the velocity never sees it",
        }
    options = rule.axis("weight_decay").options
    return "\n".join(f"- `weight_decay={o}`: {_DECAYS[o].format(**said)}" for o in options)
