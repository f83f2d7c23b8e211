"""Text, LaTeX and kernel source: as accepted, well-formed, and meaning what was declared."""

import os
import re
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from sympy import Abs, Max, Min, Rational, sign, sqrt

from refmath import rules
from refmath.emit.equality import is_zero
from refmath.emit.latex import LatexPrinter
from refmath.emit.text import TextPrinter, decimal
from refmath.notation import hyper, number, t
from refmath.rule import Rule

GOLDEN = Path(__file__).parent / "golden"
ACCEPT = "REFMATH_ACCEPT=1 pytest tests/emit/test_text_latex.py"
KINDS = {".txt": "#", ".tex": "%", ".py.txt": "#"}

FORMS = list(rules.ALL.values()) + [
    r.vary(**{a.name: o}) for r in rules.ALL.values() for a in r.axes for o in list(a.options)[1:]
]
EACH = pytest.mark.parametrize("form", FORMS, ids=repr)


def shown(rule: Rule, suffix: str) -> str:
    """What the golden file of a rule should hold."""
    texts = {".txt": rule.text, ".tex": rule.latex, ".py.txt": lambda: rule.kernel().source}
    mark = KINDS[suffix]
    head = f"{mark} Generated from refmath.rules.{rule.name}.\n{mark} Accept a change: {ACCEPT}\n"
    return head + texts[suffix]().rstrip() + "\n"


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("name", rules.ALL)
def test_canonical_forms_read_as_accepted(name: str, suffix: str) -> None:
    """The canonical form prints as in its golden file; a change is shown and can be accepted."""
    path, new = GOLDEN / f"{name}{suffix}", shown(rules.get(name), suffix)
    if os.environ.get("REFMATH_ACCEPT"):
        path.write_text(new, "utf-8")
    old = path.read_text("utf-8") if path.exists() else ""
    diff = unified_diff(
        old.splitlines(), new.splitlines(), f"accepted {path.name}", "now", lineterm=""
    )
    assert old == new, "\n".join(["", *diff, f"to accept: {ACCEPT}"])


def test_no_golden_file_is_left_over() -> None:
    """There is one golden file for each rule and kind, and no other."""
    assert {p.name for p in GOLDEN.iterdir()} == {f"{n}{s}" for n in rules.ALL for s in KINDS}


@EACH
def test_text_is_aligned(form: Rule) -> None:
    """Every line of the text has its '=' in the same column, in the order of the steps."""
    lines = form.text().splitlines()
    assert len({line.index(" = ") for line in lines}) == 1
    names = [form.gradient.name, *(s.name for s in form.recurrence.steps)]
    assert [line.split("[t]")[0] for line in lines] == names


def reader(form: Rule) -> dict[str, Any]:
    """The names that a printed formula uses."""
    rec = form.recurrence
    bases = {s.name: s.target.base for s in rec.steps} | {rec.gradient.name: rec.gradient}
    symbols = {h.name.replace("lambda", "lambda_"): h for h in rec.hypers}
    functions = {"sqrt": sqrt, "max": Max, "min": Min, "abs": Abs, "sign": sign}
    return {**functions, **bases, **symbols, "t": t, "number": number}


def read(text: str, names: dict[str, Any]) -> Any:
    """A printed formula as an expression, its decimals exact."""
    exact = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?(?:e-?\d+)?)", r"number('\1')", text)
    return eval(exact.replace("lambda", "lambda_"), names)


@EACH
def test_text_means_what_was_declared(form: Rule) -> None:
    """Read as arithmetic, every printed line is the declared step: no bracket is missing."""
    names, read_back = reader(form), 0
    for step, line in zip(form.recurrence.steps, form.text().splitlines()[1:], strict=True):
        right = line.split(" = ", 1)[1]
        if "{" not in right:
            assert is_zero(read(right, names) - step.rhs), line
            read_back += 1
    point = form.text().splitlines()[0].split(" = gradient at ")[1]
    assert is_zero(read(point, names) - form.recurrence.at)
    assert read_back >= 1 or "rows" in form.settings


@EACH
def test_latex_is_well_formed(form: Rule) -> None:
    r"""Braces, \left and \right, \begin and \end are balanced; no plain name is left over."""
    text = form.latex()
    depth = 0
    for sign_of in re.sub(r"\\[{}]", "", text):
        depth += (sign_of == "{") - (sign_of == "}")
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") == text.count(r"\right")
    begun, ended = (re.findall(rf"\\{word}\{{(\w+)\}}", text) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)
    body = text.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    rows = body.split(" \\\\\n")
    assert len(rows) == len(form.recurrence.steps) + 1
    assert all(row.count("&=") == 1 for row in rows)
    plain = re.sub(r"\\(?:begin|end|operatorname)\{\w+\}|\\text\{[^}]*\}|\\[a-zA-Z]+", " ", text)
    assert re.findall(r"[A-Za-z]{2,}", plain) == []


@EACH
def test_latex_shows_every_symbol(form: Rule) -> None:
    """Each hyperparameter in a formula is in the LaTeX, by its mathematical symbol."""
    printer = LatexPrinter(form.recurrence)
    for step in form.recurrence.steps:
        row = printer.doprint(step.rhs)
        for symbol in step.rhs.atoms(*{type(h) for h in form.hyper.values()}):
            assert printer.doprint(symbol) in row


@pytest.mark.parametrize(
    ("value", "text"),
    [("1/3", "1/3"), ("-2/7", "-2/7"), ("1/2", "0.5"), ("3", "3"), ("0.96", "0.96"),
     ("1e-32", "1e-32"), ("1/1024", "0.0009765625")],
)
def test_rationals_print_exactly(value: str, text: str) -> None:
    """A rational prints as a decimal where that is exact, else as a quotient."""
    assert decimal(number(value)) == text
    assert Rational(text) == number(value)


def test_brackets_are_where_they_must_be() -> None:
    """Differences, quotients and powers within each other keep their brackets."""
    x, y = hyper("x", "1", "[0, oo)"), hyper("y", "1", "[0, oo)")
    shown_as = TextPrinter(rules.get("adam").recurrence).doprint
    names = {"x": x, "y": y, "sqrt": sqrt, "number": number, "t": t}
    third = Rational(1, 3)
    for expr in (
        x - (x - y), -(x + y), x * (y - 1), (x + y) ** 2, (x * y) ** third, x ** (y + 1),
        x ** (y * t), (x**y) ** third, 1 / (x * y), 1 / (x + y), x / (y / (x + 1)),
        x / sqrt(y) / 3, -x / y, -1 / x, 2 * x / 3, (-x) ** third, (2 * third) ** x,
        x - y * (1 - x), sqrt(x) ** 3, 1 / sqrt(x + 1) ** 3, (1 / x + 1 / y) ** -2, -third * x,
    ):
        assert is_zero(read(shown_as(expr), names) - expr), shown_as(expr)
