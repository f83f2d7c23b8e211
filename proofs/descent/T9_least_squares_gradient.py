"""f = 1/n (X theta - y)'(X theta - y) has the gradient 2/n (X'X theta - X'y).

Printed: 2X'X theta - 2X'y: the factor 1/n is lost.
Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.proof import Claim, Verdict, slope
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
f = (X @ theta - y) @ (X @ theta - y) / n
Xt = rm.transpose(X)
printed = 2 * Xt @ (X @ theta) - 2 * Xt @ y
claim = Claim(
    id="T9",
    declared=Verdict.REFUTED,
    holds=(slope(f, theta, printed / n, coq={"n": 2, "d": 2}, name="with 1/n"),),
    printed=(slope(f, theta, printed, name="without 1/n"),),
    definition=("refmath.objectives:least_squares",),
)
