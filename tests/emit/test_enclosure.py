"""Enclosures: they contain the exact values, and whatever a correct implementation computes."""

import os
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import flint
import ml_dtypes
import numpy as np
import pytest
from by_hand import FORMS as BY_HAND
from by_hand import RATIONAL
from sympy import Eq, Ne, Piecewise, Rational

from refmath import rules
from refmath.emit import enclosure as module
from refmath.emit.cases import Case, draw_case
from refmath.emit.enclosure import (
    PRECISION,
    Enclosure,
    choose,
    model,
    root,
    root_above,
    strict_root,
    working_precision,
)
from refmath.errors import DeclarationError
from refmath.formats import FORMATS
from refmath.notation import grad, hyper, state, t
from refmath.oracle.audit import audit_bound
from refmath.rule import Rule, let

EACH = pytest.mark.parametrize("name", BY_HAND)
DIGITS = 80
STEPS = 100_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 4000


def exact_run(form: Rule, case: Case) -> list[list[Any]]:
    """The balls of the first tensor's parameter after every step, nothing widened."""
    box, exact = Enclosure(form.recurrence), model("float64", "float64", exact=True)

    def hyper(step: int) -> Any:
        return box.hypers(exact, {"lr": case.rate(step, 0), **case.hyper})

    with working_precision():
        track = box.begin(case.params[0], exact, hyper(0))
        out = []
        for step in range(case.steps):
            gradient = case.grads[step][0]
            assert gradient is not None
            box.step(track, gradient, exact, hyper(step))
            out.append(list(track.arrays[0]))
    return out


def rational(x: Any) -> Fraction:
    """The exact value of an Arb number without radius."""
    q = x.fmpq()
    return Fraction(int(q.p), int(q.q))


def distance(ball: Any, x: Fraction) -> tuple[Fraction, Fraction]:
    """The exact distance of a number from a ball's middle, and the ball's radius."""
    return abs(rational(ball.mid()) - x), rational(ball.rad())


def cases(form: Rule, count: int) -> list[Case]:
    """Cases of one tensor."""
    rng = np.random.default_rng(7)
    fmt = FORMATS["float64"]
    return [draw_case(rng, form, fmt, shapes=((6,),), steps=5) for _ in range(count)]


@pytest.mark.parametrize("name", RATIONAL)
def test_exact_model_contains_the_rational_result(name: str) -> None:
    """Without roots: the exact balls contain the results computed with fractions."""
    function, rule, settings = BY_HAND[name]
    form = rules.get(rule).vary(**settings)
    for case in cases(form, 12):
        balls = exact_run(form, case)
        hyper = {k: Fraction(v) for k, v in case.hyper.items()}
        rates = [Fraction(case.rate(s, 0)) for s in range(case.steps)]
        for i in range(6):
            theta = Fraction(float(case.params[0][i]))
            grads = [Fraction(float(row[0][i])) for row in case.grads]
            found = function(Fraction, None, theta, grads, rates, hyper)
            for step, value in enumerate(found):
                off, radius = distance(balls[step][i], value)
                assert off <= radius


@EACH
def test_exact_model_contains_the_decimal_result(name: str) -> None:
    """The exact balls are narrow and contain the results computed with 80 decimal digits.

    The allowance of 1e-50 of the largest number is for the decimals' own rounding: a few dozen
    operations of relative error 1e-80, and differences that cancel fewer than 20 digits.
    """
    function, rule, settings = BY_HAND[name]
    form = rules.get(rule).vary(**settings)
    for case in cases(form, 8):
        balls = exact_run(form, case)
        with localcontext() as context:
            context.prec = DIGITS
            hyper = {k: Decimal(v) for k, v in case.hyper.items()}
            rates = [Decimal(case.rate(s, 0)) for s in range(case.steps)]
            for i in range(6):
                theta = Decimal(float(case.params[0][i]))
                grads = [Decimal(float(row[0][i])) for row in case.grads]
                largest = max(map(abs, (theta, *grads, *rates, Decimal(1))))
                found = function(Decimal, Decimal.sqrt, theta, grads, rates, hyper)
                for step, value in enumerate(found):
                    off, radius = distance(balls[step][i], Fraction(value))
                    assert off <= radius + Fraction(largest) ** 2 * Fraction(10) ** -50


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("rule", rules.ALL.values(), ids=lambda r: r.name)
def test_every_evaluation_order_lies_inside(rule: Rule, dtype: str) -> None:
    """However sums and products are ordered, fused or hoisted, no finite value leaves its ball.

    And the bound is tight: in the median of the runs, one value uses more than 2% of it.
    """
    audit = audit_bound(rule, dtype, STEPS)
    assert audit.outside == 0, audit.first
    assert audit.lost == 0 or dtype == "float16", audit.first
    assert audit.steps >= STEPS
    assert audit.median > 0.02


