"""The exact rate, the kernel, the enclosure and the recursion of every schedule agree."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refmath import schedules
from refmath.emit.schedule.arguments import exact_values
from refmath.emit.schedule.cases import draw
from refmath.emit.schedule.enclosure import enclose
from refmath.emit.schedule.equality import recursion_holds
from refmath.emit.schedule.exact import at, by_recursion
from refmath.emit.schedule.numpy import kernel_of
from refmath.emit.schedule.recursive import recursive
from refmath.schedule import Schedule

FORMS = [
    form for s in schedules.ALL.values()
    for form in (s, *(s.vary(**{a.name: o}) for a in s.axes for o in a.options if o != a.default))
]
TIMED = [f for f in FORMS if not f.reacts]
RECURSIVE = [f for f in TIMED if f.resolved.recursion is not None]
SYMBOLIC = [
    schedules.exponential, schedules.linear_warmup.vary(start="factor", end="factor"),
    schedules.cosine.vary(after="rise"),
]


def label(form: Schedule) -> str:
    """A stable name of a form."""
    return "-".join([form.name, *(f"{k}.{v}" for k, v in form.settings.items())])


@pytest.mark.parametrize("form", TIMED, ids=label)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_kernel_lies_in_the_enclosure(form: Schedule, dtype: str) -> None:
    """A kernel evaluated in a format lies in one of the balls of that format, at every t."""
    for number in range(3):
        case = draw(form, np.random.default_rng([3, number]), dtype)
        rates = kernel_of(form.name, form.resolved).run(case.inputs, case.floats, np.dtype(dtype))
        balls = enclose(form.resolved, case.values, case.steps, dtype)
        for t, rate, found in zip(case.steps, rates, balls, strict=True):
            inside = [b for b in found if not b.is_finite() or b.contains(float(rate))]
            assert inside, (case.floats, t, rate, found)


@pytest.mark.parametrize("form", TIMED, ids=label)
def test_the_exact_rate_lies_in_the_enclosure(form: Schedule) -> None:
    """The exact rate lies in the ball that rounds nothing."""
    case = draw(form, np.random.default_rng(5), "float64")
    chosen = case.steps[:: max(1, len(case.steps) // 6)]
    balls = enclose(form.resolved, case.values, chosen, None)
    for t, found in zip(chosen, balls, strict=True):
        exact = at(form.resolved, dict(case.values), t).evalf(40)
        gaps = [abs(float(b.mid()) - float(exact)) for b in found]
        assert min(gaps) <= 1e-14 * max(1.0, abs(float(exact))), (t, exact, found)


@pytest.mark.parametrize("form", RECURSIVE, ids=label)
def test_recursion_and_formula_enclose_the_same(form: Schedule) -> None:
    """The balls of the recursion without rounding contain the exact rate of the formula."""
    for number in range(3):
        case = draw(form, np.random.default_rng([4, number]), "float64")
        last = min(max(case.steps), 40)
        balls = recursive(form.resolved, case.values, last + 1, None)
        formula = enclose(form.resolved, case.values, list(range(last + 1)), None)
        assert all(
            any(abs(float(ball.mid()) - float(f.mid())) <= 1e-12 * max(1.0, abs(float(f.mid())))
                for f in found)
            for ball, found in zip(balls, formula, strict=True)
        ), case.floats


@given(
    lr=st.fractions(0, 10, max_denominator=64), gamma=st.fractions(Fraction(1, 16), 2,
                                                                   max_denominator=16),
    size=st.integers(1, 7), marks=st.lists(st.integers(1, 12), max_size=4),
)
def test_steps_by_recursion_are_exact(
    lr: Fraction, gamma: Fraction, size: int, marks: list[int]
) -> None:
    """Step and multi-step decay by their recursions equal their formulas in rational numbers."""
    for form, given_ in (
        (schedules.step, {"lr": lr, "gamma": gamma, "step_size": size}),
        (schedules.multi_step, {"lr": lr, "gamma": gamma, "milestones": marks}),
    ):
        values = exact_values(form.name, form.resolved, given_)
        rates = by_recursion(form.resolved, values, 16)
        assert rates == [at(form.resolved, values, t) for t in range(16)]


@given(
    lr=st.fractions(Fraction(1, 10), 10, max_denominator=20),
    end=st.fractions(0, 1, max_denominator=20), total=st.sampled_from([1, 2, 3]),
)
def test_cosine_by_recursion_is_exact(lr: Fraction, end: Fraction, total: int) -> None:
    """The cosine by its recursion equals its formula exactly, beyond the end as well."""
    form = schedules.cosine.vary(after="rise")
    values = exact_values(form.name, form.resolved, {"lr": lr, "end": end, "total": total})
    rates = by_recursion(form.resolved, values, 3 * total + 2)
    assert all((r - at(form.resolved, values, t)).equals(0) for t, r in enumerate(rates))


@pytest.mark.parametrize("form", SYMBOLIC, ids=label)
def test_recursion_follows_from_the_formula(form: Schedule) -> None:
    """From the formula at t - 1 the recursion gives the formula at t: proved by algebra."""
    assert recursion_holds(form.resolved)


@pytest.mark.parametrize("form", SYMBOLIC, ids=label)
def test_a_wrong_recursion_is_not_proved(form: Schedule) -> None:
    """With another factor of lr in one place, the same proof fails."""
    lr = form.hyper["lr"]
    broken = form.resolved.map(lambda e: e * lr if e == form.resolved.formula else e)
    assert not recursion_holds(broken)


def test_a_kernel_takes_arrays_of_any_shape() -> None:
    """The kernel is elementwise in t."""
    t = np.arange(12).reshape(3, 4)
    rates = schedules.cosine.kernel()(t, total=6, lr=1)
    assert rates.shape == (3, 4)
    assert rates.ravel().tolist() == [float(schedules.cosine.kernel()(int(x), total=6, lr=1))
                                      for x in t.ravel()]


def test_known_values() -> None:
    """Values that can be worked out by hand."""
    s = schedules
    assert s.step.value(60, lr=1) == Fraction(1, 100)
    assert s.multi_step.value(30, lr=1, milestones=[30, 30]) == Fraction(1, 100)
    assert s.multi_step.vary(boundary="after").value(30, lr=1) == 1
    assert s.cosine.value(50, lr=1) == Fraction(1, 2)
    assert s.cosine.value(100, lr=1, end="1/8") == Fraction(1, 8)
    assert s.cosine_restarts.value(30, lr=1, first=10, mult=2) == 1
    assert s.polynomial.value(25, lr=1, power=2, total=50) == Fraction(1, 4)
    assert s.one_cycle.value(29, lr=1) == 1
    assert s.one_cycle.value(99, lr=1) == Fraction(1, 250000)
    assert s.cyclic.value(2000) == 1
    assert s.linear_warmup.vary(counter="from_one").value(0, lr=1) == Fraction(1, 5)
    assert s.warmup_stable_decay.value(0, lr=6) == 1
