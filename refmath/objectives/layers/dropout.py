"""Dropout, with the mask of one pass given."""

from collections.abc import Callable

from refmath.objective import Axis, Layer, activation, given
from refmath.tensor import Tensor, scalar, tensors

X, M = tensors("X[n,d] M[n,d]")
keep = scalar("keep")


def _output(scaling: Callable[[], Tensor]) -> Tensor:
    return scaling()


dropout = Layer(
    name="dropout",
    title="Dropout",
    source="Srivastava et al. 2014, Dropout, JMLR 15, section 4 (retained units are scaled when "
           "testing) and section 10 (or by 1/p when training)",
    inputs=(
        activation(X, "inputs, one row an example"),
        given(M, "1 where a unit is kept, 0 where it is dropped", "{0, 1}"),
        given(keep, "probability that a unit is kept", "(0, 1]"),
    ),
    formula=_output,
    axes=(
        Axis("scaling", {
            "training": lambda: M * X / keep, "none": lambda: M * X, "testing": lambda: keep * X,
        }, "while training, divided by the probability; while training, not scaled; or while "
           "testing after training without scaling, when nothing is dropped"),
    ),
)
