"""Softmax regression."""

from typing import Any

from sympy import S

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, ROW_WEIGHTS, reduce
from refmath.objectives.losses.penalties import PENALTY, PENALTY_INPUTS
from refmath.objectives.losses.penalties import penalty as penalty_of
from refmath.tensor import Tensor, log_softmax, tensors
from refmath.tensor import sum as sum_of
from refmath.tensor.build import one_hot

X, c, Y, W, b, w = tensors("X[n,d] c[n] in k Y[n,k] W[d,k] b[k] w[n]")


def _objective(
    targets: Tensor, reduction: str, weights: str | None, penalty: Any, intercept: Any
) -> Any:
    logits = X @ W + intercept
    losses = -sum_of(targets * log_softmax(logits), axis=1)
    loss = reduce(losses, reduction, w if weights else None, weights or "count")
    return loss + penalty_of(penalty, W)


softmax_regression = Objective(
    name="softmax_regression",
    title="Softmax regression (multinomial logistic regression)",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 4.108",
    inputs=(
        given(X, "design matrix, one row an example"),
        given(c, "class labels"),
        given(Y, "labels as rows of weights", "[0, 1]"),
        parameter(W, "coefficients, one column a class"),
        parameter(b, "intercepts, which are not penalized"),
        given(w, "weights of the examples", "[0, oo)"),
        *PENALTY_INPUTS,
    ),
    formula=_objective,
    axes=(
        Axis("targets", {"labels": one_hot(c), "rows": Y}, "class labels, or rows of weights"),
        ROW_REDUCTION,
        ROW_WEIGHTS,
        PENALTY,
        Axis("intercept", {"no": S.Zero, "yes": b}, "whether the model has intercepts"),
    ),
)
