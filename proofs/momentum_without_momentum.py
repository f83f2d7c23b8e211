"""With momentum 0, the heavy ball is gradient descent.

Status: exact, for every learning rate, also a changing one, and every sequence of gradients: each
step takes the parameter to the same place, by normal form.
Source: Goodfellow, Bengio and Courville 2016, Algorithms 8.1 and 8.2.
"""

from refmath.emit.equality import is_zero
from refmath.notation import t
from refmath.rule import Rule
from refmath.rules import momentum, sgd


def difference(rule: Rule) -> object:
    """What a step of a momentum rule without momentum adds to a step of gradient descent."""
    mu, v, theta = rule.hyper["momentum"], rule.recurrence.states[1], rule.parameter
    step = rule.recurrence.rhs("theta").xreplace({v[t]: rule.recurrence.rhs("v")})
    own = sgd.recurrence.rhs("theta").xreplace(
        {sgd.hyper["lr"]: rule.hyper["lr"], sgd.gradient[t]: rule.gradient[t],
         sgd.parameter[t - 1]: theta[t - 1]}
    )
    return (step - own).xreplace({mu: 0})


def prove() -> bool:
    """Both places of the learning rate come to the same."""
    return all(is_zero(difference(momentum.vary(rate=r))) for r in ("inside", "outside"))


def control() -> bool:
    """The same of a velocity that averages with the weight 1/2 is false."""
    half = momentum.recurrence.rhs("v") / 2
    wrong = momentum.recurrence.replace("v", half).rhs("v")
    step = momentum.recurrence.rhs("theta").xreplace({momentum.recurrence.states[1][t]: wrong})
    exact = momentum.recurrence.rhs("theta").xreplace(
        {momentum.recurrence.states[1][t]: momentum.recurrence.rhs("v")}
    )
    return is_zero((step - exact).xreplace({momentum.hyper["momentum"]: 0}))
