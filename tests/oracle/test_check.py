"""The check: verdicts, what a deviation needs, how far it is shrunk, and what it repeats."""

import json
from typing import Any

import check_subjects as subjects
import numpy as np
import pytest
from check_subjects import factory

import refmath
from refmath import rules
from refmath.emit.cases import Case
from refmath.errors import InvalidInput, UnknownName
from refmath.notation import grad, hyper, state, t
from refmath.oracle.adapters.kernel import kernel_subject
from refmath.oracle.check import Checker, Task
from refmath.oracle.subject import Subject
from refmath.rule import Rule, let


def check(cls: type[Any], rule: str = "adam", **options: Any) -> Any:
    """A check in float64 alone, unless told otherwise."""
    return refmath.check(factory(cls), rule=rule, **{"dtypes": ["float64"], **options})


def kernel(rule: str, **settings: str) -> Subject:
    """The kernel of a form, its state hidden."""
    form = rules.get(rule).vary(**settings)
    return kernel_subject(form.recurrence, f"kernel of {form}", shows_state=False)


# ------------------------------------------------------------ verdicts


def test_a_correct_optimizer_conforms() -> None:
    """A right implementation conforms in both default dtypes, without any remark."""
    report = refmath.check(factory(subjects.Adam), rule="adam")
    assert report.verdict == "CONFORMS"
    assert [r.dtype for r in report.results] == ["float64", "float32"]
    for result in report.results:
        assert result.cases == 100
        assert 0 < result.worst <= 1
        assert result.scalars == "float64"
        assert (result.first_deviation, result.smallest_case, result.switch) == (None, None, None)
        assert (result.diagnosis, result.needs, result.notes) == ([], [], [])


def test_a_wrong_optimizer_deviates_and_is_named() -> None:
    """The verdict comes with the formula that the subject computes instead."""
    report = check(subjects.WithoutPower)
    assert report.verdict == "DEVIATES"
    assert report.diagnosis == [
        "Adam, but both corrections lack the power t: 1 - beta instead of 1 - beta**t"
    ]
    assert report.first_deviation.step == 2
    assert not report.first_deviation.low <= report.first_deviation.value
    assert report.first_deviation.error > 1e6


def test_what_has_no_name_still_deviates() -> None:
    """Where no hypothesis fits, nothing is claimed."""
    report = check(subjects.Blowing)
    assert (report.verdict, report.diagnosis) == ("DEVIATES", [])
    assert np.isnan(report.first_deviation.value)
    assert report.first_deviation.step == 3


VARIANTS = [
    ("adam", {"epsilon": "hat"}), ("adam", {"epsilon": "inside"}),
    ("momentum", {"rate": "outside"}),
    ("adagrad", {"epsilon": "inside"}), ("adamax", {"epsilon": "maximum"}),
    ("rmsprop", {"epsilon": "outside"}), ("nadam", {"momentum": "constant"}),
    ("amsgrad", {"amsgrad": "corrected", "correct_first": "yes", "correct_second": "yes"}),
]


@pytest.mark.parametrize(("rule", "settings"), VARIANTS, ids=str)
def test_a_form_in_real_use_is_a_variant(rule: str, settings: dict[str, str]) -> None:
    """The report says how to ask for it, and asking so it conforms."""
    subject = kernel(rule, **settings)
    report = refmath.check(subject, rule=rule, dtypes=["float64"])
    assert report.verdict == "VARIANT"
    words = report.results[0].switch.split()
    asked: dict[str, Any] = {"vary": {}}
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option == "--vary":
            name, _, chosen = value.partition("=")
            asked["vary"][name] = chosen
        else:
            assert option == "--convention"
            asked["convention"] = value
    again = refmath.check(subject, rule=rule, dtypes=["float64"], **asked)
    assert again.verdict == "CONFORMS"


def test_the_canonical_form_is_a_variant_of_another() -> None:
    """Held against a framework's form, the paper's form is a variant: leave the options out."""
    report = check(subjects.Adam, vary={"epsilon": "hat"})
    assert report.verdict == "VARIANT"
    assert "canonical form" in report.diagnosis[0]


def test_a_hyperparameter_without_influence_is_no_variant() -> None:
    """A form that ignores what was asked for deviates, and the report says what is ignored."""
    report = check(subjects.WithoutEpsilon)
    assert report.verdict == "DEVIATES"
    assert report.diagnosis == ["Adam, but eps is ignored: 1e-08 is used instead"]


def never_judged() -> Rule:
    """A rule that divides by a hyperparameter that may be 0."""
    theta = state("theta")
    g, lr = grad("g", at=theta[t - 1]), hyper("lr", "0.1", "[0, oo)")
    steps = (let(theta[t], theta[t - 1] - lr * g[t] / hyper("width", "0", "[0, oo)")),)
    return Rule("narrow", "Narrow", "here", steps, g, theta)


