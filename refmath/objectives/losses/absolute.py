"""The absolute error, L1."""

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import REDUCTION, ROW_WEIGHTS, reduce
from refmath.tensor import Tensor, absolute, tensors

o, y, O, Y, w = tensors("o[n] y[n] O[n,k] Y[n,k] w[n]")  # noqa: E741  (a network's output)


def _loss(targets: tuple[Tensor, Tensor], reduction: str, weights: str | None) -> Tensor:
    output, wanted = targets
    losses = absolute(output - wanted)
    return reduce(losses, reduction, w if weights else None, weights or "count")


absolute_error = Objective(
    name="absolute_error",
    title="Absolute error (L1)",
    source="Boyd and Vandenberghe 2004, Convex Optimization, section 6.1.1 (l1-norm approximation)",
    inputs=(
        parameter(o, "predictions"), given(y, "targets"),
        parameter(O, "predictions, one row an example"), given(Y, "targets"),
        given(w, "weights of the examples", "[0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("targets", {"vector": (o, y), "matrix": (O, Y)}, "one number an example, or a row"),
        REDUCTION,
        ROW_WEIGHTS,
    ),
)
