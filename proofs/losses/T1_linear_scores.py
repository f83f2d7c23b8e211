"""A score is linear in features: W x, or W phi(x); the hinge loss max(0, 1 - z) is convex and at
least 1 where the sign of the score is wrong.

Source: Lecture 4: neural networks, backprop, optimization, loss cheat sheet.
"""

from sympy import Max, symbols

from refmath.proof import Claim, Forall, same
from refmath.tensor import tensors

z, u = symbols("z u", real=True)
W, x, step = tensors("W[k,d] x[d] step[d]")


def hinge(at: object) -> object:
    return Max(0, 1 - at)


claim = Claim(
    id="T1",
    holds=(
        same(W @ (x + step), W @ x + W @ step, name="linear", coq={"k": 2, "d": 2}),
        Forall(hinge(z) >= 1, (z <= 0,), name="above the 0-1 loss"),
        Forall(hinge(z) + hinge(u) >= 2 * hinge((z + u) / 2), script="open_extremes; lra.",
               name="midpoint convex"),
    ),
    controls=(Forall(hinge(z) >= 1, (z <= 1,), name="also where the sign is right"),),
    definition=("refmath.objectives:hinge", "refmath.objectives:absolute_error",
                "refmath.objectives:squared_error", "refmath.objectives:cross_entropy",
                "refmath.objectives:feature_regression"),
)
