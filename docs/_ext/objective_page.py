"""Pages of losses, models, test problems and layers, in Markdown."""

import re
from itertools import islice
from keyword import iskeyword
from typing import Any

from claims import about
from objective_summaries import SUMMARIES
from page import code, contents, escape, folded, join, lines_of, math, table

from refmath import objectives
from refmath.cli_derive import Formula, derivatives, shape_text
from refmath.cli_objective import _place, _points
from refmath.emit.tensor.kernel.api import kernel
from refmath.objective import Layer, Objective
from refmath.oracle.gradient.edits import edits
from refmath.tensor import kinks

__all__ = ["GROUPS", "objective_page", "objective_pages", "summary"]

GROUPS = {
    "losses": "Losses and penalties", "models": "Models with their loss",
    "layers": "Layers of networks", "problems": "Test problems",
}
_LONG = 700
"""Hessians with more LaTeX are not printed."""
_FOLD = 40
"""Listings with more lines are folded."""
_SLIPS = 8
_INDEXED = re.compile(r"\\partial \w_\{\w+\} = (.+?)_\{\w+\}(?=\})")


def members(group: str) -> tuple[str, ...]:
    """The names of a group."""
    return tuple(objectives.LAYERS) if group == "layers" else objectives.GROUPS[group]


def found(name: str) -> Any:
    """The objective or layer of a name."""
    return {**objectives.ALL, **objectives.LAYERS}[name]


def summary(name: str) -> str:
    """One sentence."""
    if name in SUMMARIES:
        return SUMMARIES[name]
    return _of_problem(objectives.get(name))


def _of_problem(problem: Objective) -> str:
    """What is known of a test problem, in a sentence."""
    points = _points(problem)
    sizes = points["start"]["sizes"] if points["start"] else problem.default_sizes()
    (x,) = problem.parameters
    count = problem.in_force[x].lengths(sizes)[0]
    free = "any number of unknowns" if problem.tensors[x].shape[0].free_symbols else (
        f"{count} unknowns"
    )
    least = points["minima"][0]["value"] if points["minima"] else None
    if least not in (None, "0") and points["minima"][0]["sizes"]:
        shown = ", ".join(f"{k} = {v}" for k, v in points["minima"][0]["sizes"].items())
        least = f"{least} for {shown}"
    others = len(points["minima"]) - 1
    more = f", and {others} other known minima" if others > 1 else (
        ", and another known minimum" if others == 1 else ""
    )
    known = f"the least value is {least}{more}" if least is not None else (
        "the least value is not known in closed form"
    )
    return f"A function of {free}; {known}."


def objective_page(objective: Any) -> str:
    """What is declared of an objective or layer, and what follows from it."""
    layer = isinstance(objective, Layer)
    variables = {x: objective.tensors[x] for x in objective.parameters}
    first = _backward(objective) if layer else derivatives("f", objective.expr, variables, False)
    return join([
        f"# {objective.title}", escape(summary(objective.name)),
        f"Source: {escape(objective.source)}.",
        math(_equation(Formula("value", "f", (), objective.expr))),
        _symbols(objective),
        _derived(objective, first),
        "" if layer else _hessian(objective, variables, first),
        _said(objective, first), _axes(objective),
        "" if layer else _known(objective),
        _confused(first), _check(objective, layer), _code(objective, first),
        about("objectives", objective.name),
    ])


def _backward(layer: Layer) -> list[Formula]:
    return [
        Formula("backward", "J", ((x, layer.tensors[x]),), expr)
        for x, expr in layer.backward().items()
    ]


def _equation(formula: Formula) -> str:
    """A formula with its left side; a tensor of many axes is named there without indices."""
    shown = _INDEXED.sub(
        lambda m: r"\partial " + m[1].removeprefix(r"\left(").removesuffix(r"\right)"),
        formula.latex_equation(),
    )
    return shown.replace(r"\left(f\right)_", "f_")


def _derived(objective: Any, first: list[Formula]) -> str:
    if isinstance(objective, Layer):
        parts = [
            "## Backward pass",
            f"${objective.upstream.name} = \\partial J / \\partial f$ is the gradient that comes "
            "from above.",
        ]
    else:
        parts = ["## Gradient" if not objective.expr.rank else "## Jacobian"]
    return join([*parts, *(math(_equation(x)) for x in first)]).strip()


def _hessian(objective: Any, variables: dict[str, Any], first: list[Formula]) -> str:
    command = f"`refmath objective {objective.name} --hessian`"
    size = sum(len(_equation(x)) for x in first)
    if len(variables) > 2 or size > _LONG:
        return f"## Hessian\n\nIt is long; {command} prints it."
    second = [
        x for x in derivatives("f", objective.expr, variables, True) if len(x.by) > 1
    ]
    texts = [_equation(x) for x in second]
    if max(map(len, texts)) > _LONG:
        return f"## Hessian\n\nIt is long; {command} prints it."
    return join(["## Hessian", *map(math, texts)]).strip()


