"""Newton's method for linear regression gives the normal equations X'X theta = X'y, in one step
from any start.

Source: Lecture 4: neural networks, backprop, optimization, what do you get?
"""

import refmath as rm
from refmath.proof import Claim, Zero
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
end = tensors("end[d]")
J = rm.sum((X @ theta - y) ** 2) / n
g, H = rm.gradient(J, theta), rm.hessian(J, theta)
Xt = rm.transpose(X)
normal = 2 * (Xt @ (X @ end) - Xt @ y) / n
claim = Claim(
    id="T28",
    holds=(
        Zero(g + H @ (end - theta) - normal, coq={"n": 2, "d": 2},
             name="g + H (theta* - theta) = 0 is X'X theta* = X'y"),
    ),
    controls=(Zero(g - H @ (end - theta) - normal, name="a step uphill"),),
    relation=True,
    definition=("refmath.closed_form:normal_equations", "refmath.closed_form:newton_step"),
    assumptions=("X has full column rank, so that the step exists",),
)
