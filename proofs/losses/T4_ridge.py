"""J = (y - X theta)'(y - X theta) + lambda R(theta) with R the squared norm has the gradient -2
X'(y - X theta) + 2 lambda theta and the Hessian 2 X'X + 2 lambda I.

Source: Lecture 4: neural networks, backprop, optimization, regularized least squares.
"""

import refmath as rm
from refmath.proof import Claim, bend, slope
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
lam = rm.scalar("lambda")
J = rm.sum((y - X @ theta) ** 2) + lam * rm.sum(theta**2)
pull = -2 * rm.transpose(X) @ (y - X @ theta)
claim = Claim(
    id="T4",
    holds=(
        slope(J, theta, pull + 2 * lam * theta, name="gradient",
             coq={"n": 2, "d": 2}),
        bend(J, theta, 2 * rm.transpose(X) @ X + 2 * lam * rm.eye(d), name="Hessian",
             coq={"n": 2, "d": 2}),
    ),
    controls=(slope(J, theta, pull + lam * theta, name="lambda without its 2"),),
    definition=("refmath.objectives:ridge", "refmath.objectives:ridge_penalty"),
)
