"""Nesterov at theta + alpha v equals the shifted form of the frameworks: at any rates with the
rate inside the velocity, at a constant rate with it outside.

Source: Lecture 4: neural networks, backprop, optimization; Bengio, Boulanger-Lewandowski and
Pascanu 2013.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import G, lam, lr, mu
from refmath.proof.runs import state
from refmath.rules import nesterov


def curved(point: object) -> object:
    return lam * point


theta, v = state("a", "theta"), state("a", "v")
outside, shifted = nesterov.vary(rate="outside"), nesterov.vary(rate="outside", form="shifted")
ahead = {"theta": theta - lr * mu * v}
claim = Claim(
    id="T17",
    holds=(
        same_path(nesterov, nesterov.vary(form="shifted"), states={"theta": theta + mu * v},
                  gradient=G, varying=(lr,), name="rate inside"),
        same_path(outside, shifted, states=ahead, gradient=G, name="rate outside, constant"),
    ),
    controls=(
        same_path(outside, shifted, states=ahead, gradient=curved, varying=(lr,),
                  name="rate outside, changing"),
    ),
    assumptions=("any differentiable objective",),
    relation=True,
)
