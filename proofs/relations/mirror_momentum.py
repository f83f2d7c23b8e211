"""On mirrored gradients, momentum takes the mirrored path.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.2.
"""

from sympy import Abs

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import momentum

steps = momentum.recurrence
shifted = steps.replace("v", steps.rhs("v") + Abs(momentum.gradient[t]))
claim = Claim(
    id="mirror-momentum",
    holds=(sign_flipped(momentum, ["v"]),),
    controls=(sign_flipped(shifted, ["v"], name="a step that adds |g|"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
