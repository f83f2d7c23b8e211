"""The gradient of the expected loss is the expectation of the gradient.

Source: Optimization of deep networks (2019), L(theta) = E_D[loss].
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
losses = {
    "squared error": (X @ theta - y) ** 2,
    "logistic": rm.log(1 + rm.exp(-y * (X @ theta))),
}
w = tensors("w[n]")  # probabilities, or any weights


def exchanged(name: str, weights: object) -> object:
    each = rm.jacobian(losses[name], theta)
    return same(rm.gradient(w @ losses[name], theta), weights @ each, name=name)


claim = Claim(
    id="K4",
    holds=(exchanged("squared error", w), exchanged("logistic", w)),
    controls=(exchanged("squared error", w**2),),
    assumptions=("a finite data set, or any weights on it", "a differentiable loss"),
)
