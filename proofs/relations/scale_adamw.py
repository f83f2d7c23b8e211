"""Gradients c times as large do not change the path of AdamW if epsilon grows with c.

Source: Loshchilov and Hutter 2019.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps
from refmath.rules import adamw

powers: dict[str, int] = {"m": 1, "v": 2}
claim = Claim(
    id="scale-adamw",
    holds=(scaled(adamw, powers, {"eps": c * eps}),),
    controls=(scaled(adamw, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
