"""``refmath tune``: exact on quadratics, search elsewhere."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from refmath.cli import main

SMALL = ["--data", "digits", "--size", "p=16", "--size", "q=16", "--epochs", "2"]


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, ["tune", *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def data(*arguments: str) -> Any:
    """What is printed as JSON by a command that is fine."""
    status, out, err = run(*arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def table(tmp_path: Path) -> tuple[str, Any]:
    """A table of numbers, and its inputs."""
    rows = np.random.default_rng(0).normal(size=(50, 4))
    np.savetxt(tmp_path / "t.csv", rows, delimiter=",", fmt="%.17g")
    return str(tmp_path / "t.csv"), rows[:, :-1]


@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov"])
def test_quadratics_are_exact_by_default(table: tuple[str, Any], rule: str) -> None:
    """Least squares: the eigenvalues of 2X'X/n, the best parameters and the limit."""
    path, X = table
    found = data("least_squares", "--data", path, "--optimizer", rule)
    values = np.linalg.eigvalsh(2 * X.T @ X / 50)
    assert found["method"] == "exact"
    assert found["lambda_min"] == pytest.approx(values[0], rel=1e-12)
    assert found["lambda_max"] == pytest.approx(values[-1], rel=1e-12)
    kappa = values[-1] / values[0]
    root = kappa**0.5
    rate = {"sgd": (kappa - 1) / (kappa + 1), "momentum": (root - 1) / (root + 1),
            "nesterov": 1 - 2 / (3 * kappa + 1) ** 0.5}[rule]
    assert found["best"]["rate"] == pytest.approx(rate, rel=1e-9)
    status, out, _ = run("least_squares", "--data", path, "--optimizer", rule)
    assert status == 0
    assert f"stable: 0 < lr < {found['limit']:.6g}" in out


def test_a_quadratic_from_a_file(tmp_path: Path) -> None:
    """A matrix and a vector in an .npz file: 2/(1 + 9) and 2/9."""
    np.savez(tmp_path / "q.npz", A=np.diag([1.0, 9.0]), b=np.zeros(2))
    found = data("quadratic", "--data", str(tmp_path / "q.npz"), "--optimizer", "sgd")
    assert found["best"]["lr"] == pytest.approx(0.2)
    assert found["limit"] == pytest.approx(2 / 9)


def test_search_finds_a_good_rate() -> None:
    """Of a grid of rates the best is not at an end; a higher batch size is tried too."""
    found = data(*SMALL, "--optimizer", "adam", "--method", "grid", "--points", "4",
                 "--search", "lr=1e-5:1:log", "--search", "batch_size=32,64", "--no-prune")
    assert len(found["trials"]) == 8
    assert {t["params"]["batch_size"] for t in found["trials"]} == {32, 64}
    assert 1e-5 < found["best"]["params"]["lr"] < 1
    assert found["best"]["value"] == min(t["value"] for t in found["trials"])
    status, out, _ = run(*SMALL, "--optimizer", "sgd", "--method", "random", "--trials", "2")
    assert status == 0
    assert "best: lr=" in out


def test_widths_and_constants_can_be_searched(table: tuple[str, Any]) -> None:
    """A size of the model, and a number of the objective."""
    found = data("--data", "digits", "--epochs", "1", "--search", "p=4,8", "--method", "grid",
                 "--size", "q=8")
    assert [t["params"]["p"] for t in found["trials"]] == [4, 8]
    ridge = data("least_squares", "--data", table[0], "--vary", "penalty=ridge", "--optimizer",
                 "lbfgs", "--constant", "lambda=1", "--search", "lambda=0.1,1,10", "--method",
                 "grid")
    assert len({t["value"] for t in ridge["trials"]}) == 3


def test_a_search_goes_on(tmp_path: Path) -> None:
    """The same command with more trials adds to those in the storage."""
    file = str(tmp_path / "kept.log")
    options = [*SMALL, "--optimizer", "sgd", "--search", "lr=0.01:1:log", "--storage", file]
    first = data(*options, "--trials", "2")["trials"]
    second = data(*options, "--trials", "3")["trials"]
    assert second[:2] == first
    assert second == data(*options[:-2], "--trials", "3")["trials"]


def test_if_everything_diverges_the_status_is_1() -> None:
    """There is no best point then."""
    status, out, _ = run("rosenbrock", "--optimizer", "sgd", "--search", "lr=1,10", "--method",
                         "grid", "--updates", "50")
    assert status == 1
    assert "no trial was complete" in out


REFUSED = {
    "": "say what to train",
    "rosenbrock --search lr": "expected NAME=LOW:HIGH",
    "rosenbrock --search height=1:2": "parameter to search 'height'",
    "rosenbrock --method exact --optimizer sgd": "not quadratic",
    "rosenbrock --method exact": "rule with exact parameters 'adam'",
    "rosenbrock --method exact --search lr=0:1": "nothing to search",
    "rosenbrock --method best": "unknown method 'best'",
    "rosenbrock --search lr=1,2 --storage /no/such/x.log": "no folder",
    "rosenbrock --optimizer nothing": "unknown optimizer",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: t or "nothing given")
def test_bad_input_ends_with_2(text: str) -> None:
    """One line says what is wrong."""
    status, out, err = run(*text.split())
    assert (status, out) == (2, "")
    assert REFUSED[text] in err
    assert err.count("\n") == 1
