"""On a quadratic momentum improves the best rate from (kappa - 1)/(kappa + 1) to (sqrt kappa -
1)/(sqrt kappa + 1).

Source: Optimization in Deep Learning (after Goodfellow et al.), when momentum helps; Polyak
1964.
"""

from sympy import Eq, symbols

from refmath.closed_form import optimal_heavy_ball, optimal_rate
from refmath.closed_form.rates import highest, lowest
from refmath.proof import Claim, Forall

s, low = symbols("s m", real=True)  # s = sqrt(kappa), m the least curvature
put = {lowest: low, highest: s**2 * low}
real = (s > 1, low > 0)


def heavy(name: str) -> object:
    return optimal_heavy_ball.results[name].xreplace(put)


def plain(name: str) -> object:
    return optimal_rate.results[name].xreplace(put)


def double_root(curvature: object) -> Forall:
    trace = 1 + heavy("momentum") - heavy("lr") * curvature
    return Forall(Eq(trace**2, 4 * heavy("momentum")), real, script=None,
                  name=f"both roots have modulus sqrt(momentum) at curvature {curvature}")


rate = (s - 1) / (s + 1)
claim = Claim(
    id="A9",
    holds=(
        double_root(low), double_root(s**2 * low),
        Forall(Eq(heavy("rate"), rate), real, script="quotients. finish.", name="its rate"),
        Forall(Eq(heavy("momentum"), rate**2), real, name="sqrt(momentum) is it",
               script="quotients. finish."),
        Forall(Eq(1 - plain("lr") * low, plain("rate")), real, script="signs.",
               name="descent at the least curvature"),
        Forall(Eq(plain("lr") * s**2 * low - 1, plain("rate")), real, script="signs.",
               name="descent at the largest"),
        Forall(rate < plain("rate"), real, script="signs.", name="it is better"),
    ),
    controls=(Forall(rate < plain("rate"), (s >= 1, low > 0), name="also where kappa = 1"),),
    definition=("refmath.closed_form:optimal_heavy_ball", "refmath.closed_form:optimal_rate"),
    assumptions=("quadratic, curvatures in [m, kappa m], kappa > 1",),
)
