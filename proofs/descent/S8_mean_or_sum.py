"""Leaving out 1/n, a sum for a mean, rescales the learning rate in gradient descent, momentum and
Nesterov's method, but not in AdaGrad, RMSProp and Adam, nor with weight decay.

Printed: leaving out 1/n just rescales the learning rate.
Source: Scaling Optimization, leaving out 1/n just rescales the learning rate.
"""

from refmath.proof import Claim, Verdict
from refmath.proof.laws import scaled
from refmath.proof.names import c, eps, lr
from refmath.rules import adagrad, adam, momentum, nesterov, rmsprop, sgd

rate, both = {"lr": lr / c}, {"lr": lr, "eps": c * eps}


def only_rate(rule: object, powers: dict[str, int]) -> object:
    return scaled(rule, powers, rate, name=f"{rule.name}: the rate alone")


claim = Claim(
    id="S8",
    declared=Verdict.REFUTED,
    holds=(
        only_rate(sgd, {}), only_rate(momentum, {}), only_rate(nesterov, {}),
        scaled(adam, {"m": 1, "v": 2}, both, name="Adam: epsilon alone"),
        scaled(adagrad, {"r": 2}, both, name="AdaGrad: epsilon alone"),
    ),
    printed=(
        only_rate(adagrad, {"r": 2}), only_rate(rmsprop, {"r": 2}),
        only_rate(adam, {"m": 1, "v": 2}), only_rate(sgd.vary(weight_decay="coupled"), {}),
    ),
    assumptions=("the gradient is multiplied by c > 0",),
    relation=True,
)
