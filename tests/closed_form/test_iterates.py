"""Closed-form iterates: proved by induction on the declared rules, and held against kernels."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, Sum, Symbol, cancel, expand, symbols

from refmath.closed_form import (
    Iterate,
    adagrad_constant,
    adam_constant,
    descent_quadratic,
    momentum_constant,
    momentum_quadratic,
    nesterov_quadratic,
    rmsprop_constant,
)
from refmath.closed_form.iterates import G, curvature, k, start
from refmath.closed_form.recurrences import growth, growth_of
from refmath.errors import InvalidInput
from refmath.notation import t

ITERATES = [
    adagrad_constant, adam_constant, descent_quadratic, momentum_constant, momentum_quadratic,
    nesterov_quadratic, rmsprop_constant,
]
VALUES = {
    "lr": "1/8", "momentum": "1/4", "eps": "1/4", "rho": "1/2", "beta1": "1/2", "beta2": "3/4",
    "curvature": "2", "start": "3", "gradient": "-3/4",
}


def of(form: Iterate, values: dict[str, str]) -> dict[str, str]:
    """Those of some values that a form takes."""
    return {name: x for name, x in values.items() if name in form.symbols}


def ids(form: Iterate) -> str:
    """What a case is called."""
    return form.name


@pytest.mark.parametrize("form", ITERATES, ids=ids)
def test_it_is_proved_by_induction_for_every_step(form: Iterate) -> None:
    """The start agrees, and the rule's step leads from the form at t - 1 to the form at t."""
    left = form.remainders()
    assert set(left.values()) == {Integer(0)}
    states = {q.name for q in form.rule.recurrence.states}
    assert {f"{name}[0]" for name in states} <= set(left)
    assert {f"{name}[t]" for name in form.results} <= set(left)


@pytest.mark.parametrize("form", ITERATES, ids=ids)
@pytest.mark.parametrize("changed", ["lr", "start"])
def test_a_wrong_constant_is_not_proved(form: Iterate, changed: str) -> None:
    """With twice the learning rate, or the start moved by 1, something is left over."""
    symbol = form.symbols[changed]
    wrong = form.results["theta"].xreplace(
        {symbol: 2 * symbol if changed == "lr" else symbol + 1}
    )
    left = form.remainders({"theta": wrong})
    assert set(left.values()) != {Integer(0)}


lr, eps = adam_constant.symbols["lr"], adam_constant.symbols["eps"]
beta1, beta2 = adam_constant.symbols["beta1"], adam_constant.symbols["beta2"]
rho = rmsprop_constant.symbols["rho"]


@pytest.mark.parametrize(("form", "wrong", "where"), [
    (adam_constant, {"mhat": (1 - beta1**t) * G}, "mhat[t]"),
    (adam_constant, {"m": (1 - beta1 ** (t - 1)) * G}, "m[0]"),
    (adam_constant, {"v": (1 - beta2**t) * G}, "v[t]"),
    (adam_constant, {"theta": start - t * lr}, "theta[t]"),
    (adam_constant, {"theta": start - (t + 1) * lr * G / (abs(G) + eps)}, "theta[0]"),
    (rmsprop_constant, {"r": (1 - rho ** (t + 1)) * G**2}, "r[0]"),
    (rmsprop_constant, {"r": G**2}, "r[0]"),
    (adagrad_constant, {"r": (t - 1) * G**2}, "r[0]"),
    (adagrad_constant, {"theta": start - lr * G * t}, "theta[t]"),
    (descent_quadratic, {"theta": start * (1 - 2 * descent_quadratic.symbols["lr"])**t},
     "theta[t]"),
    (descent_quadratic, {
        "theta": start * (1 - descent_quadratic.symbols["lr"] * curvature) ** (t - 1)}, "theta[0]"),
    (momentum_quadratic, {"theta": nesterov_quadratic.results["theta"]}, "theta[t]"),
    (nesterov_quadratic, {"theta": momentum_quadratic.results["theta"]}, "theta[t]"),
], ids=lambda x: getattr(x, "name", None))
def test_a_wrong_neighbour_is_not_proved(form: Iterate, wrong: dict[str, Any], where: str) -> None:
    """An exponent or a factor off: the induction fails, at the start or in the step."""
    assert form.remainders(wrong)[where] != 0


@pytest.mark.parametrize("form", ITERATES, ids=ids)
def test_it_is_what_the_declared_rule_gives(form: Iterate) -> None:
    """Step by step in exact arithmetic, temporaries included, and with another start not."""
    values = of(form, VALUES)
    steps = form.unrolled(6, **values)
    for number, expected in enumerate(steps):
        found = form.at(number, **values)
        for name, value in expected.items():
            assert cancel(found[name] - value) == 0, (number, name)
    moved = form.at(6, **{**values, "start": "5"})
    assert moved["theta"] != steps[-1]["theta"]


