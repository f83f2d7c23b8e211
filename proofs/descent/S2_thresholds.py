"""On a quadratic gradient descent converges from every start if and only if 0 < h < 2/lambda_max,
and does not oscillate up to 1/lambda_max: small rates are slow, large ones diverge.

Source: Scaling Optimization; LeCun, Bottou, Orr and Mueller 1998, section 5.1.
"""

from sympy import Eq, symbols

from refmath.closed_form import critical_rate, monotone_rate
from refmath.closed_form.rates import highest
from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import lam, lr, t, theta0
from refmath.rules import sgd

x, h = symbols("x h", real=True)
a = Run("a", sgd, gradient=lambda p: lam * p)
factor = (1 - lr * lam) ** 2
critical = critical_rate.results["lr"].xreplace({highest: lam})
steady = monotone_rate.results["lr"].xreplace({highest: lam})
below = (
    "assert (lr * lambda < 2) by (apply (Rmult_lt_compat_r lambda) in {0}; "
    "[ replace (2 / lambda * lambda) with 2 in {0} by (field; lra); lra | lra ]). "
    "assert (0 < lr * lambda) by (apply Rmult_lt_0_compat; lra). nra."
)
above = (
    "assert (lr * lambda >= 2) by (apply Rle_ge; apply Rge_le in {0}; "
    "apply (Rmult_le_compat_r lambda) in {0}; "
    "[ replace (2 / lambda * lambda) with 2 in {0} by (field; lra); lra | lra ]). nra."
)
claim = Claim(
    id="S2",
    holds=(
        Along((a,), {a["theta"]: theta0 * (1 - lr * lam) ** t}, name="the iterates"),
        Forall(factor < 1, (lam > 0, lr > 0, lr < critical), script=below.format("H1"),
               name="it contracts"),
        Forall(factor >= 1, (lam > 0, lr >= critical), script=above.format("H0"),
               name="it does not"),
        Forall(1 - lr * lam >= 0, (lam > 0, lr > 0, lr <= steady), script=None,
               name="no oscillation"),
        Forall(Eq(((x + h) ** 2 - x**2) / h, 2 * x + h), (h > 0,),
               name="a difference quotient"),
    ),
    controls=(
        Forall(factor < 1, (lam > 0, lr > 0, lr <= critical), name="at the critical rate too"),
    ),
    definition=("refmath.closed_form:critical_rate", "refmath.closed_form:monotone_rate"),
    assumptions=("a quadratic", "along an eigen-direction of curvature lambda > 0"),
)
