"""Every second moment, sum of squares and decaying maximum stays nonnegative, so that its root
exists.

Source: Duchi, Hazan and Singer 2011; Tieleman and Hinton 2012; Zeiler 2012; Kingma and Ba 2015.
"""

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.rules import adadelta, adagrad, adam, adamax, nadam, rmsprop


def kept(rule: object, *states: str, script: str | None = "finish.") -> Along:
    a = Run("a", rule)
    return Along((a,), bounds=tuple(a[s] >= 0 for s in states), given=domains(a), script=script,
                 name=f"{a.rec.name}: {', '.join(states)}")


lost = adam.recurrence.replace("v", adam.recurrence.rhs("v") - 1)
claim = Claim(
    id="moments-nonnegative",
    holds=(kept(adam, "v"), kept(nadam, "v"), kept(adagrad, "r"), kept(rmsprop, "r"),
           kept(adadelta, "r", "x", script=None), kept(adamax, "u")),
    controls=(kept(lost, "v"),),
    assumptions=("hyperparameters in their declared domains",),
    relation=True,
)
