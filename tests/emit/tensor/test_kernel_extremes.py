"""Losses of large logits, with classes that no sample has, on batches of one: within the bounds."""

from typing import Any

import numpy as np
import pytest
from kernel_table import outside

import refmath as rm
from refmath.emit.tensor.kernel.api import kernel
from refmath.tensor import Tensor

X, theta, y, W, b, c, Z, P = rm.tensors("X[n,d] theta[d] y[n] W[d,k] b[k] c[n] in k Z[n,k] P[n,k]")
LOGISTIC = rm.mean(rm.softplus(X @ theta) - y * (X @ theta))
SOFTMAX = -rm.mean(rm.gather(rm.log_softmax(X @ W + b), c))
OF_LOGITS = -rm.mean(rm.gather(rm.log_softmax(Z), c))
SOFT = -rm.sum(P * rm.log_softmax(Z))
LOSSES: dict[str, tuple[Tensor, Tensor]] = {
    "logistic": (LOGISTIC, theta), "softmax": (SOFTMAX, W), "softmax by b": (SOFTMAX, b),
    "labels": (OF_LOGITS, Z), "soft labels": (SOFT, Z),
}
LOGITS = np.array([
    [1e3, -1e3, 0, 1e3], [-1e3, -1e3, -1e3, -1e3], [1e3, 999, 1e3, 1e3], [0, 0, 0, 0],
    [80, -745, 710, 30],
])
FEW = {"n": 5, "d": 3, "k": 4}
ONE = {"n": 1, "d": 3, "k": 4}


def point(sizes: dict[str, int]) -> dict[str, Any]:
    """Products of +-1000, 0 and small numbers; the labels 1 and 3 do not occur."""
    rows = slice(0, sizes["n"])
    data = np.array([[1e3, 0, 1], [-1e3, 0, 1], [1, 1, 0], [0, 0, 0], [0.5, -1, 1e3]])
    soft = np.array([[0.5, 0, 0.25, 0.25], [0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]])
    return {
        "X": data[rows], "theta": np.array([1.0, -0.25, 0.5]),
        "y": np.array([0.0, 1, 1, 0, 1])[rows],
        "W": np.array([[1.0, -1, 0, 1], [0.5, 0, -0.5, 2], [0, 1, 1, -1]]),
        "b": np.array([0.0, 1, -1, 0.5]), "c": np.array([0, 2, 2, 0, 2])[rows], "Z": LOGITS[rows],
        "P": soft[rows],
    }


def roots(name: str) -> dict[str, Tensor]:
    """Value, gradient and Hessian."""
    loss, by = LOSSES[name]
    return {"value": loss, "gradient": rm.gradient(loss, by), "hessian": rm.hessian(loss, by)}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("sizes", [FEW, ONE], ids=["five", "one"])
@pytest.mark.parametrize("name", LOSSES)
def test_within_the_bounds(name: str, sizes: dict[str, int], dtype: str) -> None:
    """Nothing overflows, nothing is lost: each entry is finite and inside."""
    made, given = kernel(roots(name)), point(sizes)
    called = {x: given[x] for x in made.arguments}
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = made(**{
            x: a if a.dtype.kind == "i" else a.astype(dtype) for x, a in called.items()
        })
    for key, root in roots(name).items():
        assert np.isfinite(found[key]).all(), key
        assert outside(root, given, found[key], dtype, sizes) == [], key


def test_the_textbook_form_is_outside() -> None:
    """exp(z) / sum(exp(z)) in place of a stable softmax is seen."""
    given = point(FEW)
    with np.errstate(all="ignore"):
        powers = np.exp(LOGITS)
        found = (powers / powers.sum(1, keepdims=True) - np.eye(4)[given["c"]]) / 5
    assert outside(rm.gradient(OF_LOGITS, Z), given, found, "float64", FEW)


def test_a_class_without_samples_has_its_gradient() -> None:
    """It is the mean of the class's probabilities, and nothing else."""
    given = point(FEW)
    made = kernel(rm.gradient(OF_LOGITS, Z))
    found = made(Z=np.zeros((5, 4)), c=given["c"])
    np.testing.assert_array_equal(found[:, [1, 3]], np.full((5, 2), 0.25 / 5))
