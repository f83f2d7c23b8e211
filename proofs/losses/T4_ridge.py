"""J = (y - X theta)'(y - X theta) + lambda R(theta) with R the squared norm has the gradient -2
X'(y - X theta) + 2 lambda theta and the Hessian 2 X'X + 2 lambda I.

Source: Lecture 4: neural networks, backprop, optimization, regularized least squares.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
lam = rm.scalar("lambda")
J = rm.sum((y - X @ theta) ** 2) + lam * rm.sum(theta**2)
slope = -2 * rm.transpose(X) @ (y - X @ theta)
claim = Claim(
    id="T4",
    holds=(
        same(rm.gradient(J, theta), slope + 2 * lam * theta, name="gradient",
             coq={"n": 2, "d": 2}),
        same(rm.hessian(J, theta), 2 * rm.transpose(X) @ X + 2 * lam * rm.eye(d), name="Hessian",
             coq={"n": 2, "d": 2}),
    ),
    controls=(same(rm.gradient(J, theta), slope + lam * theta, name="lambda without its 2"),),
    definition=("refmath.objectives:ridge", "refmath.objectives:ridge_penalty"),
)