EXACT_IN_FLOATS = {
    "lr": 0.125, "momentum": 0.25, "eps": 0.25, "rho": 0.5, "beta1": 0.5, "beta2": 0.5,
    "curvature": 2.0, "start": 3.0, "gradient": -0.75,
}
"""Numbers with short binary fractions: the kernels' operations on them do not round at first."""


@pytest.mark.parametrize("form", [
    descent_quadratic, momentum_quadratic, nesterov_quadratic, adam_constant,
], ids=ids)
def test_it_is_what_the_kernel_gives(form: Iterate) -> None:
    """Without rounding, bit for bit; and the numeric form agrees with the exact one."""
    values = {name: x for name, x in EXACT_IN_FLOATS.items() if name in form.symbols}
    hyper = {name: x for name, x in values.items() if name in form.rule.hyper}
    kernel = form.rule.kernel()
    theta = np.array([values["start"]])
    states = kernel.start(theta, **hyper)
    for number in range(1, 7):
        at = kernel.point(t=number, **states, **hyper)
        slope = values["curvature"] * at if "curvature" in values else np.array([-0.75])
        states = kernel(**states, g=slope, t=number, **hyper)
        exact = form.at(number, **values)
        for name, value in states.items():
            assert Fraction(float(value[0])) == Fraction(str(exact[name])), (number, name)


@pytest.mark.parametrize("form", [adagrad_constant, rmsprop_constant, momentum_constant], ids=ids)
def test_the_kernel_stays_within_its_rounding(form: Iterate) -> None:
    """Every step rounds at most 8 times, at most by u of the largest quantity."""
    values = {name: x for name, x in EXACT_IN_FLOATS.items() if name in form.symbols}
    hyper = {name: x for name, x in values.items() if name in form.rule.hyper}
    kernel = form.rule.kernel()
    states = kernel.start(np.array([values["start"]]), **hyper)
    for number in range(1, 9):
        states = kernel(**states, g=np.array([values["gradient"]]), t=number, **hyper)
        exact = form.at(number, **values)
        for name, value in states.items():
            largest = max(abs(float(exact[name])), values["start"])
            bound = 8 * number * 2.0**-53 * largest
            assert abs(Rational(float(value[0])) - exact[name]).evalf(30) <= bound


@pytest.mark.parametrize("form", ITERATES, ids=ids)
def test_the_numeric_form_is_the_exact_one(form: Iterate) -> None:
    """For many steps at once and for arrays of values, within its rounding.

    The growth is off by at most (t^3 + 64 t) u (see below), the rest takes fewer operations, and
    all quantities are below 3 times 4.
    """
    values = {name: float(Fraction(x)) for name, x in of(form, VALUES).items()}
    steps = np.arange(9)
    found = form(t=steps, **values)
    for name in form.results:
        assert found[name].shape == (9,)
        for number in steps:
            exact = form.at(int(number), **of(form, VALUES))[name]
            bound = (number**3 + 64 * (number + 1)) * 2.0**-53 * 12
            assert abs(found[name][number] - float(exact)) <= bound, (name, number)
    wide = form(t=3, **{**values, "start": np.array([[1.0], [2.0]])})
    assert wide["theta"].shape == (2, 1)
    assert np.array_equal(form(t=3, **{**values, "start": 2.0})["theta"], wide["theta"][1, 0])


def test_adam_moves_by_the_learning_rate_whatever_the_gradient() -> None:
    """For a constant gradient the step is lr G/(|G| + eps): nearly lr, at every step."""
    values = {"lr": "1/1000", "beta1": "9/10", "beta2": "999/1000", "eps": "1/100000000"}
    for size in ("1/1000", "1000"):
        at = [adam_constant.at(i, start="0", gradient=size, **values)["theta"] for i in (0, 1, 100)]
        assert at[1] * 100 == at[2]
        assert Rational(999, 1000) < -at[1] * 1000 < 1


def test_u_obeys_its_recurrence() -> None:
    """Both cases of the definition: U_(t+1) = s U_t - p U_(t-1), U_0 = 0, U_1 = 1, by the roots."""
    r1, r2 = symbols("r1 r2")
    names = symbols("a b")  # r1**t and r2**t
    powers = [(names[0] * r1**i - names[1] * r2**i) / (r1 - r2) for i in (-1, 0, 1)]
    step = (r1 + r2) * powers[1] - r1 * r2 * powers[0]
    assert cancel(powers[2] - step) == 0
    assert cancel(powers[2] - (r1 + r2) * powers[1] - r1 * r2 * powers[0]) != 0
    again = [(t + i) * names[0] * r1 ** (i - 1) for i in (-1, 0, 1)]
    assert expand(again[2] - 2 * r1 * again[1] + r1**2 * again[0]) == 0
    assert growth(Integer(0), r1, r2) == 0
    assert growth(Integer(1), r1, r2) == 1


