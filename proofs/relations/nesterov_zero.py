"""Nesterov's method without momentum is gradient descent, in every form.

Source: Sutskever, Martens, Dahl and Hinton 2013, equations 3 and 4.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import G, lr
from refmath.rules import nesterov, sgd


def same(mu: object, **settings: str) -> object:
    return same_path(
        sgd, nesterov.vary(**settings), to={"momentum": mu}, gradient=G if mu == 0
        else lambda x: x, varying=(lr,), name=str(settings),
    )


claim = Claim(
    id="nesterov-zero",
    holds=(same(0), same(0, form="shifted"), same(0, rate="outside"),
           same(0, form="shifted", rate="outside")),
    controls=(same("1/2"),),
    assumptions=("any gradients", "any learning rates"),
    relation=True,
)
