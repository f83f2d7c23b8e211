"""On a quadratic of curvature lambda, Nesterov's rule with the gradient at theta + v is a linear
map of parameter and velocity in which the gradient sees the whole velocity, not mu of it.

Source: Lecture 4: neural networks, backprop, optimization, as printed there.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import lam, lr, mu
from refmath.rules import nesterov


def linear(form: str, pulled: object, name: str) -> Along:
    a = Run("a", nesterov.vary(form=form), gradient=lambda at: lam * at)
    theta, v = a.before("theta"), a.before("v")
    return Along(
        (a,), results=(
            Eq(a["v"], mu * v - lr * lam * (theta + pulled * v)),
            Eq(a["theta"], theta + a["v"]),
        ),
        given=domains(a), name=name,
    )


claim = Claim(
    id="nesterov-undecayed",
    holds=(
        linear("lookahead_undecayed", 1, "the whole velocity"), linear("lookahead", mu, "mu of it"),
    ),
    controls=(linear("lookahead", 1, "taken for the other"),),
    assumptions=("f = lambda theta**2 / 2",),
)
