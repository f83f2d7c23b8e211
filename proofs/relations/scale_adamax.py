"""Gradients c times as large do not change the path of AdaMax if epsilon grows with c.

Source: Kingma and Ba 2015, arXiv:1412.6980v9.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps
from refmath.rules import adamax

powers: dict[str, int] = {"m": 1, "u": 1}
claim = Claim(
    id="scale-adamax",
    holds=(scaled(adamax, powers, {"eps": c * eps}),),
    controls=(scaled(adamax, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
