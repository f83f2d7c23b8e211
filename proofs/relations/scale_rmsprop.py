"""Gradients c times as large do not change the path of RMSProp if epsilon, inside the root, grows
with c**2.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.5.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps
from refmath.proof.runs import state
from refmath.rules import rmsprop

powers: dict[str, int] = {"r": 2}
claim = Claim(
    id="scale-rmsprop",
    holds=(scaled(rmsprop, powers, {"eps": c**2 * eps}, bounds=(state("a", "r") >= 0,)),),
    controls=(scaled(rmsprop, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
