"""A run that was cut off goes on bit for bit as it would have."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import MINIMIZERS, RULES, regression

from refmath import objectives
from refmath.errors import InvalidInput
from refmath.optimizers import BFGS, LBFGS, SGD, Adam
from refmath.training import Model, Trained, train
from refmath.training.checkpoint import read, write

SETTINGS: dict[str, Any] = {"batch_size": 3, "seed": 5}


def same(a: Trained, b: Trained) -> bool:
    """Whether two runs are equal to the last bit; time aside."""
    assert a.params.keys() == b.params.keys()
    return (
        all(a.params[k].tobytes() == b.params[k].tobytes() for k in a.params)
        and a.history.array().tobytes() == b.history.array().tobytes()
        and a.history.epochs == b.history.epochs
        and (a.updates, a.epochs, a.evaluations) == (b.updates, b.epochs, b.evaluations)
    )


@pytest.mark.parametrize("name", RULES)
def test_resumed_after_every_update(tmp_path: Path, name: str) -> None:
    """Cut after each of 8 updates, within and between epochs, saved, read back and finished."""
    model, data = regression()
    file = tmp_path / "run.npz"
    whole = train(model, RULES[name], data, epochs=2, **SETTINGS)
    for cut in range(8):
        train(model, RULES[name], data, updates=cut, epochs=2, save=file, **SETTINGS)
        rest = train(model, RULES[name], data, epochs=2, resume=file, **SETTINGS)
        assert same(whole, rest)


def test_a_forgotten_order_shows(tmp_path: Path) -> None:
    """Negative control: with the random state of the epoch changed the runs differ."""
    model, data = regression()
    file = tmp_path / "run.npz"
    whole = train(model, SGD(), data, epochs=2, **SETTINGS)
    train(model, SGD(), data, updates=2, save=file, **SETTINGS)
    about, arrays = read(file)
    about["shuffling"]["state"]["state"] += 2
    write(file, about, arrays)
    assert not same(whole, train(model, SGD(), data, epochs=2, resume=file, **SETTINGS))


def test_a_forgotten_moment_shows(tmp_path: Path) -> None:
    """Negative control: with Adam's second moment halved the runs differ."""
    model, data = regression()
    file = tmp_path / "run.npz"
    whole = train(model, Adam(), data, epochs=2, **SETTINGS)
    train(model, Adam(), data, updates=2, save=file, **SETTINGS)
    about, arrays = read(file)
    arrays["state/v/0"] = arrays["state/v/0"] / 2
    write(file, about, arrays)
    assert not same(whole, train(model, Adam(), data, epochs=2, resume=file, **SETTINGS))


@pytest.mark.parametrize("name", MINIMIZERS)
def test_a_minimizer_resumes_without_computing_again(tmp_path: Path, name: str) -> None:
    """L-BFGS and BFGS on Rosenbrock, cut after 7 iterations: the same run, fewer gradients."""
    inner = Model(objectives.get("rosenbrock"))
    calls = []

    def loss(params: Any, batch: Any) -> Any:
        calls.append(1)
        return inner(params, batch)

    start, file = inner.start(), tmp_path / "run.npz"
    whole = train(loss, MINIMIZERS[name], params=start, epochs=99)
    total = len(calls)
    train(loss, MINIMIZERS[name], params=start, updates=7, save=file)
    first = len(calls) - total
    rest = train(loss, MINIMIZERS[name], params=start, epochs=99, resume=file)
    assert same(whole, rest)
    assert len(calls) == 2 * total
    assert 7 <= first < total


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_interrupted_between_two_updates(tmp_path: Path, name: str, number: int) -> None:
    """Ctrl-C within an update takes effect after it: saved, returned, and resumed bit for bit."""
    model, data = regression()
    optimizer = {"adam": Adam(), "lbfgs": LBFGS()}[name]
    settings = {"seed": 5, **({"batch_size": 3} if name == "adam" else {})}
    file = tmp_path / "run.npz"
    whole = train(model, optimizer, data, epochs=4, **settings)

    def callback(position: Any) -> None:
        if position.updates == 2:
            os.kill(os.getpid(), number)

    handler = signal.getsignal(number)
    cut = train(model, optimizer, data, epochs=4, save=file, callback=callback, **settings)
    assert signal.getsignal(number) is handler
    assert (cut.reason.name, cut.updates) == ("interrupted", 2)
    assert same(whole, train(model, optimizer, data, epochs=4, resume=file, **settings))


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from training_cases import regression
from refmath.optimizers import Adam
from refmath.training import train

