"""Under a constant gradient G, AMSGrad's step is -lr (1 - beta1**t) G over the root of the largest
second moment and epsilon.

Source: Reddi, Kale and Kumar 2018, Algorithm 2.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, eps, lr, t
from refmath.proof.runs import symbol_of
from refmath.rules import amsgrad

G = symbol_of("G")


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    old = a.before("theta")
    return Along(
        (a,), {a["m"]: (1 - beta1**t) * G, a["v"]: (1 - beta2**t) * G**2},
        results=(
            Eq(a["theta"], old - lr * (1 - beta1**t) * G / (sqrt(a["vmax"]) + eps)),
            a["vmax"] >= (1 - beta2**t) * G**2,
        ),
        given=domains(a), name=name,
    )


claim = Claim(
    id="constant-amsgrad",
    holds=(steps(amsgrad, "the steps"),),
    controls=(
        steps(amsgrad.variant("step_adds"), "step_adds"),
        steps(amsgrad.variant("minimum_for_maximum"), "minimum_for_maximum"),
    ),
    assumptions=("the same gradient at every step",),
)
