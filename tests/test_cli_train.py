"""``refmath train``: what is printed, saved and resumed, and that bad input ends well."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from refmath.cli import main
from refmath.training.checkpoint import read

SMALL = ["--data", "digits", "--size", "p=16", "--size", "q=16"]


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, ["train", *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def data(*arguments: str) -> Any:
    """What is printed as JSON by a command that is fine."""
    status, out, err = run(*arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def same(first: Path, second: Path) -> bool:
    """Whether two saved runs hold the same numbers, to the last bit."""
    (about, a), (other, b) = read(first), read(second)
    for meta in (about, other):
        meta["position"].pop("seconds")
        meta.pop("about")
        meta.pop("reason")
    return about == other and a.keys() == b.keys() and all(
        a[k].tobytes() == b[k].tobytes() for k in a
    )


def test_the_example_of_the_help() -> None:
    """A table of epochs, the loss and the reason."""
    status, out, err = run(*SMALL, "--optimizer", "adam", "--set", "lr=0.005", "--epochs", "3")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("network_3 (loss=cross_entropy) by Adam(lr=0.005")
    assert lines[1] == "1438 examples, 359 held back to test"
    assert lines[2].split() == ["epoch", "passes", "loss", "test", "loss", "accuracy"]
    assert [x.split()[0] for x in lines[3:6]] == ["1", "2", "3"]
    assert lines[-1] == "ended: the budget of 3 epochs is spent"


def test_json_is_complete() -> None:
    """Settings, reason, history and parameters; numbers that are not finite are null."""
    found = data(*SMALL, "--optimizer", "momentum", "--set", "lr=0.05", "--epochs", "2")
    assert found["reason"] == {"name": "epochs", "text": "the budget of 2 epochs is spent"}
    assert found["sizes"] == {"d": 64, "p": 16, "q": 16, "k": 10}
    assert found["updates"] == 90 == len(found["history"]["loss"])
    assert found["evaluations"] == 2 * 1438
    assert np.shape(found["params"]["W1"]) == (16, 64)
    assert found["history"]["epochs"][-1]["accuracy"] == found["accuracy"]
    minimized = data("rosenbrock", "--optimizer", "lbfgs")
    assert minimized["reason"]["name"] == "minimizer"
    assert minimized["history"]["rate"] == [None] * minimized["updates"]
    assert minimized["params"]["x"] == pytest.approx([1, 1], abs=1e-4)


def test_every_option_reaches_the_run(tmp_path: Path) -> None:
    """Batch size, replacement, seed, micro-batches, constants, schedule and criteria."""
    found = data(*SMALL, "--batch-size", "100", "--epochs", "1", "--schedule",
                 "multi_step:milestones=5/10", "--set", "lr=0.1")
    assert found["updates"] == 15
    assert found["history"]["rate"] == pytest.approx([0.1] * 5 + [0.01] * 5 + [0.001] * 5)
    full = data(*SMALL, "--batch-size", "full", "--updates", "2")
    assert full["evaluations"] == 2 * 1438
    stopped = data("sphere", "--optimizer", "sgd", "--set", "lr=0.25", "--stop", "gradient=1e-3")
    assert stopped["reason"]["name"] == "gradient"
    assert stopped["history"]["gradient"][-1] <= 1e-3 < stopped["history"]["gradient"][-2]
    table = tmp_path / "t.csv"
    rng = np.random.default_rng(0)
    np.savetxt(table, rng.normal(size=(40, 4)), delimiter=",")
    ridge = ["least_squares", "--data", str(table), "--vary", "penalty=ridge", "--test-share", "0"]
    weak, strong = (
        data(*ridge, "--constant", f"lambda={v}", "--optimizer", "lbfgs") for v in (0.01, 10)
    )
    assert np.linalg.norm(strong["params"]["theta"]) < np.linalg.norm(weak["params"]["theta"])
    assert "test_loss" not in weak
    other = [data(*SMALL, "--epochs", "1", *x)["loss"] for x in
             ([], ["--seed", "1"], ["--replacement"], ["--micro-batch", "7"])]
    assert len(set(other[:3])) == 3
    assert other[3] == pytest.approx(other[0], rel=1e-9)


def test_given_arrays_that_are_no_examples(tmp_path: Path) -> None:
    """A matrix and a vector of a quadratic are not cut into batches or held back."""
    np.savez(tmp_path / "q.npz", A=np.diag([1.0, 4.0]), b=np.array([1.0, 2.0]))
    found = data("quadratic", "--data", str(tmp_path / "q.npz"), "--optimizer", "sgd", "--set",
                 "lr=0.4", "--stop", "gradient=1e-12")
    assert found["reason"]["name"] == "gradient"
    assert found["examples"] is None
    assert found["params"]["x"] == pytest.approx([1, 0.5], abs=1e-12)


def test_the_rate_follows_the_run() -> None:
    """A cosine without a total ends with the run: its last rate is that of the last update."""
    found = data(*SMALL, "--epochs", "2", "--schedule", "cosine", "--set", "lr=0.1")
    rates = found["history"]["rate"]
    expected = 0.05 * (1 + np.cos(np.pi * np.arange(90) / 90))
    assert rates == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-16)


def test_the_rate_follows_the_accuracy() -> None:
    """Reduced after each epoch that is not more accurate; a number and an option of one name."""
    found = data(*SMALL, "--epochs", "8", "--optimizer", "momentum", "--set", "lr=0.3",
                 "--schedule", "reduce_on_plateau:metric=accuracy,patience=1,patience=reached")
    best, rate, expected = -1.0, 0.3, []
    for epoch in found["history"]["epochs"]:
        expected += [rate] * 45
        rate = rate if epoch["accuracy"] > best * (1 + 1e-4) else 0.1 * rate
        best = max(best, epoch["accuracy"])
    assert len(set(expected)) > 2
    assert found["history"]["rate"] == expected
    status, out, _ = run(*SMALL, "--epochs", "1", "--schedule", "reduce_on_plateau")
    assert status == 0
    assert out.splitlines()[2].split()[-1] == "rate"


@pytest.mark.parametrize("optimizer", ["nadam", "nesterov", "lbfgs"])
def test_resumed_bit_for_bit(tmp_path: Path, optimizer: str) -> None:
    """Saved after 2 epochs and resumed to 4, with no other option repeated: as without a break."""
    whole, part = tmp_path / "whole.npz", tmp_path / "part.npz"
    options = [*SMALL, "--optimizer", optimizer, "--seed", "2"]
    assert run(*options, "--epochs", "4", "--save", str(whole))[0] == 0
    assert run(*options, "--epochs", "2", "--save", str(part))[0] == 0
    assert not same(whole, part)
    status, out, _ = run("--resume", str(part), "--epochs", "4")
    assert status == 0
    assert "ended: the budget of 4 epochs is spent" in out
    assert same(whole, part)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "SIGINT"])
def test_killed_and_resumed(tmp_path: Path, number: int) -> None:
    """A command that was killed after a save, or stopped by Ctrl-C, ends as if it had not been."""
    whole, part = tmp_path / "whole.npz", tmp_path / "part.npz"
    options = [*SMALL, "--optimizer", "adam", "--seed", "4", "--epochs", "60"]
    command = [sys.executable, "-m", "refmath", "train", *options,
               "--save", str(part), "--save-every", "7"]
    expected = -signal.SIGKILL if number == signal.SIGKILL else 130
    for _ in range(5):  # a process that ends before it is noticed proves nothing
        part.unlink(missing_ok=True)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
        while not part.exists() and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(number)
        process.communicate(timeout=60)
        if process.returncode != 0:
            break
    assert process.returncode == expected
    done = read(part)[0]["position"]["updates"]
    assert 0 < done < 60 * 45
    assert run("--resume", str(part), "--epochs", "60")[0] == 0
    assert run(*options, "--save", str(whole))[0] == 0
    assert same(whole, part)


def test_a_diverged_run_has_status_1() -> None:
    """It says so, and keeps the last finite parameters."""
    status, out, err = run("rosenbrock", "--optimizer", "sgd", "--set", "lr=0.1")
    assert (status, err) == (1, "")
    assert "ended: diverged: the loss is not finite at update" in out
    assert "lower the learning rate" in out


REFUSED = {
    "": "say what to train",
    "nothing": "unknown objective 'nothing'",
    "softmax_regression": "needs X",
    "ridge --data digits": "needs lambda",
    "rosenbrock --optimizer adm": "Did you mean 'adam'",
    "rosenbrock --optimizer adam --set beta3=1": "hyperparameter of adam 'beta3'",
    "rosenbrock --optimizer adam --set beta1=1": "outside [0, 1)",
    "rosenbrock --optimizer adam --set lr": "expected --set lr=0.01",
    "rosenbrock --optimizer sgd --set lr=word": "expected a finite real",
    "rosenbrock --size n=x": "n='x'",
    "rosenbrock --size q=3": "size of rosenbrock 'q'",
    "rosenbrock --constant a=1": "constant of rosenbrock 'a'",
    "rosenbrock --stop height=1": "stopping criterion 'height'",
    "rosenbrock --stop gradient=small": "expected a finite number",
    "rosenbrock --schedule cosin": "Did you mean 'cosine'",
    "rosenbrock --schedule cosine:total": "KEY=VALUE",
    "rosenbrock --schedule cosine:total=-1": "total",
    "rosenbrock --schedule reduce_on_plateau:metric=accuracy": "Known: loss.",
    "rosenbrock --schedule reduce_on_plateau:patience=1,patience=2": "patience is given twice",
    "rosenbrock --schedule reduce_on_plateau:patience=0.5": "patience",
    "--data nothing.csv": "no file 'nothing.csv'",
    "--data digits.txt": "ends in .npz or .csv",
    "--data digits --batch-size 5000": "from 1 to 1438",
    "--data digits --optimizer lbfgs --batch-size 10": "expected the full batch",
    "--data digits --vary loss=hinge": "option",
    "--data digits --save /no/such/x.npz --epochs 1": "cannot write",
    "--resume nothing.npz": "no file 'nothing.npz'",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: t or "nothing given")
def test_bad_input_ends_with_2(text: str) -> None:
    """One line says what is wrong."""
    status, out, err = run(*text.split())
    assert (status, out) == (2, "")
    assert REFUSED[text] in err
    assert err.startswith("refmath: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ["--epochs 0", "--batch-size x", "--seed -1", "--test-share 1"])
def test_bad_usage_ends_with_2(text: str) -> None:
    """What the options themselves do not allow."""
    assert run("rosenbrock", *text.split())[0] == 2


def test_resuming_with_other_options_is_refused(tmp_path: Path) -> None:
    """What would make it another run is named."""
    file = str(tmp_path / "run.npz")
    assert run(*SMALL, "--epochs", "1", "--save", file)[0] == 0
    status, _, err = run("--resume", file, "--epochs", "2", "--batch-size", "8")
    assert status == 2
    assert "saved with batch_size=32, found batch_size=8" in err
