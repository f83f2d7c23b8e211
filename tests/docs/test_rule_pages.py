"""The pages of update rules tell what others' pages tell, and what they do not, and it is right."""

import inspect
import re
from typing import Any

import keras
import numpy as np
import optax
import pytest
import torch
from claims import claims, label
from latex2mathml.converter import convert
from page import escape
from rule_arguments import ARGUMENTS, EXECUTION, OTHER
from rule_bugs import TABLE, bugs, links
from rule_edges import first_step
from rule_forms import axes_section, changed_lines
from rule_frameworks import forms
from rule_numerics import STEPS, bounds
from rule_page import rule_page, rules_index
from rule_pictures import GRADIENTS, LAST, best_rate, level, response

from refmath import conventions, rules
from refmath.formats import FORMATS

PEERS: dict[str, tuple[Any, str]] = {
    "torch Adam": (torch.optim.Adam, "adam"), "torch RMSprop": (torch.optim.RMSprop, "rmsprop"),
    "torch SGD": (torch.optim.SGD, "sgd"), "optax adam": (optax.adam, "adam"),
    "optax rmsprop": (optax.rmsprop, "rmsprop"), "optax sgd": (optax.sgd, "sgd"),
    "keras Adam": (keras.optimizers.Adam, "adam"),
    "keras RMSprop": (keras.optimizers.RMSprop, "rmsprop"),
    "keras SGD": (keras.optimizers.SGD, "sgd"),
}
SECTIONS = (
    "Symbols", "Try it", "How long its steps are", "In a curved valley",
    "The first step, and zeros", "Where implementations differ", "How frameworks write it",
    "What it is confused with", "Relations", "Rounding", "Use it", "Check yours", "As code",
)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The text of every page."""
    return {name: rule_page(rule) for name, rule in rules.ALL.items()}


def untold(page: str, names: Any) -> list[str]:
    """The arguments that a page does not mention as code."""
    return [n for n in names if f"`{n}`" not in page and f"`{n}=" not in page]


@pytest.mark.parametrize("name", PEERS)
def test_every_argument_of_the_nine_constructors_is_told(name: str, pages: dict[str, str]) -> None:
    """Those of torch, Optax and Keras: part of the formula, beside it, or about execution."""
    constructor, rule = PEERS[name]
    given = [p for p in inspect.signature(constructor).parameters if p not in ("self", "kwargs")]
    assert sorted(ARGUMENTS[name]) == sorted(given)
    assert untold(pages[rule], given) == []


def test_an_argument_that_is_not_told_is_seen(pages: dict[str, str]) -> None:
    """A page of another rule lacks what only Adam has."""
    assert untold(pages["sgd"], ARGUMENTS["torch Adam"]) != []
    assert untold(pages["adam"], ["amsgrad", "no_such_argument"]) == ["no_such_argument"]


def test_arguments_are_either_in_the_formula_or_explained() -> None:
    """Whatever is no hyperparameter and no switch of a convention has its own sentence."""
    for convention in conventions.ALL:
        if convention.label in ARGUMENTS:
            part = {a.partition(".")[0] for a in convention.names.values()}
            part |= {a for s in convention.switches for c in s.choices.values()
                     for a in c.arguments}
            rest = set(ARGUMENTS[convention.label]) - part - set(OTHER) - set(EXECUTION)
            assert rest == set(), convention.label


@pytest.mark.parametrize("name", rules.ALL)
def test_a_page_is_whole(name: str, pages: dict[str, str]) -> None:
    """One sentence first, then every section in its order; the index has the same sentence."""
    rule, page = rules.ALL[name], pages[name]
    assert page.startswith(f"# {rule.title}\n\n{rule.summary}\n\n")
    assert rule.summary.count(".") == 1
    assert rule.summary.endswith(".")
    found = [t for t in re.findall(r"^## (.*)$", page, re.M) if t != "Claims about it"]
    assert found == list(SECTIONS)
    assert rule.summary in rules_index()
    for key in rule.hyper:
        assert f"| `{key}` |" in page


@pytest.mark.parametrize("name", rules.ALL)
def test_every_form_of_every_framework_is_told(name: str, pages: dict[str, str]) -> None:
    """Every convention, with one switch moved, has one form; no two forms are one recurrence."""
    found = forms(rules.ALL[name])
    told = {(c.label, *sorted(p.items())) for f in found for c, p in f.writers}
    wanted = {
        (c.label, *sorted(p.items())) for c in conventions.ALL if c.framework != "refmath"
        for p in c.positions(1) if c.form(p).name == name
    }
    assert told == wanted
    steps = [f.rule.recurrence for f in found]
    assert all(a != b for i, a in enumerate(steps) for b in steps[:i])
    for form in found:
        for convention, place in form.writers:
            assert convention.form(place).recurrence == form.rule.recurrence
            assert escape(convention.optimizer) in pages[name]
            assert convention.version in pages[name]


@pytest.mark.parametrize("name", rules.ALL)
def test_options_are_shown_by_the_lines_they_change(name: str) -> None:
    """Every option but the canonical one has a line of its own, in LaTeX that converts."""
    text = axes_section(rules.ALL[name])
    assert "changes no line" not in text
    for formula in re.findall(r"\$([^$]+)\$", text):
        convert(formula)
    for axis in rules.ALL[name].axes:
        assert all(f"- `{option}`" in text for option in axis.options)


def test_changed_lines_are_those_of_the_paper() -> None:
    """Epsilon-hat changes the last line alone; coupled decay the gradient and what averages it."""
    adam = rules.adam
    (last,) = changed_lines(adam, adam.vary(epsilon="hat"))
    assert last.startswith(r"\theta_{t} =")
    assert r"\sqrt{v_{t}} + \epsilon" in last
    assert changed_lines(adam, adam.vary(weight_decay="coupled"))[0] == (
        r"h_{t} = g_{t} + \lambda \, \theta_{t-1}")
    assert changed_lines(adam, adam) == []


def test_every_real_bug_is_on_the_page_of_its_rule(pages: dict[str, str]) -> None:
    """With all its links; but for rules that single projects have of their own."""
    assert TABLE.is_dir()
    assert len({b.id for b in bugs()}) > 40
    for bug in bugs():
        if bug.rule.name in pages:
            assert links(bug.refs) in pages[bug.rule.name], str(bug)


def test_links_of_real_bugs_have_an_owner() -> None:
    """Every reference becomes a link to a project's thread; none is lost."""
    for bug in bugs():
        found = re.findall(r"https://github.com/([\w.-]+)/([\w.-]+)/issues/\d+", links(bug.refs))
        assert len(found) == len(re.findall(r"#\d+", bug.refs)), bug.refs
    assert links("apache/mxnet issue #1, PR #2") == (
        "[apache/mxnet#1](https://github.com/apache/mxnet/issues/1), "
        "[apache/mxnet#2](https://github.com/apache/mxnet/issues/2)")


