"""Networks of 2 to 5 layers are compositions such as W2 max(0, W1 x); the comma printed in
tanh(W3, max(..)) is a product: tanh(W3 max(0, W2 max(0, W1 x))).

Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.objectives import ALL
from refmath.proof import Claim, same
from refmath.tensor import tensors

FUNCTIONS = (rm.relu, rm.relu, rm.tanh, rm.sigmoid)
n = rm.dims("n")
A, h = tensors("A[c,k] h[k]")


def by_sums(layers: int) -> object:
    """The loss of a network without biases, its products written as sums over indices."""
    net = ALL[f"network_{layers}"]
    hidden = net._variable("X")
    for i in range(1, layers + 1):
        hidden = rm.einsum("ni,oi->no", hidden, net._variable(f"W{i}"))
        hidden = FUNCTIONS[i - 1](hidden) if i < layers else hidden
    return rm.sum((hidden - net._variable("Y")) ** 2) / n


def composed(layers: int) -> object:
    loss = ALL[f"network_{layers}"].vary(bias="no").expr
    return same(loss, by_sums(layers), name=f"{layers} layers", sizes=dict.fromkeys("ndk", 1))


claim = Claim(
    id="T2",
    holds=tuple(composed(k) for k in (2, 3, 4, 5)),
    controls=(
        same(A @ rm.relu(h), A @ h, name="without the maximum"),
        same(rm.sigmoid(A @ h), rm.sigmoid(A) @ h,
             name="the comma as a function of the weights alone, a sigmoid"),
    ),
    definition=("refmath.objectives:network_2", "refmath.objectives:network_3",
                "refmath.objectives:network_4", "refmath.objectives:network_5"),
    assumptions=("without biases, as printed; a batch has one example a row",),
)
