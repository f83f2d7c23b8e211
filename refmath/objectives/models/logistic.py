"""Logistic regression."""

from typing import Any

from sympy import S

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, ROW_WEIGHTS, reduce
from refmath.objectives.losses.penalties import PENALTY, PENALTY_INPUTS
from refmath.objectives.losses.penalties import penalty as penalty_of
from refmath.tensor import scalar, softplus, tensors

X, y, s, theta, w = tensors("X[n,d] y[n] s[n] theta[d] w[n]")
bias = scalar("b")


def _objective(
    labels: str, reduction: str, weights: str | None, penalty: Any, intercept: Any
) -> Any:
    z = X @ theta + intercept
    losses = softplus(z) - y * z if labels == "bits" else softplus(-s * z)
    loss = reduce(losses, reduction, w if weights else None, weights or "count")
    return loss + penalty_of(penalty, theta)


logistic_regression = Objective(
    name="logistic_regression",
    title="Logistic regression",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equations 4.90 and 7.48",
    inputs=(
        given(X, "design matrix, one row an example"),
        given(y, "labels", "{0, 1}"),
        given(s, "labels", "{-1, 1}"),
        parameter(theta, "coefficients"),
        parameter(bias, "intercept, which is not penalized"),
        given(w, "weights of the examples", "[0, oo)"),
        *PENALTY_INPUTS,
    ),
    formula=_objective,
    axes=(
        Axis("labels", {"bits": "bits", "signs": "signs"}, "labels 0 and 1, or -1 and 1"),
        ROW_REDUCTION,
        ROW_WEIGHTS,
        PENALTY,
        Axis("intercept", {"no": S.Zero, "yes": bias}, "whether the model has an intercept"),
    ),
)
