"""On mirrored gradients, Adam takes the mirrored path.

Source: Kingma and Ba 2015, arXiv:1412.6980v9.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import adam

steps = adam.recurrence
shifted = steps.replace("v", steps.rhs("v") + adam.gradient[t])
claim = Claim(
    id="mirror-adam",
    holds=(sign_flipped(adam, ["m"]),),
    controls=(sign_flipped(shifted, ["m"], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
