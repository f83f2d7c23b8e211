"""On mirrored gradients, NAdam takes the mirrored path.

Two engines of polynomials prove it; Coq is not asked, whose search for a proof that every
denominator of NAdam is not 0 does not end.

Source: Dozat 2016.
"""

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import nadam

steps = nadam.recurrence
shifted = steps.replace("v", steps.rhs("v") + nadam.gradient[t])
claim = Claim(
    id="mirror-nadam",
    holds=(sign_flipped(nadam, ["m"], script=None),),
    controls=(sign_flipped(shifted, ["m"], name="a step that adds g"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
