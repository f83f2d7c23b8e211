"""RMSProp with momentum 0 is RMSProp without momentum, heavy ball or Nesterov's form, learning
rate inside or outside.

Source: Tieleman and Hinton 2012; Keras and TensorFlow write the velocity always.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr
from refmath.rules import rmsprop


def same(mu: object, **settings: str) -> object:
    return same_path(
        rmsprop, rmsprop.vary(**settings), to={"momentum": mu}, varying=(lr,),
        name=str(settings),
    )


claim = Claim(
    id="rmsprop-velocity",
    holds=(same(0, momentum="yes"), same(0, momentum="nesterov"),
           same(0, momentum="yes", rate="outside")),
    controls=(same("1/2", momentum="yes"),),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
