"""The check of schedules: shapes of subjects, verdicts, the smallest case, bad input."""

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from refmath import check_schedule, schedules
from refmath.cli import main
from refmath.errors import InvalidInput, UnknownName
from refmath.oracle.schedule.audit import audit_schedule, form_subject, forms
from refmath.oracle.schedule.check import ScheduleChecker, ScheduleTask

SMALL = ("constant", "step", "multi_step", "exponential", "inverse_time", "linear_warmup",
         "exponential_warmup", "warmup_stable_decay")
LARGE = ("polynomial", "cosine", "cosine_restarts", "cyclic", "one_cycle", "one_cycle_momentum",
         "reduce_on_plateau")


def cosine(t: int, lr: float = 0.1, end: float = 0.0, total: int = 100) -> float:
    """The cosine, held at its end."""
    part = min(t, total) / total
    return float(end + (lr - end) * (1 + np.cos(np.pi * part)) / 2)


class _Step:
    def __init__(self, lr: float, gamma: float, step_size: int) -> None:
        self.lr, self.gamma, self.size, self.t = lr, gamma, step_size, 0

    def step(self) -> None:
        """One update."""
        self.t += 1
        if self.t % self.size == 0:
            self.lr *= self.gamma


def _counter(lr: float, gamma: float, step_size: int) -> Any:
    state = _Step(lr, gamma, step_size)

    def rate() -> float:
        now = state.lr
        state.step()
        return now

    return rate


def _plateau(metrics: list[float], lr: float, patience: int) -> list[float]:
    best, bad, out = np.inf, 0, []
    for m in metrics:
        best, bad = (m, 0) if m < best else (best, bad + 1)
        if bad > patience:
            lr, bad = lr * 0.5, 0
        out.append(lr)
    return out


SHAPES = [
    ("function", cosine, "cosine", {}),
    ("factory of a function", lambda lr, end, total: lambda t: cosine(t, lr, end, total),
     "cosine", {}),
    ("class", _Step, "step", {}),
    ("factory of a counter", _counter, "step", {}),
    ("function of t alone", lambda t: cosine(t, 0.5, 0.25, 10), "cosine",
     {"lr": 0.5, "end": 0.25, "total": 10}),
    ("function of metrics", _plateau, "reduce_on_plateau",
     {"factor": 0.5, "cooldown": 0, "threshold": 0, "min_lr": 0, "eps": 0}),
]


@pytest.mark.parametrize(
    ("subject", "name", "fixed"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES]
)
def test_every_shape_conforms(subject: Any, name: str, fixed: dict[str, Any]) -> None:
    """A right schedule conforms in every shape in which it may be written."""
    found = check_schedule(subject, name, fixed=fixed)
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("name", SMALL + LARGE)
def test_every_kernel_conforms(name: str) -> None:
    """The kernel of every canonical form conforms to it."""
    form = schedules.get(name)
    task = ScheduleTask(form_subject(form.resolved, name), {"": form}, name, examples=8)
    found = ScheduleChecker(task, "float64").result()
    assert found.verdict == "CONFORMS", found.summary()


@pytest.mark.parametrize("name", SMALL)
def test_every_wrong_form_is_caught_and_named(name: str) -> None:
    """No wrong form survives, and every named one is diagnosed as itself."""
    for form in forms(schedules.get(name)):
        found = audit_schedule(form)
        assert found.survivors == []
        assert found.missed == []
        assert all(why for _, why in found.equal)


@pytest.mark.parametrize("name", LARGE)
def test_every_wrong_form_is_caught(name: str) -> None:
    """No wrong form of a longer schedule survives; those that change nothing are proved equal."""
    found = audit_schedule(schedules.get(name), diagnose=False)
    assert found.survivors == []
    assert all("agree" in why or "algebra" in why for _, why in found.equal)


