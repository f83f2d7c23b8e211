"""The Euclidean distance of prediction and target."""

from collections.abc import Callable

from refmath.objective import Axis, Objective, given, parameter
from refmath.tensor import Tensor, mean, norm, tensors
from refmath.tensor import sum as sum_of

o, y, O, Y = tensors("o[k] y[k] O[n,k] Y[n,k]")  # noqa: E741  (a network's output)


def _one() -> Tensor:
    return norm(o - y)


def _all() -> Tensor:
    return norm(O - Y)


def _rows() -> Tensor:
    return norm(O - Y, axis=1)


def _loss(targets: Callable[[], Tensor]) -> Tensor:
    return targets()


distance = Objective(
    name="distance",
    title="Distance norm",
    source="Boyd and Vandenberghe 2004, Convex Optimization, section 6.1.1 (norm approximation)",
    inputs=(
        parameter(o, "prediction"), given(y, "target"),
        parameter(O, "predictions, one row an example"), given(Y, "targets"),
    ),
    formula=_loss,
    axes=(
        Axis(
            "targets",
            {
                "vector": _one, "matrix": _all,
                "mean": lambda: mean(_rows()), "sum": lambda: sum_of(_rows()), "none": _rows,
            },
            "of one vector; of a matrix (Frobenius); mean, sum or list of the rows' norms",
        ),
    ),
    notes=("not differentiable where prediction and target are equal",),
)
