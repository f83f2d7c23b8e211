"""At a constant learning rate it does not matter whether it stands in the velocity or before it.

Source: Sutskever, Martens, Dahl and Hinton 2013, equations 1 and 2; PyTorch's note on its SGD.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr
from refmath.proof.runs import state
from refmath.rules import momentum

outside = momentum.vary(rate="outside")
scaled = {"v": state("a", "v") / -lr}


def same(**options: object) -> object:
    return same_path(momentum, outside, states=scaled, given=(lr > 0,), **options)


claim = Claim(
    id="momentum-rate-place",
    holds=(same(),),
    controls=(same(varying=(lr,), name="the rate changes"),),
    assumptions=("the learning rate is constant and not 0",),
    relation=True,
)
