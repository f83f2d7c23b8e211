"""``refmath objective``: a loss, model, test problem or layer, with its derivatives."""

from collections.abc import Mapping
from math import prod
from typing import Any

from rich.console import Console
from rich.table import Table

from refmath import objectives
from refmath.cli import echo_json
from refmath.cli_derive import (
    Formula,
    derivatives,
    formula_data,
    plain_console,
    print_formulas,
    print_latex,
    print_source,
    shape_text,
)
from refmath.errors import InvalidInput, UnknownName
from refmath.objective import Layer, Minimum, Objective
from refmath.objective.inputs import exact_array
from refmath.tensor import kinks
from refmath.tensor.reader import computable

__all__ = ["list_objectives", "show_objective"]

_MOST_SHOWN = 12
"""Points with more entries are not written out."""


def list_objectives(as_json: bool) -> None:
    """Print every objective and layer with its title; as JSON with its source."""
    groups = {name: [objectives.ALL[x] for x in names] for name, names in
              objectives.GROUPS.items()} | {"layers": list(objectives.LAYERS.values())}
    if as_json:
        echo_json([
            {"name": x.name, "title": x.title, "source": x.source, "group": group}
            for group, members in groups.items() for x in members
        ])
        return
    out = plain_console()
    width = max(len(x.name) for members in groups.values() for x in members)
    for place, (group, members) in enumerate(groups.items()):
        out.print(f"{chr(10) if place else ''}{group}", style="bold", soft_wrap=True)
        for x in members:
            out.print(f"  {x.name:<{width}}  {x.title}", soft_wrap=True)


def show_objective(
    name: str, vary: Mapping[str, str], *, gradient: bool, hessian: bool, indices: bool,
    kind: str | None,
) -> None:
    """Print an objective or layer.

    Raises:
        UnknownName: No such objective, axis or option.
        InvalidInput: The Hessian of a layer is asked for.
    """
    known: dict[str, Objective | Layer] = {**objectives.LAYERS, **objectives.ALL}
    if name not in known:
        raise UnknownName("objective or layer", name, list(known))
    chosen = known[name].vary(**vary)
    with computable():
        own = Formula("value", "f", (), chosen.expr)
        found = _derivatives(chosen, gradient, hessian)
        if kind == "json":
            echo_json(_data(chosen, own, found))
        elif kind == "numpy":
            print_source([own, *found])
        elif kind == "latex":
            print_latex([own, *found])
        else:
            _print(chosen, own, found, indices)


def _derivatives(chosen: Objective | Layer, gradient: bool, hessian: bool) -> list[Formula]:
    if isinstance(chosen, Layer):
        if hessian:
            raise InvalidInput(
                f"{chosen.name} is a layer and has no Hessian; its backward pass is shown by "
                "--gradient"
            )
        passed = chosen.backward() if gradient else {}
        return [
            Formula("backward", "J", ((x, chosen.tensors[x]),), expr) for x, expr in passed.items()
        ]
    variables = {x: chosen.tensors[x] for x in chosen.parameters}
    found = derivatives("f", chosen.expr, variables, hessian) if gradient or hessian else []
    return [x for x in found if gradient or len(x.by) > 1]


def _data(chosen: Objective | Layer, own: Formula, found: list[Formula]) -> dict[str, Any]:
    return {
        "name": chosen.name, "title": chosen.title, "source": chosen.source,
        "layer": isinstance(chosen, Layer),
        "tensors": [
            {"name": x, "shape": [str(s) for s in one.shape], "domain": chosen.domains[x],
             "role": one.role, "meaning": one.doc}
            for x, one in chosen.in_force.items()
        ],
        "axes": [
            {"name": a.name, "options": list(a.options), "chosen": chosen.setting(a.name),
             "meaning": a.doc}
            for a in chosen.axes
        ],
        "value": formula_data(own),
        "derivatives": [formula_data(x) for x in found],
        "kinks": kinks(*(x.expr for x in (own, *found))), "notes": list(chosen.notes),
        **(_points(chosen) if isinstance(chosen, Objective) else {}),
    }


