"""A small graph of GoogLeNet's kind: three branches, concatenation, pooling, and a classifier."""

from typing import Any

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives._shapes import tensor_of
from refmath.objectives.layers.convolution import convolve
from refmath.objectives.layers.pooling import average_pooled, max_pooled
from refmath.tensor import (
    Tensor,
    concatenate,
    dims,
    einsum,
    gather,
    log_softmax,
    mean,
    relu,
    scalar,
    tensors,
)

_HEIGHT, _WIDTH = 4, 2
n, C, k, a, b, e = dims("n C k a b e")
X = tensor_of("X", n, C, _HEIGHT, _WIDTH)
K1, b1, K3, b3, Kp, bp, c = tensors(
    "K1[a,C,1,1] b1[a] K3[b,C,3,3] b3[b] Kp[e,C,1,1] bp[e] c[n] in k"
)
channels = a + b + e
F = tensor_of("F", k, channels, _HEIGHT // 2, _WIDTH // 2)
f = tensors("f[k]")
M = tensor_of("M", n, channels, _HEIGHT // 2, _WIDTH // 2)
keep = scalar("keep")


def _branch(x: Tensor, kernel: Tensor, bias: Tensor, padding: int) -> Tensor:
    return relu(convolve(x, kernel, padding=padding) + bias[:, None, None])


def _objective(dropout: Any) -> Tensor:
    branches = [
        _branch(X, K1, b1, 0),
        _branch(X, K3, b3, 1),
        _branch(max_pooled(X, 3, 3, padding=1), Kp, bp, 0),
    ]
    pooled = average_pooled(concatenate(branches, axis=1), 2, 2, stride=2)
    if dropout:
        pooled = M * pooled / keep
    scores = einsum("nchw,kchw->nk", pooled, F) + f
    return -mean(gather(log_softmax(scores), c))


inception = Objective(
    name="inception",
    title="A small inception graph with softmax cross entropy",
    source="Szegedy et al. 2015, Going Deeper with Convolutions, figure 2 (without the 1x1 "
           "reduction before the 3x3 convolution, and without the 5x5 branch)",
    inputs=(
        given(X, "images: example, channel, row, column", "[0, oo)"),
        given(c, "class labels"),
        parameter(K1, "kernels of the 1x1 branch"), parameter(b1, "its biases"),
        parameter(K3, "kernels of the 3x3 branch"), parameter(b3, "its biases"),
        parameter(Kp, "kernels after maximum pooling"), parameter(bp, "their biases"),
        parameter(F, "weights of the classifier: class, channel, row, column"),
        parameter(f, "biases of the classifier"),
        given(M, "1 where a unit is kept, 0 where it is dropped", "{0, 1}"),
        given(keep, "probability that a unit is kept", "(0, 1]"),
    ),
    formula=_objective,
    axes=(
        Axis("dropout", {"no": False, "yes": True}, "dropout before the classifier"),
    ),
    sizes={"n": 2, "C": 2, "k": 3, "a": 1, "b": 2, "e": 1},
    notes=(
        "maximum pooling is padded with zeros, which is right because the images are not negative",
        "an image is not flattened: the weights of the classifier have its axes",
    ),
)
