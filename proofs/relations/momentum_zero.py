"""Momentum 0 makes the heavy ball gradient descent, wherever the learning rate stands in it.

Source: Polyak 1964; Goodfellow, Bengio and Courville 2016, Algorithms 8.1 and 8.2.
"""

from refmath.proof import Along, Claim, Run
from refmath.proof.names import lr
from refmath.rules import momentum, sgd


def same(**settings: str) -> Along:
    a, b = Run("a", sgd), Run("b", momentum.vary(**settings), {"momentum": 0})
    return Along((a, b), {b["theta"]: a["theta"]}, varying=(lr,), name=str(settings))


def same_as_half(**settings: str) -> Along:
    a, b = Run("a", sgd), Run("b", momentum.vary(**settings), {"momentum": "1/2"})
    return Along((a, b), {b["theta"]: a["theta"]}, varying=(lr,), name="momentum 1/2")


claim = Claim(
    id="momentum-zero",
    holds=(same(rate="inside"), same(rate="outside")),
    controls=(same_as_half(rate="inside"),),
    assumptions=("any gradients", "any learning rates, also changing ones"),
    relation=True,
)
