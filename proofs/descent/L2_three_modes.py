"""Steepest descent uses the mean over all, online SGD one random example, mini-batch |N(t)| of
them: the same step, whose gradient is the mean over what is visited.

Source: Learning Deep Network.
"""

import refmath as rm
from refmath.proof import Claim, slope
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
mean = rm.sum((X @ theta - y) ** 2) / n
single = (X[0] @ theta - y[0]) ** 2
claim = Claim(
    id="L2",
    holds=(
        slope(mean, theta, 2 * rm.transpose(X) @ (X @ theta - y) / n, name="all",
             coq={"n": 2, "d": 1}),
        slope(single, theta, 2 * (X[0] @ theta - y[0]) * X[0], name="one example"),
    ),
    controls=(slope(mean, theta, 2 * rm.transpose(X) @ (X @ theta - y),
                   name="the sum for the mean"),),
    definition=("refmath.rules:sgd",),
    assumptions=("squared error",),
)
