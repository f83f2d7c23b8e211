"""What notebooks show: formulas that are LaTeX, and HTML in which nothing is left unescaped."""

from html.parser import HTMLParser
from typing import Any

import pytest
from latex2mathml.converter import convert

import refmath
from refmath import closed_form, objectives, rules, schedules
from refmath.oracle.report import Report, Result
from refmath.rule import Rule

X, w, y = refmath.tensors("X[n, d] w[d] y[n]")
SHOWN: dict[str, Any] = {
    **{f"rule {n}": r for n, r in rules.ALL.items()},
    **{f"schedule {n}": s for n, s in schedules.ALL.items()},
    **{f"objective {n}": o for n, o in {**objectives.ALL, **objectives.LAYERS}.items()},
    **{f"closed form {n}": f for n, f in closed_form.ALL.items()},
    "tensor": refmath.sum((X @ w - y) ** 2),
    "matrix": X.T @ X,
}


class Tags(HTMLParser):
    """Reads HTML: what it says, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def formula(latex: str) -> str:
    """The LaTeX between the signs."""
    head, tail = "$\\displaystyle ", "$"
    assert latex.startswith(head)
    assert latex.endswith(tail)
    return latex[len(head) : -1].replace("{aligned}", "{split}")  # latex2mathml knows this name


@pytest.mark.parametrize("name", SHOWN)
def test_the_formula_parses(name: str) -> None:
    """As LaTeX, by a converter that is not ours."""
    text = formula(SHOWN[name]._repr_latex_())
    assert "$" not in text
    assert "<math" in convert(text)


@pytest.mark.parametrize("name", SHOWN)
def test_the_html_says_the_formula(name: str) -> None:
    """Every tag is closed and one of ours; the text has the formula, character by character."""
    found = Tags(SHOWN[name]._repr_html_())
    assert found.open == []
    assert found.seen <= {"p", "b", "code", "table", "tr", "th", "td"}
    assert SHOWN[name]._repr_latex_() in found.said


EVERY_FORM = [
    (n, a.name, o) for n, r in rules.ALL.items() for a in r.axes for o in a.options
]


@pytest.mark.parametrize(("name", "axis", "option"), EVERY_FORM,
                         ids=[f"{n} {a}={o}" for n, a, o in EVERY_FORM])
def test_every_option_of_every_rule_parses(name: str, axis: str, option: str) -> None:
    """Also the forms that no page shows."""
    text = formula(rules.ALL[name].vary(**{axis: option})._repr_latex_())
    assert "<math" in convert(text)


def _hostile(rule: Rule) -> Rule:
    return Rule(
        name=rule.name, title="<script>alert(1)</script>", source="a & b <i>",
        algorithm=rule.algorithm, gradient=rule.gradient, parameter=rule.parameter,
        axes=rule.axes,
    )


def test_what_a_user_declares_is_escaped() -> None:
    """Titles and sources are text, whatever is in them."""
    html = _hostile(rules.sgd)._repr_html_()
    assert "<script>" not in html
    assert "<script>alert(1)</script>" in Tags(html).said
    assert "a & b <i>" in Tags(html).said


def test_a_report_is_a_table_and_its_text() -> None:
    """A row for every dtype; names of subjects and diagnoses are escaped."""
    result = Result("<b>mine", "adam", None, "float32", "DEVIATES", cases=3,
                    diagnosis=["adam, but a < b & c"])
    report = Report(7, [result, result])
    found = Tags(report._repr_html_())
    assert found.open == []
    assert found.seen == {"table", "tr", "th", "td", "pre"}
    assert "<b>mine" in found.said
    assert "adam, but a < b & c" in found.said
    assert report._repr_html_().count("<tr>") == 3
