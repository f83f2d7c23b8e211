"""AdaMax's forms: epsilon beside the maximum, none of it, and a tiny one are one; epsilon within
keeps the maximum at |g| + epsilon at least; without correction the learning rate is corrected.

Source: Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 2; PyTorch's, Optax's, MLX's and DL4J's
AdaMax.
"""

from sympy import Abs, Eq, Ge, Rational

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import beta1, beta2, eps, g, lr, t
from refmath.rules import adamax


def within(form: str, least: object, name: str) -> Along:
    a = Run("a", adamax.vary(epsilon=form))
    step = a.before("theta") - a["theta"]
    return Along(
        (a,), bounds=(a["u"] >= 0,),
        results=(
            Ge(a["u"], least), Ge(a["u"], beta2 * a.before("u")),
            Eq(step * (1 - beta1**t) * a["u"], lr * a["m"]),
        ),
        given=domains(a), script=None, name=name,
    )


claim = Claim(
    id="adamax-forms",
    holds=(
        same_path(adamax, adamax.vary(epsilon="none"), hyper={"eps": 0}, script=None),
        same_path(adamax, adamax.vary(epsilon="tiny"), hyper={"eps": Rational(1, 10**32)},
                  script=None),
        same_path(adamax, adamax.vary(correct_first="no"), to={"lr": lr / (1 - beta1**t)},
                  script=None),
        within("maximum", Abs(g) + eps, "within the maximum"),
    ),
    controls=(
        within("maximum", Abs(g) + 2 * eps, "twice epsilon"),
        same_path(adamax, adamax.vary(correct_first="no"), script=None, name="the same rate"),
    ),
    assumptions=("any gradients",),
)
