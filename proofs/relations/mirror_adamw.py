"""On mirrored gradients, AdamW takes the mirrored path.

Source: Loshchilov and Hutter 2019.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import adamw

steps = adamw.recurrence
shifted = steps.replace("v", steps.rhs("v") + adamw.gradient[t])
claim = Claim(
    id="mirror-adamw",
    holds=(sign_flipped(adamw, ["m"]),),
    controls=(sign_flipped(shifted, ["m"], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
