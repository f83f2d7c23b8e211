"""Conditions on hyperparameters in words: they say the same as the SymPy condition, tidily."""

import re
from itertools import product
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import Eq, Or, Rational, Symbol, false, true

from refmath import schedules
from refmath.cli import main
from refmath.domain import Interval
from refmath.errors import InvalidInput
from refmath.schedule.condition import condition_text
from refmath.schedules.robbins_monro import robbins_monro

SAMPLES = [Rational(0), Rational(1, 4), Rational(1, 2), Rational(3, 4), Rational(1), Rational(2)]


def _conditions() -> dict[str, tuple[Any, dict[str, Interval]]]:
    """Every condition of every schedule with at most one axis varied, each once."""
    found: dict[str, tuple[Any, dict[str, Interval]]] = {}
    for schedule in schedules.ALL.values():
        one = [{a.name: o} for a in schedule.axes for o in a.options]
        for options in [{}, *one]:
            form = schedule.vary(**options)
            try:
                sums = robbins_monro(form)
            except InvalidInput:
                continue
            domains = {k: h.domain for k, h in form.hyper.items()}
            for condition in (sums.diverges, sums.square_summable, sums.holds):
                found.setdefault(f"{schedule.name}: {condition}", (condition, domains))
    return found


ALL = _conditions()


def _holds(text: str, values: dict[str, Any]) -> bool:
    """Whether the words hold at a point."""
    if text in ("always", "never"):
        return text == "always"
    python = re.sub(r"(?<![<>])=", "==", text.removeprefix("if ")).replace("the last value", "last")
    python = re.sub(r"(\d+)/(\d+)", r"Rational(\1, \2)", python)
    known = {("last" if k == "last_value" else k): v for k, v in values.items()}
    return bool(eval(python, {"Rational": Rational}, known))


def _differs(condition: Any, text: str, domains: dict[str, Interval]) -> bool:
    """Whether the words are wrong at some point of a grid over the domains."""
    symbols = sorted(condition.free_symbols, key=str)
    for values in product(SAMPLES, repeat=len(symbols)):
        if any(s.name in domains and str(v) not in domains[s.name]
               for s, v in zip(symbols, values, strict=True)):  # fmt: skip
            continue
        right = condition.xreplace(dict(zip(symbols, values, strict=True))) == true
        if _holds(text, {s.name: v for s, v in zip(symbols, values, strict=True)}) != right:
            return True
    return False


@pytest.mark.parametrize("name", ALL, ids=str)
def test_words_say_what_the_condition_says(name: str) -> None:
    """At every point of a grid over the domains, and without names of SymPy's."""
    condition, domains = ALL[name]
    text = condition_text(condition, domains)
    assert not _differs(condition, text, domains)
    assert not re.search(r"[A-Z&|~,]", text)


def test_other_words_are_found_out() -> None:
    """The comparison is no formality: each of these says something else."""
    condition, domains = ALL["step: Eq(lr, 0) | (gamma < 1)"]
    for wrong in ("if lr = 0", "if lr = 0 and gamma < 1", "if lr = 0 or gamma <= 1", "always"):
        assert _differs(condition, wrong, domains)


PLAIN = [
    ("step: (Eq(gamma, 1) & (lr > 0)) | ((gamma > 1) & (lr > 0))", "if gamma >= 1 and lr > 0"),
    ("cosine: Eq(end, 0)", "if end = 0"),
    ("cyclic: (lr > 0) | (Eq(lr, 0) & (max_lr > 0))", "if max_lr > 0 or lr > 0"),
    ("inverse_time: (Eq(rate, 0) & (lr > 0)) | ((power <= 1) & (lr > 0) & (rate > 0))",
     "if lr > 0 and (rate = 0 or power <= 1)"),
    ("multi_step: Eq(last_value, 0)", "if the last value = 0"),
    ("warmup_stable_decay: True", "always"),
    ("warmup_stable_decay: False", "never"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), PLAIN, ids=[text for _, text in PLAIN])
def test_a_person_would_write_it_so(name: str, text: str) -> None:
    """What the domains decide is left out, and what clauses share is said once."""
    assert condition_text(*ALL[name]) == text


def test_domains_without_ends_and_open_ends() -> None:
    """A line cut in the middle, one open at an end, one with nothing left to say."""
    x = Symbol("x", real=True)
    everything, unit = Interval.parse("(-oo, oo)"), Interval.parse("(0, 1)")
    assert condition_text(x > 0, {"x": everything}) == "if x > 0"
    assert condition_text(x <= 0, {"x": everything}) == "if x <= 0"
    assert condition_text(x > 0, {"x": unit}) == "always"
    assert condition_text(x >= 1, {"x": unit}) == "never"
    assert condition_text(Or(x < 0, Eq(x, 1)), {"x": everything}) == "if x < 0 or x = 1"
    assert condition_text(true, {}) == "always"
    assert condition_text(false, {}) == "never"


@pytest.mark.parametrize("name", list(schedules.ALL))
def test_no_schedule_shows_sympy(name: str) -> None:
    """Nothing of what is printed is a repr of SymPy's."""
    found = CliRunner().invoke(main, ["schedule", name])
    assert found.exit_code == 0, found.output
    assert not re.search(r"\b(Eq|Ne|Gt|Ge|Lt|Le|Piecewise|And|Or|True|False)\b|[&|]", found.output)
