"""On a quadratic with curvatures in [m, L] the best fixed rate is 2/(m + L), the critical one 2/L:
at the best rate both ends shrink by (L - m)/(L + m), and every other rate is worse at one of
them.

Source: Optimization in Deep Learning (after Goodfellow et al.), outline; Nesterov 2004, theorem
2.1.15.
"""

from sympy import Eq, symbols

from refmath.closed_form import critical_rate, optimal_rate
from refmath.closed_form.rates import highest, lowest
from refmath.proof import Claim, Forall

m, L, eps, more = symbols("m L eps more", real=True)
put = {lowest: m, highest: L}
best = optimal_rate.results["lr"].xreplace(put)
rate = optimal_rate.results["rate"].xreplace(put)
critical = critical_rate.results["lr"].xreplace(put)
ends = (m > 0, m <= L)
claim = Claim(
    id="A11",
    holds=(
        Forall(Eq(1 - best * m, rate), ends, script="field; lra.", name="at the least curvature"),
        Forall(Eq(best * L - 1, rate), ends, script="field; lra.", name="at the largest"),
        Forall((best + more) * L - 1 >= rate, (*ends, more >= 0), script="signs.",
               name="a larger rate is worse at the largest"),
        Forall(1 - (best - more) * m >= rate, (*ends, more >= 0), script="signs.",
               name="a smaller rate is worse at the least"),
        Forall((1 - eps * L) ** 2 >= 1, (*ends, eps >= critical), script="signs.",
               name="from the critical rate on, the largest does not shrink"),
        Forall((1 - eps * L) ** 2 < 1, (*ends, eps > 0, eps < critical), script="signs.",
               name="below it, it does"),
    ),
    controls=(
        Forall(Eq(1 - m / L, rate), ends, name="the rate 1/L is as good"),
    ),
    definition=("refmath.closed_form:optimal_rate", "refmath.closed_form:critical_rate"),
    assumptions=("0 < m <= L",),
)
