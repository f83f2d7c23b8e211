"""NAdam's epsilon beside the raw root is epsilon/sqrt(1 - beta2**t) beside the corrected one;
without correction of the second moment the learning rate and epsilon have it; a further factor
beta2 on the corrected moment is a factor on every one.

Source: Dozat 2016, Algorithm 2; Flux's and DL4J's NAdam.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import beta2, eps, lr, t
from refmath.rules import nadam

root = sqrt(1 - beta2**t)


def factor(of: object, name: str) -> Along:
    a, b = Run("a", nadam), Run("b", nadam.vary(correct_second="decayed"))
    same = {b[n]: a[n] for n in ("m", "v", "p")}
    return Along((a, b), same, results=(Eq(b["vhat"], of * a["vhat"]),), given=domains(a, b),
                 script=None, name=name)


def bare(rate: object, name: str = "") -> Along:
    own = {"lr": lr * rate, "eps": eps * root}
    return same_path(nadam, nadam.vary(correct_second="no"), to=own, script=None, name=name)


claim = Claim(
    id="nadam-forms",
    holds=(
        same_path(nadam, nadam.vary(epsilon="hat"), hyper={"eps": eps / root}, script=None),
        bare(root), factor(beta2, "beta2"),
    ),
    controls=(bare(1, "the same rate"), factor(1, "no factor")),
    assumptions=("any gradients",),
)
