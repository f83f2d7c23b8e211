"""Momentum with dampening 1 - mu at rate lr is plain momentum at rate lr (1 - mu).

Source: PyTorch's SGD; Goodfellow, Bengio and Courville 2016, section 8.3.2.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr, mu
from refmath.rules import momentum

average = momentum.vary(dampening="average")
tau = {"dampening": mu}
claim = Claim(
    id="momentum-dampening",
    holds=(
        same_path(average, momentum, to={"lr": lr * (1 - mu)}, varying=(lr,)),
        same_path(average, momentum.vary(dampening="yes"), to=tau, varying=(lr,)),
        same_path(momentum, momentum.vary(dampening="yes"), to={"dampening": 0}, varying=(lr,)),
    ),
    controls=(same_path(average, momentum, name="the rate is not adapted"),),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
