"""Huber's loss: a square near 0, straight further out; and its scaled form, smooth L1."""

from typing import Any

from sympy import Integer, Rational

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import REDUCTION, ROW_WEIGHTS, reduce
from refmath.tensor import Tensor, absolute, scalar, tensors, where

o, y, O, Y, w = tensors("o[n] y[n] O[n,k] Y[n,k] w[n]")  # noqa: E741  (a network's output)
delta = scalar("delta")
HALF = Rational(1, 2)


def _loss(
    targets: tuple[Tensor, Tensor], reduction: str, scale: Any, weights: str | None
) -> Tensor:
    output, wanted = targets
    r = output - wanted
    losses = scale * where(
        absolute(r) - delta, delta * (absolute(r) - HALF * delta), HALF * r**2
    )
    return reduce(losses, reduction, w if weights else None, weights or "count")


huber = Objective(
    name="huber",
    title="Huber loss",
    source="Huber 1964, Robust Estimation of a Location Parameter; Hastie, Tibshirani and "
           "Friedman 2009, equation 10.23 (there twice as large)",
    inputs=(
        parameter(o, "predictions"), given(y, "targets"),
        parameter(O, "predictions, one row an example"), given(Y, "targets"),
        given(delta, "distance at which the square ends", "(0, oo)"),
        given(w, "weights of the examples", "[0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("targets", {"vector": (o, y), "matrix": (O, Y)}, "one number an example, or a row"),
        REDUCTION,
        Axis("scale", {"one": Integer(1), "inverse": 1 / delta},
             "slope delta far out, or slope 1 (divided by delta: smooth L1)"),
        ROW_WEIGHTS,
    ),
    notes=(
        "continuously differentiable; the second derivative jumps at |o - y| = delta, where it is "
        "declared to be the square's",
    ),
)

smooth_l1 = huber.derive(
    "smooth_l1", "Smooth L1 loss", "Girshick 2015, Fast R-CNN, equation 3 (there delta = 1)",
    scale="inverse",
)
