"""Gradients c times as large do not change the path of Nesterov's method if the learning rate is
divided by c.

Source: Sutskever, Martens, Dahl and Hinton 2013.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, lr
from refmath.rules import nesterov

powers: dict[str, int] = {}
claim = Claim(
    id="scale-nesterov",
    holds=(scaled(nesterov, powers, {"lr": lr / c}),),
    controls=(scaled(nesterov, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