@pytest.mark.parametrize(("s", "p"), [
    ("5/6", "1/6"), ("1", "1/4"), ("1/2", "1/2"), ("-1", "1/4"), ("3/2", "-1"), ("0", "1/4"),
    ("1/3", "0"),
])
def test_the_definition_by_roots_is_the_recurrence(s: str, p: str) -> None:
    """Real, repeated, complex, negative and zero roots: exact equality for the first steps."""
    trace, determinant = Rational(s), Rational(p)
    by_roots = growth.definition(t, trace, determinant)
    for number in range(1, 8):
        exact = growth(Integer(number), trace, determinant)
        assert expand(by_roots.xreplace({t: Integer(number)}).expand() - exact) == 0
    assert expand(by_roots.xreplace({t: Integer(3)}).expand()) != growth(
        Integer(3), trace + 1, determinant
    )


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    steps=st.integers(0, 60),
    s=st.fractions(-2, 2, max_denominator=64),
    p=st.fractions(-1, 1, max_denominator=64),
    gap=st.sampled_from([None, 0, Fraction(1, 2**40), -Fraction(1, 2**40)]),
)
def test_growth_in_floating_point(steps: int, s: Fraction, p: Fraction, gap: Any) -> None:
    """Close and repeated roots too: within (t^3 + 64 t) u of |r|^(t - 1).

    The derivative of U_t by s^2 - 4p is at most t^3/24 |r|^(t - 3), and that difference is off by
    at most 8 u |r|^2; the rest is t powers and some ten operations.
    """
    trace = Rational(s.numerator, s.denominator)
    product = Rational(p.numerator, p.denominator)
    if gap is not None:  # roots that meet, or nearly
        product = trace**2 / 4 + Rational(gap.numerator, gap.denominator)
    exact = growth(Integer(steps), trace, product)
    found = growth_of(steps, float(trace), float(product))
    largest = max(
        abs(x) for x in np.roots([1.0, -float(trace), float(product)])
    ) if trace or product else 0.0
    scale = largest ** max(steps - 1, 0) if steps > 1 else 1.0
    assert abs(float(exact) - float(found)) <= (steps**3 + 64 * steps) * 2.0**-53 * scale * 1.01


def test_growth_of_many_at_once() -> None:
    """Arrays are broadcast, and the roots 0 and 0 give 0, 1, 0, 0."""
    assert growth_of(np.arange(4), 0.0, 0.0).tolist() == [0, 1, 0, 0]
    assert growth_of(np.arange(3)[:, None], np.ones(2), 0.25).shape == (3, 2)
    assert growth_of(5, 1.0, 0.25) == 5 / 16


@pytest.mark.parametrize(("values", "message"), [
    ({"t": 1.5}, "whole numbers from 0"), ({"t": -1}, "whole numbers from 0"),
    ({"momentum": 1.0}, "outside its domain"), ({"lr": -0.1}, "outside its domain"),
])
def test_numbers_outside_their_domain_are_refused(values: dict[str, Any], message: str) -> None:
    """The message names the domain."""
    fine = {"t": 2, "lr": 0.1, "momentum": 0.5, "curvature": 1.0, "start": 1.0}
    assert momentum_quadratic(**fine)["theta"] != 1.0
    with pytest.raises(InvalidInput, match=message):
        momentum_quadratic(**{**fine, **values})


def test_missing_numbers_are_named() -> None:
    """Also by the exact methods."""
    with pytest.raises(InvalidInput, match="needs start="):
        descent_quadratic.at(1, lr="0.1", curvature="1")
    with pytest.raises(InvalidInput, match="whole number of steps from 0"):
        descent_quadratic.at(1.5, lr="0.1", curvature="1", start="1")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="needs t="):
        descent_quadratic(lr=0.1, curvature=1.0, start=1.0)


def test_texts_explain_what_is_not_elementary() -> None:
    """U_t is defined where it stands; the sums of AdaGrad and RMSProp run to t."""
    assert "r1 and r2 are the roots of z**2 - s*z + p" in momentum_quadratic.text()
    assert "growth" not in descent_quadratic.text()
    assert "U_{t}" in momentum_quadratic.latex()
    (total,) = adagrad_constant.results["theta"].atoms(Sum)
    assert total.limits == ((k, 1, t),)
    assert "momentum in [0, 1)" in momentum_quadratic.condition
    assert Symbol("theta0", real=True) == start
