"""On mirrored gradients, Adadelta takes the mirrored path.

Source: Zeiler 2012.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import adadelta

steps = adadelta.recurrence
shifted = steps.replace("r", steps.rhs("r") + adadelta.gradient[t])
claim = Claim(
    id="mirror-adadelta",
    holds=(sign_flipped(adadelta, []),),
    controls=(sign_flipped(shifted, [], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
