"""h_k = A(b_0k + sum x_l w_0kl), y^_j = A(b_1j + sum h_k w_1jk): the gradient in every weight and
every bias.

Source: Scaling Optimization; Bishop 2006, equation 5.56.
"""

import refmath as rm
from refmath.objectives import ALL
from refmath.proof import Claim, slope

net = ALL["two_layer_network"]
X, Y, W0, b0, W1, b1 = (net._variable(x) for x in ("X", "Y", "W0", "b0", "W1", "b1"))
n = rm.dims("n")
RATES = {  # A, and its derivative by what A gives
    "sigmoid": (rm.sigmoid, lambda out: out * (1 - out)),
    "tanh": (rm.tanh, lambda out: 1 - out**2),
}
ONE = {"n": 1, "d": 2, "p": 1, "k": 2}


def parts(activation: str) -> dict[str, object]:
    function, rate = RATES[activation]
    h = function(b0 + X @ W0.T)
    out = function(b1 + h @ W1.T)
    last = 2 * (out - Y) / n * rate(out)
    first = (last @ W1) * rate(h)
    return {"W1": last.T @ h, "b1": rm.sum(last, axis=0),
            "W0": first.T @ X, "b0": rm.sum(first, axis=0)}


def gradient(activation: str, name: str, factor: int = 1, note: str = "") -> object:
    return slope(net.vary(activation=activation).expr, net._variable(name),
                 factor * parts(activation)[name], sizes=ONE, name=f"{activation}, {name}{note}")


straight = 2 * (rm.sigmoid(b1 + rm.sigmoid(b0 + X @ W0.T) @ W1.T) - Y) / n
claim = Claim(
    id="S6",
    holds=tuple(gradient(a, x) for a in RATES for x in ("W1", "b1", "W0", "b0")),
    controls=(
        gradient("sigmoid", "b0", 2, ", twice"),
        slope(net.vary(activation="sigmoid").expr, b1, rm.sum(straight, axis=0), sizes=ONE,
              name="sigmoid, b1, without A'"),
    ),
    definition=("refmath.objectives:two_layer_network",),
    assumptions=("the mean of squared distances", "A the logistic function or tanh"),
)
