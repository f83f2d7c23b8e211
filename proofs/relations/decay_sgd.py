"""For gradient descent coupled and decoupled weight decay are the same, and are the gradient of
the penalty lambda theta**2 / 2; for momentum they are not.

Source: Loshchilov and Hutter 2019, arXiv:1711.05101v3, proposition 1.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr, wd
from refmath.rules import momentum, sgd


def same(rule: object, first: str, second: str, **options: object) -> object:
    return same_path(rule.vary(weight_decay=first), rule.vary(weight_decay=second), **options)


claim = Claim(
    id="decay-sgd",
    holds=(
        same(sgd, "coupled", "decoupled", varying=(lr,)),
        same(sgd, "decoupled", "decoupled_unscaled", to={"weight_decay": lr * wd}, varying=(lr,)),
    ),
    controls=(same(momentum, "coupled", "decoupled", name="momentum"),),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
