"""Under a constant gradient G, AdamW shrinks the parameter by 1 - lr lambda and moves it by -lr
G/(|G| + epsilon), at every step alike.

Source: Loshchilov and Hutter 2019, arXiv:1711.05101v3, Algorithm 2.
"""

from sympy import Abs, Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, eps, lr, t, wd
from refmath.proof.runs import symbol_of
from refmath.rules import adamw

G = symbol_of("G")


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    old = a.before("theta")
    return Along(
        (a,), {a["m"]: (1 - beta1**t) * G, a["v"]: (1 - beta2**t) * G**2},
        results=(Eq(a["theta"], (1 - lr * wd) * old - lr * G / (Abs(G) + eps)),),
        given=domains(a), name=name, script=None,
    )


claim = Claim(
    id="constant-adamw",
    holds=(steps(adamw, "the steps"),),
    controls=(
        steps(adamw.variant("step_adds"), "step_adds"),
        steps(adamw.variant("decoupled_sign"), "decoupled_sign"),
    ),
    assumptions=("the same gradient at every step",),
)
