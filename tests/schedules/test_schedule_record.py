"""The record of a schedule refuses what cannot be evaluated; its texts say what it is."""

from typing import Any

import pytest
from sympy import Symbol, gamma

from refmath import schedules
from refmath.errors import DeclarationError, InvalidInput, UnknownName
from refmath.notation import hyper, slot, state
from refmath.rule import Axis
from refmath.schedule import Recursion, Schedule, count, metric, series, t

lr = hyper("lr", "0.1", "[0, oo)", symbol="alpha_0")
total = count("total", 10, symbol="T", doc="updates")
x, y = slot("x"), slot("y")
eta = state("eta", start=lr)


def _built(formula: Any, **more: Any) -> Schedule:
    return Schedule("made", "Made", "nowhere", formula, **more)


BROKEN = [
    ("undeclared", lambda: _built(lr * Symbol("q")), "q is not declared"),
    ("slot", lambda: _built(lr * x), "no axis fills the slot"),
    ("float", lambda: _built(lr * 0.5), "binary float"),
    ("function", lambda: _built(lr * gamma(t)), "not among the functions"),
    ("nothing", lambda: _built(None), "neither a formula nor a recursion"),
    ("twice", lambda: _built(lr * x, axes=(Axis("a", {"o": {x: 1}}), Axis("a", {"o": {y: 1}}))),
     "two axes are called 'a'"),
    ("same slot", lambda: _built(
        lr * x, axes=(Axis("a", {"o": {x: 1}}), Axis("b", {"o": {x: 1}}))), "two axes fill"),
    ("other slots", lambda: _built(lr * x, axes=(Axis("a", {"o": {x: 1}, "p": {y: 1}}),)),
     "fill different slots"),
    ("two meanings", lambda: _built(lr * count("lr", 1, symbol="n", doc="")),
     "stands for two different things"),
    ("unknown state", lambda: _built(None, recursion=Recursion(
        ((eta[t], eta[t - 1] * metric * state("z", start=0)[t - 1]),))), "is not known"),
    ("default", lambda: count("n", 0, symbol="n", doc=""), "outside its domain"),
    ("entry", lambda: series("m", (0.5,), "[0, 1]", symbol="m", doc=""), "expected entries"),
]


@pytest.mark.parametrize(("build", "said"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_declaration_is_refused(build: Any, said: str) -> None:
    """What cannot be evaluated is refused when it is built, with what is wrong."""
    with pytest.raises(DeclarationError, match=said):
        build()


def test_bad_values_are_refused() -> None:
    """A missing, wrong or unknown hyperparameter, and a negative t, are refused."""
    s = schedules
    with pytest.raises(InvalidInput, match="outside its domain"):
        s.cosine.value(1, total=0)
    with pytest.raises(InvalidInput, match="whole number"):
        s.cosine.value(1, total="1.5")
    with pytest.raises(UnknownName, match="hyperparameter of cosine"):
        s.cosine.value(1, gamma=1)
    with pytest.raises(InvalidInput, match="from 0"):
        s.cosine.value(-1)
    with pytest.raises(InvalidInput, match="from 0"):
        s.cosine.kernel()([-1, 2])
    with pytest.raises(InvalidInput, match="expected 3 for 2 milestones"):
        s.multi_step.vary(values="list").value(1, milestones=[1, 2], values=["0.1"])
    with pytest.raises(UnknownName, match="Did you mean 'cosine'"):
        s.get("cosin")


def test_texts() -> None:
    """The text reads as the field writes it."""
    s = schedules
    assert s.step.text() == "alpha(t) = alpha_0*gamma**floor(t/n)"
    assert s.inverse_time.text() == "alpha(t) = alpha_0/(1 + r*t/n)**p"
    assert s.cosine.vary(after="rise").text() == (
        "alpha(t) = alpha_end + (alpha_0 - alpha_end)*(1 + cos(pi*t/T))/2"
    )
    assert s.step.latex() == (
        r"\alpha(t) = \alpha_{0} \, \gamma^{\left\lfloor \frac{t}{n} \right\rfloor}"
    )
    assert s.reduce_on_plateau.text().splitlines()[-1].startswith("bad[t]")


@pytest.mark.parametrize("name", list(schedules.ALL))
def test_latex_is_balanced(name: str) -> None:
    """Every form has LaTeX with balanced braces and delimiters."""
    schedule = schedules.get(name)
    for axis in schedule.axes:
        for option in axis.options:
            text = schedule.vary(**{axis.name: option}).latex()
            assert text.count("{") == text.count("}")
            assert text.count(r"\left") == text.count(r"\right")


def test_a_plateau_by_hand() -> None:
    """Two bad epochs are tolerated, the third reduces; the rest of two epochs does not count."""
    metrics = [3, 2, 2, 2, 2, 2, 2, 2, 2]
    options = {"lr": 1, "factor": "1/2", "patience": 2, "cooldown": 2}
    rates = schedules.reduce_on_plateau.value(metrics, **options)
    assert [float(r) for r in rates] == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]
    keras = schedules.reduce_on_plateau.vary(patience="reached", cooldown="last_counts")
    assert [float(r) for r in keras.value(metrics, **options)] == [
        1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25,
    ]
