"""AdamW without weight decay is Adam, and so is Adam with coupled weight decay 0.

Source: Loshchilov and Hutter 2019, arXiv:1711.05101v3, Algorithm 2.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr
from refmath.rules import adam, adamw

claim = Claim(
    id="adamw-adam",
    holds=(
        same_path(adam, adamw, to={"weight_decay": 0}, varying=(lr,)),
        same_path(adam, adam.vary(weight_decay="coupled"), to={"weight_decay": 0}, varying=(lr,)),
    ),
    controls=(same_path(adam, adamw, to={"weight_decay": "1/2"}, name="weight decay 1/2"),),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
