"""``refmath plot``: pictures and the numbers in them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from refmath.cli import main
from refmath.objectives.problems import quadratic_with_spectrum


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, ["plot", *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def data(tmp_path: Path, *arguments: str) -> Any:
    """The numbers of a picture that was drawn."""
    file = tmp_path / "picture.png"
    status, out, err = run(*arguments, "-o", str(file), "--json")
    assert (status, err) == (0, "")
    assert file.read_bytes().startswith(b"\x89PNG")
    return json.loads(out)


def test_losses_of_several_optimizers(tmp_path: Path) -> None:
    """Three rules and L-BFGS on the digits in one picture, over the same passes."""
    found = data(
        tmp_path, "losses", "--data", "digits", "--size", "p=16", "--size", "q=16", "--epochs",
        "6", "--optimizer", "adam", "--optimizer", "sgd:lr=0.1", "--optimizer", "sgd:lr=0.3",
        "--optimizer", "lbfgs",
    )
    assert list(found["curves"]) == ["adam", "sgd", "sgd lr=0.3", "lbfgs"]
    for name, curve in found["curves"].items():
        assert curve["values"][-1] < curve["values"][0]
        assert curve["passes"][-1] == 6 if name != "lbfgs" else curve["passes"][-1] <= 7
        assert 0 <= curve["accuracy"] <= 1


def test_the_error_is_the_share_of_wrong_classes(tmp_path: Path) -> None:
    """One minus the accuracy at the end."""
    found = data(tmp_path, "losses", "--data", "digits", "--epochs", "2", "--metric", "error",
                 "--optimizer", "adam")
    curve = found["curves"]["adam"]
    assert curve["values"][-1] == 1 - curve["accuracy"]


def test_the_sweep_has_the_exact_limits(tmp_path: Path) -> None:
    """On eigenvalues 1 and 20: 2/20 and 2/21; gradient descent diverges beyond, not before."""
    found = data(tmp_path, "sweep", "--points", "31", "--optimizer", "sgd", "--updates", "200")
    rates = {m["text"].split(" = ")[0]: m["rate"] for m in found["marks"]}
    assert rates["$2/L$"] == pytest.approx(0.1, rel=1e-12)
    assert rates[r"best, $2/(L+\ell)$"] == pytest.approx(2 / 21, rel=1e-12)
    first = found["values"]["sgd"][0]
    for rate, value in zip(found["rates"], found["values"]["sgd"], strict=True):
        assert (value is not None and value < first) or rate > 0.1 or rate == found["rates"][0]
        assert rate < 0.1 * 1.01 or value is None or value > 1
    with_momentum = data(tmp_path, "sweep", "--points", "3", "--optimizer",
                         "momentum:momentum=0.5", "--updates", "5")
    assert with_momentum["marks"][0]["rate"] == pytest.approx(3 / 20)


def test_trajectories_start_and_end_where_they_should(tmp_path: Path) -> None:
    """With exactly best parameters sgd, momentum and Nesterov reach the minimum of a quadratic."""
    found = data(tmp_path, "trajectories", "--spectrum", "1,10", "--updates", "150",
                 "--start=-4,3", "--optimizer", "sgd", "--optimizer", "momentum", "--optimizer",
                 "nesterov")
    best = [float(v) for v in quadratic_with_spectrum([1, 10], seed=29).minimum.at["x"]]
    for path in found["paths"].values():
        assert path["points"][0] == [-4, 3]
        assert len(path["points"]) == 151
        assert np.abs(np.array(path["points"][-1]) - best).max() < 1e-8
    assert float(found["paths"]["sgd"]["settings"]["lr"]) == pytest.approx(2 / 11)


def test_trajectories_of_a_test_problem(tmp_path: Path) -> None:
    """On Rosenbrock's function from its standard start; L-BFGS arrives."""
    found = data(tmp_path, "trajectories", "rosenbrock", "--updates", "60", "--optimizer",
                 "adam:lr=0.1", "--optimizer", "lbfgs")
    assert found["paths"]["adam"]["points"][0] == [-1.2, 1]
    assert found["paths"]["lbfgs"]["points"][-1] == pytest.approx([1, 1], abs=1e-3)


def test_stability(tmp_path: Path) -> None:
    """The boundary of the heavy ball is 2(1 + mu)."""
    found = data(tmp_path, "stability", "--condition", "20")
    assert found["boundary"] == pytest.approx([2 * (1 + m) for m in found["momentum"]])
    status, out, _ = run("stability", "--method", "nesterov", "-o", str(tmp_path / "n.svg"))
    assert (status, out) == (0, f"wrote {tmp_path / 'n.svg'}\n")


REFUSED = {
    "losses -o x.png": "give --data",
    "losses least_squares --data digits -o x.png --metric error --epochs 1 --optimizer "
    "sgd:lr=0.001": "no run recorded error",
    "losses --data digits -o x.gif --epochs 1 --optimizer sgd": "ends in .png",
    "losses --data digits -o x.png --optimizer nothing": "unknown optimizer",
    "losses --data digits -o x.png --optimizer sgd:lr": "KEY=VALUE",
    "trajectories powell_singular -o x.png": "no function of two variables",
    "trajectories --spectrum 1,2,3 -o x.png": "expected two eigenvalues",
    "trajectories --spectrum=-1,2 -o x.png": "positive eigenvalues",
    "trajectories --spectrum a,b -o x.png": "a",
    "trajectories rosenbrock --spectrum 1,2 -o x.png": "either an objective or --spectrum",
    "trajectories --start 1 -o x.png": "expected two numbers",
    "sweep --optimizer lbfgs -o x.png": "chooses its own steps",
    "sweep --rates 1:0.1 -o x.png": "expected LOW:HIGH",
    "sweep --rates low -o x.png": "expected LOW:HIGH",
    "stability -o /no/such/x.png": "cannot write",
}


@pytest.mark.parametrize("text", REFUSED)
def test_bad_input_ends_with_2(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says what is wrong, and no file is left."""
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*text.split())
    assert (status, out) == (2, "")
    assert REFUSED[text] in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
