"""The moments start at 0 and are biased towards it by the factor 1 - beta**t; the corrected ones
are unbiased for a stationary gradient: expectation is linear, so that its mean takes the place
of a constant gradient.

Source: Lecture 4: neural networks, backprop, optimization; Kingma and Ba 2015, section 3.
"""

from sympy import Eq, symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.laws import domains
from refmath.proof.names import beta1, t
from refmath.rules import adam

mean, first, second = symbols("mean first second", real=True)
a = Run("a", adam, gradient=lambda _: mean)
moment = {a["m"]: (1 - beta1**t) * mean}
x, y = symbols("x y", real=True)
claim = Claim(
    id="T22",
    holds=(
        Along((a,), moment, results=(Eq(a["mhat"], mean),), given=domains(a),
              name="the mean of the moments"),
        Forall(
            Eq((beta1 * x + (1 - beta1) * first + beta1 * y + (1 - beta1) * second) / 2,
               beta1 * (x + y) / 2 + (1 - beta1) * (first + second) / 2),
            name="the step is linear, so that it commutes with expectation"),
    ),
    controls=(
        Along((a,), {a["m"]: mean}, given=domains(a), name="the raw moment is unbiased"),
    ),
    assumptions=("E g_t is the same at every step", "0 <= beta1 < 1"),
)
