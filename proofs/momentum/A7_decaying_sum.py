"""The velocity is a decaying sum of past gradients, of weight 1/(1 - alpha) in all: a constant
gradient G reaches the speed rho G/(1 - alpha). With dampening 1 - alpha it is an average.

Printed: momentum accumulates an exponentially decaying moving average of past gradients.
Source: Optimization in Deep Learning (after Goodfellow et al.), momentum.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Forall, Run, Verdict
from refmath.proof.names import lr, mu, t
from refmath.proof.runs import symbol_of
from refmath.rules import momentum

G = symbol_of("G")
unit = (mu >= 0, mu < 1)


def speed(rule: object, claimed: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: G)
    return Along((a,), {a["v"]: claimed}, given=unit, name=name)


averaging = momentum.vary(dampening="average")
claim = Claim(
    id="A7",
    declared=Verdict.REFUTED,
    holds=(
        speed(momentum, -lr * G * (1 - mu**t) / (1 - mu), "speed under a constant gradient"),
        speed(averaging, -lr * G * (1 - mu**t), "with dampening it is an average"),
    ),
    printed=(
        speed(momentum, -lr * G * (1 - mu**t), "the velocity is an average"),
        Forall(Eq(1 / (1 - mu), 1), unit, name="its weights add up to 1"),
    ),
    assumptions=("0 <= alpha < 1", "a constant gradient, for the speed"),
)