def _points(chosen: Objective) -> dict[str, Any]:
    """The start and the minima, as exact text at the sizes of examples."""
    sizes = chosen.default_sizes()
    start = None if chosen.start is None else {
        "sizes": sizes, "at": _point(chosen, chosen.start, sizes)
    }
    minima = []
    for m in chosen.minima:
        own = chosen.default_sizes(m.sizes)
        minima.append({
            "kind": m.kind, "value": _minimal(chosen, m), "sizes": own,
            "at": None if m.at is None else _point(chosen, m.at, own), "note": m.note,
        })
    return {"start": start, "minima": minima}


def _minimal(chosen: Objective, minimum: Minimum) -> str:
    exact = chosen.minimal_value(minimum)
    return minimum.printed if exact is None else str(exact)


def _point(chosen: Objective, at: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """The values of the parameters at a declared point, as nested lists of exact text."""
    out = {}
    for name in chosen.parameters:
        lengths = chosen.in_force[name].lengths(sizes)
        values = exact_array(f"{chosen.name}: {name}", at[name], lengths, sizes)
        texts = values.copy()
        texts.reshape(-1)[:] = [str(x) for x in values.reshape(-1)]
        out[name] = texts.tolist()
    return out


def _print(
    chosen: Objective | Layer, own: Formula, found: list[Formula], indices: bool
) -> None:
    out = plain_console()
    out.print(chosen.title, style="bold", soft_wrap=True)
    out.print(f"{chosen.source}\n", soft_wrap=True)
    print_formulas(out, [own], indices)
    if isinstance(chosen, Layer) and found:
        out.print(f"{chosen.upstream.name} = dJ/df is the gradient that comes from above",
                  soft_wrap=True)
    print_formulas(out, found, indices)
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("symbol", "shape", "domain", "role", "meaning"):
        table.add_column(column, no_wrap=column == "symbol")
    for name, x in chosen.in_force.items():
        shape = shape_text(x.tensor).partition(", labels")[0]
        table.add_row(name, shape, chosen.domains[name], x.role, x.doc)
    out.print(table)
    if chosen.axes:
        out.print("\nwhere implementations differ (--vary axis=option):")
    for axis in chosen.axes:
        options = ", ".join(
            f"{o}*" if o == chosen.setting(axis.name) else o for o in axis.options
        )
        out.print(f"  {axis.name}: {options}   ({axis.doc})", soft_wrap=True)
    said = [*kinks(*(x.expr for x in (own, *found))), *chosen.notes]
    if said:
        out.print()
    for line in said:
        out.print(f"note: {line}", soft_wrap=True)
    if isinstance(chosen, Objective):
        _print_points(out, chosen)


def _print_points(out: Console, chosen: Objective) -> None:
    points = _points(chosen)
    if points["start"] is not None or points["minima"]:
        out.print()
    if points["start"] is not None:
        out.print(f"start: {_place(chosen, points['start'])}", soft_wrap=True)
    for m in points["minima"]:
        at = "" if m["at"] is None else f" at {_place(chosen, m)}"
        note = f" ({m['note']})" if m["note"] else ""
        out.print(f"{m['kind']} minimum: {m['value']}{at}{note}", soft_wrap=True)


def _place(chosen: Objective, point: Mapping[str, Any]) -> str:
    """A point for people: ``x = (1, 1), for n = 2``."""
    parts = []
    for name, values in point["at"].items():
        shape = chosen.in_force[name].lengths(point["sizes"])
        big = prod(shape) > _MOST_SHOWN
        parts.append(f"{name} of {prod(shape)} entries" if big else f"{name} = {_nested(values)}")
    sizes = ", ".join(f"{name} = {value}" for name, value in point["sizes"].items())
    return ", ".join(parts) + (f", for {sizes}" if sizes else "")


def _nested(values: Any) -> str:
    if isinstance(values, list):
        return "(" + ", ".join(_nested(v) for v in values) + ")"
    return str(values)
