"""``refmath derive``: derivatives of an expression that is given as text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement, count
from typing import Any

import click
from rich.console import Console

from refmath.cli import echo_json
from refmath.emit.tensor.kernel.api import kernel
from refmath.errors import InvalidInput, UnknownName
from refmath.tensor import Tensor, as_tensor, jacobian, kinks
from refmath.tensor.node import Variable
from refmath.tensor.parse import declared, parse
from refmath.tensor.reader import computable
from refmath.tensor.sizes import shown

__all__ = [
    "Formula", "derivatives", "formula_data", "plain_console", "print_formulas", "print_latex",
    "print_source", "run_derive", "shape_text",
]

_ENTRY = re.compile(r"\w+\[([^\[\]]*)\] = ")
_LATEX_ENTRY = re.compile(r"\w+_\{([^{}]*)\} = ")
_ALIGNED = "\\begin{aligned}\n& "


@dataclass(frozen=True)
class Formula:
    """An expression, and what it is called.

    Attributes:
        kind: ``value``, ``gradient``, ``Jacobian``, ``Hessian``, ``second derivative`` or, for a
            layer, ``backward``.
        name: What is differentiated, or the expression itself: ``f``.
        by: What it is a derivative by: names with their variables; twice the same for a Hessian.
        expr: The expression.
    """

    kind: str
    name: str
    by: tuple[tuple[str, Any], ...]
    expr: Tensor

    @property
    def wrt(self) -> tuple[str, ...]:
        """The names of what it is a derivative by, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.by))

    @property
    def label(self) -> str:
        """Its name in text: ``df/dtheta``."""
        if len(self.by) < 2:
            return f"d{self.name}/d{self.wrt[0]}" if self.by else self.name
        same = len(self.wrt) == 1
        below = f"d{self.wrt[0]}2" if same else f"({' '.join(f'd{x}' for x in self.wrt)})"
        return f"d2{self.name}/{below}"

    def equation(self, indices: bool = False) -> str:
        """``df/dtheta = ...``, in text; definitions follow on further lines."""
        text = self.expr.indices() if indices else self.expr.text()
        entry = _ENTRY.match(text)
        if entry:  # an entry, under a name that says nothing: g[i] = ...
            return f"({self.label})[{entry[1]}] = {text[entry.end():]}"
        return f"{self.label} = {text}"

    def latex_equation(self) -> str:
        """The same in LaTeX."""
        text = self.expr.latex()
        start = _ALIGNED if text.startswith(_ALIGNED) else ""
        right = text.removeprefix(start)
        entry = _LATEX_ENTRY.match(right)
        if entry:
            left = rf"\left({self.latex_label}\right)_{{{entry[1]}}}"
            return f"{start}{left} = {right[entry.end():]}"
        return f"{start}{self.latex_label} = {right}"

    @property
    def function(self) -> str:
        """Its name in a program."""
        return self.kind.lower().replace(" ", "_")

    @property
    def latex_label(self) -> str:
        """Its name in LaTeX."""
        if not self.by:
            return self.name
        order = f"^{len(self.by)}" if len(self.by) > 1 else ""
        marks = [rf"\partial {_latex_name(x)}" for x in dict(self.by).values()]
        below = r" \, ".join(marks) + (order if len(marks) == 1 else "")
        return rf"\frac{{\partial{order} {self.name}}}{{{below}}}"

    @property
    def title(self) -> str:
        """For people: ``gradient by theta, shape (d,)``."""
        size = f"shape {shown(self.expr.shape)}" if self.expr.rank else "a scalar"
        return f"{self.kind}{' by ' if self.by else ''}{' and '.join(self.wrt)}, {size}"


def _latex_name(x: Any) -> str:
    """A variable without its indices, which LaTeX shows from rank 3 on."""
    text = as_tensor(x).latex()
    entry = _LATEX_ENTRY.match(text)
    return text[entry.end():].removesuffix(f"_{{{entry[1]}}}") if entry else text


def derivatives(
    name: str, top: Tensor, variables: Mapping[str, Any], second: bool
) -> list[Formula]:
    """The first derivatives of an expression, and the second ones if asked for.

    Args:
        name: What the expression is called.
        top: The expression.
        variables: What to differentiate by, by name.
        second: Whether to take second derivatives, by every pair of variables.
    """
    first, other = ("Jacobian", "second derivative") if top.rank else ("gradient", "Hessian")
    found = [Formula(first, name, (x,), jacobian(top, x[1])) for x in variables.items()]
    slopes = {x.by[0]: x.expr for x in found}
    for x, z in combinations_with_replacement(slopes, 2) if second else ():
        found.append(Formula(other, name, (x, z), jacobian(slopes[x], z[1])))
    return found


