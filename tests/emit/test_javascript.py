"""Emitted JavaScript, run by Node, conforms to the rule that it was emitted from."""

from collections.abc import Iterator

import pytest
from node_subject import Node

from refmath import rules
from refmath.notation import grad, hyper, state, t
from refmath.oracle.api import check
from refmath.rule import Rule, let


def forms() -> Iterator[tuple[str, dict[str, str]]]:
    """Every rule, and every option on each of its axes."""
    for name in rules.ALL:
        rule = rules.get(name)
        yield name, {}
        for axis in rule.axes:
            for option in axis.options:
                if option != rule.setting(axis.name):
                    yield name, {axis.name: option}


def verdict(rule: Rule, source: str | None = None) -> str:
    """What the oracle says of the JavaScript."""
    node = Node(rule, source)
    try:
        return check(node.factory(rule), rule, dtypes=["float64"], examples=12).verdict
    finally:
        node.close()


@pytest.mark.parametrize(("name", "vary"), list(forms()), ids=lambda x: (
    x if isinstance(x, str) else " ".join(f"{k}={v}" for k, v in x.items()) or "canonical"))
def test_it_conforms(name: str, vary: dict[str, str]) -> None:
    """Every form, on the oracle's cases."""
    assert verdict(rules.get(name).vary(**vary)) == "CONFORMS"


@pytest.mark.parametrize(("good", "bad"), [
    ("+ eps)", "- eps)"), ("Math.pow(beta2, t)", "beta2"), ("beta1*m +", "beta1*m -"),
])
def test_a_wrong_one_deviates(good: str, bad: str) -> None:
    """A slip in the text is seen."""
    rule = rules.get("adam")
    source = rule.javascript()
    assert good in source
    assert verdict(rule, source.replace(good, bad)) == "DEVIATES"


def test_words_of_the_language_are_avoided() -> None:
    """A name that JavaScript keeps for itself is written otherwise inside, and works."""
    theta = state("theta", doc="parameter")
    g, lr = grad("g", at=theta[t - 1]), hyper("lr", "0.1", "[0, oo)", doc="rate")
    new = hyper("new", "0.5", "[0, oo)", doc="a factor")
    rule = Rule(name="own", title="Own", source="none", gradient=g, parameter=theta,
                algorithm=(let(theta[t], theta[t - 1] - lr * new * g[t]),))
    assert "{lr, new: new_}" in rule.javascript()
    assert verdict(rule) == "CONFORMS"
    assert verdict(rule, rule.javascript().replace("*new_", "/new_")) == "DEVIATES"
