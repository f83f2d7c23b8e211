"""On mirrored gradients, gradient descent takes the mirrored path.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.1.
"""

from sympy import Abs

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import sgd

steps = sgd.recurrence
shifted = steps.replace("theta", steps.rhs("theta") + Abs(sgd.gradient[t]))
claim = Claim(
    id="mirror-sgd",
    holds=(sign_flipped(sgd, []),),
    controls=(sign_flipped(shifted, [], name="a step that adds |g|"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
