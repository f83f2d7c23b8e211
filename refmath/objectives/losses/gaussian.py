"""Negative log likelihoods under Gaussian noise."""

from typing import Any

from sympy import Rational, pi
from sympy import log as scalar_log

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, reduce
from refmath.tensor import Tensor, dims, einsum, inverse, log, logdet, scalar, tensors

o, y, v = tensors("o[n] y[n] v[n]")
X, mu, Sigma = tensors("X[n,d] mu[d] Sigma[d,d]")
s2 = scalar("s2")
n, d = dims("n d")
HALF = Rational(1, 2)


def _loss(variance: Any, constant: Any, reduction: str) -> Tensor:
    logarithm = log(variance) if isinstance(variance, Tensor) else scalar_log(variance)
    losses = HALF * (logarithm + (o - y) ** 2 / variance) + constant
    return reduce(losses, reduction)


gaussian_nll = Objective(
    name="gaussian_nll",
    title="Negative log likelihood under Gaussian noise",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 1.46",
    inputs=(
        parameter(o, "means"), given(y, "observations"),
        parameter(s2, "variance, the same for all", "(0, oo)"),
        parameter(v, "variances", "(0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("variance", {"shared": s2, "each": v}, "one variance, or one an observation"),
        Axis("constant", {"yes": HALF * scalar_log(2 * pi), "no": 0},
             "with log(2 pi)/2 an observation, or without"),
        ROW_REDUCTION,
    ),
)


def _density(reduction: str) -> Any:
    r = X - mu
    square = einsum("ni,ij,nj->", r, inverse(Sigma), r)
    total = HALF * (n * logdet(Sigma) + square + n * d * scalar_log(2 * pi))
    return total / n if reduction == "mean" else total


gaussian_density = Objective(
    name="gaussian_density",
    title="Negative log likelihood of a multivariate normal distribution",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 2.118",
    inputs=(
        given(X, "observations, one a row"),
        parameter(mu, "mean"),
        parameter(Sigma, "covariance; its entries are differentiated one by one", "definite"),
    ),
    formula=_density,
    axes=(Axis("reduction", {"sum": "sum", "mean": "mean"}, "the sum over rows, or their mean"),),
)
