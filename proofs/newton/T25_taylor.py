"""The second-order Taylor approximation is exact for quadratics; elsewhere its remainder is at most
M |h|**3/6 where the third derivative along the line is at most M: for x**3 it is h**3, and M = 6.

Source: Lecture 4: neural networks, backprop, optimization; Nocedal and Wright 2006, theorem 2.1.
"""

from sympy import Eq, symbols

import refmath as rm
from refmath.proof import Claim, Forall, Zero, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
h = tensors("h[d]")
tau = rm.scalar("tau")


def J(at: object) -> object:
    return rm.sum((X @ at - y) ** 2) / n


g, H = rm.gradient(J(theta), theta), rm.hessian(J(theta), theta)
cubes = rm.sum((X @ theta) ** 3)
rest = rm.sum((X @ (theta + h)) ** 3) - cubes - rm.gradient(cubes, theta) @ h
x, step, third, M, r = symbols("x step third M r", real=True)
bounded = (M >= 0, third >= -M, third <= M, step >= 0)
claim = Claim(
    id="T25",
    holds=(
        Zero(J(theta + h) - J(theta) - g @ h - h @ H @ h / 2, name="least squares",
             coq={"n": 1, "d": 2}),
        Forall(Eq((x + step) ** 3 - x**3 - 3 * x**2 * step - 3 * x * step**2, step**3),
               name="remainder of a cube"),
        same(rest - h @ rm.hessian(cubes, theta) @ h / 2, rm.sum((X @ h) ** 3),
             name="of a sum of cubes: that of the line, the sum of (X h)**3"),
        Forall(third * step**3 / 6 <= M * step**3 / 6, bounded, script=None,
               name="Lagrange's remainder f'''(z) h**3/6 is at most M h**3/6"),
        Forall(third * step**3 / 6 >= -M * step**3 / 6, bounded, script=None,
               name="and at least -M h**3/6"),
        Forall(Eq(M * step**3 / 6, step**3), (Eq(M, 6),), script="subst; field.",
               name="which a cube reaches"),
    ),
    controls=(
        Zero(J(theta + h) - J(theta) - g @ h - h @ H @ h, name="without the half"),
        Forall(third * step**3 / 6 <= M * step**3 / 7, bounded, name="M h**3/7"),
    ),
    assumptions=("three times differentiable along the line; Taylor's theorem with Lagrange's "
                 "remainder",),
)
