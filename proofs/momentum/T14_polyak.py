"""Polyak's heavy ball: theta_{k+1} = theta_k - eps g + alpha (theta_k - theta_{k-1}); the velocity
is the last step.

Source: Lecture 4: neural networks, backprop, optimization; Polyak 1964.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.names import g, lr, mu
from refmath.rules import momentum, nesterov


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule)
    v, old = a.before("v"), a.before("theta")
    return Along(
        (a,), results=(Eq(a["v"], a["theta"] - old), Eq(a["theta"], old - lr * g + mu * v)),
        varying=(lr,), name=name,
    )


claim = Claim(
    id="T14",
    holds=(steps(momentum, "velocity is the last step"),),
    controls=(steps(nesterov.vary(form="shifted"), "Nesterov's shifted form"),),
    definition=("refmath.rules:momentum",),
    assumptions=("any gradients", "any learning rates"),
)