def test_what_cannot_be_judged_is_inconclusive() -> None:
    """Where every ball is unbounded there is no verdict for or against."""
    rule = never_judged()
    for answer in (np.inf, np.nan):
        report = refmath.check(
            lambda params, hyper, a=answer: lambda grads, lr: [np.full_like(p, a) for p in params],
            rule=rule, fixed={"width": 0}, dtypes=["float64"],
        )
        assert report.verdict == "INCONCLUSIVE"
        assert report.results[0].notes == [
            "no value has a bounded ball, so nothing could be judged"
        ]


def test_scalars_in_single_precision_are_recognised() -> None:
    """Corrections kept in float32 are within the bound for such scalars, and the report says so."""
    for cls, dtype, scalars in (
        (subjects.SinglePrecision, "float32", "float32"), (subjects.Adam, "float32", "float64"),
        (subjects.SinglePrecision, "float64", "float32"),
    ):
        (result,) = check(cls, dtypes=[dtype]).results
        assert (result.verdict, result.scalars) == ("CONFORMS", scalars)


def test_epsilon_lost_in_float16() -> None:
    """In float16 an epsilon of 1e-8 is 0: 0/0 is a deviation, shown with the exact interval."""
    report = refmath.check(
        kernel("adam"), rule="adam", fixed={"eps": "1e-8"}, dtypes=["float16"],
    )
    assert report.verdict == "DEVIATES"
    found = report.first_deviation
    assert np.isnan(found.value)
    assert found.low == found.high == 0.0
    assert report.diagnosis == [
        "adam, but eps=1e-08 is 0 in float16, so that 0 is divided by 0 where all gradients were 0"
    ]
    large = refmath.check(kernel("adam"), rule="adam", fixed={"eps": "1e-3"}, dtypes=["float16"])
    assert large.verdict == "CONFORMS"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_deviates(value: float) -> None:
    """NaN or infinity in one element is outside every bounded ball."""

    class Spoiled(subjects.Adam):
        def __call__(self, grads: Any, lr: Any) -> Any:
            answer = [p.copy() for p in super().__call__(grads, lr)]
            answer[-1].flat[-1] = value
            return answer

    report = check(Spoiled)
    assert report.verdict == "DEVIATES"
    np.testing.assert_equal(report.first_deviation.value, value)
    assert report.first_deviation.step == 1


def test_a_rule_of_ones_own() -> None:
    """A rule that nobody declared before is checked, and a slip in it is named."""
    theta, m = state("theta"), state("m", start=0)
    g, lr = grad("g", at=theta[t - 1]), hyper("lr", "0.1", "[0, oo)")
    mix = hyper("mix", "0.75", "[0, 1]")
    steps = (
        let(m[t], mix * m[t - 1] + g[t] * abs(g[t])), let(theta[t], theta[t - 1] - lr * m[t])
    )
    rule = Rule("own", "Own", "here", steps, g, theta)

    def make(sign: Any) -> Any:
        def factory(params: Any, hyper: Any) -> Any:
            kept = [np.zeros_like(p) for p in params]

            def step(grads: Any, lr: Any) -> Any:
                for i, grad_ in enumerate(grads):
                    kept[i] = hyper["mix"] * kept[i] + grad_ * sign(grad_)
                    params[i] = params[i] - lr * kept[i]
                return params

            return step

        return factory

    assert refmath.check(make(np.abs), rule=rule, examples=20).verdict == "CONFORMS"
    wrong = refmath.check(make(lambda x: x), rule=rule, examples=20)
    assert wrong.verdict == "DEVIATES"
    assert wrong.diagnosis == ["Own, but in m[t]: abs(g[t]) lacks its absolute value"]
    unknown = refmath.check(make(lambda x: x * x * x), rule=rule, examples=20)
    assert (unknown.verdict, unknown.diagnosis) == ("DEVIATES", [])


# ------------------------------------------------------------ what a deviation needs

NEEDS = {
    "FirstRate": ["different learning rates in one step", "2 tensors"],
    "LateGradients": ["a tensor without a gradient at some step"],
    "Forgetful": ["the state saved and restored after step 1"],
    "SharedByShape": ["2 tensors of equal shape"],
    "ScalarGradient": ["a tensor with several elements"],
    "RowsMixed": ["a tensor with more than one axis"],
    "WithoutPower": [],
}


@pytest.mark.parametrize("name", NEEDS)
def test_what_a_deviation_needs_is_said(name: str) -> None:
    """A fault that shows only in some circumstance is found, and the circumstance named."""
    (result,) = check(getattr(subjects, name)).results
    assert result.verdict == "DEVIATES"
    assert result.needs == NEEDS[name]
    if NEEDS[name]:
        assert f"shows only with: {', '.join(NEEDS[name])}" in result.summary()


def test_aliased_gradients_need_reused_buffers() -> None:
    """A state that is the caller's own gradient shows only where the buffers are used again."""
    (result,) = check(subjects.Alias, rule="momentum", vary={"rate": "outside"}).results
    assert result.needs == [
        "the caller's gradient buffers reused (a state aliases the gradient?)"
    ]
    assert result.smallest_case.reuse
    assert result.smallest_case.steps == 2


# ------------------------------------------------------------ shrinking


