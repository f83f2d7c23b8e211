"""Gradients c times as large do not change the path of AMSGrad if epsilon grows with c.

Source: Reddi, Kale and Kumar 2018.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps
from refmath.rules import amsgrad

SCRIPT = """repeat match goal with |- context [Rmax ?x ?z] => match goal with
  |- context [Rmax ?y ?w] => lazymatch x with y => fail
  | _ => rewrite (max_scale (c * c) x y z w) by (ring || nra) end end end; try scale c; finish."""
powers: dict[str, int] = {"m": 1, "v": 2, "vmax": 2}
claim = Claim(
    id="scale-amsgrad",
    holds=(scaled(amsgrad, powers, {"eps": c * eps}, script=SCRIPT),),
    controls=(scaled(amsgrad, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
