"""Elementwise activations as layers."""

from collections.abc import Callable

from refmath import tensor
from refmath.objective import Layer, activation
from refmath.tensor import Tensor

X = tensor.tensors("X[n,d]")


def _layer(name: str, title: str, source: str, function: Callable[[Tensor], Tensor]) -> Layer:
    return Layer(
        name=name, title=title, source=source,
        inputs=(activation(X, "inputs, one row an example"),),
        formula=lambda: function(X),
    )


relu = _layer(
    "relu", "Rectified linear unit", "Glorot, Bordes and Bengio 2011, section 3.1", tensor.relu
)
sigmoid = _layer(
    "sigmoid", "Logistic sigmoid", "Goodfellow, Bengio and Courville 2016, equation 3.30",
    tensor.sigmoid,
)
tanh = _layer(
    "tanh", "Hyperbolic tangent", "LeCun, Bottou, Orr and Mueller 1998, Efficient BackProp, "
    "section 4.4 (without its scaling)", tensor.tanh,
)
