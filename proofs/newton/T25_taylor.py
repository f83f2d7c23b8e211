"""The second-order Taylor approximation is exact for quadratics; for x**3 its remainder is h**3.

Source: Lecture 4: neural networks, backprop, optimization.
"""

from sympy import Eq, symbols

import refmath as rm
from refmath.proof import Claim, Forall, Zero
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
h = tensors("h[d]")


def J(at: object) -> object:
    return rm.sum((X @ at - y) ** 2) / n


g, H = rm.gradient(J(theta), theta), rm.hessian(J(theta), theta)
x, step = symbols("x step", real=True)
claim = Claim(
    id="T25",
    holds=(
        Zero(J(theta + h) - J(theta) - g @ h - h @ H @ h / 2, name="least squares",
             coq={"n": 1, "d": 2}),
        Forall(Eq((x + step) ** 3 - x**3 - 3 * x**2 * step - 3 * x * step**2, step**3),
               name="remainder of a cube"),
    ),
    controls=(Zero(J(theta + h) - J(theta) - g @ h - h @ H @ h, name="without the half"),),
    assumptions=("three times continuously differentiable",),
)
