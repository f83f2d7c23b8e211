"""AdaMax divides by at least the size of the gradient, and by at least the decayed divisor before.

Source: Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 2.
"""

from sympy import Abs

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta2, g
from refmath.rules import adamax


def bound(rule: object, name: str) -> Along:
    a = Run("a", rule)
    return Along(
        (a,), bounds=(a["u"] >= 0,),
        results=(a["u"] >= Abs(g), a["u"] >= beta2 * a.before("u")), given=domains(a), name=name,
    )


average = adamax.recurrence.replace("u", adamax.recurrence.rhs("u") / 2)
claim = Claim(
    id="adamax-bound",
    holds=(bound(adamax, "maximum"),),
    controls=(bound(average, "half of the maximum"),),
    assumptions=("0 <= beta2 < 1",),
    relation=True,
)
