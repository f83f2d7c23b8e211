"""Adam with beta1 = 0 is RMSProp with bias correction; without the correction of the second moment
it is RMSProp, epsilon beside the root or inside it.

Source: Kingma and Ba 2015, arXiv:1412.6980v9, section 5.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import beta2, lr
from refmath.proof.runs import state
from refmath.rules import adam, rmsprop


def same(beta1: object, mine: dict[str, str], theirs: dict[str, str], **options: object) -> object:
    return same_path(
        rmsprop.vary(**theirs), adam.vary(**mine), hyper={"rho": beta2}, to={"beta1": beta1},
        states={"v": state("a", "r"), "m": None}, varying=(lr,), **options,
    )


claim = Claim(
    id="adam-rmsprop",
    holds=(
        same(0, {}, {"epsilon": "outside", "bias_correction": "yes"}),
        same(0, {"correct_second": "no"}, {"epsilon": "outside"}),
        same(0, {"correct_second": "no", "epsilon": "inside"}, {}),
    ),
    controls=(
        same("1/2", {"correct_second": "no"}, {"epsilon": "outside"}, name="beta1 = 1/2"),
        same(0, {}, {"epsilon": "outside"}, name="corrected on one side only"),
    ),
    assumptions=("beta1 = 0", "beta2 = rho"),
    relation=True,
)
