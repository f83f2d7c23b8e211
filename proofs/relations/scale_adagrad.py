"""Gradients c times as large do not change the path of AdaGrad if epsilon grows with c.

Source: Duchi, Hazan and Singer 2011.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps
from refmath.rules import adagrad

powers: dict[str, int] = {"r": 2}
claim = Claim(
    id="scale-adagrad",
    holds=(scaled(adagrad, powers, {"eps": c * eps}),),
    controls=(scaled(adagrad, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
