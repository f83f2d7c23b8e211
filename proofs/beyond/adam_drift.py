"""Where the gradient drifts as a + b t, Adam's corrected first moment lags behind it: by b
(beta1/(1 - beta1) - t beta1**t/(1 - beta1**t)), which tends to b beta1/(1 - beta1). For a constant
gradient it has no bias.

Source: Kingma and Ba 2015, section 3, where the bias of a gradient that is not stationary is called
small.
"""

from sympy import Eq, Rational, symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, t
from refmath.rules import adam

a, b = symbols("a b", real=True)
run = Run("a", adam, gradient=lambda _: a + b * t)
power = beta1**t
moment = (1 - power) * a + b * (t - beta1 * (1 - power) / (1 - beta1))
lag = b * (beta1 / (1 - beta1) - t * power / (1 - power))


def lags(claimed: object, name: str) -> Along:
    return Along((run,), {run["m"]: moment}, results=(Eq(run["mhat"], a + b * t - claimed),),
                 given=domains(run), name=name)


p, k = symbols("p k", real=True)  # p = beta1**t
claim = Claim(
    id="adam-drift",
    holds=(
        Along((run,), {run["m"]: moment}, given=domains(run), name="the raw moment"),
        lags(lag, "the lag"),
        Forall(k * p / (1 - p) <= 2 * k * p, (k >= 1, p >= 0, p <= Rational(1, 2)), script="signs.",
               name="its distance from the limit is at most 2 |b| t beta1**t once beta1**t <= 1/2"),
    ),
    controls=(lags(0 * b, "no lag"), lags(b * beta1 / (1 - beta1), "the limit from the start")),
    assumptions=("the gradient is a + b t", "0 <= beta1 < 1"),
    definition=("refmath.rules:adam",),
)
