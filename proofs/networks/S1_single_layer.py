"""y^_i = A(b_i + sum_k x_k w_ik) has dL/dw_ik = dL/dy^_i A'(.) x_k and dL/db_i = dL/dy^_i A'(.),
for all weights and all biases, summed over the examples.

Source: Scaling Optimization, graph with L2 loss; Bishop 2006, equation 5.53.
"""

from collections.abc import Callable

import refmath as rm
from refmath.objectives import ALL
from refmath.proof import Claim, Computed, slope
from refmath.tensor import tensors

net = ALL["one_layer_network"]
X, Y, W, b = (net._variable(x) for x in ("X", "Y", "W", "b"))
n = rm.dims("n")
z = b + X @ W.T
SLOPES = {  # A, and its derivative
    "sigmoid": (rm.sigmoid(z), rm.sigmoid(z) * (1 - rm.sigmoid(z))),
    "tanh": (rm.tanh(z), 1 - rm.tanh(z) ** 2),
    "softplus": (rm.softplus(z), rm.sigmoid(z)),
}
ONE = {"n": 1, "d": 2, "k": 2}


def both(activation: str) -> tuple[object, object]:
    out, rate = SLOPES[activation]
    loss = net.vary(activation=activation).expr
    delta = 2 * (out - Y) / n * rate  # dL/dy^ A'
    return (
        slope(loss, W, delta.T @ X, sizes=ONE, name=f"{activation}, weights"),
        slope(loss, b, rm.sum(delta, axis=0), sizes=ONE, name=f"{activation}, biases"),
    )


S = tensors("S[n,k]")  # which units of a ReLU pass their input on
rectified = net.vary(activation="relu").expr
masked = rm.sum((S * z - Y) ** 2) / n


def relu(variable: object, claimed: Callable[[object, object], object], name: str) -> Computed:
    """Near a point at which no pre-activation is 0, a ReLU is a product with a fixed mask."""
    first = slope(rectified, variable, claimed(rm.relu(z), rm.step(z)))
    second = slope(masked, variable, claimed(S * z, S), sizes=ONE)
    return Computed(name, {
        "index form": first.engines()[0][1],
        "masks": lambda: all(engine() for _, engine in second.engines()),
    })


loss = net.vary(activation="sigmoid").expr
out, rate = SLOPES["sigmoid"]
claim = Claim(
    id="S1",
    holds=(
        *(part for name in SLOPES for part in both(name)),
        relu(W, lambda out, rate: (2 * (out - Y) / n * rate).T @ X, "relu, weights"),
        relu(b, lambda out, rate: rm.sum(2 * (out - Y) / n * rate, axis=0), "relu, biases"),
    ),
    controls=(
        slope(loss, b, rm.sum((out - Y) / n * rate, axis=0), sizes=ONE, name="the factor 2 lost"),
        slope(loss, W, (2 * (out - Y) / n).T @ X, sizes=ONE, name="without A'"),
    ),
    definition=("refmath.objectives:one_layer_network",),
    assumptions=("the mean of squared distances", "ReLU: where no pre-activation is 0"),
)
