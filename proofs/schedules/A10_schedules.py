"""Learning-rate schedules are functions of the step: step, multi-step, exponential, inverse time,
polynomial, cosine, warm-up, one-cycle, reduce on plateau; the exponential one multiplies by
gamma**(1/n) a step.

Source: Optimization in Deep Learning (after Goodfellow et al.), outline.
"""

from itertools import pairwise

from sympy import symbols

from refmath.proof import Claim, Computed, Forall
from refmath.schedules import exponential

k, lr, end = symbols("k lr end", real=True)


def falls(step: object, power: int) -> object:
    return end + (lr - end) * (1 - step) ** power


def agrees(ratio: int) -> bool:
    values = [exponential.value(t, lr="1", gamma="1/2", decay_steps=1) for t in range(6)]
    return all(b * ratio == a for a, b in pairwise(values))


claim = Claim(
    id="A10",
    holds=(
        Computed("recursion and formula", {
            "ratio": lambda: agrees(2),
            "formula": lambda: exponential.value(5, lr="1", gamma="1/2", decay_steps=1) * 32 == 1,
        }),
        Forall(falls(k, 1) >= end, (lr >= end, k >= 0, k <= 1), name="polynomial stays above"),
    ),
    controls=(Computed("a ratio of 3", {"ratio": lambda: agrees(3)}, lambda: "t = 1"),),
    definition=("refmath.schedules:ALL",),
)