def _said(objective: Any, first: list[Formula]) -> str:
    """What is declared where there is no derivative, and other notes."""
    at = kinks(objective.expr, *(x.expr for x in first))
    parts = []
    if at:
        parts += ["## Where it has no derivative", "Declared, and what frameworks are held to:",
                  lines_of(map(escape, at))]
    if objective.notes:
        parts += ["## Notes", lines_of(map(escape, objective.notes))]
    return join(parts).strip()


def _symbols(objective: Any) -> str:
    rows = []
    for name, x in objective.in_force.items():
        shape = shape_text(x.tensor).partition(", labels")[0]
        rows.append([f"`{name}`", f"`{shape}`" if shape != "scalar" else shape,
                     escape(objective.domains[name]), x.role, escape(x.doc)])
    head = ["name", "shape", "domain", "role", "meaning"]
    return join(["## Symbols", table(head, rows)]).strip()


def _axes(objective: Any) -> str:
    if not objective.axes:
        return ""
    rows = []
    for a in objective.axes:
        chosen = objective.setting(a.name)
        options = ", ".join(f"**{o}**" if o == chosen else o for o in a.options)
        rows.append([f"`{a.name}`", options, escape(a.doc)])
    head = ["axis", "options, the one above in bold", "what it decides"]
    return join([
        "## Where implementations differ", table(head, rows),
        f"`refmath objective {objective.name} --vary {objective.axes[-1].name}="
        f"{list(objective.axes[-1].options)[-1]} --gradient` prints another form.",
    ]).strip()


def _known(objective: Objective) -> str:
    """Start and minima."""
    points = _points(objective)
    rows = []
    if points["start"] is not None:
        rows.append(["start", "", escape(_place(objective, points["start"])), ""])
    for m in points["minima"]:
        at = "" if m["at"] is None else escape(_place(objective, m))
        rows.append([f"{m['kind']} minimum", escape(str(m["value"])), at, escape(m["note"] or "")])
    if not rows:
        return ""
    return join(["## Start and minima", table(["", "value", "at", "note"], rows)]).strip()


def _confused(first: list[Formula]) -> str:
    """Slips in the first gradient."""
    plain = (e.text for e in edits(first[0].expr) if "an expression in" not in e.text)
    slips = list(islice(dict.fromkeys(plain), _SLIPS))
    if not slips:
        return ""
    what = f"the {first[0].kind} by `{first[0].wrt[0]}`"
    if first[0].kind == "backward":
        what = f"what goes back to `{first[0].wrt[0]}`"
    lead = (
        "Wrong forms are made from the derivative itself, one slip each, and `refmath check` names "
        f"the one it meets. Of {what}:"
    )
    return join(["## What it is confused with", lead,
                 lines_of(f"it {escape(s)}" for s in slips)]).strip()


def _check(objective: Any, layer: bool) -> str:
    first = (objective.flowing if layer else objective.parameters)[0]
    names = ", ".join(f"{x}_" if iskeyword(x) else x for x in objective.in_force)
    if layer:
        text = f"""import refmath


def backward({names}, {objective.upstream.name}):
    ...  # return what goes back to {first}


refmath.assert_gradient(backward, "{objective.name}", "{first}")"""
    else:
        text = f"""import refmath


def gradient({names}):
    ...  # return the derivative by {first}


refmath.assert_gradient(gradient, "{objective.name}", "{first}")"""
    return join([
        "## Check yours", code("python", text),
        f"or `refmath check mymodule:{'backward' if layer else 'gradient'} --objective "
        f"{objective.name} --wrt {first}`, for functions of NumPy, PyTorch or JAX arrays.",
    ]).strip()


def _code(objective: Any, first: list[Formula]) -> str:
    what = "backward" if isinstance(objective, Layer) else "gradient"
    outputs = {"value": objective.expr} | {f"{what}_{x.wrt[0]}": x.expr for x in first}
    source = kernel(outputs, name=f"value_and_{what}").source
    listing = code("python", source)
    if source.count("\n") > _FOLD:
        listing = folded(f"{source.count(chr(10))} lines of NumPy", listing)
    return join([
        "## As code", "Generated from the declaration, and held against it.", listing,
    ]).strip()


def objective_pages() -> dict[str, str]:
    """All pages by path."""
    made, parts = {}, ["# Losses, models, layers and test problems"]
    for group, title in GROUPS.items():
        rows = []
        for name in members(group):
            one = found(name)
            made[f"objectives/{name}.md"] = objective_page(one)
            rows.append([f"[{escape(one.title)}]({name}.md)<br>`{name}`", escape(summary(name))])
        parts += [f"## {title}", table(["", "what it is"], rows)]
    names = [n for g in GROUPS for n in members(g)]
    made["objectives/index.md"] = join([*parts, contents(names)])
    return made
