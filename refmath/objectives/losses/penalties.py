"""Penalties of parameters: as objectives of their own, and as an option of regressions."""

from typing import Any

from sympy import Rational

from refmath.objective import Axis, Objective, given, parameter
from refmath.tensor import Tensor, absolute, norm, scalar, tensors
from refmath.tensor import sum as sum_of

__all__ = ["PENALTY", "PENALTY_INPUTS", "elastic_net", "lam", "lasso", "penalty", "ratio", "ridge"]

theta = tensors("theta[d]")
lam, ratio = scalar("lambda"), scalar("rho")
HALF = Rational(1, 2)


def ridge(x: Tensor) -> Any:
    """Lambda times the sum of squares."""
    return lam * sum_of(x**2)


def half_ridge(x: Tensor) -> Any:
    """Half of lambda times the sum of squares."""
    return lam * HALF * sum_of(x**2)


def lasso(x: Tensor) -> Any:
    """Lambda times the sum of absolute values."""
    return lam * sum_of(absolute(x))


def euclidean(x: Tensor) -> Any:
    """Lambda times the Euclidean norm."""
    return lam * norm(x)


def elastic_net(x: Tensor) -> Any:
    """A mixture of lasso and half of ridge, as Friedman, Hastie and Tibshirani 2010 have it."""
    return lam * (ratio * sum_of(absolute(x)) + (1 - ratio) * HALF * sum_of(x**2))


PENALTY = Axis(
    "penalty",
    {
        "none": None, "ridge": ridge, "half_ridge": half_ridge, "lasso": lasso,
        "norm": euclidean, "elastic_net": elastic_net,
    },
    "none; lambda |x|_2^2 or half of it; lambda |x|_1; lambda |x|_2; or the elastic net",
)
PENALTY_INPUTS = (
    given(lam, "strength of the penalty", "[0, oo)"),
    given(ratio, "share of the absolute values in the elastic net", "[0, 1]"),
)


def penalty(option: Any, *of: Tensor) -> Any:
    """The penalty of some parameters under an option of ``PENALTY``."""
    total: Any = 0
    for x in of if option is not None else ():
        total = option(x) + total
    return total


def _penalty(factor: Any) -> Tensor:
    found: Tensor = factor(theta)
    return found


def _of(name: str, title: str, source: str, options: dict[str, Any], *notes: str) -> Objective:
    return Objective(
        name=name, title=title, source=source,
        inputs=(parameter(theta, "parameters"), *PENALTY_INPUTS),
        formula=_penalty,
        axes=(Axis("factor", options, "how it is scaled"),),
        notes=notes,
    )


ridge_penalty = _of(
    "ridge_penalty", "Ridge penalty (L2, weight decay)",
    "Hastie, Tibshirani and Friedman 2009, equation 3.41; half of it: Goodfellow et al. 2016, "
    "equation 7.2",
    {"one": ridge, "half": half_ridge},
)
lasso_penalty = _of(
    "lasso_penalty", "Lasso penalty (L1)",
    "Hastie, Tibshirani and Friedman 2009, equation 3.52",
    {"one": lasso},
)
norm_penalty = _of(
    "norm_penalty", "Norm penalty", "Yuan and Lin 2006, group lasso, equation 2.1 (one group)",
    {"one": euclidean},
)
elastic_net_penalty = _of(
    "elastic_net_penalty", "Elastic net penalty",
    "Friedman, Hastie and Tibshirani 2010, Regularization Paths, J. Stat. Softw. 33(1), equation 2",
    {"one": elastic_net},
)
