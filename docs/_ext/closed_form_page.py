"""Pages of closed forms, in Markdown."""

from claims import about
from example import example
from page import contents, escape, join, lines_of, math, table, upright

from refmath import closed_form
from refmath.closed_form import ClosedForm

__all__ = ["closed_form_page", "closed_form_pages"]

_DATA = """import numpy as np

from refmath.closed_form import {name}

{lines}
print({name}({given}))
"""
_X = "X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])"
_WIDE = "X = np.array([[1.0, 0.0, 1.0], [0.0, 2.0, 1.0]])"
_Y = "y = np.array([1.0, 2.0, 4.0])"
_ARRAYS = {
    "normal_equations": ([_X, _Y], "X=X, y=y"),
    "ridge": ([_X, _Y], '**{"X": X, "y": y, "lambda": 0.5}'),
    "weighted_least_squares": ([_X, _Y, "w = np.array([1.0, 1.0, 3.0])"], "X=X, y=y, w=w"),
    "generalized_least_squares": (
        [_X, _Y, "Omega = np.diag([1.0, 1.0, 2.0])"], "X=X, y=y, Omega=Omega"),
    "quadratic_form": (
        ["A = np.array([[2.0, 1.0], [1.0, 3.0]])", "b = np.array([1.0, 2.0])"], "A=A, b=b"),
    "interpolation": ([_WIDE, "y = np.array([1.0, 2.0])"], "X=X, y=y"),
    "minimum_norm": ([_WIDE, "y = np.array([1.0, 2.0])"], "X=X, y=y"),
}
"""Data of the forms whose arguments are arrays."""
_NUMBERS = {
    "lambda_max": 10, "lambda_min": 1, "momentum": 0.9, "t": 5, "lr": 0.1, "curvature": 2,
    "start": 1, "gradient": 0.5, "eps": 1e-8, "rho": 0.9, "beta1": 0.9, "beta2": 0.999,
}
"""Numbers of all others."""


def closed_form_page(form: ClosedForm) -> str:
    """A closed form with the condition under which it holds."""
    conditions = [escape(a.words) for a in form.assumptions]
    return join([
        f"# {form.title}", f"Result: {escape(form.statement)}.", f"Source: {escape(form.source)}.",
        math(upright(form.latex())),
        "## When it holds",
        lines_of(conditions) if conditions else "Always.",
        "## As a function", _example(form), about("closed_forms", form.name),
    ])


def _example(form: ClosedForm) -> str:
    if form.name in _ARRAYS:
        lines, given = _ARRAYS[form.name]
        return example(_DATA.format(name=form.name, lines="\n".join(lines), given=given))
    given = ", ".join(f"{k}={_NUMBERS[k]!r}" for k in form.arguments)
    return example(
        f"from refmath.closed_form import {form.name}\n\nprint({form.name}({given}))\n"
    )


def closed_form_pages() -> dict[str, str]:
    """All pages by path."""
    forms = closed_form.ALL.values()
    made = {f"closed_forms/{f.name}.md": closed_form_page(f) for f in forms}
    rows = [[f"[{f.title}]({f.name}.md)<br>`{f.name}`", escape(f.statement)] for f in forms]
    made["closed_forms/index.md"] = join([
        "# Closed forms",
        "What need not be iterated: stationary points, learning rates and iterates, each with the "
        "condition under which it holds. The function refuses arguments for which it does not.",
        table(["", "result"], rows), contents(closed_form.ALL),
    ])
    return made