def run_derive(
    text: str, tensors: str, wrt: Sequence[str], *, symmetric: str, hessian: bool, value: bool,
    indices: bool, kind: str | None,
) -> None:
    """Read an expression, differentiate it and print what comes out.

    Raises:
        InvalidInput: The text is no expression, or nothing is asked for.
        UnknownName: A name that is not declared.
    """
    names = declared(tensors, symmetric)
    top = parse(text, names)
    variables = _variables(wrt, names)
    if not variables and not value:
        raise InvalidInput(
            "name what to differentiate by, for example --wrt "
            f"{next(iter(names))}, or ask for the expression alone by --value"
        )
    with computable():
        name = next(x for x in chain(("f", "J"), map("f{}".format, count())) if x not in names)
        own = Formula("value", name, (), top)
        found = derivatives(name, top, variables, hessian)
        if kind == "json":
            echo_json({
                "expression": text, "tensors": [_declaration(x) for x in names.values()],
                "value": formula_data(own), "derivatives": [formula_data(x) for x in found],
                "kinks": _kinks(own, *found),
            })
        elif kind == "numpy":
            print_source([*([own] if value else []), *found])
        elif kind == "latex":
            print_latex([own, *found])
        else:
            _print(own, found, names, indices)


def _variables(wrt: Sequence[str], names: Mapping[str, Any]) -> dict[str, Any]:
    """The variables to differentiate by, in the order asked for."""
    found = {}
    for name in (x for given in wrt for x in given.replace(",", " ").split()):
        if name not in names:
            raise UnknownName("name to differentiate by", name, list(names))
        if isinstance(names[name], Variable) and names[name].classes is not None:
            raise InvalidInput(f"{name} are class labels; there is no derivative by labels")
        found[name] = names[name]
    return found


def _kinks(*formulas: Formula) -> list[str]:
    return kinks(*(x.expr for x in formulas))


def _declaration(x: Any) -> dict[str, Any]:
    classes = x.classes if isinstance(x, Variable) else None
    return {
        "name": x.name,
        "shape": [str(s) for s in x.shape] if isinstance(x, Tensor) else [],
        "classes": None if classes is None else str(classes),
        "symmetric": isinstance(x, Variable) and x.symmetric,
    }


def formula_data(formula: Formula) -> dict[str, Any]:
    """A formula in every form, for JSON."""
    return {
        "kind": formula.kind, "wrt": list(formula.wrt),
        "shape": [str(s) for s in formula.expr.shape], "text": formula.expr.text(),
        "indices": formula.expr.indices(), "latex": formula.expr.latex(),
        "numpy": formula.expr.kernel(name=formula.function).source,
    }


def shape_text(x: Any) -> str:
    """What a declared tensor is: ``(n,), labels 0, ..., k - 1``."""
    if not isinstance(x, Tensor):
        return "scalar"
    text = shown(x.shape) if x.rank else "scalar"
    if isinstance(x, Variable) and x.classes is not None:
        text += f", labels 0, ..., {x.classes - 1}"
    return text + (", symmetric" if isinstance(x, Variable) and x.symmetric else "")


def print_source(formulas: Sequence[Formula]) -> None:
    """Print the NumPy function of one formula, or of several that share their work."""
    if len(formulas) == 1:
        (only,) = formulas
        click.echo(only.expr.kernel(name=only.function).source.rstrip())
        return
    kinds = [x.kind for x in formulas]
    outputs = {
        "_".join([x.function, *(x.wrt if kinds.count(x.kind) > 1 else ())]): x.expr
        for x in formulas
    }
    click.echo(kernel(outputs, name="derivatives").source.rstrip())


def print_latex(formulas: Sequence[Formula]) -> None:
    """Print formulas as LaTeX equations, one a line or, with definitions, one a block."""
    for x in formulas:
        click.echo(x.latex_equation())


def print_formulas(out: Console, formulas: Sequence[Formula], indices: bool) -> None:
    """Print formulas in matrix or index notation, each under its title; lines are not wrapped."""
    for x in formulas:
        if x.by:
            out.print(f"\n{x.title}", style="bold", soft_wrap=True)
        first, *others = x.equation(indices).splitlines()
        out.print(first, soft_wrap=True)
        for line in others:
            out.print(f"  {line}", soft_wrap=True)


def _print(
    own: Formula, found: Sequence[Formula], names: Mapping[str, Any], indices: bool
) -> None:
    out = plain_console()
    print_formulas(out, [own], indices)
    if own.expr.rank and found:
        out.print(
            f"f has the shape {shown(own.expr.shape)}, so its derivatives are Jacobians "
            "(* is elementwise, @ the matrix product)", soft_wrap=True,
        )
    print_formulas(out, found, indices)
    out.print("\nwith", style="bold", soft_wrap=True)
    width = max(len(name) for name in names)
    for name, x in names.items():
        out.print(f"  {name:<{width}}  {shape_text(x)}", soft_wrap=True)
    said = _kinks(own, *found)
    if said:
        out.print("\nat kinks", style="bold", soft_wrap=True)
    for line in said:
        out.print(f"  {line}", soft_wrap=True)


def plain_console() -> Console:
    """A console that prints text as it is; only headings have a style, on a terminal."""
    return Console(highlight=False, markup=False, emoji=False)
