"""Small data sets and losses for the tests of training, in floats and in exact fractions."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np

from refmath import objectives, optimizers
from refmath.training import Dataset, Model

RULES: dict[str, Any] = {
    "sgd": optimizers.SGD(lr=0.2),
    "momentum": optimizers.Momentum(lr=0.05),
    "nesterov": optimizers.Nesterov(lr=0.05),
    "nesterov-shifted": optimizers.Nesterov(lr=0.05, form="shifted"),
    "adagrad": optimizers.AdaGrad(lr=0.05),
    "rmsprop": optimizers.RMSProp(lr=0.003),
    "adadelta": optimizers.Adadelta(lr=1.0),
    "adam": optimizers.Adam(lr=0.005),
    "adamw": optimizers.AdamW(lr=0.005),
    "amsgrad": optimizers.AMSGrad(lr=0.005),
    "adamax": optimizers.AdaMax(lr=0.01),
    "nadam": optimizers.NAdam(lr=0.005),
}
"""Every first-order rule of the package, at a learning rate that suits small networks."""

MINIMIZERS: dict[str, Any] = {"lbfgs": optimizers.LBFGS(), "bfgs": optimizers.BFGS()}


def regression(n: int = 10, d: int = 3, seed: int = 0) -> tuple[Model, Dataset]:
    """Least squares on random numbers."""
    rng = np.random.default_rng(seed)
    data = Dataset(X=rng.normal(size=(n, d)), y=rng.normal(size=n))
    return Model(objectives.get("least_squares"), data), data


def exact_data(n: int, d: int = 2, seed: int = 0) -> Dataset:
    """Inputs and targets that are fractions."""
    rng = np.random.default_rng(seed)

    def fractions(*shape: int) -> Any:
        out = np.empty(shape, object)
        for place in np.ndindex(*shape):
            out[place] = Fraction(int(rng.integers(-9, 10)), int(rng.integers(1, 7)))
        return out

    return Dataset(X=fractions(n, d), y=fractions(n))


THETA = {"theta": np.array([Fraction(1, 3), Fraction(-2, 5)], object)}


def exact_loss(params: Mapping[str, Any], batch: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Mean squared error and its gradient; exact for fractions."""
    residual = batch["X"] @ params["theta"] - batch["y"]
    count = Fraction(len(residual))
    return (residual @ residual) / count, {"theta": 2 * (batch["X"].T @ residual) / count}


class Every:
    """Stands for a generator of random numbers; gives one of the possible draws."""

    def __init__(self, draw: tuple[int, ...]) -> None:
        self._draw = np.array(draw)

    def permutation(self, n: int) -> Any:
        assert sorted(self._draw) == list(range(n))
        return self._draw

    def integers(self, n: int, size: int) -> Any:
        assert len(self._draw) == size
        assert self._draw.max() < n
        return self._draw


def draws(n: int, replacement: bool) -> Iterator[Every]:
    """Every possible epoch, all equally probable."""
    found = product(range(n), repeat=n) if replacement else permutations(range(n))
    return (Every(draw) for draw in found)
