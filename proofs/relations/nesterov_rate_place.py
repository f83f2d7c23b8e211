"""With the learning rate outside the velocity, Nesterov's shifted form is the same at a constant
rate.

Source: Sutskever, Martens, Dahl and Hinton 2013, section 2; PyTorch's note on its SGD.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr
from refmath.proof.runs import state
from refmath.rules import nesterov

shifted = nesterov.vary(form="shifted")
outside = nesterov.vary(form="shifted", rate="outside")
scaled = {"v": state("a", "v") / -lr}
claim = Claim(
    id="nesterov-rate-place",
    holds=(same_path(shifted, outside, states=scaled, given=(lr > 0,)),),
    controls=(
        same_path(shifted, outside, states=scaled, given=(lr > 0,), varying=(lr,),
                  name="the rate changes"),
    ),
    assumptions=("the learning rate is constant and not 0",),
    relation=True,
)
