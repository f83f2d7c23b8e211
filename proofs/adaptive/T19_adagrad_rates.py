"""Under a constant gradient G AdaGrad's sum is t G**2, so that the effective rate is eps/(delta +
sqrt(t) |G|): larger where the function is flatter, shrinking like 1/sqrt(t).

Source: Lecture 4: neural networks, backprop, optimization; Duchi, Hazan and Singer 2011.
"""

from sympy import Eq, sqrt, symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import eps, lr, t
from refmath.rules import adagrad

G, steep, flat, k = symbols("G steep flat k", real=True)
a = Run("a", adagrad, gradient=lambda _: G)
lost = Run("a", adagrad.variant(adagrad.wrong[0]), gradient=lambda _: G)


def rate(size: object) -> object:
    return lr / (eps + sqrt(k) * size)


positive = (eps > 0, lr > 0, k > 0, flat >= 0)
claim = Claim(
    id="T19",
    holds=(
        Along((a,), {a["r"]: t * G**2}, name="the sum"),
        Along((a,), {a["r"]: t * G**2}, results=(
            Eq(a["theta"], a.before("theta") - lr * G / (eps + sqrt(t * G**2))),
        ), given=(eps > 0,), name="the step", script=None),
        Forall(rate(flat) > rate(steep), (*positive, steep > flat), script=None,
               name="flatter is faster"),
    ),
    controls=(
        Along((lost,), {a["r"]: t * G**2}, name="the sum forgets"),
        Forall(rate(flat) > rate(steep), positive, name="whichever is steeper"),
    ),
    assumptions=("a constant gradient",),
)
