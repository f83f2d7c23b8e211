"""The binary hinge loss, max(0, 1 - y s), and its square."""

from collections.abc import Callable
from typing import Any

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, ROW_WEIGHTS, reduce
from refmath.tensor import Tensor, absolute, relu, tensors

s, y, b, w = tensors("s[n] y[n] b[n] w[n]")

_Hinge = Callable[[Tensor], Tensor]


def _zero(u: Tensor) -> Tensor:
    return relu(u)


def _one(u: Tensor) -> Tensor:
    return u + relu(-u)


def _half(u: Tensor) -> Tensor:
    return (u + absolute(u)) / 2


def _loss(
    labels: Tensor, power: Any, kink: _Hinge, reduction: str, weights: str | None
) -> Tensor:
    losses = kink(1 - labels * s) ** power
    return reduce(losses, reduction, w if weights else None, weights or "count")


hinge = Objective(
    name="hinge",
    title="Hinge loss",
    source="Cortes and Vapnik 1995, Support-Vector Networks; Hastie, Tibshirani and Friedman "
           "2009, The Elements of Statistical Learning, equation 12.25",
    inputs=(
        parameter(s, "scores"),
        given(y, "labels", "{-1, 1}"),
        given(b, "labels", "{0, 1}"),
        given(w, "weights of the examples", "[0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("labels", {"signs": y, "bits": 2 * b - 1}, "labels -1 and 1, or 0 and 1"),
        Axis("power", {"one": 1, "two": 2}, "the hinge, or its square"),
        Axis("kink", {"zero": _zero, "one": _one, "half": _half},
             "the derivative of max(0, u) at u = 0: 0 (relu), 1 (clamp), 1/2 (maximum)"),
        ROW_REDUCTION,
        ROW_WEIGHTS,
    ),
    notes=("max(0, u) is written u + max(0, -u) or (u + |u|)/2 where its derivative at 0 is "
           "chosen to be 1 or 1/2",),
)

squared_hinge = hinge.derive(
    "squared_hinge", "Squared hinge loss",
    "Chang, Hsieh and Lin 2008, Coordinate Descent Method for Large-scale L2-loss Linear Support "
    "Vector Machines, JMLR 9, section 1",
    power="two",
)