OTHERS = [
    ("sgd", {"weight_decay": "coupled"}), ("nesterov", {"weight_decay": "decoupled"}),
    ("adam", {"weight_decay": "after_unscaled"}), ("adam", {"counter": "lagging"}),
    ("adam", {"amsgrad": "corrected"}), ("adam", {"epsilon": "hat"}), ("adam", {"start": "eps"}),
    ("adagrad", {"guard": "yes", "epsilon": "none"}), ("adagrad", {"lr_decay": "from_one"}),
    ("adagrad", {"start": "eps"}), ("momentum", {"rows": "lazy"}),
    ("momentum", {"dampening": "not_first"}), ("rmsprop", {"centered": "yes"}),
    ("rmsprop", {"centered": "unclamped"}), ("rmsprop", {"momentum": "nesterov"}),
    ("adamax", {"epsilon": "maximum"}), ("nadam", {"momentum": "constant"}),
]


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize(("name", "settings"), OTHERS, ids=str)
def test_orders_of_other_forms_lie_inside(
    name: str, settings: dict[str, str], dtype: str
) -> None:
    """Alternatives, maxima, weight decay and other starts are covered as well."""
    audit = audit_bound(rules.get(name).vary(**settings), dtype, STEPS // 4)
    assert audit.outside == 0, audit.first


@pytest.mark.parametrize("name", ["sgd", "momentum", "adagrad", "adam", "nadam"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_a_bound_too_small_is_seen(
    name: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With c = 0.05 in place of 2 the same audit finds values outside: it can fail."""
    monkeypatch.setattr(module, "C", 0.05)
    model.cache_clear()
    try:
        assert audit_bound(rules.get(name), dtype, 1000).outside > 0
    finally:
        model.cache_clear()


def test_working_precision_is_put_back() -> None:
    """Arb's precision is set for a block, and put back even where it raises."""
    before = flint.ctx.prec
    seen = []
    with pytest.raises(ZeroDivisionError), working_precision():
        seen.append(flint.ctx.prec) or 1 / 0
    assert seen == [PRECISION]
    assert flint.ctx.prec == before


def test_roots_of_balls() -> None:
    """A root cuts off what cannot be; the strict one is undefined there; both contain the root."""
    arb = flint.arb
    with working_precision():
        for middle, radius in ((4.0, 1.0), (1.0, 2.0), (0.0, 0.25), (9.0, 0.0), (1e-30, 1e-30)):
            x = arb(middle, radius)
            for point in (max(middle - radius, 0.0), middle, middle + radius):
                assert (root(x) - arb(point).sqrt()).contains(0)
            assert root(x).is_finite()
            assert root(x).abs_upper() <= (arb(middle + radius) * (1 + arb(2) ** -20)).sqrt()
        for floor in (0.25, 1.0):
            x = root_above(arb(1, 2), arb(floor))
            assert all((x - arb(p).sqrt()).contains(0) for p in (floor, 1.0, 3.0))
            assert x > arb(floor).sqrt() * arb(0.99)
        assert root_above(arb(1, 2), arb(0, 1)).contains(0)
        assert root_above(arb(9), arb(1)).contains(3)
        assert not root(arb(-1)).is_finite()
        assert not root(arb("nan")).is_finite()
        assert not strict_root(arb(1, 2)).is_finite()
        assert strict_root(arb(4)).contains(2)


def test_choosing_a_branch() -> None:
    """A decided condition takes one branch; an undecided one the hull of both."""
    arb = flint.arb
    one, nine = (lambda: arb(1)), (lambda: arb(9))
    assert choose(True, False, one, nine) == 1
    assert choose(False, True, one, nine) == 9
    hull = choose(False, False, one, nine)
    assert hull.contains(1)
    assert hull.contains(9)
    assert not hull.contains(10)


def test_small_rates_in_float16_are_covered() -> None:
    """A learning rate that loses most of its bits in float16 loses them times the gradient."""
    rate, g = 1.5 * 2.0**-24, 1000.0
    box, rounding = Enclosure(rules.get("sgd").recurrence), model("float16", "float64")
    with working_precision():
        hyper = box.hypers(rounding, {"lr": rate})
        track = box.begin(np.zeros(1), rounding, hyper)
        box.step(track, np.array([g]), rounding, hyper)
        for own in (rate, float(np.float16(rate)), 2.0**-24):
            assert track.arrays[0][0].contains(-own * g)
        assert not track.arrays[0][0].contains(0)


theta, m = state("theta"), state("m", start=0)
g = grad("g", at=theta[t - 1])
lr = hyper("lr", "0.1", "[0, oo)")
UNKNOWN = [
    abs(g[t]) ** Rational(1, 3), lr ** g[t], lr ** m[t - 1],
    Piecewise((g[t], g[t] > 0), (lr, True)), Piecewise((g[t], Eq(g[t], 1)), (lr, True)),
    Piecewise((g[t], lr > 0), (0, True)), Piecewise((lr, Eq(t, 1)), (g[t], Eq(t, 2)), (0, True)),
    Piecewise((g[t], Ne(g[t], 0) & (t > 1)), (lr, True)),
]


@pytest.mark.parametrize("expr", UNKNOWN, ids=str)
def test_what_cannot_be_enclosed_is_refused(expr: Any) -> None:
    """A formula beyond the oracle is an error of the declaration, not a wrong ball or a crash."""
    steps = (let(m[t], m[t - 1] + g[t]), let(theta[t], theta[t - 1] - expr - m[t]))
    rule = Rule("mine", "Mine", "here", steps, g, theta)
    with pytest.raises(DeclarationError, match=r"no enclosure of .* is known: besides sums"):
        Enclosure(rule.recurrence)


@pytest.mark.parametrize("cond", [t > 2, t >= 2, t < 2, t <= 2, Eq(t, 2), Ne(t, 2)], ids=str)
def test_alternatives_by_the_step(cond: Any) -> None:
    """Every comparison with the step decides at the right step."""
    rule = Rule(
        "mine", "Mine", "here",
        (let(theta[t], theta[t - 1] - Piecewise((g[t], cond), (3 * g[t], True))),), g, theta,
    )
    box, exact = Enclosure(rule.recurrence), model("float64", "float64", exact=True)
    with working_precision():
        track = box.begin(np.zeros(1), exact, ())
        before = 0.0
        for step in (1, 2, 3):
            box.step(track, np.ones(1), exact, ())
            now = float(track.arrays[0][0])
            assert before - now == (1.0 if cond.subs(t, step) == True else 3.0)  # noqa: E712
            before = now


def test_scalars_in_double_are_not_rounded_again() -> None:
    """A hyperparameter is the double itself, unless scalars are kept in a narrower format."""
    with working_precision():
        sharp, wide = model("float32", "float64"), model("float32", "float32")
        assert sharp.hyper(0.1) == flint.arb(0.1)
        assert wide.hyper(0.1).contains(float(np.float32(0.1)))
        assert wide.hyper(0.1).contains(0.1)
        assert wide.hyper(0.0) == 0


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_rounding_is_that_of_the_format(dtype: str) -> None:
    """Random bits of float32, ties and all values of 16 bits round as in ml_dtypes and NumPy."""
    rng = np.random.default_rng(11)
    top = np.arange(2**16, dtype=np.uint32) << np.uint32(16)
    parts = [rng.integers(0, 2**32, 2**19, dtype=np.uint32)]
    parts += [top | np.uint32(low) for low in (0, 1, 0x7FFF, 0x8000, 0x8001)]
    values = np.concatenate(parts).view(np.float32)
    target = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    with np.errstate(all="ignore"):
        expected = values.astype(target).astype(np.float32)
    found = FORMATS[dtype].round(values)
    np.testing.assert_array_equal(found.astype(np.float32), expected)
    assert found.dtype == FORMATS[dtype].carrier
    whole = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found[whole]), np.signbit(expected[whole]))


def test_doubles_are_rounded_once() -> None:
    """A double just above a tie of bfloat16 is not first rounded to the tie in float32."""
    fmt = FORMATS["bfloat16"]
    tie, above = 1 + 2.0**-8, 1 + 2.0**-8 + 2.0**-40
    assert fmt.round(tie) == 1.0
    assert fmt.round(above) == 1 + 2.0**-7
    assert fmt.round(-above) == -(1 + 2.0**-7)
    assert fmt.round(3 * 2.0**-8 + 1 - 2.0**-40) == 1 + 2.0**-7
    assert fmt.round(1e300) == np.inf
    assert np.isnan(fmt.round(np.nan))
    for dtype in FORMATS:
        assert FORMATS[dtype].round([1.5, 2.0]).tolist() == [1.5, 2.0]


@pytest.mark.parametrize("dtype", FORMATS)
def test_figures_of_a_format(dtype: str) -> None:
    """Unit roundoff, smallest and largest numbers are those of the format."""
    fmt = FORMATS[dtype]
    info = ml_dtypes.finfo(dtype) if dtype == "bfloat16" else np.finfo(dtype)
    assert fmt.unit == float(info.eps) / 2
    assert fmt.largest == float(info.max)
    assert fmt.flush == float(info.smallest_subnormal if dtype == "float16" else info.tiny)
