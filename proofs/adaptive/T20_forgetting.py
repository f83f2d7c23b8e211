"""The average of squares in RMSProp and Adadelta forgets by the factor rho a step: once gradients
vanish it is rho**t of what it was, halved after ln 2 / -ln rho steps.

Source: Lecture 4: neural networks, backprop, optimization (no formula printed); Goodfellow,
Bengio and Courville 2016, Algorithm 8.5; Zeiler 2012.
"""

from math import ceil, log

from sympy import Integer

from refmath.proof import Along, Claim, Computed, Run
from refmath.proof.names import rho, t
from refmath.proof.runs import symbol_of
from refmath.rules import rmsprop

start = symbol_of("initial_accumulator")


def fades(rule: object, name: str) -> Along:
    a = Run("a", rule, gradient=lambda _: Integer(0))
    return Along((a,), {a["r"]: rho**t * start}, given=(rho >= 0, rho < 1), name=name)


def halves() -> bool:
    """With rho = 9/10 the average is more than a half after 6 steps, less after 7."""
    return 2 * 9**6 > 10**6 and 2 * 9**7 < 10**7


kept = rmsprop.vary(start="value")
summed = next(w for w in rmsprop.wrong if w.name == "decay_exchanged")
claim = Claim(
    id="T20",
    holds=(
        fades(kept, "without gradients"),
        Computed("half-life at rho = 0.9", {
            "whole numbers": halves,
            "logarithm": lambda: ceil(log(2) / -log(0.9)) == 7,
        }),
    ),
    controls=(fades(kept.variant(summed), "rho and 1 - rho exchanged"),),
    definition=("refmath.rules:rmsprop", "refmath.rules:adadelta"),
    assumptions=("0 <= rho < 1",),
)
