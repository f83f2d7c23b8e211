"""Under a constant gradient G, NAdam's moments are those of Adam, its momentum of the next step is
the one it looks ahead with, and its step mixes both.

Source: Dozat 2016, Algorithm 2.
"""

from sympy import Eq, Rational, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, eps, lr, t
from refmath.proof.runs import symbol_of
from refmath.rules import nadam

G = symbol_of("G")


def momentum(step: object) -> object:
    return beta1 * (1 - Rational(24, 25) ** (symbol_of("momentum_decay") * step) / 2)


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    old = a.before("theta")
    return Along(
        (a,), {a["m"]: (1 - beta1**t) * G, a["v"]: (1 - beta2**t) * G**2},
        results=(
            Eq(a["mu"], momentum(t)), Eq(a["ahead"], momentum(t + 1)),
            Eq(a["n"], G * ((1 - a["mu"]) / (1 - a["p"])
                            + a["ahead"] * (1 - beta1**t) / (1 - a["ahead"] * a["p"]))),
            Eq(a["p"], a["mu"] * a.before("p")),
            Eq(a["theta"], old - lr * a["n"] / (sqrt(G**2) + eps)),
        ),
        given=domains(a), name=name, script=None,
    )


claim = Claim(
    id="constant-nadam",
    holds=(steps(nadam, "the steps"),),
    controls=(
        steps(nadam.variant("step_adds"), "step_adds"),
        steps(nadam.variant("momenta_exchanged"), "momenta_exchanged"),
    ),
    assumptions=("the same gradient at every step",),
)
