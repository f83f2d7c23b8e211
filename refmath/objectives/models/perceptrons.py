"""Networks of one and two layers with an activation at the output too, and squared loss."""

from collections.abc import Callable
from typing import Any

from sympy import Rational, S

from refmath.objective import Axis, Objective, given, parameter
from refmath.tensor import Tensor, mean, relu, sigmoid, softplus, tanh, tensors
from refmath.tensor import sum as sum_of

X, Y = tensors("X[n,d] Y[n,k]")
W, b = tensors("W[k,d] b[k]")
W0, b0, W1, b1 = tensors("W0[p,d] b0[p] W1[k,p] b1[k]")

_Function = Callable[[Tensor], Tensor]
_AXES = (
    Axis("activation", {"relu": relu, "tanh": tanh, "sigmoid": sigmoid, "softplus": softplus},
         "the function A of every unit"),
    Axis("factor", {"one": S.One, "half": Rational(1, 2)}, "the square, or half of it"),
)
_X, _Y = given(X, "inputs, one row an example"), given(Y, "targets, one row an example")


def _squared(output: Tensor, factor: Any) -> Tensor:
    return mean(sum_of(factor * (output - Y) ** 2, axis=1))


def _one(activation: _Function, factor: Any) -> Tensor:
    return _squared(activation(b + X @ W.T), factor)


def _two(activation: _Function, factor: Any) -> Tensor:
    hidden = activation(b0 + X @ W0.T)
    return _squared(activation(b1 + hidden @ W1.T), factor)


one_layer_network = Objective(
    name="one_layer_network",
    title="One layer, A(b + W x), with squared loss",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 5.1",
    inputs=(_X, parameter(W, "weights: output, input"), parameter(b, "biases"), _Y),
    formula=_one,
    axes=_AXES,
)
two_layer_network = Objective(
    name="two_layer_network",
    title="Two layers, A(b1 + W1 A(b0 + W0 x)), with squared loss",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 5.9",
    inputs=(
        _X,
        parameter(W0, "weights of the hidden layer: unit, input"),
        parameter(b0, "biases of the hidden layer"),
        parameter(W1, "weights of the output layer: output, unit"),
        parameter(b1, "biases of the output layer"),
        _Y,
    ),
    formula=_two,
    axes=_AXES,
)
