"""Hypothesis strategies: values inside the domains, well-formed runs, and their use in tests."""

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import refmath
from refmath import rules
from refmath.domain import Interval
from refmath.emit.cases import Case
from refmath.emit.strategies import cases, hyperparameters, values
from refmath.errors import InvalidInput, UnknownName
from refmath.formats import FORMATS, format_of
from refmath.oracle.adapters.kernel import kernel_subject
from refmath.oracle.judge import judge
from refmath.oracle.run import run
from refmath.recurrence import Recurrence
from refmath.rule import Rule

FORMS = [*rules.ALL.values(), rules.get("adam").vary(eps_root="yes", weight_decay="coupled"),
         rules.get("momentum").vary(dampening="yes"), rules.get("adagrad").vary(start="value")]


@given(st.data())
def test_hyperparameters_lie_in_their_domains(data: st.DataObject) -> None:
    """Every value drawn for a rule is inside its declared domain, and none is missing."""
    form = data.draw(st.sampled_from(FORMS))
    drawn = data.draw(hyperparameters(form))
    assert set(drawn) == set(form.hyper)
    for key, value in drawn.items():
        assert isinstance(value, float)
        assert value in form.hyper[key].domain


@pytest.mark.parametrize("text", ["[0, 1)", "(0, oo)", "[0, oo)", "(-oo, oo)", "[1, 1]", "(-oo, 3)",
                                  "[1/3, 2/3]", "(0, 1)"])
def test_values_of_a_domain(text: str) -> None:
    """Open ends are never drawn, closed ones are, and so is something between."""
    domain = Interval.parse(text)
    drawn: set[float] = set()

    @settings(max_examples=150, database=None)
    @given(values(domain))
    def draw(x: float) -> None:
        assert x in domain
        drawn.add(x)

    draw()
    assert {float(x) for x in domain.edges if float(x) in domain} <= drawn
    assert len(drawn) > 5 or domain.low == domain.high


@pytest.mark.parametrize("dtype", FORMATS)
def test_cases_are_well_formed(dtype: str) -> None:
    """A drawn run has a gradient for each tensor and step, and values of the format alone."""
    fmt = format_of(dtype)

    @settings(max_examples=40, database=None)
    @given(cases("adam", dtype, max_steps=3, max_size=5))
    def check(case: Case) -> None:
        assert case.dtype == dtype
        assert 1 <= case.steps <= 3
        assert len(case.rates) == case.steps
        assert 1 <= len(case.params) <= 2
        assert set(case.hyper) == {"beta1", "beta2", "eps"}
        for row in case.grads:
            assert [g.shape for g in row if g is not None] == [p.shape for p in case.params]
        for array in (*case.params, *(g for row in case.grads for g in row if g is not None)):
            assert array.dtype == fmt.carrier
            assert array.size <= 5
            np.testing.assert_array_equal(fmt.round(array), array)
            assert np.all(np.isfinite(array))
        domain = rules.get("adam").hyper["lr"].domain
        assert all(case.rate(s, 0) in domain for s in range(case.steps))

    check()


def test_fixed_values_are_kept() -> None:
    """A hyperparameter that is given is not drawn, and must lie in its domain."""

    @settings(max_examples=10, database=None)
    @given(hyperparameters("adam", lr=0.25, beta1=0.5))
    def check(drawn: dict[str, float]) -> None:
        assert (drawn["lr"], drawn["beta1"]) == (0.25, 0.5)

    check()
    with pytest.raises(InvalidInput, match=r"beta1=1 is outside its domain \[0, 1\)"):
        hyperparameters("adam", beta1=1)


def test_bad_arguments() -> None:
    """Unknown rules, dtypes and hyperparameters and limits below 1 are refused at once."""
    with pytest.raises(UnknownName, match="Did you mean 'adam'"):
        hyperparameters("adm")
    with pytest.raises(UnknownName, match="Did you mean 'adam'"):
        cases("adm")
    with pytest.raises(UnknownName, match="unknown dtype 'float31'"):
        cases("adam", "float31")
    with pytest.raises(UnknownName, match="unknown hyperparameter of adam 'beta'"):
        hyperparameters("adam", beta=0.5)
    for limit in ({"max_steps": 0}, {"max_size": 0}):
        with pytest.raises(InvalidInput, match="must be at least 1"):
            cases("adam", **limit)


def test_they_are_offered_at_the_top() -> None:
    """The strategies are the package's own names."""
    assert refmath.cases is cases
    assert refmath.hyperparameters is hyperparameters


def deviates(rec: Recurrence, form: Rule, case: Case) -> bool:
    """Whether the kernel of a recurrence leaves the enclosure of a form on a case."""
    asks = form.recurrence.takes_point or rec.takes_point
    trace = run(kernel_subject(rec, "kernel", gradient_function=asks), case, None)
    return judge(form.recurrence, case, trace, "float64").deviation is not None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop"])
def test_the_own_kernel_conforms_on_drawn_cases(name: str, dtype: str) -> None:
    """On whatever Hypothesis draws, the generated kernel lies in the enclosure of its rule."""
    form = rules.get(name)

    @given(cases(form, dtype))
    def check(case: Case) -> None:
        assert not deviates(form.recurrence, form, case)

    check()


WRONG = [("adam", "second_correction_without_power"), ("sgd", "rate_missing"),
         ("nesterov", "gradient_at_theta"), ("rmsprop", "decay_exchanged"),
         ("momentum", "velocity_not_decayed")]


@pytest.mark.parametrize(("name", "wrong"), WRONG)
def test_hypothesis_finds_a_wrong_form(name: str, wrong: str) -> None:
    """A wrong form is found on drawn cases."""
    form = rules.get(name)
    rec = form.variant(wrong)
    quick = settings(max_examples=200, database=None, derandomize=True, phases=[Phase.generate])
    case = find(cases(form), lambda c: deviates(rec, form, c), settings=quick)
    assert deviates(rec, form, case)


def test_hypothesis_shrinks_what_it_finds() -> None:
    """A velocity that is never decayed shows in two steps of single numbers: shrunk to that."""
    form = rules.get("momentum")
    rec = form.variant("velocity_not_decayed")
    phases = [Phase.generate, Phase.shrink]
    whole = settings(max_examples=200, database=None, derandomize=True, phases=phases)
    drawn = cases(form)
    case = find(drawn, lambda c: deviates(rec, form, c), settings=whole)
    assert case.steps == 2
    assert {p.size for p in case.params} == {1}
    assert case.hyper["momentum"] == 0.0
