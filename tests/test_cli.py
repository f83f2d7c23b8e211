"""The command line: what is printed, exit statuses, and subjects that do not behave."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from refmath import cli_check, conventions, rules
from refmath.cli import main

SUBJECTS = '''
import ctypes, os, sys, time
import numpy as np

class Descent:
    """Gradient descent."""
    def __init__(self, params, hyper):
        self.params = params
    def step(self, grads, lr):
        self.params = [p - lr * g for p, g in zip(self.params, grads)]
        return self.params

def acting(act):
    class Acting(Descent):
        def step(self, grads, lr):
            act()
            return super().step(grads, lr)
    return lambda params, hyper: Acting(params, hyper)

def right(params, hyper):
    return Descent(params, hyper)

def wrong(params, hyper):
    def step(grads, lr):
        params[:] = [p + lr * g for p, g in zip(params, grads)]
        return params
    return step

def raising(params, hyper):
    raise ValueError("no such rate\\nsecond line")

def sleep():
    time.sleep(1000)

def loop():
    while True:
        pass

def chatter():
    print("[1, 2")
    os.write(1, b"noise\\n")
    sys.stdout.flush()

sleeping, looping = acting(sleep), acting(loop)
in_c = acting(lambda: sum(range(10**14)))
leaving = acting(lambda: os._exit(0))
crashing = acting(lambda: ctypes.string_at(0))
exiting = acting(lambda: sys.exit(5))
asking = acting(lambda: input("? "))
talking = acting(chatter)
number = 3

def hat(param, grad, state, hyper):
    b1, b2, eps, lr = (hyper[k] for k in ("beta1", "beta2", "eps", "lr"))
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = b1 * state.get("m", 0) + (1 - b1) * grad
    v = state["v"] = b2 * state.get("v", 0) + (1 - b2) * grad**2
    return param - lr * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + eps)
'''


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of subjects in the current directory; a silent worker is given up soon."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli_check, "_SILENCE", 2.0)
    path = tmp_path / "mine.py"
    path.write_text(SUBJECTS, "utf-8")
    return path


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, list(arguments))
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def check(*names: str, rule: str = "sgd", **options: Any) -> tuple[int, dict[str, Any]]:
    """Exit status of a check of subjects of mine.py, and its results by name, from JSON."""
    given = [f"mine.py:{n}" for n in names] + ["--rule", rule, "--json", "--examples", "12"]
    for option, value in options.items():
        given += [f"--{option.replace('_', '-')}", value]
    status, out, _ = run("check", *given)
    return status, {s["subject"].partition(":")[2]: s for s in json.loads(out)["subjects"]}


# ------------------------------------------------------------ refmath check


def test_a_conforming_subject() -> None:
    """Exit status 0, and a table with both dtypes."""
    status, out, err = run("check", "mine.py:right", "--rule", "sgd", "--seed", "7")
    assert (status, err) == (0, "")
    assert out.count("CONFORMS") == 2
    assert "2 of 2 conform, seed 7" in out


def test_a_deviating_subject() -> None:
    """Exit status 1, with the diagnosis and the smallest case as code."""
    status, out, _ = run("check", "mine.py:wrong", "--rule", "sgd", "--dtype", "float32")
    assert status == 1
    assert "behaves exactly like: Gradient descent, but the step goes uphill" in out
    assert "    step = make(params, {'lr': " in out
    assert "certified is [" in out


def test_bad_input_of_one_target_loses_nothing() -> None:
    """The others are checked and shown; the refused one is told, exit status 2."""
    given = ("check", "mine.py:nothing", "mine.py:right", "--rule", "sgd", "--examples", "5")
    status, out, err = run(*given)
    assert status == 2
    assert "2 of 2 conform" in out
    assert err.count("\n") == 1
    assert "nothing" in err
    status, out, err = run(*given, "--json")
    answer = json.loads(out)
    assert status == 2
    assert [s["verdict"] for s in answer["subjects"]] == ["CONFORMS"] * 2
    assert answer["refused"] == [err.removeprefix("refmath: ").rstrip("\n")]


def test_a_variant() -> None:
    """Exit status 1, and how to ask for it; asking so gives 0."""
    status, found = check("hat", rule="adam", dtype="float64")
    assert (status, found["hat"]["verdict"]) == (1, "VARIANT")
    option, value = found["hat"]["switch"].split()
    assert check("hat", rule="adam", dtype="float64", **{option[2:]: value})[0] == 0
    assert check("hat", rule="adam", dtype="float64", vary="epsilon=hat")[0] == 0


FAILING = {
    "raising": ("raised", "making the optimizer: ValueError: no such rate"),
    "sleeping": ("timeout", "did not answer within 1 s"),
    "looping": ("timeout", "did not answer within 1 s"),
    "in_c": ("timeout", "gave no sign for 5 s"),
    "leaving": ("crashed", "its process ended with status 0"),
    "crashing": ("crashed", "its process ended with status -11"),
    "exiting": ("raised", "step 1: SystemExit: 5"),
    "asking": ("raised", "step 1: EOFError"),
}


def test_failing_subjects_harm_no_other() -> None:
    """Those that raise, hang, exit or crash are FAILED, each with its kind; the others are checked.

    Even a loop in C, which no signal stops, ends: its process is killed.
    """
    status, found = check("right", *FAILING, "talking", time_limit="1", dtype="float64")
    assert status == 3
    assert found["right"]["verdict"] == found["talking"]["verdict"] == "CONFORMS"
    assert {n: found[n]["verdict"] for n in FAILING} == dict.fromkeys(FAILING, "FAILED")
    assert {n: found[n]["notes"] for n in FAILING} == {
        n: [f"outcome: {kind}"] for n, (kind, _) in FAILING.items()
    }
    for name, (_, text) in FAILING.items():
        assert text in found[name]["diagnosis"][0]


def test_failures_are_readable() -> None:
    """A failing subject is told to people in two lines, exit status 3."""
    status, out, _ = run("check", "mine.py:raising", "--rule", "sgd", "--dtype", "float64")
    assert status == 3
    assert "mine.py:raising (float64): FAILED" in out
    assert "making the optimizer: ValueError: no such rate" in out
    assert "second line" not in out


def test_the_same_seed_prints_the_same() -> None:
    """Two runs are the same but for their times; another seed runs other cases."""
    first, second, other = (
        check("wrong", "right", dtype="float64", seed=s)[1] for s in ("1", "1", "2")
    )
    for result in (*first.values(), *second.values(), *other.values()):
        result.pop("seconds")
    assert first == second
    assert first["right"]["worst"] != other["right"]["worst"]


def test_what_a_subject_prints_does_not_disturb() -> None:
    """Output of a subject reaches neither the table nor the JSON."""
    status, out, _ = run("check", "mine.py:talking", "--rule", "sgd", "--examples", "3")
    assert status == 0
    assert "[1, 2" not in out
    assert "noise" not in out


def test_the_installed_command(tmp_path: Path) -> None:
    """As a process: JSON on standard output alone, exit status of the gravest verdict."""
    command = [sys.executable, "-m", "refmath", "check", "mine.py:talking", "mine.py:wrong",
               "--rule", "sgd", "--json", "--examples", "5"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert answer.returncode == 1
    assert [s["verdict"] for s in json.loads(answer.stdout)["subjects"]] == [
        "CONFORMS", "CONFORMS", "DEVIATES", "DEVIATES"
    ]
    assert answer.stderr == ""


def test_a_subject_of_a_module_and_of_the_package() -> None:
    """A module in the current directory, and an optimizer of this package, which needs no rule."""
    status, out, _ = run("check", "mine:right", "--rule", "sgd", "--examples", "3")
    assert status == 0
    assert "mine:right" in out
    status, out, _ = run("check", "refmath.optimizers:Adam", "--examples", "3", "--json",
                         "--switch", "amsgrad=yes", "--dtype", "float64")
    assert status == 0
    assert json.loads(out)["subjects"][0]["convention"] == "refmath"


BAD = {
    "no rule": (["mine.py:right"], "Give rule= (on the command line --rule), one of: sgd, "),
    "unknown rule": (["mine.py:right", "--rule", "sgdd"], "unknown rule 'sgdd'. Did you mean 'sg"),
    "no colon": (["mine.py"], "name what the file defines, as in mine.py:make"),
    "no such file": (["yours.py:make", "--rule", "sgd"], "there is no file 'yours.py'"),
    "no such module": (["yours:make", "--rule", "sgd"], "there is no module 'yours' to import"),
    "no such name": (["mine.py:rigth", "--rule", "sgd"], "Did you mean 'right'?"),
    "no callable": (["mine.py:number", "--rule", "sgd"], "expected a class or function that makes"),
    "bad --vary": (["mine.py:right", "--rule", "sgd", "--vary", "epsilon"],
                   "expected --vary epsilon=outside, found --vary 'epsilon'"),
    "unknown axis": (["mine.py:right", "--rule", "adam", "--vary", "epsilom=hat"],
                     "unknown axis of adam 'epsilom'. Did you mean 'epsilon'?"),
    "unknown option": (["mine.py:right", "--rule", "adam", "--vary", "epsilon=hatt"],
                       "Did you mean 'hat'?"),
    "bad --fix": (["mine.py:right", "--rule", "sgd", "--fix", "=1"],
                  "expected --fix eps=1e-8, found --fix '=1'"),
    "bad value": (["mine.py:right", "--rule", "adam", "--fix", "eps=small"],
                  "expected a finite number, found 'small'"),
    "outside": (["mine.py:right", "--rule", "adam", "--fix", "beta1=1.5"],
                "beta1=1.5 is outside its domain [0, 1)"),
    "unknown hyperparameter": (["mine.py:right", "--rule", "sgd", "--fix", "eps=1"],
                               "unknown hyperparameter of sgd 'eps'"),
    "bad --switch": (["mine.py:right", "--rule", "sgd", "--switch", "amsgrad"],
                     "expected --switch amsgrad=yes, found --switch 'amsgrad'"),
    "no switches": (["mine.py:right", "--rule", "sgd", "--switch", "amsgrad=yes"],
                    "mine.py:right has no switches that are known"),
    "unknown switch": (["refmath.optimizers:Adam", "--switch", "amsgrat=yes"],
                       "unknown switch of refmath Adam 'amsgrat'. Did you mean 'amsgrad'?"),
    "unknown dtype": (["mine.py:right", "--rule", "sgd", "--dtype", "float63"],
                      "unknown dtype 'float63'. Did you mean 'float64'?"),
    "other dtype": (["mine.py:right", "--rule", "sgd", "--dtype", "bfloat16"],
                    "cannot be run in bfloat16; its dtypes are float64, float32"),
    "unknown convention": (["mine.py:right", "--rule", "sgd", "--convention", "tourch"],
                           "Did you mean 'torch'?"),
    "no target": (["--rule", "sgd"], "--rule and --convention need a TARGET"),
    "no seed": (["mine.py:right", "--seed", "x"], "'x' is not a valid integer"),
    "no examples": (["mine.py:right", "--examples", "0"], "0 is not in the range x>=1"),
    "no time": (["mine.py:right", "--time-limit", "0"], "0.0 is not in the range x>0"),
    "unknown flag": (["mine.py:right", "--jsn"], "No such option"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_usage(name: str) -> None:
    """Exit status 2, and one message with the cure on standard error; nothing on output."""
    arguments, message = BAD[name]
    status, out, err = run("check", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) <= 4


def test_a_file_that_cannot_be_imported() -> None:
    """A module that raises is the subject's failure, with the error's text."""
    Path("broken.py").write_text("import nothing_of_that_name\n", "utf-8")
    Path("syntax.py").write_text("def make(:\n", "utf-8")
    for name, text in (("broken", "No module named 'nothing_of_that_name'"),
                       ("syntax", "SyntaxError")):
        status, out, _ = run("check", f"{name}.py:make", "--rule", "sgd")
        assert status == 3
        assert f"importing {name}.py raised" in out
        assert text in out


# ------------------------------------------------------------ refmath rule


def test_rules_are_listed() -> None:
    """Without a name every rule is shown with its source, as text and as JSON."""
    status, out, _ = run("rule")
    assert status == 0
    data = json.loads(run("rule", "--json")[1])
    assert [d["name"] for d in data] == list(rules.ALL)
    for rule in rules.ALL.values():
        assert rule.name in out
        assert rule.source.split(",")[0] in out


@pytest.mark.parametrize("name", rules.ALL)
def test_a_rule_is_shown(name: str) -> None:
    """Text, LaTeX, NumPy and JSON are those of the rule."""
    rule = rules.get(name)
    status, out, _ = run("rule", name)
    assert status == 0
    for line in rule.text().splitlines():
        assert line in out
    for axis in rule.axes:
        assert f"{axis.name}: {axis.default}*" in out
    assert run("rule", name, "--latex")[1] == rule.latex() + "\n"
    assert run("rule", name, "--numpy")[1].rstrip() == rule.kernel().source.rstrip()
    data = json.loads(run("rule", name, "--json")[1])
    assert data["steps"] == rule.text().splitlines()
    assert [h["name"] for h in data["hyperparameters"]] == list(rule.hyper)
    assert {a["name"]: a["chosen"] for a in data["axes"]} == {
        a.name: a.default for a in rule.axes
    }


def test_the_shown_kernel_runs() -> None:
    """The printed NumPy source works where NumPy's functions are imported."""
    scope: dict[str, Any] = {}
    exec("from numpy import *\n" + run("rule", "adam", "--numpy")[1], scope)
    theta, _, _ = scope["adam"](np.ones(2), np.zeros(2), 0.0, 0.0, 1, 0.5, 0.9, 0.999, 1e-8)
    np.testing.assert_array_equal(theta, rules.get("adam").kernel()(
        theta=np.zeros(2), g=np.ones(2), lr=0.5)["theta"])


