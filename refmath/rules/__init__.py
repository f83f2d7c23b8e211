"""The update rules, each declared once."""

from refmath.errors import UnknownName
from refmath.rule import Rule
from refmath.rules.adadelta import adadelta as adadelta
from refmath.rules.adagrad import adagrad as adagrad
from refmath.rules.adam import adam as adam
from refmath.rules.adam import adamw as adamw
from refmath.rules.adam import amsgrad as amsgrad
from refmath.rules.adamax import adamax as adamax
from refmath.rules.momentum import momentum as momentum
from refmath.rules.nadam import nadam as nadam
from refmath.rules.nesterov import nesterov as nesterov
from refmath.rules.rmsprop import rmsprop as rmsprop
from refmath.rules.sgd import sgd as sgd

ALL: dict[str, Rule] = {
    r.name: r
    for r in (
        sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, amsgrad, adamax, nadam
    )
}
"""Every rule by name."""


def get(name: str) -> Rule:
    """The rule of that name.

    Raises:
        UnknownName: There is none; the message lists those that exist.
    """
    if name not in ALL:
        raise UnknownName("rule", name, list(ALL))
    return ALL[name]
