"""Linear scores of features: W phi(x) with a fixed phi."""

from collections.abc import Callable
from typing import Any

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives._shapes import tensor_of
from refmath.tensor import (
    Tensor,
    concatenate,
    cos,
    dims,
    gather,
    log_softmax,
    mean,
    relu,
    tanh,
    tensors,
)
from refmath.tensor import sum as sum_of
from refmath.tensor.build import one_hot

X, W, V, A, a, Y, c = tensors("X[n,d] W[k,d] V[k,p] A[d,p] a[p] Y[n,k] c[n] in k")
k, d = dims("k d")
U = tensor_of("U", k, 2 * d)


def _identity() -> Any:
    return X @ W.T


def _squares() -> Tensor:
    return concatenate([X, X**2], axis=1) @ U.T


def _cosines() -> Any:
    return cos(X @ A + a) @ V.T


def _tangents() -> Any:
    return tanh(X @ A + a) @ V.T


def _squared(scores: Tensor) -> Tensor:
    return mean(sum_of((scores - Y) ** 2, axis=1))


def _cross_entropy(scores: Tensor) -> Tensor:
    return -mean(gather(log_softmax(scores), c))


def _hinge(scores: Tensor) -> Tensor:
    margins = relu(1 + scores - gather(scores, c)[:, None])
    return mean(sum_of(margins * (1 - one_hot(c)), axis=1))


def _objective(features: Callable[[], Tensor], loss: Callable[[Tensor], Tensor]) -> Tensor:
    return loss(features())


feature_regression = Objective(
    name="feature_regression",
    title="Linear scores of features",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 3.3; random cosine "
           "features: Rahimi and Recht 2007, algorithm 1",
    inputs=(
        given(X, "inputs, one row an example"),
        parameter(W, "weights of the inputs, one row a class"),
        parameter(U, "weights of the inputs and their squares"),
        parameter(V, "weights of the features"),
        given(A, "fixed directions of the features"),
        given(a, "fixed offsets of the features"),
        given(Y, "targets, one row an example"),
        given(c, "class labels"),
    ),
    formula=_objective,
    axes=(
        Axis("features", {
            "identity": _identity, "squares": _squares, "cosines": _cosines, "tangents": _tangents,
        }, "phi(x) is x; x and its squares; cos(A'x + a); or tanh(A'x + a)"),
        Axis("loss", {
            "squared": _squared, "cross_entropy": _cross_entropy, "hinge": _hinge,
        }, "mean squared distance, softmax cross entropy, or multiclass hinge (Weston, Watkins)"),
    ),
)