def test_the_smallest_case_is_small() -> None:
    """A deviation is shown with the simplest hyperparameters, as code."""
    found = check_schedule(lambda t, lr, total: cosine(t, lr, 0.0, total) * (1 + 1e-9 * t),
                           "cosine")
    assert found.verdict == "DEVIATES"
    code = found.gravest.code()
    assert "sched(1, lr=" in code
    assert "# certified: [" in code
    assert json.loads(found.to_json())["subjects"][0]["smallest_case"]["t"][-1] == 1


def test_what_raises_has_failed() -> None:
    """A subject that raises, or answers with no number, has failed, with its words."""
    found = check_schedule(lambda t: 1 / 0, "constant")
    assert found.verdict == "FAILED"
    assert "ZeroDivisionError" in found.diagnosis[0]
    found = check_schedule(lambda t: "high", "constant")
    assert "expected a rate" in found.diagnosis[0]


def test_nan_deviates() -> None:
    """NaN lies in no ball."""
    assert check_schedule(lambda t: float("nan"), "constant").verdict == "DEVIATES"


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"schedule": None}, InvalidInput, "which schedule"),
    ({"schedule": "cosin"}, UnknownName, "cosine"),
    ({"vary": {"before": "x"}}, UnknownName, "axis"),
    ({"vary": {"after": "x"}}, UnknownName, "option"),
    ({"fixed": {"beta": 1}}, UnknownName, "hyperparameter"),
    ({"fixed": {"total": 0}}, InvalidInput, "outside its domain"),
    ({"fixed": {"total": "1.5"}}, InvalidInput, "whole number"),
    ({"dtypes": ["float32"]}, InvalidInput, "cannot be run in float32"),
    ({"convention": "mxnet"}, UnknownName, "framework"),
    ({"examples": 0}, InvalidInput, "at least 1"),
]


@pytest.mark.parametrize(("options", "error", "said"), BAD, ids=[b[2] for b in BAD])
def test_bad_input(options: dict[str, Any], error: type[Exception], said: str) -> None:
    """Every wrong request is refused with what was expected."""
    with pytest.raises(error, match=said):
        check_schedule(cosine, **({"schedule": "cosine"} | options))


def test_unknown_arguments_are_refused() -> None:
    """A subject that takes what the schedule does not have is told so."""
    with pytest.raises(InvalidInput, match="takes gamma, which cosine does not have"):
        check_schedule(lambda t, gamma: gamma**t, "cosine")


def test_the_command_shows_a_schedule() -> None:
    """Text, LaTeX, NumPy and JSON; a framework's form with its arguments; errors on one line."""
    run = CliRunner().invoke
    assert "cosine_restarts" in run(main, ["schedule"]).output
    shown = run(main, ["schedule", "cosine", "--convention", "torch"]).output
    assert "T_max" in shown
    assert "by its predecessor" in shown
    assert "\\cos" in run(main, ["schedule", "cosine", "--latex"]).output
    assert "def step(t, lr=0.1" in run(main, ["schedule", "step", "--numpy"]).output
    data = json.loads(run(main, ["schedule", "inverse_time", "--json"]).output)
    assert "power > 1/2" in data["robbins_monro"]
    wrong = run(main, ["schedule", "cosin"])
    assert wrong.exit_code == 2
    assert "Did you mean 'cosine'" in wrong.output
    assert run(main, ["schedule", "cosine", "--vary", "after=up"]).exit_code == 2


def test_the_command_checks_a_schedule() -> None:
    """A known peer by its target, in a process of its own."""
    target = "torch.optim.lr_scheduler:OneCycleLR"
    result = CliRunner().invoke(main, ["check", target, "--examples", "2", "--json"])
    found = json.loads(result.output)["subjects"]
    assert [r["verdict"] for r in found] == ["CONFORMS"]
    assert found[0]["rule"] == "one_cycle"


def test_the_command_audits() -> None:
    """Mutation score as JSON, exit status 0."""
    result = CliRunner().invoke(main, ["audit", "schedules", "constant", "--json"])
    assert result.exit_code == 0
    data = json.loads(result.output)
    assert data["mutants"] == data["killed"] > 0
