"""NAdam with beta1 = 0 is Adam with beta1 = 0, with any schedule of the momentum.

Source: Dozat 2016, Algorithm 2.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr
from refmath.rules import adam, nadam


def same(beta1: object, momentum: str, **options: object) -> object:
    return same_path(
        adam, nadam.vary(momentum=momentum), hyper={"beta1": beta1}, to={"beta1": beta1},
        varying=(lr,), states={"p": None}, **options,
    )


claim = Claim(
    id="nadam-without-momentum",
    holds=(same(0, "constant"), same(0, "constant_same_power")),
    controls=(same("1/2", "constant", name="beta1 = 1/2"),),
    assumptions=("beta1 = 0",),
    relation=True,
)
