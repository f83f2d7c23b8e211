"""AMSGrad divides by the root of a maximum that no second moment exceeds and that never falls:
of the raw one, or of the corrected one, with epsilon beside the root that is corrected or not.

Source: Reddi, Kale and Kumar 2018, Algorithm 2; PyTorch's, Keras's and Optax's AMSGrad.
"""

from sympy import Eq, Ge, sqrt

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, eps, lr, t
from refmath.rules import adam


def divided(kind: str, epsilon: str, root: object, second: object, name: str) -> Along:
    a = Run("a", adam.vary(amsgrad=kind, epsilon=epsilon))
    step, largest = a.before("theta") - a["theta"], a["vmax"]
    return Along(
        (a,), bounds=(a["v"] >= 0, largest >= 0),
        results=(
            Ge(largest, a.before("vmax")), Ge(largest, a["v"] / second),
            Eq(step * (1 - beta1**t) * root(largest), lr * a["m"]),
        ),
        given=domains(a), script=None, name=name,
    )


corrected = sqrt(1 - beta2**t)
claim = Claim(
    id="amsgrad-forms",
    holds=(
        divided("raw", "outside", lambda y: sqrt(y / (1 - beta2**t)) + eps, 1, "raw"),
        divided("raw", "hat", lambda y: (sqrt(y) + eps) / corrected, 1, "raw, epsilon-hat"),
        divided("corrected", "outside", lambda y: sqrt(y) + eps, 1 - beta2**t, "corrected"),
        divided("corrected", "hat", lambda y: (sqrt(y) + eps) / corrected, 1 - beta2**t,
                "corrected, epsilon-hat"),
    ),
    controls=(
        divided("raw", "outside", lambda y: sqrt(y) + eps, 1, "raw for corrected"),
    ),
    assumptions=("any gradients",),
)
