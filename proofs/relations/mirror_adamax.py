"""On mirrored gradients, AdaMax takes the mirrored path.

Source: Kingma and Ba 2015, arXiv:1412.6980v9.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import adamax

steps = adamax.recurrence
shifted = steps.replace("u", steps.rhs("u") + adamax.gradient[t])
claim = Claim(
    id="mirror-adamax",
    holds=(sign_flipped(adamax, ["m"], script="try mirror; finish."),),
    controls=(sign_flipped(shifted, ["m"], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
