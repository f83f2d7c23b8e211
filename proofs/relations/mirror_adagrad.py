"""On mirrored gradients, AdaGrad takes the mirrored path.

Source: Duchi, Hazan and Singer 2011.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import adagrad

steps = adagrad.recurrence
shifted = steps.replace("r", steps.rhs("r") + adagrad.gradient[t])
claim = Claim(
    id="mirror-adagrad",
    holds=(sign_flipped(adagrad, []),),
    controls=(sign_flipped(shifted, [], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