def test_a_wrong_adam_is_shrunk_to_two_steps_of_one_number() -> None:
    """The smallest case: one tensor, one element, two steps, defaults, and zeros and ones."""
    case = check(subjects.WithoutPower).results[0].smallest_case
    assert [p.shape for p in case.params] == [(1,)]
    assert case.steps == 2
    assert case.hyper == {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert len(set(case.rates)) == 1
    assert case.params[0].item() in (0.0, 1.0)
    assert all(g.item() in (0.0, 1.0) for (g,) in case.grads)
    assert (case.reuse, case.restore, case.place) == (False, None, {})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shrinking_ends_at_the_same_size(seed: int) -> None:
    """Whatever case failed first, the smallest one is as small."""
    for cls, steps, tensors in (
        (subjects.WithoutPower, 2, 1), (subjects.Hat, 1, 1), (subjects.SharedByShape, 1, 2),
    ):
        case = check(cls, seed=seed).results[0].smallest_case
        assert (case.steps, len(case.params)) == (steps, tensors)
        assert all(p.size == 1 for p in case.params)


# ------------------------------------------------------------ determinism


def as_data(report: Any) -> Any:
    """A report without its times."""
    data = json.loads(report.to_json())
    for subject in data["subjects"]:
        subject.pop("seconds")
    return data


@pytest.mark.parametrize("cls", [subjects.Adam, subjects.WithoutPower, subjects.Hat])
def test_the_same_seed_gives_the_same_report(cls: type[Any]) -> None:
    """A check repeated is the same in every figure."""
    first, second = (check(cls, seed=3, examples=20) for _ in range(2))
    assert as_data(first) == as_data(second)


def checker(seed: int, dtype: str = "float64", rule: str = "adam") -> Checker:
    """A checker that runs nothing."""
    form = rules.get(rule)
    return Checker(Task(kernel(rule), lambda _: form, rule, None, seed=seed), dtype)


def same(a: Case, b: Case) -> bool:
    """Whether two cases have equal inputs."""
    shapes = [p.shape for p in a.params] == [p.shape for p in b.params]
    return shapes and a.steps == b.steps and all(
        np.array_equal(x, y)
        for x, y in zip((*a.params, *a.grads[0]), (*b.params, *b.grads[0]), strict=True)
    )


def test_cases_depend_on_seed_number_dtype_and_rule() -> None:
    """Another seed, number, dtype or rule gives another case; the same ones the same case."""
    one = checker(0).draw(4, {})
    assert same(one, checker(0).draw(4, {}))
    for other in (
        checker(1).draw(4, {}), checker(0).draw(5, {}), checker(0, "float32").draw(4, {}),
        checker(0, rule="amsgrad").draw(4, {}), checker(0).draw(4, {}, "why"),
    ):
        assert not same(one, other)


def test_every_case_is_run_once() -> None:
    """The tick comes once a case, and the number of cases is what was asked for."""
    ticks: list[int] = []
    report = check(subjects.Adam, examples=7, tick=lambda: ticks.append(1))
    assert len(ticks) == report.results[0].cases == 7


# ------------------------------------------------------------ questions that cannot be asked

BAD = [
    ({"rule": None}, InvalidInput, "which rule should .*Adam be held against.*one of: sgd, momen"),
    ({"rule": "adm"}, UnknownName, "unknown rule 'adm'. Did you mean 'adam'"),
    ({"rule": "adam", "vary": {"epsilom": "hat"}}, UnknownName, "Did you mean 'epsilon'"),
    ({"rule": "adam", "vary": {"epsilon": "hats"}}, UnknownName, "Did you mean 'hat'"),
    ({"rule": "adam", "convention": "tourch"}, UnknownName, "Did you mean 'torch'"),
    ({"rule": "adam", "fixed": {"beta": 0.5}}, UnknownName, "hyperparameter of adam 'beta'"),
    ({"rule": "adam", "fixed": {"eps": "tiny"}}, InvalidInput, "expected a finite number, found"),
    ({"rule": "adam", "fixed": {"beta1": 1}}, InvalidInput, r"beta1=1\.0 is outside its domain"),
    ({"rule": "adam", "dtypes": ["float31"]}, UnknownName, "Did you mean 'float32'"),
    ({"rule": "adam", "dtypes": ["float16"]}, InvalidInput, "cannot be run in float16; its dtypes"),
    ({"rule": "adam", "dtypes": []}, InvalidInput, "at least one dtype"),
    ({"rule": "adam", "examples": 0}, InvalidInput, "examples=0 must be at least 1"),
    ({"rule": "adam", "seed": -1}, InvalidInput, "seed=-1 must be 0 or more"),
    ({"rule": "adam", "seconds": 0}, InvalidInput, "seconds=0 must be more than 0"),
    ({"rule": "nesterov"}, InvalidInput, "takes its gradient at .*--vary form=shifted"),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD, ids=lambda v: str(v)[:40])
def test_a_question_that_makes_no_sense(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """A wrong argument is an error with its cure, before anything is run."""
    with pytest.raises(error, match=message):
        refmath.check(factory(subjects.Adam), **options)
