"""The centred second moment r - c**2 is never negative, so that the clamp at 0 changes nothing in
exact arithmetic.

Source: Graves 2013, arXiv:1308.0850, equations 38 to 41.
"""

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import g, rho
from refmath.rules import rmsprop


def variance(rule: object, name: str) -> Along:
    a = Run("a", rule)
    gap = (rho * (1 - rho), (g - a.before("c")) ** 2)
    return Along((a,), bounds=(a["r"] >= a["c"] ** 2,), given=domains(a), using=(gap,),
                 name=name)


centered = rmsprop.vary(centered="unclamped")
lost = centered.recurrence.replace("r", centered.recurrence.rhs("r") / 2)
claim = Claim(
    id="rmsprop-centered",
    holds=(variance(centered, "r >= c**2"),),
    controls=(variance(lost, "half of the average"),),
    assumptions=("0 <= rho < 1", "both averages start at 0"),
    relation=True,
)
