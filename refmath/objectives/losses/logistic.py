"""The logistic loss: binary cross entropy of a logit."""

from collections.abc import Callable
from typing import Any

from sympy import S

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, ROW_WEIGHTS, reduce
from refmath.tensor import Tensor, scalar, softplus, tensors

z, y, s, w = tensors("z[n] y[n] s[n] w[n]")
positive, smoothing = scalar("p"), scalar("e")

_Labels = Callable[[Any, Any], Tensor]


def _bits(weight: Any, e: Any) -> Any:
    wanted = y * (1 - e) + e / 2
    if weight is None:
        return softplus(z) - wanted * z
    return weight * wanted * softplus(-z) + (1 - wanted) * softplus(z)


def _signs(weight: Any, e: Any) -> Any:
    if weight is None and e == 0:
        return softplus(-s * z)
    up, down = (1 + s) / 2, (1 - s) / 2
    front = 1 if weight is None else weight
    wanted, rest = up * (1 - e) + e / 2, down * (1 - e) + e / 2
    return front * wanted * softplus(-z) + rest * softplus(z)


def _loss(
    labels: _Labels, pos_weight: Any, label_smoothing: Any, reduction: str, weights: str | None
) -> Any:
    losses = labels(pos_weight, label_smoothing)
    return reduce(losses, reduction, w if weights else None, weights or "count")


logistic_loss = Objective(
    name="logistic_loss",
    title="Logistic loss (binary cross entropy of logits)",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equations 4.90 and 7.48",
    inputs=(
        parameter(z, "logits"),
        given(y, "labels 0 or 1, or probabilities of 1", "[0, 1]"),
        given(s, "labels", "{-1, 1}"),
        given(positive, "weight of the positive label", "(0, oo)"),
        given(smoothing, "label smoothing", "[0, 1]"),
        given(w, "weights of the examples", "[0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("labels", {"bits": _bits, "signs": _signs}, "labels 0 and 1, or -1 and 1"),
        Axis("pos_weight", {"no": None, "yes": positive}, "a weight of the positive label only"),
        Axis("label_smoothing", {"no": S.Zero, "yes": smoothing},
             "labels moved towards 1/2: y (1 - e) + e/2"),
        ROW_REDUCTION,
        ROW_WEIGHTS,
    ),
)
