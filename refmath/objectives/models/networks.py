"""Networks of two to five layers, on batches."""

from collections.abc import Callable, Sequence
from typing import Any

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives._shapes import tensor_of
from refmath.tensor import Tensor, dims, gather, log_softmax, mean, relu, sigmoid, tanh, tensors
from refmath.tensor import sum as sum_of

_Function = Callable[[Tensor], Tensor]

X, Y, c = tensors("X[n,d] Y[n,k] c[n] in k")
d, k, p, q, r, s = dims("d k p q r s")
_WIDTHS = (p, q, r, s)


def squared(output: Tensor) -> Tensor:
    """The mean over examples of the squared distance from the target."""
    return mean(sum_of((output - Y) ** 2, axis=1))


def cross_entropy(output: Tensor) -> Tensor:
    """The mean softmax cross entropy."""
    return -mean(gather(log_softmax(output), c))


def _same(x: Tensor) -> Tensor:
    return x


def _network(
    name: str, title: str, source: str, functions: Sequence[_Function], losses: dict[str, Any]
) -> Objective:
    """A network whose layers end in these functions."""
    widths = (d, *_WIDTHS[:len(functions) - 1], k)
    layers = range(1, len(widths))
    weights = [tensor_of(f"W{i}", widths[i], widths[i - 1]) for i in layers]
    biases = [tensor_of(f"b{i}", widths[i]) for i in layers]

    def objective(loss: _Function, bias: bool) -> Tensor:
        hidden = X
        for weight, offset, function in zip(weights, biases, functions, strict=True):
            scores = hidden @ weight.T
            hidden = function(scores + offset if bias else scores)
        return loss(hidden)

    inputs = [given(X, "inputs, one row an example")]
    for i, weight, offset in zip(layers, weights, biases, strict=True):
        inputs.append(parameter(weight, f"weights of layer {i}: output, input"))
        inputs.append(parameter(offset, f"biases of layer {i}"))
    return Objective(
        name=name, title=title, source=source,
        inputs=(*inputs, given(Y, "targets, one row an example"), given(c, "class labels")),
        formula=objective,
        axes=(
            Axis("loss", losses, "the mean squared distance, or softmax cross entropy"),
            Axis("bias", {"yes": True, "no": False}, "whether the layers have biases"),
        ),
    )


_LOSSES: dict[str, Any] = {"squared": squared, "cross_entropy": cross_entropy}
_SOURCE = "Goodfellow, Bengio and Courville 2016, Deep Learning, equations 6.40 and 6.41"

network_2 = _network(
    "network_2", "Two-layer network, W2 max(0, W1 x)", _SOURCE, (relu, _same), _LOSSES
)
network_3 = _network(
    "network_3", "Three-layer network, W3 max(0, W2 max(0, W1 x))", _SOURCE,
    (relu, relu, _same), _LOSSES,
)
network_4 = _network(
    "network_4", "Four-layer network, W4 tanh(W3 max(0, W2 max(0, W1 x)))", _SOURCE,
    (relu, relu, tanh, _same), _LOSSES,
)
network_5 = _network(
    "network_5", "Five-layer network, W5 sigmoid(W4 tanh(W3 max(0, W2 max(0, W1 x))))", _SOURCE,
    (relu, relu, tanh, sigmoid, _same), _LOSSES,
)
rectified_network = _network(
    "rectified_network", "Three rectified layers, O = relu(W3 relu(W2 relu(W1 x)))", _SOURCE,
    (relu, relu, relu), {"squared": squared},
)
