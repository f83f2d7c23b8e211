"""The full gradient over a million examples is a sum over chunks of any size: exact in pieces, but
all N terms are needed for one step; an estimate from m examples costs m/N of it.

Source: Scaling Optimization.
"""

import refmath as rm
from refmath.proof import Claim, slope
from refmath.tensor import tensors

X, y, Z, u, theta = tensors("X[n,d] y[n] Z[m,d] u[m] theta[d]")
first, second = rm.sum((X @ theta - y) ** 2), rm.sum((Z @ theta - u) ** 2)
pieces = rm.gradient(first, theta) + rm.gradient(second, theta)
claim = Claim(
    id="S10",
    holds=(
        slope(first + second, theta, pieces, name="chunk by chunk",
             coq={"n": 2, "m": 1, "d": 1}),
    ),
    controls=(slope(first + second, theta, rm.gradient(first, theta),
                   name="the first chunk alone"),),
    assumptions=("the loss is a sum over examples",),
)
