"""Under a constant gradient G, Adadelta's average is (1 - rho**t) G**2; its step against the
gradient is lr times d, d**2 in the ratio of the two averages, and what it averages is d**2.

Source: Zeiler 2012, arXiv:1212.5701, Algorithm 1.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import eps, lr, rho, t
from refmath.proof.runs import symbol_of
from refmath.rules import adadelta

G = symbol_of("G")


def steps(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    old = a.before("theta")
    return Along(
        (a,), {a["r"]: (1 - rho**t) * G**2},
        results=(
            Eq(a["d"], G * sqrt(eps + a.before("x")) / sqrt(eps + (1 - rho**t) * G**2)),
            Eq(a["x"] - rho * a.before("x"), (1 - rho) * a["d"]**2),
            Eq(a["theta"], old - lr * a["d"]),
        ),
        bounds=(a["x"] >= 0,), given=domains(a), name=name,
    )


claim = Claim(
    id="constant-adadelta",
    holds=(steps(adadelta, "the steps"),),
    controls=(
        steps(adadelta.variant("step_adds"), "step_adds"),
        steps(adadelta.variant("roots_exchanged"), "roots_exchanged"),
    ),
    assumptions=("the same gradient at every step",),
)
