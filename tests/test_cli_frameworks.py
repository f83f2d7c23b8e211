"""``refmath frameworks``: the forms that frameworks write, listed and run."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from refmath import cli_frameworks, conventions
from refmath.cli import main
from refmath.cli_frameworks import optimizer_forms, schedule_forms
from refmath.conventions import schedule as schedule_conventions


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of the command; a traceback never appears."""
    answer = CliRunner().invoke(main, ["frameworks", *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def data(*arguments: str) -> Any:
    """What the command prints as JSON."""
    status, out, err = run(*arguments, "--json")
    assert (status, err) == (0, ""), out
    return json.loads(out)


def test_all_are_listed() -> None:
    """A line for every optimizer, and every form of the one that is asked for."""
    status, out, _ = run()
    assert status == 0
    for convention in conventions.ALL:
        assert convention.label in out
    status, out, _ = run("torch")
    adam = next(c for c in conventions.ALL if c.label == "torch Adam")
    assert out.count("torch Adam ") == len(list(adam.positions(1))) > 5
    assert "optax" not in out


def test_json_has_every_form() -> None:
    """Optimizers by position of one switch, schedules by position."""
    found = data()
    assert len(found) == sum(len(list(c.positions(1))) for c in conventions.ALL)
    assert len(data("--schedules")) == sum(len(c.positions) for c in schedule_conventions.ALL)
    (form,) = [f for f in data("keras") if f["name"] == "RMSprop" and not f["called"]]
    assert form["computes"] == "rmsprop"
    assert form["defaults"]["rho"] == "0.9"
    assert form["ran"] is True


def test_the_lines_that_differ_are_those_of_the_form() -> None:
    """None for a canonical form; epsilon's place for PyTorch's RMSProp."""
    for form in optimizer_forms():
        assert bool(form.formula) <= bool(form.differs), form.label
    torch = next(f for f in optimizer_forms() if f.label == "torch RMSprop")
    assert torch.formula == ("theta[t] = theta[t-1] - alpha*g[t]/(sqrt(r[t]) + epsilon)",)
    step = next(f for f in schedule_forms() if f.label == "torch StepLR")
    assert step.formula == ()


def test_what_is_installed_is_run() -> None:
    """Scikit-learn's optimizers conform to their forms, with the versions that are known."""
    found = data("sklearn", "--run")
    assert [r["verdict"] for r in found["frameworks"]] == ["CONFORMS"] * 2
    assert all(r["version"] == r["installed"] and r["cases"] >= 100 for r in found["frameworks"])
    assert found["refused"] == []


def test_a_form_that_is_not_the_frameworks_deviates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict other than conforms is printed with its diagnosis, and is the exit status."""
    said = {"subject": "optax:sgd", "verdict": "VARIANT", "cases": 3, "diagnosis": ["another"]}
    monkeypatch.setattr(cli_frameworks, "_run_all", lambda targets, job, err: ([said], []))
    monkeypatch.setattr(cli_frameworks, "_installed", lambda name: "0.2.8")
    monkeypatch.setattr(
        cli_frameworks, "optimizer_forms",
        lambda: (f for f in optimizer_forms() if f.label == "optax sgd"),
    )
    status, out, _ = run("--run")
    assert status == 1
    assert "VARIANT" in out
    assert "optax sgd behaves exactly like: another" in out
    assert "0 of 1 conform" in out


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is missing is no deviation; if all are, there is nothing to run."""
    monkeypatch.setattr(cli_frameworks, "_installed", lambda name: None)
    status, _, err = run("torch", "--run")
    assert status == 2
    assert "none of them is installed: pip install torch" in err


@pytest.mark.parametrize(("arguments", "message"), [
    (("torhc",), "unknown framework 'torhc'. Did you mean 'torch'?"),
    (("mlx", "--run"), "read in source, not run"),
    (("mlx", "--schedules"), "unknown framework 'mlx'"),
    (("--seed", "-1"), "--seed"),
])
def test_bad_input_is_answered(arguments: tuple[str, ...], message: str) -> None:
    """One line that says what to do, and exit status 2."""
    status, _, err = run(*arguments)
    assert status == 2
    assert message in err
