"""A network of three layers learns handwritten digits with every optimizer of the package."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from training_cases import RULES

from refmath import check_gradient, objectives
from refmath.optimizers import LBFGS
from refmath.training import Dataset, Model, load, train

ENOUGH = 0.95
NETWORK = objectives.get("network_3").vary(loss="cross_entropy")


@cache
def digits() -> tuple[Model, Dataset, Dataset]:
    """The network 64-64-32-10, and the digits split in 1438 to train on and 359 to test."""
    data = load("digits")
    rest, test = data.split(0.2, seed=0)
    return Model(NETWORK, data, sizes={"p": 64, "q": 32}), rest, test


@pytest.mark.parametrize("name", RULES)
def test_every_rule_learns_the_digits(name: str) -> None:
    """Twenty epochs of mini-batches of 32 lead to a test accuracy of at least 0.95."""
    model, data, test = digits()
    found = train(model, RULES[name], data, batch_size=32, epochs=20)
    assert model.accuracy(found.params, test) >= ENOUGH
    assert found.reason.name == "epochs"


def test_lbfgs_learns_the_digits() -> None:
    """On the full batch, within 120 passes over the data."""
    model, data, test = digits()
    found = train(model, LBFGS(), data, evaluations=120 * len(data))
    assert model.accuracy(found.params, test) >= ENOUGH


def test_a_network_that_has_not_learned_is_told_apart() -> None:
    """At its start the network guesses; with a rate of 0 it stays there."""
    model, data, test = digits()
    found = train(model, RULES["sgd"], data, batch_size=32, epochs=1, schedule=lambda t: 0.0)
    assert model.accuracy(found.params, test) < 0.3


def test_the_loss_is_the_derived_one() -> None:
    """What training calls is the kernel of the declared network: its gradient is certified."""
    model = digits()[0]

    def gradient(X: Any, W1: Any, b1: Any, W2: Any, b2: Any, W3: Any, b3: Any, c: Any) -> Any:
        params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
        return model(params, {"X": X, "c": c})[1]

    report = check_gradient(gradient, NETWORK, dtypes=("float64",), examples=3)
    assert report.verdict == "CONFORMS", str(report)


def test_predictions_are_the_largest_scores() -> None:
    """The predicted class has the largest output of a network evaluated by hand."""
    model, _, test = digits()
    p = model.start(3)
    hidden = np.maximum(test["X"] @ p["W1"].T + p["b1"], 0)
    hidden = np.maximum(hidden @ p["W2"].T + p["b2"], 0)
    scores = hidden @ p["W3"].T + p["b3"]
    assert (model.predict(p, test) == scores.argmax(axis=1)).all()
    share = float(np.mean(scores.argmax(axis=1) == test["c"]))
    assert model.accuracy(p, test) == share
