"""Gradients added up over micro-batches are those of the whole batch."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training_cases import THETA, exact_data, exact_loss, regression

from refmath import check_gradient
from refmath.optimizers import SGD
from refmath.training import Dataset, accumulated, train

U = Fraction(1, 2**53)


@pytest.mark.parametrize("most", [*range(1, 9), None])
def test_exactly_the_whole_batch(most: int | None) -> None:
    """In exact arithmetic value and gradient do not depend on how a batch is cut."""
    batch = exact_data(8).take(slice(None))
    value, slopes = accumulated(exact_loss, THETA, batch, most)
    whole, full = exact_loss(THETA, batch)
    assert value == whole
    assert (slopes["theta"] == full["theta"]).all()


@given(parts=st.lists(st.integers(1, 4), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_the_rounding_error_has_its_bound(parts: list[int], seed: int) -> None:
    """Adding K parts up contributes at most gamma(K + 1) sum b_k |g_k| / B, entry by entry."""
    most, size = max(parts), sum(parts)
    rng = np.random.default_rng(seed)
    seen: list[tuple[int, Any]] = []

    def loss(params: Mapping[str, Any], batch: Mapping[str, Any]) -> tuple[float, dict[str, Any]]:
        g = rng.normal(size=3) * 10.0 ** rng.integers(-8, 9, 3)
        seen.append((len(batch["x"]), g))
        return 0.0, {"theta": g}

    found = accumulated(loss, {"theta": np.zeros(3)}, {"x": np.zeros(size)}, most)[1]["theta"]
    k = len(seen) + 1
    gamma = k * U / (1 - k * U)
    for j in range(3):
        exact = sum(b * Fraction(g[j]) for b, g in seen) / size
        room = gamma * sum(b * abs(Fraction(g[j])) for b, g in seen) / size
        assert abs(Fraction(found[j]) - exact) <= room


def test_the_bound_is_not_empty() -> None:
    """The same sum in single precision lies outside of it."""
    g = np.random.default_rng(0).normal(size=50)
    single = Fraction(float(np.sum(g.astype(np.float32) / np.float32(50))))
    exact = sum(Fraction(x) for x in g) / 50
    assert abs(single - exact) > 51 * U / (1 - 51 * U) * sum(abs(Fraction(x)) for x in g) / 50


def _least_squares(weight: Any) -> Any:
    def loss(params: Any, batch: Any) -> tuple[Any, dict[str, Any]]:
        residual = batch["X"] @ params["theta"] - batch["y"]
        scale = 2 / len(residual) * weight(len(residual))
        return 0.0, {"theta": scale * (batch["X"].T @ residual)}

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        return accumulated(loss, {"theta": theta}, {"X": X, "y": y}, 2)[1]["theta"]

    return gradient


def test_the_oracle_accepts_it() -> None:
    """Parts of at most 2 examples give the certified gradient of least squares, in two formats."""
    report = check_gradient(_least_squares(lambda count: 1), "least_squares")
    assert report.verdict == "CONFORMS", str(report)


def test_the_oracle_rejects_a_part_that_is_divided_by_the_largest() -> None:
    """A last part of 1 that is averaged over 2 deviates."""
    report = check_gradient(_least_squares(lambda count: count / 2), "least_squares")
    assert report.verdict == "DEVIATES", str(report)


@pytest.mark.parametrize("most", [1, 3, 7, 64])
def test_a_run_does_not_depend_on_the_micro_batches(most: int) -> None:
    """Where nothing is rounded a run with micro-batches is the run without, bit for bit."""
    rng = np.random.default_rng(0)
    data = Dataset(X=rng.integers(-2, 3, (16, 2)).astype(float), y=rng.integers(-2, 3, 16) * 1.0)
    model, _ = regression(16, 2)
    runs = [
        train(model, SGD(lr=0.25), data, {"theta": np.zeros(2)}, batch_size=8, updates=3,
              micro_batch=m)
        for m in (None, most)
    ]
    assert np.array_equal(runs[0].params["theta"], runs[1].params["theta"])
    assert runs[0].history.loss == runs[1].history.loss