def callback(position):
    if position.updates == 17:
        os.kill(os.getpid(), signal.SIGKILL)

model, data = regression()
train(model, Adam(), data, epochs=8, save=sys.argv[1], save_every=5, callback=callback,
      batch_size=3, seed=5)
"""


def test_killed_after_a_save(tmp_path: Path) -> None:
    """A process killed at update 17 has saved update 15; from there the run ends the same."""
    file = tmp_path / "run.npz"
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", KILLED, str(file), here]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert read(file)[0]["position"]["updates"] == 15
    model, data = regression()
    whole = train(model, Adam(), data, epochs=8, **SETTINGS)
    assert same(whole, train(model, Adam(), data, epochs=8, resume=file, **SETTINGS))
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"]


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk fills up the old file stays, and nothing else."""
    file = tmp_path / "run.npz"
    write(file, {"n": 1}, {"a": np.arange(3)})
    before = file.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidInput, match="No space left"):
        write(file, {"n": 2}, {"a": np.arange(4)})
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"]


def test_nothing_is_pickled(tmp_path: Path) -> None:
    """The file opens without pickles, and its text is JSON with doubles that read back equal."""
    model, data = regression()
    file = tmp_path / "run.npz"
    found = train(model, Adam(), data, epochs=2, save=file, about={"who": "me"}, **SETTINGS)
    with np.load(file, allow_pickle=False) as saved:
        about = json.loads(saved["about"].item())
        assert all(saved[k].dtype.kind in "fU" for k in saved.files)
    assert about["about"] == {"who": "me"}
    assert about["epochs"] == found.history.epochs


@pytest.mark.parametrize(("change", "word"), [
    ({"batch_size": 4}, "batch_size=3"),
    ({"seed": 6}, "seed=5"),
    ({"optimizer": Adam(lr=0.5)}, "optimizer="),
    ({"optimizer": BFGS(), "batch_size": None}, "optimizer="),
    ({"rows": 9}, "data="),
    ({"half": True}, "loss="),
    ({"replacement": True}, "replacement=False"),
    ({"micro_batch": 2}, "micro_batch=None"),
], ids=["batch", "seed", "optimizer", "minimizer", "data", "loss", "replacement", "micro"])
def test_other_settings_are_refused(tmp_path: Path, change: dict[str, Any], word: str) -> None:
    """What would change the run is named with both values."""
    file = tmp_path / "run.npz"
    model, data = regression()
    train(model, Adam(), data, updates=2, save=file, **SETTINGS)
    options = {**SETTINGS, **change}
    optimizer = options.pop("optimizer", Adam())
    model, data = regression(options.pop("rows", 10))
    if options.pop("half", False):
        model = Model(model.objective.vary(factor="half"), data)
    with pytest.raises(InvalidInput, match=word):
        train(model, optimizer, data, epochs=2, resume=file, **options)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a run", None], ids=str)
def test_other_files_are_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is no saved run, cut off, or absent, is named."""
    file = tmp_path / "run.npz"
    model, data = regression()
    if content is not None:
        train(model, Adam(), data, updates=2, save=file, **SETTINGS)
        file.write_bytes(content or file.read_bytes()[:300])
    with pytest.raises(InvalidInput, match=r"run\.npz"):
        train(model, Adam(), data, epochs=2, resume=file, **SETTINGS)
