"""What training refuses, and what it says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import regression

from refmath import objectives
from refmath.errors import InvalidInput, RefmathError, UnknownName
from refmath.optimizers import LBFGS, SGD
from refmath.training import Batches, Dataset, Model, Stop, load, train

MODEL, DATA = regression()


def run(**options: Any) -> None:
    """A run with one thing wrong."""
    given = {"loss": MODEL, "optimizer": SGD(), "data": DATA, "epochs": 1, **options}
    train(given.pop("loss"), given.pop("optimizer"), given.pop("data"), **given)


REFUSED: list[tuple[dict[str, Any], type[RefmathError], str]] = [
    ({"batch_size": 0}, InvalidInput, "batch_size=0: expected a whole number from 1 to 10"),
    ({"batch_size": 11}, InvalidInput, "batch_size=11"),
    ({"batch_size": 2.5}, InvalidInput, "batch_size=2.5"),
    ({"batch_size": True}, InvalidInput, "batch_size=True"),
    ({"micro_batch": 0}, InvalidInput, "micro_batch=0"),
    ({"replacement": True, "shuffle": False}, InvalidInput, "give only one"),
    ({"epochs": None}, InvalidInput, "nothing ends the run"),
    ({"epochs": -1}, InvalidInput, "epochs=-1"),
    ({"epochs": 1.5}, InvalidInput, "epochs=1.5: expected a whole number"),
    ({"gradient": float("nan")}, InvalidInput, "gradient=nan"),
    ({"gradeint": 1.0}, UnknownName, "Did you mean 'gradient'"),
    ({"stop": Stop(epochs=2)}, InvalidInput, "give either stop="),
    ({"optimizer": 3}, InvalidInput, "optimizer: expected one of refmath.optimizers"),
    ({"optimizer": LBFGS(), "batch_size": 2}, InvalidInput, "expected the full batch"),
    ({"optimizer": LBFGS(), "schedule": lambda t: 1.0}, InvalidInput, "no schedule"),
    ({"schedule": lambda t: -1.0}, InvalidInput, "expected a learning rate"),
    ({"schedule": lambda t: "x"}, InvalidInput, "'x': expected a learning rate"),
    ({"params": {"w": np.ones(3)}}, InvalidInput, "expected theta, found w"),
    ({"params": {"theta": np.ones(2)}}, InvalidInput, "theta has the shape"),
    ({"params": {"theta": np.ones(3, int)}}, InvalidInput, "found int64"),
    ({"params": {"theta": np.array([1, np.nan, 1])}}, InvalidInput, "finite"),
    ({"data": None}, InvalidInput, "needs data: X, y"),
    ({"data": {"X": np.ones((2, 3))}}, InvalidInput, "expected a Dataset, found dict"),
    ({"loss": lambda p, b: (0.0, {})}, InvalidInput, "needs a start"),
    ({"loss": lambda p, b: (0.0, {}), "params": {"x": np.ones(1)}}, InvalidInput,
     "no gradient for x"),
    ({"save": "/no/such/folder/run.npz"}, InvalidInput, "cannot write"),
    ({"save_every": 0}, InvalidInput, "save_every=0"),
    ({"resume": "/no/such/run.npz"}, InvalidInput, "no file"),
]


@pytest.mark.parametrize(("options", "error", "words"), REFUSED, ids=[w for _, _, w in REFUSED])
def test_refused(options: dict[str, Any], error: type[RefmathError], words: str) -> None:
    """The message names what was given and what was expected."""
    with pytest.raises(error) as caught:
        run(**options)
    assert words in str(caught.value)


def test_a_sum_is_no_mean() -> None:
    """Mini-batches of an objective that adds up are refused; the full batch is not."""
    model = Model(objectives.get("least_squares").vary(reduction="sum"), DATA)
    with pytest.raises(InvalidInput, match="no mean over examples"):
        train(model, SGD(lr=1e-3), DATA, batch_size=3, epochs=1)
    assert train(model, SGD(lr=1e-3), DATA, epochs=2).updates == 2
    ridge = objectives.get("least_squares").vary(penalty="ridge")
    penalized = Model(ridge, DATA, constants={"lambda": 0.5})
    assert train(penalized, SGD(lr=1e-3), DATA, batch_size=3, epochs=1).updates == 4


DATASETS: list[tuple[dict[str, Any], str]] = [
    ({}, "at least one array"),
    ({"X": np.zeros((3, 2)), "y": np.zeros(2)}, "X has 3, y has 2"),
    ({"X": 1.0}, "at least one example"),
    ({"X": np.zeros((0, 2))}, "at least one example"),
    ({"X": np.array(["a"])}, "real numbers"),
    ({"X": np.array([1j])}, "real numbers"),
]


@pytest.mark.parametrize(("arrays", "words"), DATASETS, ids=[f"{i}" for i in range(len(DATASETS))])
def test_arrays_of_unequal_length_are_refused(arrays: dict[str, Any], words: str) -> None:
    """A data set has at least one example, and as many in every array."""
    with pytest.raises(InvalidInput, match=words):
        Dataset(arrays)


def test_models_say_what_they_lack() -> None:
    """A missing array or constant, a size that contradicts the data, labels that are none."""
    softmax = objectives.get("softmax_regression")
    X = np.zeros((4, 2))
    with pytest.raises(InvalidInput, match=r"needs c \(class labels\)"):
        Model(softmax, Dataset(X=X))
    with pytest.raises(InvalidInput, match="class labels, whole numbers from 0"):
        Model(softmax, Dataset(X=X, c=np.array([0.5, 1, 1, 0])))
    with pytest.raises(InvalidInput, match="the data have d=2"):
        Model(softmax, Dataset(X=X, c=np.zeros(4, int)), sizes={"d": 3})
    with pytest.raises(UnknownName, match="constant of softmax_regression"):
        Model(softmax, Dataset(X=X, c=np.zeros(4, int)), constants={"mu": 1})
    with pytest.raises(InvalidInput, match="expected 2 axes"):
        Model(softmax, Dataset(X=np.zeros(4), c=np.zeros(4, int)))
    with pytest.raises(InvalidInput, match="no scores"):
        MODEL.predict(MODEL.start(), DATA)


FILES = {
    "empty.csv": ("", "no line of numbers"),
    "ragged.csv": ("1,2\n3\n", "expected 2 columns in row 2"),
    "words.csv": ("a,b\n1,2\nx,3\n", "row 2 of the numbers is not all numbers"),
    "one.csv": ("1\n2\n", "expected 2 columns"),
    "broken.npz": ("nothing", "cannot be read"),
    "table.txt": ("1,2\n", "ends in .npz or .csv"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_data(tmp_path: Path, name: str) -> None:
    """The file and the row are named."""
    text, words = FILES[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput, match=words):
        load(tmp_path / name)


def test_tables_are_read(tmp_path: Path) -> None:
    """Numbers, class labels as numbers and as words, with and without a line of names."""
    file = tmp_path / "t.csv"
    file.write_text("a,b,y\n1,2,0.5\n3,4,-1\n")
    assert load(file)["y"].tolist() == [0.5, -1]
    assert load(file)["X"].tolist() == [[1, 2], [3, 4]]
    file.write_text("1,2,1\n3,4,0\n5,6,1\n")
    found = load(file)
    assert found["c"].tolist() == [1, 0, 1]
    assert found["s"].tolist() == [1, -1, 1]
    assert found["Y"].tolist() == [[0, 1], [1, 0], [0, 1]]
    file.write_text("1,2,cat\n3,4,ant\n5,6,dog\n")
    assert load(file)["c"].tolist() == [1, 0, 2]
    np.savez(tmp_path / "t.npz", X=np.eye(2), q=np.ones(2))
    assert set(load(tmp_path / "t.npz").arrays) == {"X", "q"}


def test_a_batch_of_one_epoch_needs_examples() -> None:
    """Batches of nothing do not exist."""
    with pytest.raises(InvalidInput, match="from 1 to 4"):
        Batches(4, 5)
