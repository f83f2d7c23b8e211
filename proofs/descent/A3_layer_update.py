"""The parameters of a layer move by -alpha times the error's derivative by them.

Source: Optimization in Deep Learning (after Goodfellow et al.), update of the last layer.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.names import g, lr
from refmath.rules import sgd

a = Run("a", sgd)
wrong = Run("a", sgd.variant(sgd.wrong[0]))


def step(run: Run) -> Along:
    return Along((run,), results=(Eq(run["theta"], run.before("theta") - lr * g),), varying=(lr,))


claim = Claim(
    id="A3", holds=(step(a),), controls=(step(wrong),), definition=("refmath.rules:sgd",),
    assumptions=("any gradient", "any learning rate, also a changing one"),
)
