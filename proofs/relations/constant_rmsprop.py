"""Under a constant gradient G, RMSProp's average is (1 - rho**t) G**2, and its step -lr G over the
root of that and epsilon.

Source: Goodfellow, Bengio and Courville 2016, Algorithm 8.5.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import eps, lr, rho, t
from refmath.proof.runs import symbol_of
from refmath.rules import rmsprop

G = symbol_of("G")


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    old = a.before("theta")
    return Along(
        (a,), {a["r"]: (1 - rho**t) * G**2},
        results=(Eq(a["theta"], old - lr * G / sqrt(eps + (1 - rho**t) * G**2)),),
        given=domains(a), name=name,
    )


claim = Claim(
    id="constant-rmsprop",
    holds=(steps(rmsprop, "the steps"),),
    controls=(
        steps(rmsprop.variant("step_adds"), "step_adds"),
        steps(rmsprop.variant("decay_exchanged"), "decay_exchanged"),
    ),
    assumptions=("the same gradient at every step",),
)
