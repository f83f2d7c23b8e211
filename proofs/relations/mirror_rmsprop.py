"""On mirrored gradients, RMSProp takes the mirrored path.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.5.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import rmsprop

steps = rmsprop.recurrence
shifted = steps.replace("r", steps.rhs("r") + rmsprop.gradient[t])
claim = Claim(
    id="mirror-rmsprop",
    holds=(sign_flipped(rmsprop, []),),
    controls=(sign_flipped(shifted, [], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
