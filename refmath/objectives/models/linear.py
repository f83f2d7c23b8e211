"""Linear least squares: plain, weighted, penalized."""

from typing import Any

from sympy import Rational, S

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, ROW_WEIGHTS, reduce
from refmath.objectives.losses.penalties import PENALTY, PENALTY_INPUTS
from refmath.objectives.losses.penalties import penalty as penalty_of
from refmath.tensor import scalar, tensors

X, y, theta, w = tensors("X[n,d] y[n] theta[d] w[n]")
bias = scalar("b")


def _objective(
    reduction: str, factor: Any, weights: str | None, penalty: Any, intercept: Any
) -> Any:
    losses = factor * (X @ theta + intercept - y) ** 2
    loss = reduce(losses, reduction, w if weights else None, weights or "count")
    return loss + penalty_of(penalty, theta)


least_squares = Objective(
    name="least_squares",
    title="Linear least squares",
    source="Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, "
           "equation 3.2; ridge: equation 3.41; lasso: equation 3.52",
    inputs=(
        given(X, "design matrix, one row an example"),
        given(y, "targets"),
        parameter(theta, "coefficients"),
        parameter(bias, "intercept, which is not penalized"),
        given(w, "weights of the examples", "[0, oo)"),
        *PENALTY_INPUTS,
    ),
    formula=_objective,
    axes=(
        ROW_REDUCTION,
        Axis("factor", {"one": S.One, "half": Rational(1, 2)}, "the square, or half of it"),
        ROW_WEIGHTS,
        PENALTY,
        Axis("intercept", {"no": S.Zero, "yes": bias}, "whether the model has an intercept"),
    ),
)

ridge = least_squares.derive(
    "ridge", "Ridge regression", "Hoerl and Kennard 1970; Hastie et al. 2009, eq. 3.41",
    reduction="sum", penalty="ridge",
)
lasso = least_squares.derive(
    "lasso", "Lasso", "Tibshirani 1996; Hastie et al. 2009, eq. 3.52 (there half the square)",
    reduction="sum", penalty="lasso",
)
weighted_least_squares = least_squares.derive(
    "weighted_least_squares", "Weighted least squares",
    "Aitken 1936, On Least Squares and Linear Combination of Observations (diagonal weights)",
    reduction="sum", weights="count",
)
