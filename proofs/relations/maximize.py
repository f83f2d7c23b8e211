"""To maximize is to minimize with the gradient's sign flipped, in every rule.

Source: PyTorch's option maximize.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.rules import ALL, sgd


def same(name: str, scale: int, **options: object) -> object:
    rule = ALL[name]
    return same_path(rule, rule.vary(maximize="yes"), scale=scale, name=name, **options)


slow = {"nadam"}
claim = Claim(
    id="maximize",
    holds=tuple(same(n, -1, script=None if n in slow else "finish.") for n in ALL),
    controls=(same(sgd.name, 1),),
    assumptions=("without weight decay",),
    relation=True,
)
