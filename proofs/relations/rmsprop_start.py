"""The ways to start RMSProp's average are one: at 0, at 1, at epsilon, at a given value.

Source: TensorFlow's, DL4J's and Optax's RMSProp.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import eps, lr
from refmath.rules import rmsprop

value = rmsprop.vary(start="value")


def begins(form: str, at: object, **options: object) -> object:
    return same_path(rmsprop.vary(start=form), value, to={"initial_accumulator": at},
                     varying=(lr,), script=None, **options)


claim = Claim(
    id="rmsprop-start",
    holds=(begins("zero", 0), begins("one", 1), begins("eps", eps)),
    controls=(begins("one", 0, name="0 for 1"),),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
