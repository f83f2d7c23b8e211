"""A rule that a user declares in a file of their own is a rule like ours."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import refmath as rm
from refmath.cli import main
from refmath.errors import DeclarationError, InvalidInput, UnknownName
from refmath.oracle.adapters.load import rule_named

DECLARED = '''
from refmath.notation import grad, hyper, state, t
from refmath.rule import Rule, Variant, let

theta = state("theta")
m = state("m", start=0)
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "0.1", "[0, oo)", symbol="alpha")
beta = hyper("beta", "0.9", "[0, 1)")

averaged = Rule(
    name="averaged", title="Averaged descent", source="none",
    algorithm=(let(m[t], beta * m[t - 1] + (1 - beta) * {gradient}),
               let(theta[t], theta[t - 1] - alpha * m[t])),
    gradient=g, parameter=theta,
    wrong=(Variant("late", "the step uses the average of the step before",
                   {{theta[t]: theta[t - 1] - alpha * m[t - 1]}}),),
)
'''
MINE = '''
def make(params, hyper):
    m = [0 * p for p in params]
    beta = hyper["beta"]

    def step(grads, lr):
        for i, g in enumerate(grads):
            old, m[i] = m[i], beta * m[i] + (1 - beta) * g
            params[i] = params[i] - lr * {used}
        return params

    return step
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the rule, a right and a wrong implementation of it."""
    (tmp_path / "averaged_rule.py").write_text(DECLARED.format(gradient="g[t]"), "utf-8")
    (tmp_path / "right_averaged.py").write_text(MINE.format(used="m[i]"), "utf-8")
    (tmp_path / "late_averaged.py").write_text(MINE.format(used="old"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    """A command of refmath."""
    return CliRunner().invoke(main, args)


def test_it_is_shown(here: Path) -> None:
    """As text, LaTeX and NumPy; nothing is said of axes that it has not."""
    shown = run("rule", "averaged_rule.py:averaged")
    assert shown.exit_code == 0
    assert "m[t]     = beta*m[t-1] + (1 - beta)*g[t]" in shown.output
    assert "differ" not in shown.output
    assert r"\beta \, m_{t-1}" in run("rule", "averaged_rule.py:averaged", "--latex").output
    assert "def " in run("rule", "averaged_rule.py:averaged", "--numpy").output


def test_it_is_an_oracle(here: Path) -> None:
    """The right implementation conforms; the wrong one is named."""
    options = ("--rule", "averaged_rule.py:averaged", "--dtype", "float64", "--json")
    good = run("check", "right_averaged.py:make", *options)
    assert json.loads(good.output)["subjects"][0]["verdict"] == "CONFORMS"
    bad = run("check", "late_averaged.py:make", *options)
    assert bad.exit_code == 1
    found = json.loads(bad.output)["subjects"][0]
    assert found["verdict"] == "DEVIATES"
    assert "average of the step before" in json.dumps(found["diagnosis"])


def test_its_wrong_forms_are_audited(here: Path) -> None:
    """Named and systematic ones, all of them caught."""
    done = run("audit", "mutants", "averaged_rule.py:averaged", "--json")
    assert done.exit_code == 0
    found = json.loads(done.output)
    assert found["named"] == 1
    assert found["mutants"] == found["killed"] > 10


def test_python_takes_it_by_target(here: Path) -> None:
    """As the command line does."""
    rule = rule_named("averaged_rule.py:averaged")
    assert rm.check("right_averaged.py:make", rule=rule, examples=5).verdict == "CONFORMS"
    assert rm.check(
        "right_averaged.py:make", rule="averaged_rule.py:averaged", examples=5
    ).verdict == "CONFORMS"


@pytest.mark.parametrize(("target", "error", "said"), [
    ("right_averaged.py:make", InvalidInput, "expected a declared rule"),
    ("averaged_rule.py:nothing", UnknownName, "nothing"),
    ("missing.py:rule", InvalidInput, "there is no file 'missing.py'"),
    ("averagd", UnknownName, "unknown rule"),
    ("bare.py:averaged", DeclarationError, r"write g\[t\]"),
    ("raises.py:averaged", InvalidInput, "ZeroDivisionError"),
], ids=["no-rule", "no-name", "no-file", "no-such-rule", "malformed", "raises"])
def test_what_is_no_rule_is_refused(
    here: Path, target: str, error: type[Exception], said: str
) -> None:
    """With what was expected, in one line."""
    (here / "bare.py").write_text(DECLARED.format(gradient="g"), "utf-8")
    (here / "raises.py").write_text("1 / 0", "utf-8")
    with pytest.raises(error, match=said):
        rule_named(target)
    shown = run("rule", target)
    assert shown.exit_code == 2
    assert shown.output.count("\n") == 1
