"""Adadelta's direction has the ratio of two root mean squares, each with epsilon beside its root or
inside; where the step is averaged, the average is lr**2 as large for one and the same direction.

Source: Zeiler 2012, arXiv:1212.5701, Algorithm 1.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import eps, g, lr, rho
from refmath.rules import adadelta


def ratio(rule: object, top: object, bottom: object, name: str) -> Along:
    a = Run("a", rule)
    x, r = a.before("x"), a["r"]
    return Along(
        (a,), bounds=(a["r"] >= 0, a["x"] >= 0),
        results=(Eq(a["d"] * bottom(r), top(x) * g),
                 Eq(a["theta"], a.before("theta") - lr * a["d"])),
        given=domains(a), script=None, name=name,
    )


def beside(y: object) -> object:
    return sqrt(y) + eps


def within(y: object) -> object:
    return sqrt(y + eps)


def averaged(form: str, factor: object, name: str) -> Along:
    a = Run("a", adadelta.vary(accumulate=form))
    step = a.before("theta") - a["theta"]
    return Along(
        (a,), results=(Eq(factor * (a["x"] - rho * a.before("x")), (1 - rho) * step**2),),
        given=domains(a), script=None, name=name,
    )


outside = adadelta.vary(epsilon="outside")
claim = Claim(
    id="adadelta-forms",
    holds=(
        ratio(adadelta, within, within, "inside"), ratio(outside, beside, beside, "outside"),
        averaged("step", 1, "the step"), averaged("direction", lr**2, "the direction"),
    ),
    controls=(
        ratio(outside, within, within, "outside for inside"),
        averaged("direction", 1, "the direction for the step"),
    ),
    assumptions=("any gradients",),
)
