"""Gradients c times as large do not change the path of gradient descent if the learning rate is
divided by c.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.1.
"""

from refmath.proof import Claim
from refmath.proof.laws import scaled
from refmath.proof.names import c, lr
from refmath.rules import sgd

powers: dict[str, int] = {}
claim = Claim(
    id="scale-sgd",
    holds=(scaled(sgd, powers, {"lr": lr / c}),),
    controls=(scaled(sgd, powers, {}, name="nothing is adapted"),),
    assumptions=("c > 0", "elementwise, for any gradients"),
    relation=True,
)
