"""``refmath check --objective``: what is printed, exit statuses, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from refmath.cli import main

SUBJECTS = '''
import os
import numpy as np

def right(o, y):
    return 2 * (o - y) / len(y)

def summed(o, y):
    return 2 * (o - y)

def wrong(o, y):
    return 3 * (o - y) / len(y)

def raising(o, y):
    raise ValueError("no such thing")

def leaving(o, y):
    os._exit(0)

def hessian(X, y, theta):
    return 2 / len(y) * X.T @ X

number = 3
'''


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of functions in the current directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.py"
    path.write_text(SUBJECTS, "utf-8")
    return path


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, ["check", *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def subjects(*names: str, **options: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and the subjects of the JSON answer."""
    given = [f"mine.py:{n}" for n in names] + ["--json", "--dtype", "float64"]
    for option, text in options.items():
        given += [f"--{option}", text]
    status, out, _ = run(*given)
    return status, json.loads(out)["subjects"]


def test_the_table() -> None:
    """A line a function and dtype, with the objective; status 1 where one deviates."""
    status, out, err = run("mine.py:right", "mine.py:wrong", "--objective", "squared_error")
    assert (status, err) == (1, "")
    assert out.split()[:4] == ["subject", "objective", "dtype", "verdict"]
    assert out.count("CONFORMS") == 2
    assert "2 of 4 conform, seed 0" in out
    assert "but the gradient is 3/2 times as large" not in out.splitlines()[0]
    assert "    found = f(o=o, y=y)" in out
    assert "certified is [" in out


def test_json_and_statuses() -> None:
    """0 where all conform, 1 for a variant with its switch, which then gives 0; 3 for failures."""
    status, (found,) = subjects("right", objective="squared_error")
    assert (status, found["verdict"], found["objective"]) == (0, "CONFORMS", "squared_error")
    status, (found,) = subjects("summed", objective="squared_error")
    assert (status, found["verdict"]) == (1, "VARIANT")
    option, text = found["switch"].split()
    assert subjects("summed", objective="squared_error", **{option[2:]: text})[0] == 0
    status, (found, lost) = subjects("raising", "leaving", objective="squared_error")
    assert (status, found["verdict"], lost["verdict"]) == (3, "FAILED", "FAILED")
    assert found["diagnosis"] == ["ValueError: no such thing"]
    assert lost["objective"] == "squared_error"


def test_hessians_and_names() -> None:
    """A Hessian is recognised; --wrt chooses by what."""
    status, (found,) = subjects("hessian", objective="least_squares", wrt="theta")
    assert (status, found["kind"], found["wrt"]) == (0, "hessian", ["theta"])


@pytest.mark.parametrize(("arguments", "text"), [
    (("mine.py:right", "--objective", "squared_eror"), "Did you mean 'squared_error'"),
    (("mine.py:right", "--objective", "squared_error", "--wrt", "q"), "Known: o, y"),
    (("mine.py:right", "--objective", "squared_error", "--vary", "a=b"), "unknown axis"),
    (("mine.py:right", "--objective", "squared_error", "--rule", "adam"), "is for optimizers"),
    (("mine.py:number", "--objective", "squared_error"), "expected a function"),
    (("--objective", "squared_error"), "needs a TARGET"),
    (("mine.py:right", "--wrt", "o"), "--wrt needs --objective"),
])
def test_bad_input(arguments: tuple[str, ...], text: str) -> None:
    """Status 2, and one line that says what there is."""
    status, out, err = run(*arguments)
    assert status == 2
    assert text in err
    assert out == ""
