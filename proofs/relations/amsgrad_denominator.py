"""AMSGrad's second moment is never below Adam's and never decreases.

Source: Reddi, Kale and Kumar 2018, section 4.
"""

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.rules import adam, amsgrad

a, b = Run("a", amsgrad), Run("b", adam)


def above(largest: str, own: str) -> Along:
    return Along(
        (a, b), {b["m"]: a["m"], b["v"]: a["v"]}, bounds=(a[largest] >= b["v"], a["v"] >= 0),
        results=(a[own] >= a.before(own),), given=domains(a, b), name=own,
    )


claim = Claim(
    id="amsgrad-denominator",
    holds=(above("vmax", "vmax"),),
    controls=(above("v", "v"),),
    assumptions=("0 <= beta1, beta2 < 1", "the same gradients"),
    relation=True,
)
