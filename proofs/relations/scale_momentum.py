"""Gradients c times as large do not change the path of momentum if the learning rate is divided by
c.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.2.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, lr
from refmath.rules import momentum

powers: dict[str, int] = {}
claim = Claim(
    id="scale-momentum",
    holds=(scaled(momentum, powers, {"lr": lr / c}),),
    controls=(scaled(momentum, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
