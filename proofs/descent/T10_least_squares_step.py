"""Gradient descent on 1/n ||X theta - y||**2 is theta - eps 2/n (X'X theta - X'y).

Printed: theta_{k+1} = theta_k - eps 2X'X theta - 2X'y: the parentheses are lost, and 1/n.
Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.proof import Claim, Verdict, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
eps = rm.scalar("eps")
f = (X @ theta - y) @ (X @ theta - y) / n
Xt = rm.transpose(X)
step = theta - eps * rm.gradient(f, theta)
printed = theta - eps * 2 * Xt @ (X @ theta) - 2 * Xt @ y
claim = Claim(
    id="T10",
    declared=Verdict.REFUTED,
    holds=(
        same(step, theta - eps * (2 * Xt @ (X @ theta) - 2 * Xt @ y) / n, name="with parentheses",
             coq={"n": 2, "d": 2}),
    ),
    printed=(same(step, printed, name="without parentheses and 1/n"),),
)
