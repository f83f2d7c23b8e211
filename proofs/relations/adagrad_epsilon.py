"""AdaGrad with epsilon inside the root is AdaGrad without, with a sum that starts at epsilon; and
the ways to start the sum are one.

Source: Duchi, Hazan and Singer 2011, figure 1; Keras's, Optax's, TensorFlow's and Flux's AdaGrad.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import eps, lr
from refmath.proof.runs import state
from refmath.rules import adagrad

none = adagrad.vary(epsilon="none")
inside = adagrad.vary(epsilon="inside")
value, at_eps = adagrad.vary(start="value"), adagrad.vary(start="eps")
shifted = {"r": state("a", "r") + eps}
claim = Claim(
    id="adagrad-epsilon",
    holds=(
        same_path(inside, none.vary(start="eps"), states=shifted, varying=(lr,), script=None),
        same_path(adagrad, none, hyper={"eps": 0}, varying=(lr,), script=None),
        same_path(at_eps, value, to={"initial_accumulator": eps}, varying=(lr,), script=None),
        same_path(adagrad, value, to={"initial_accumulator": 0}, varying=(lr,), script=None),
    ),
    controls=(
        same_path(adagrad, inside, script=None, name="outside for inside"),
        same_path(inside, none.vary(start="eps"), script=None, name="the sum is not shifted"),
    ),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
