"""AdaGrad: r <- r + g*g; theta <- theta - eps/(delta + sqrt r) * g, with the gradient at theta_k
in both places.

Printed: the gradient stands once at theta_k, once at theta_{k+1}.
Source: Lecture 4: neural networks, backprop, optimization; Goodfellow, Bengio and Courville
2016, Algorithm 8.4.
"""

from sympy import Eq, sqrt

from refmath.proof import Along, Claim, Forall, Run, Verdict
from refmath.proof.names import eps, g, lam, lr, theta0
from refmath.rules import adagrad

a = Run("a", adagrad)
step = lr / (eps + sqrt(a["r"])) * g
lost = Run("a", adagrad.variant(adagrad.wrong[2]))
new = theta0 / 2
root = sqrt(lam**2 * theta0**2)
claim = Claim(
    id="T18",
    declared=Verdict.REFUTED,
    holds=(
        Along((a,), results=(
            Eq(a["r"], a.before("r") + g**2), Eq(a["theta"], a.before("theta") - step),
        ), given=(eps > 0,), varying=(lr,), script="equation."),
    ),
    printed=(
        Forall(Eq(lam * theta0 / (1 + root), lam * new / (1 + root)), (lam > 0,),
               name="the gradient at the new parameters is that at the old"),
    ),
    controls=(
        Along((lost,), results=(Eq(a["theta"], a.before("theta") - step),), given=(eps > 0,),
              name="divides by the sum before"),
    ),
    definition=("refmath.rules:adagrad",),
    assumptions=("counterexample: a parabola, whose new parameter is half of the old",),
)
