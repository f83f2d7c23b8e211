"""Adam with a counter that lags is Adam without corrections at a learning rate and an epsilon of
its own at every step: those of the corrections of the step before, and of none at the first.

Source: Kingma and Ba 2015, arXiv:1412.6980v9, section 2; ONNX's Adam, counted from zero.
"""

from sympy import Eq, Piecewise, sqrt

from refmath.proof import Along, Claim
from refmath.proof.laws import same_path
from refmath.proof.names import beta1, beta2, eps, lr, t
from refmath.rules import adam

lagging = adam.vary(counter="lagging")
bare = adam.vary(correct_first="no", correct_second="no")


def behind(steps: int, name: str = "") -> Along:
    c1, c2 = (Piecewise((1, Eq(t, 1)), (1 - b ** (t - steps), True)) for b in (beta1, beta2))
    own = {"lr": lr * sqrt(c2) / c1, "eps": eps * sqrt(c2)}
    return same_path(lagging, bare, to=own, script=None, name=name)


claim = Claim(
    id="adam-lagging",
    holds=(behind(1),),
    controls=(behind(0, "the corrections of the same step"),),
    assumptions=("any gradients",),
    relation=True,
)
