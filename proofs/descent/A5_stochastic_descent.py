"""Algorithm 8.1: with learning rates rho_k, t steps take theta to theta_0 minus the sum of rho_k
g_k; with a constant rate the sum is rho times the sum of the gradients.

Source: Optimization in Deep Learning (after Goodfellow et al.); Goodfellow, Bengio and
Courville 2016, Algorithm 8.1.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.names import g, lr
from refmath.rules import sgd

a = Run("a", sgd)
step = Along((a,), results=(Eq(a["theta"], a.before("theta") - lr * g),), varying=(lr,))
climbs = Run("a", sgd.variant(sgd.wrong[0]))
claim = Claim(
    id="A5",
    holds=(step,),
    controls=(
        Along((climbs,), results=(Eq(a["theta"], a.before("theta") - lr * g),), name="uphill"),
    ),
    definition=("refmath.rules:sgd", "refmath.schedules:ALL"),
    assumptions=("any gradients", "any learning rates"),
)
