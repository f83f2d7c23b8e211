"""Adam is RMSProp with bias correction where beta1 = 0; with momentum they differ: Adam averages
gradients and then divides, RMSProp divides and then accumulates.

Printed: Adam can be seen as RMSProp with momentum.
Source: Lecture 4: neural networks, backprop, optimization, Adam can be seen as RMSProp with
momentum.
"""

from refmath.proof import Claim, Verdict
from refmath.proof.laws import same_path
from refmath.proof.names import beta1, beta2, lr
from refmath.proof.runs import state
from refmath.rules import adam, rmsprop

theirs = {"epsilon": "outside", "bias_correction": "yes"}


def same(momentum: str, hyper: dict[str, object], first: object, **options: object) -> object:
    return same_path(
        rmsprop.vary(momentum=momentum, **theirs), adam, hyper={"rho": beta2, **hyper},
        to={"beta1": first}, states={"v": state("a", "r"), "m": None}, varying=(lr,), **options,
    )


claim = Claim(
    id="T23",
    declared=Verdict.REFUTED,
    holds=(same("no", {}, 0, name="without momentum they coincide"),),
    printed=(
        same_path(
            rmsprop.vary(momentum="yes", **theirs), adam, states={"v": state("a", "r"), "m": None},
            hyper={"rho": beta2, "momentum": beta1, "lr": 1, "eps": 1}, to={"lr": 1, "eps": 1},
            name="RMSProp with momentum beta1",
        ),
        same("yes", {"momentum": beta1, "lr": lr * (1 - beta1)}, beta1,
             name="RMSProp with momentum beta1, rate times 1 - beta1"),
    ),
    assumptions=("both corrected for their start, epsilon beside the root",),
    relation=True,
)
