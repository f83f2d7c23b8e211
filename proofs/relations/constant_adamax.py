"""Under a constant gradient G, AdaMax divides by |G| and epsilon: its step is -lr G/(|G| +
epsilon).

Source: Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 2.
"""

from sympy import Abs, Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, eps, lr, t
from refmath.proof.runs import symbol_of
from refmath.rules import adamax

G = symbol_of("G")


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    old = a.before("theta")
    return Along(
        (a,), {a["m"]: (1 - beta1**t) * G}, bounds=(a["u"] >= 0, a["u"] <= Abs(G)),
        results=(
            Eq(a["theta"], old - lr * G / (a["u"] + eps)), a["u"] >= Abs(G),
        ),
        given=domains(a), name=name,
    )


claim = Claim(
    id="constant-adamax",
    holds=(steps(adamax, "the steps"),),
    controls=(
        steps(adamax.variant("step_adds"), "step_adds"),
        steps(adamax.variant("correction_without_power"), "correction_without_power"),
    ),
    assumptions=("the same gradient at every step",),
)
