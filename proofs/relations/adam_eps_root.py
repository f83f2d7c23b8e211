"""A second epsilon inside Adam's root is an epsilon of its own there: where the first is inside
too, they add up; where it is beside, the second moment is larger by the second.

Source: Optax's adam and nadam, eps_root.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import eps, lr
from refmath.proof.runs import symbol_of
from refmath.rules import adam, nadam

second = symbol_of("eps_root")
inside = adam.vary(epsilon="inside")


def beside(rule: object, moment: str, inner: object, name: str) -> Along:
    a = Run("a", rule.vary(eps_root="yes"))
    step = a.before("theta") - a["theta"]
    root = sqrt(a["vhat"] + inner) + eps
    return Along((a,), bounds=(a["v"] >= 0,), results=(Eq(step * root, lr * a[moment]),),
                 given=domains(a), script=None, name=name)


claim = Claim(
    id="adam-eps-root",
    holds=(
        same_path(inside, inside.vary(eps_root="yes"), hyper={"eps": eps + second},
                  given=(second >= 0,), varying=(lr,), script=None),
        beside(adam, "mhat", second, "Adam"), beside(nadam, "n", second, "NAdam"),
    ),
    controls=(beside(adam, "mhat", 0, "without the second"),),
    assumptions=("any gradients",),
)
