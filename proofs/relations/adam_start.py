"""Where Adam's moments start at epsilon, what is left of it decays: under a constant gradient G
they are beta**t epsilon + (1 - beta**t) G, and with G**2.

Source: Flux's AMSGrad, whose moments start at epsilon.
"""

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, eps, t
from refmath.proof.runs import symbol_of
from refmath.rules import adam

G = symbol_of("G")


def moments(start: str, left: object, name: str) -> Along:
    a = Run("a", adam.vary(start=start), gradient=lambda _: G)
    return Along(
        (a,), {a["m"]: beta1**t * left + (1 - beta1**t) * G,
               a["v"]: beta2**t * left + (1 - beta2**t) * G**2},
        given=domains(a), name=name,
    )


claim = Claim(
    id="adam-start",
    holds=(moments("eps", eps, "at epsilon"), moments("zero", 0, "at 0")),
    controls=(moments("eps", 0, "at epsilon, for at 0"),),
    assumptions=("the same gradient at every step",),
)
