"""Exponential decay of the learning rate stays below inverse time: exp(-k) < 1/(1 + k) for k from
1/10 to 8. At half the pace it is above it at first, up to k = 2.

Source: schedules of the catalogue; the inequality is 1 + k < exp(k).
"""

from fractions import Fraction

from sympy import exp, symbols

from refmath.proof import Claim
from refmath.proof.box import OnBox

k = symbols("k", real=True)
span = {k: (Fraction(1, 10), Fraction(8))}
claim = Claim(
    id="decay-order",
    holds=(
        OnBox(exp(-k) < 1 / (1 + k), span, name="at the same pace"),
        OnBox(exp(-k / 2) > 1 / (1 + k), {k: (Fraction(1, 10), Fraction(2))},
              name="at half the pace, larger up to 2"),
    ),
    controls=(OnBox(exp(-k / 2) < 1 / (1 + k), span, name="at half the pace, smaller"),),
    assumptions=("k from 1/10 to 8, a bound by intervals",),
    definition=("refmath.schedules:exponential", "refmath.schedules:inverse_time"),
)
