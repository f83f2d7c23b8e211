"""On mirrored gradients, Nesterov's method takes the mirrored path.

Source: Sutskever, Martens, Dahl and Hinton 2013.
"""

from sympy import Abs

from refmath.notation import t
from refmath.proof import Claim
from refmath.proof.laws import sign_flipped
from refmath.rules import nesterov

steps = nesterov.recurrence
shifted = steps.replace("v", steps.rhs("v") + Abs(nesterov.gradient[t]))
claim = Claim(
    id="mirror-nesterov",
    holds=(sign_flipped(nesterov, ["v"]),),
    controls=(sign_flipped(shifted, ["v"], name="a step that adds |g|"),),
    assumptions=("elementwise, for any gradients",),
    relation=True,
)
