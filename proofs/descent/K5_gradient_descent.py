"""Gradient descent subtracts eps times the gradient; on a function of curvature lambda every step
with 0 < eps < 2/lambda lowers it, so that "until convergence" can be tested.

Source: Optimization of deep networks (2019), slide on gradient descent; the criterion of
convergence is not printed.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import g, lam, lr, theta0
from refmath.rules import sgd

a = Run("a", sgd)
after = lam * (theta0 - lr * lam * theta0) ** 2 / 2
lower = after <= lam * theta0**2 / 2
small, least = (lam > 0, lr > 0, lr < 2 / lam), (lam > 0, lr > 0)
script = (
    "assert (lr * lambda < 2) by (apply (Rmult_lt_compat_r lambda) in H1; "
    "[ replace (2 / lambda * lambda) with 2 in H1 by (field; lra); lra | lra ]). "
    "assert (0 < lr * lambda) by (apply Rmult_lt_0_compat; lra). "
    "assert (0 <= lambda * theta_0 ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). "
    "assert (0 <= (lambda * theta_0 ^ 2) * ((lr * lambda) * (2 - lr * lambda))) by "
    "(apply Rmult_le_pos; [assumption | nra]). lra."
)
claim = Claim(
    id="K5",
    holds=(
        Along((a,), results=(Eq(a["theta"], a.before("theta") - lr * g),), name="the step"),
        Forall(lower, small, script=script, name="every step lowers"),
    ),
    controls=(Forall(lower, least, name="any rate lowers"),),
    assumptions=("descent: one direction of curvature lambda > 0", "0 < eps < 2/lambda"),
    definition=("refmath.rules:sgd",),
)
