"""AdaGrad's effective learning rate never rises.

Source: Duchi, Hazan and Singer 2011, section 1.2.
"""

from sympy import sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import eps, lr
from refmath.rules import adagrad, rmsprop


def falls(rule: object, given: tuple[object, ...] = ()) -> Along:
    a = Run("a", rule)
    before, now = lr / (sqrt(a.before("r")) + eps), lr / (sqrt(a["r"]) + eps)
    return Along(
        (a,), bounds=(a["r"] >= 0,), results=(a["r"] >= a.before("r"), now <= before),
        given=domains(a), script=None, name=a.rec.name,
    )


def grows(rule: object) -> Along:
    a = Run("a", rule)
    return Along((a,), bounds=(a["r"] >= 0,), results=(a["r"] >= a.before("r"),),
                 given=domains(a))


claim = Claim(
    id="adagrad-monotone",
    holds=(grows(adagrad), falls(adagrad)),
    controls=(falls(rmsprop.vary(epsilon="outside")),),
    assumptions=("a constant learning rate",),
    relation=True,
)
