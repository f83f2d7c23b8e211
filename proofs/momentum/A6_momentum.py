"""Algorithm 8.2: v <- alpha v - rho g; theta <- theta + v.

Source: Optimization in Deep Learning (after Goodfellow et al.); Goodfellow, Bengio and
Courville 2016, Algorithm 8.2.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.names import g, lr, mu
from refmath.rules import momentum


def steps(run: Run) -> Along:
    v = mu * run.before("v") - lr * g
    return Along(
        (run,), results=(Eq(run["v"], v), Eq(run["theta"], run.before("theta") + run["v"])),
        varying=(lr,),
    )


wrong = momentum.recurrence.replace("v", -momentum.recurrence.rhs("v"))
claim = Claim(
    id="A6", holds=(steps(Run("a", momentum)),), controls=(steps(Run("a", wrong)),),
    definition=("refmath.rules:momentum",), assumptions=("any gradients", "any learning rates"),
)