def test_a_rule_as_a_framework_writes_it() -> None:
    """With a convention: the framework's form, argument names and defaults."""
    status, out, _ = run("rule", "adam", "--convention", "torch")
    assert status == 0
    assert "Adam as torch Adam writes it" in out
    assert "torch argument" in out
    assert "betas.0" in out
    data = json.loads(run("rule", "rmsprop", "--convention", "torch", "--json")[1])
    assert data["convention"] == "torch RMSprop"
    by_name = {h["name"]: h for h in data["hyperparameters"]}
    assert by_name["rho"] == {**by_name["rho"], "argument": "alpha", "default": "0.99"}
    assert {a["name"]: a["chosen"] for a in data["axes"]}["epsilon"] == "outside"


def test_another_option() -> None:
    """--vary shows the rule in another form."""
    shown = run("rule", "adam", "--vary", "epsilon=hat", "--vary", "amsgrad=raw", "--latex")[1]
    assert shown == rules.get("adam").vary(epsilon="hat", amsgrad="raw").latex() + "\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["adm"], "unknown rule 'adm'. Did you mean 'adam'? Known: adadelta, "),
        (["adam", "--convention", "tourch"], "Did you mean 'torch'?"),
        (["adam", "--vary", "epsilon"], "expected --vary epsilon=outside"),
        (["adam", "--vary", "epsilon=hats"], "Did you mean 'hat'?"),
        (["adam", "--vary", "start=zro"], "Did you mean 'zero'?"),
        (["nadam", "--convention", "sklearn"], "unknown rule of sklearn 'nadam'"),
    ],
)
def test_bad_questions(arguments: list[str], message: str) -> None:
    """Exit status 2 with a close match on standard error."""
    status, out, err = run("rule", *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_help_and_version() -> None:
    """Every command explains itself, with an example."""
    for command in ([], ["check"], ["rule"], ["audit"], ["audit", "mutants"], ["audit", "bound"]):
        status, out, _ = run(*command, "--help")
        assert status == 0
        assert "Usage:" in out
        assert len(command) != 1 or command == ["audit"] or "Example: refmath" in out
    assert run("--version")[1].startswith("refmath, version ")
    assert len(conventions.ALL) > len(rules.ALL)


# ------------------------------------------------------------ refmath audit


def test_the_audits() -> None:
    """The oracle's own figures, for a small rule: all caught and named, nothing outside."""
    status, out, _ = run("audit", "mutants", "sgd")
    assert status == 0
    assert "wrong forms caught (100.0%)" in out
    data = json.loads(run("audit", "mutants", "sgd", "--no-diagnosis", "--json")[1])
    assert data["killed"] == data["mutants"] > 0
    status, out, _ = run("audit", "bound", "sgd", "--dtype", "float32", "--steps", "500")
    assert status == 0
    assert "0 runs outside their balls" in out
    data = json.loads(run("audit", "bound", "sgd", "--steps", "200", "--json")[1])
    assert [r["dtype"] for r in data["runs"]] == ["float64", "float32", "float16", "bfloat16"]
    assert run("audit", "mutants", "sgdd")[0] == 2
    assert run("audit", "bound", "sgd", "--dtype", "float1")[0] == 2