@pytest.mark.parametrize("name", rules.ALL)
def test_every_wrong_form_and_every_claim_is_told(name: str, pages: dict[str, str]) -> None:
    """The declared wrong forms by name, and the recorded claims that run the rule by anchor."""
    for wrong in rules.ALL[name].wrong:
        assert f"`{wrong.name}`" in pages[name]
    own = [c for c in claims() if name in c["uses"].get("rules", ())]
    assert own
    for claim in own:
        assert f"<{label(claim['id'])}>" in pages[name]


def test_first_steps_are_those_of_the_formula() -> None:
    """By hand: g, g / (|g| + eps) and g / sqrt((1 - rho) g**2 + eps), times the rate."""
    assert first_step(rules.sgd, 0.5) == 0.01 * 0.5
    assert first_step(rules.adam, 1e-8) == pytest.approx(1e-3 / 2, rel=1e-12)
    root = (0.1 * 1e-6 + 1e-6) ** 0.5
    assert first_step(rules.rmsprop, 1e-3) == pytest.approx(1e-3 * 1e-3 / root, rel=1e-12)
    for rule in rules.ALL.values():
        assert first_step(rule, 0.0) == 0.0
        if "eps" in rule.hyper:
            assert np.isnan(first_step(rule, 0.0, eps=0.0))
    assert first_step(rules.adadelta, 1.0, eps=0.0) == 0.0


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", rules.ALL)
def test_the_bounds_hold_for_the_kernel(name: str, dtype: str) -> None:
    """On the stated input a run in the format and one in double are within the printed bound."""
    rule, fmt = rules.ALL[name], FORMATS[dtype]
    kernel = rule.kernel()
    rng = np.random.default_rng(0)
    theta = fmt.round(1 + rng.random(8))
    gradients = fmt.round(rng.standard_normal((max(STEPS), 8)))
    narrow, wide = kernel.start(theta), kernel.start(theta.astype(np.float64))
    printed = dict(zip(STEPS, bounds(rule, dtype, "float64"), strict=True))
    for t, g in enumerate(gradients, 1):
        narrow = kernel(**narrow, **{kernel.gradient: g}, t=t)
        wide = kernel(**wide, **{kernel.gradient: g.astype(np.float64)}, t=t)
        if t in printed:
            apart = np.abs(narrow["theta"] - wide["theta"]) / np.abs(wide["theta"])
            assert 0 < float(apart.max()) <= 1.01 * printed[t]


def test_hazards_of_sixteen_bits_are_told(pages: dict[str, str]) -> None:
    """Epsilon 1e-8 is 0 in float16; 0.999 is 1 in bfloat16; both by the formats themselves."""
    assert float(np.float16(1e-8)) == 0.0
    assert "epsilon of 1e-8, a default in use, is 0 in float16" in pages["adam"].replace("\n", " ")
    assert float(FORMATS["bfloat16"].round(np.asarray(0.999))) == 1.0
    assert "`beta2` = 0.999 is 1 in bfloat16" in pages["adam"]
    assert "`beta2`" not in pages["sgd"].partition("## Rounding")[2]


def test_responses_are_those_of_the_formula() -> None:
    """Of gradient descent g itself, of momentum 1 - 0.9**t over 0.1, of Adam g / (|g| + eps)."""
    for _, given, _ in GRADIENTS.values():
        np.testing.assert_allclose(response(rules.sgd, given), given, rtol=1e-12)
    t, ones = np.arange(1, 101), np.ones(100)
    np.testing.assert_allclose(response(rules.momentum, ones), (1 - 0.9**t) / 0.1, rtol=1e-12)
    np.testing.assert_allclose(response(rules.adam, ones), ones / (1 + 1e-8), rtol=1e-9)
    np.testing.assert_allclose(
        response(rules.adagrad, ones), 1 / (np.sqrt(t) + 1e-7), rtol=1e-12)


def test_the_valley_is_rosenbrocks() -> None:
    """The level sets have their value by the declared problem; the path goes down to the end."""
    from refmath import objectives

    value = objectives.get("rosenbrock").kernel()
    for wanted in (0.1, 10.0):
        for point in level(wanted)[::20]:
            assert float(value(x=point)) == pytest.approx(wanted, rel=1e-9)
    lr, path = best_rate(rules.momentum)
    assert len(path) == LAST + 1
    assert float(value(x=path[-1])) < float(value(x=path[0])) / 1000
    assert 1e-3 <= lr <= 10
