"""The gradient of the expected loss is the expectation of the gradient.

Any loss of a score x'theta enters a gradient by its value and its slope at one point: in place of
it stands its tangent, F + D (x'theta - u) with F, D and u given for every example.

Source: Optimization of deep networks (2019), L(theta) = E_D[loss].
"""

import refmath as rm
from refmath.proof import Claim, slope
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
F, D, u = tensors("F[n] D[n] u[n]")
w = tensors("w[n]")  # probabilities, or any weights
score = X @ theta
odds = rm.exp(-y * score)
SLOPES = {  # losses, and their slopes in the score
    "squared error": ((score - y) ** 2, 2 * (score - y)),
    "logistic": (rm.log(1 + odds), -y * odds / (1 + odds)),
    "any loss": (F + D * (score - u), D),
}


def exchanged(name: str, weights: object, note: str = "") -> object:
    loss, rate = SLOPES[name]
    return slope(w @ loss, theta, weights @ (rate[:, None] * X), name=name + note)


claim = Claim(
    id="K4",
    holds=tuple(exchanged(name, w) for name in SLOPES),
    controls=(
        exchanged("squared error", w**2, ", squared weights"),
        exchanged("any loss", w / rm.sum(w), ", weights made to add up to 1"),
    ),
    assumptions=("a finite data set, or any weights on it", "a differentiable loss of a linear "
                 "score; of a network by its tangent in theta in the same way"),
)
