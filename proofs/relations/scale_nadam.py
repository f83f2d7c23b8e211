"""Gradients c times as large do not change the path of NAdam if epsilon grows with c.

Two engines of polynomials prove it; Coq is not asked, whose search for a proof that every
denominator of NAdam is not 0 does not end.

Source: Dozat 2016.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps
from refmath.rules import nadam

powers: dict[str, int] = {"m": 1, "v": 2}
claim = Claim(
    id="scale-nadam",
    holds=(scaled(nadam, powers, {"eps": c * eps}, script=None),),
    controls=(scaled(nadam, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
