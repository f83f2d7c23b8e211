"""On mirrored gradients, AMSGrad takes the mirrored path.

Source: Reddi, Kale and Kumar 2018.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import amsgrad

steps = amsgrad.recurrence
shifted = steps.replace("v", steps.rhs("v") + amsgrad.gradient[t])
claim = Claim(
    id="mirror-amsgrad",
    holds=(sign_flipped(amsgrad, ["m"]),),
    controls=(sign_flipped(shifted, ["m"], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
