"""Adam divides its moments by 1 - rho**k: then a constant gradient G gives exactly G and G**2 at
every step.

Printed: s^ = s/(1 - rho_1), r^ = r/(1 - rho_2): the exponent k is lost in both corrections.
Source: Lecture 4: neural networks, backprop, optimization; Kingma and Ba 2015, Algorithm 1.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run, Verdict
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, t
from refmath.proof.runs import symbol_of
from refmath.rules import adam

G = symbol_of("G")


def corrected(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    return Along(
        (a,), {a["m"]: (1 - beta1**t) * G, a["v"]: (1 - beta2**t) * G**2},
        results=(Eq(a["mhat"], G), Eq(a["vhat"], G**2)), given=domains(a), name=name,
    )


def wrong(name: str) -> Along:
    return corrected(adam.variant(name), name)


claim = Claim(
    id="T21",
    declared=Verdict.REFUTED,
    holds=(corrected(adam, "with the exponent"),),
    printed=(wrong("correction_without_power"),),
    controls=(wrong("first_correction_without_power"), wrong("correction_one_ahead")),
    definition=("refmath.rules:adam",),
    assumptions=("0 <= rho_1, rho_2 < 1", "a constant gradient"),
)
