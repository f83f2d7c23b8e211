"""AdaGrad's guard of 0/0 changes nothing where the gradient is not zero, and lets a coordinate
rest whose gradients all were.

Source: Optax's and JAX's adagrad.
"""

from sympy import Symbol

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import t, theta0
from refmath.rules import adagrad

G = Symbol("G", real=True, nonzero=True)
guarded = adagrad.vary(guard="yes", epsilon="none")


def same(rule: object, name: str) -> Along:
    a = Run("a", adagrad.vary(epsilon="none"), gradient=lambda _: G)
    b = Run("b", rule, gradient=lambda _: G)
    return Along((a, b), {a["r"]: t * G**2, b["r"]: t * G**2, b["theta"]: a["theta"]},
                 given=domains(a, b), script=None, name=name)


def rests(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: 0)
    return Along((a,), {a["r"]: 0, a["theta"]: theta0}, given=domains(a), script=None, name=name)


claim = Claim(
    id="adagrad-guard",
    holds=(same(guarded, "a gradient that is not 0"), rests(guarded, "the gradient 0")),
    controls=(
        same(guarded.variant("step_adds"), "step_adds"),
    ),
    assumptions=("the same gradient at every step",),
)
