"""Tensor expressions as text and LaTeX, in matrix and in index notation."""

from typing import Any

from refmath.emit.tensor.notation.formula import Formula, Line, formula
from refmath.emit.tensor.notation.indexing import bounds_text
from refmath.emit.tensor.notation.latex import LatexPrinter, bounds_latex, name_latex
from refmath.emit.tensor.notation.text import TextPrinter
from refmath.tensor.node import Tensor
from refmath.tensor.operators import emitter

__all__ = ["indices", "latex", "text"]


@emitter("tensor_text")
def text(node: Tensor) -> str:
    """Matrix notation where the ranks allow it, else index notation; definitions follow."""
    return _lines(formula(node))


@emitter("tensor_indices")
def indices(node: Tensor) -> str:
    """Index notation throughout; definitions follow."""
    return _lines(formula(node, matrices=False))


@emitter("tensor_latex")
def latex(node: Tensor) -> str:
    """What ``text`` says, in LaTeX: one formula, or aligned lines where there are definitions."""
    whole = formula(node, bold=True)
    greek = any(name.startswith("delta") for name in whole.taken)
    printer = LatexPrinter(whole.names, whole.identity, kronecker=not greek)
    main = _latex_line(whole.main, printer)
    if not whole.where:
        return main
    rows = [main]
    for place, line in enumerate(whole.where):
        word = r"\phantom{\text{where }} " if place else r"\text{where } "
        rows.append(word + _latex_line(line, printer))
    body = " \\\\\n".join(f"& {row}" for row in rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _latex_line(line: Line, printer: LatexPrinter) -> str:
    right = printer(line.tree)
    if not line.name:
        return right
    name = name_latex(line.name)
    if line.indices:
        joined = bounds_latex(line.indices)
        plain = all(top is None for _, top in line.indices)
        name = name if "_" not in name else rf"\left({name}\right)"
        name += f"_{{{joined.replace(', ', '') if plain else joined}}}"
    return f"{name} = {right}"


def _lines(whole: Formula) -> str:
    printer = TextPrinter(whole.names, whole.identity)
    out = [_line(whole.main, printer)]
    for place, line in enumerate(whole.where):
        out.append(f"{'      ' if place else 'where '}{_line(line, printer)}")
    return "\n".join(out)


def _line(line: Line, printer: TextPrinter) -> str:
    right = printer(line.tree)
    if not line.name:
        return right
    return f"{line.name}{_heading(line.indices)} = {right}"


def _heading(own: tuple[tuple[Any, Any], ...]) -> str:
    return f"[{bounds_text(own)}]" if own else ""
