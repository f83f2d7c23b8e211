"""Gradient descent with noise of variance s in the gradient of a quadratic settles at the mean
square h s/(lambda (2 - h lambda)) and no lower: the distance from it shrinks by (1 - h lambda)**2
a step. Half the rate gives less than half of it.

Source: Bottou, Curtis and Nocedal 2018, section 4.2; Robbins and Monro 1951.
"""

from sympy import Eq, symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import g, lam, lr
from refmath.rules import sgd

s, v = symbols("s v", real=True)  # variances of the noise and of theta
stable = (lam > 0, s > 0, lr > 0, lr < 2 / lam)
run = Run("a", sgd, gradient=lambda p: lam * p + g)
theta = run.before("theta")


def floor(rate: object) -> object:
    return rate * s / (lam * (2 - rate * lam))


def after(before: object) -> object:
    """The mean square after a step: that before, contracted, and the noise's."""
    return (1 - lr * lam) ** 2 * before + lr**2 * s


claim = Claim(
    id="noise-floor",
    holds=(
        Along((run,), results=(Eq(run["theta"], (1 - lr * lam) * theta - lr * g),),
              name="a step is linear, so that variances add"),
        Forall(Eq(after(floor(lr)), floor(lr)), stable, name="the floor is stationary",
               script="quotients. finish."),
        Forall(Eq(after(v) - floor(lr), (1 - lr * lam) ** 2 * (v - floor(lr))), stable,
               name="the distance from it shrinks",
               script="quotients. finish."),
        Forall(2 * floor(lr / 2) < floor(lr), stable, name="half the rate", script="signs."),
    ),
    controls=(
        Forall(2 * floor(lr / 2) >= floor(lr), stable, name="no more than in proportion"),
        Forall(Eq(after(lr * s / (2 * lam)), lr * s / (2 * lam)), stable,
               name="the floor of an infinitely small rate"),
    ),
    assumptions=("noise of mean 0, independent of the past", "a quadratic", "0 < h < 2/lambda"),
    definition=("refmath.rules:sgd",),
)
