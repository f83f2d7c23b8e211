"""The squared error, L2."""

from typing import Any

from sympy import Rational

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import REDUCTION, ROW_WEIGHTS, reduce
from refmath.tensor import Tensor, tensors

o, y, O, Y, w = tensors("o[n] y[n] O[n,k] Y[n,k] w[n]")  # noqa: E741  (a network's output)


def _loss(
    targets: tuple[Tensor, Tensor], reduction: str, factor: Any, weights: str | None
) -> Tensor:
    output, wanted = targets
    losses = factor * (output - wanted) ** 2
    return reduce(losses, reduction, w if weights else None, weights or "count")


squared_error = Objective(
    name="squared_error",
    title="Squared error (L2)",
    source="Goodfellow, Bengio and Courville 2016, Deep Learning, equation 5.4",
    inputs=(
        parameter(o, "predictions"), given(y, "targets"),
        parameter(O, "predictions, one row an example"), given(Y, "targets"),
        given(w, "weights of the examples", "[0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("targets", {"vector": (o, y), "matrix": (O, Y)}, "one number an example, or a row"),
        REDUCTION,
        Axis("factor", {"one": 1, "half": Rational(1, 2)}, "the square, or half of it"),
        ROW_WEIGHTS,
    ),
)
