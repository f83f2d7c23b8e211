"""Fully connected layers, of rows and of images."""

from typing import Any

from refmath.objective import Layer, activation, parameter
from refmath.tensor import einsum, tensors

X, W, b = tensors("X[n,d] W[k,d] b[k]")
images, weights = tensors("X[n,C,H,V] W[k,C,H,V]")


def _rows() -> Any:
    return X @ W.T + b


def _images() -> Any:
    return einsum("nchv,kchv->nk", images, weights) + b


dense = Layer(
    name="dense",
    title="Fully connected layer",
    source="Goodfellow, Bengio and Courville 2016, Deep Learning, section 6.1",
    inputs=(
        activation(X, "inputs, one row an example"),
        parameter(W, "weights: output, input"), parameter(b, "biases"),
    ),
    formula=_rows,
)

dense_of_images = Layer(
    name="dense_of_images",
    title="Fully connected layer of images",
    source="Szegedy et al. 2015, Going Deeper with Convolutions, table 1 (linear)",
    inputs=(
        activation(images, "images: example, channel, row, column"),
        parameter(weights, "weights: class, channel, row, column"), parameter(b, "biases"),
    ),
    formula=_images,
    notes=("an image is not flattened: the weights have its axes, which are summed over",),
)
