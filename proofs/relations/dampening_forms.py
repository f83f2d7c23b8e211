"""Dampening tau is a learning rate (1 - tau) as large, for momentum and for Nesterov's look-ahead;
where the first gradient is spared, it is dampening of a first gradient 1/(1 - tau) as large.

Source: PyTorch's SGD and ONNX's Momentum, which spare the first gradient; MLX's SGD.
"""

from sympy import Eq, Piecewise

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import g, lr, t
from refmath.proof.runs import symbol_of
from refmath.rules import momentum, nesterov

tau = symbol_of("dampening")
first = Piecewise((g / (1 - tau), Eq(t, 1)), (g, True))


def spared(rule: object, larger: object = first, name: str = "") -> Along:
    a = Run("a", rule.vary(dampening="not_first"))
    b = Run("b", rule.vary(dampening="yes"), gradient=lambda _: larger)
    same = {b[n]: a[n] for n in a.states}
    return Along((a, b), same, given=(*domains(a, b), tau < 1), script=None, name=name)


def smaller(rule: object) -> Along:
    return same_path(rule, rule.vary(dampening="yes"), hyper={"lr": lr * (1 - tau)})


claim = Claim(
    id="dampening-forms",
    holds=(smaller(momentum), smaller(nesterov), spared(momentum), spared(nesterov)),
    controls=(spared(momentum, g, "the same gradients"),),
    assumptions=("any gradients", "tau < 1 where a gradient is divided by 1 - tau"),
    relation=True,
)
