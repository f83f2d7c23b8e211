"""Pages of losses, models, problems and layers, and of closed forms, in Markdown."""

from typing import Any

from refmath import closed_form, objectives
from refmath.closed_form import ClosedForm
from refmath.objective import Layer
from refmath.tensor import Tensor


def _math(text: str) -> str:
    return "```{math}\n" + text + "\n```"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(r) + " |" for r in [head, ["---"] * len(head), *rows])


def objective_page(objective: Any) -> str:
    """What is declared of an objective or layer, and what follows from it."""
    parts = [f"# {objective.title}", f"{objective.source}.", _math(objective.expr.latex())]
    parts += ["## Symbols", _symbols(objective)]
    if isinstance(objective, Layer):
        parts += ["## Backward pass"]
        backward = objective.backward()
        parts += [f"By `{name}`:\n\n" + _math(node.latex()) for name, node in backward.items()]
    else:
        parts += ["## Gradient"]
        for name in objective.parameters:
            parts.append(f"By `{name}`:\n\n" + _math(objective.gradient(name).latex()))
    if objective.axes:
        rows = [[f"`{a.name}`", ", ".join(a.options), a.doc] for a in objective.axes]
        parts += ["## Where implementations differ", _table(["axis", "options", "meaning"], rows)]
    parts.append(
        f"## Check yours\n\n`refmath check mymodule:f --objective {objective.name}` holds a "
        "function of NumPy, PyTorch or JAX arrays against it."
    )
    return "\n\n".join(parts) + "\n"


def _symbols(objective: Any) -> str:
    rows = []
    for name, node in objective.tensors.items():
        shape = f"`({', '.join(map(str, node.shape))})`" if isinstance(node, Tensor) else "scalar"
        role = "parameter" if name in objective.parameters else "given"
        rows.append([f"`{name}`", shape, role])
    return _table(["name", "shape", "role"], rows)


def closed_form_page(form: ClosedForm) -> str:
    """A closed form with the condition under which it holds."""
    return "\n\n".join([
        f"# {form.title}", f"{form.source}.", _math(form.latex()), f"{form.statement}.",
        f"Holds: {form.condition}.",
        f"As a function: `refmath.closed_form.{form.name}({', '.join(form.arguments)})`.",
    ]) + "\n"


def index(title: str, entries: list[tuple[str, str, str]]) -> str:
    """A list of pages: name, title, source."""
    rows = [[f"[{t}]({n}.md)", f"`{n}`", s] for n, t, s in entries]
    names = "\n".join(n for n, _, _ in entries)
    return (f"# {title}\n\n" + _table(["", "name", "source"], rows)
            + f"\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n")


def objective_pages() -> dict[str, str]:
    """All pages by path."""
    made = {}
    entries = []
    for name in (*objectives.ALL, *objectives.LAYERS):
        found = {**objectives.ALL, **objectives.LAYERS}[name]
        made[f"objectives/{name}.md"] = objective_page(found)
        entries.append((name, found.title, found.source))
    made["objectives/index.md"] = index("Losses, models, layers and test problems", entries)
    forms = list(closed_form.ALL.values())
    for form in forms:
        made[f"closed_forms/{form.name}.md"] = closed_form_page(form)
    made["closed_forms/index.md"] = index(
        "Closed forms", [(f.name, f.title, f.source) for f in forms])
    return made
