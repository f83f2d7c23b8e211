"""On a quadratic with curvatures in [mu, L], Nesterov's method with the rate 1/L and the momentum
(sqrt kappa - 1)/(sqrt kappa + 1) has the spectral radius 1 - 1/sqrt kappa: a double root at mu,
complex roots of a smaller modulus above it.

Source: Nesterov 2004, section 2.2; Lessard, Recht and Packard 2016, proposition 1.
"""

from sympy import Eq, symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import lam, lr
from refmath.proof.names import mu as beta
from refmath.rules import nesterov

s, a = symbols("s a", real=True)  # s = 1/sqrt kappa; a = lambda/L, from s**2 to 1
best = (1 - s) / (1 + s)
trace, product = (1 + best) * (1 - a), best * (1 - a)  # of the recursion's two roots
at = {a: s**2}
run = Run("a", nesterov, gradient=lambda p: lam * p)
theta, v = run.before("theta"), run.before("v")
inside = (s > 0, s < 1)
claim = Claim(
    id="nesterov-quadratic",
    holds=(
        Along((run,), results=(
            Eq(run["theta"], (1 - lr * lam) * (theta + beta * v)),
            Eq(run["v"], run["theta"] - theta),
        ), name="theta_t = (1 - h lambda) ((1 + beta) theta_{t-1} - beta theta_{t-2})"),
        Forall(Eq((trace**2 - 4 * product).xreplace(at), 0), inside, name="a double root at mu",
               script="field; lra."),
        Forall(Eq((trace / 2).xreplace(at), 1 - s), inside, name="it is 1 - 1/sqrt kappa",
               script="field; lra."),
        Forall(trace**2 <= 4 * product, (*inside, a >= s**2, a <= 1), script="signs.",
               name="complex roots above mu"),
        Forall(product <= (1 - s) ** 2, (*inside, a >= s**2, a <= 1), script="signs.",
               name="whose squared modulus is no larger"),
    ),
    controls=(
        Forall(trace**2 <= 4 * product, (*inside, a > 0, a <= 1), name="complex also below mu"),
    ),
    assumptions=("quadratic, curvatures in [mu, L], kappa > 1",),
    definition=("refmath.rules:nesterov",),
)
