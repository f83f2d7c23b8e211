"""Linear regression as maximum likelihood: Gaussian noise, and a Gaussian prior."""

from typing import Any

from sympy import Rational, pi
from sympy import log as scalar_log

from refmath.objective import Axis, Objective, given, parameter
from refmath.tensor import Tensor, dims, scalar, tensors
from refmath.tensor import sum as sum_of

X, y, theta = tensors("X[n,d] y[n] theta[d]")
noise, width = scalar("s2"), scalar("t2")
n, d = dims("n d")
HALF = Rational(1, 2)


def _minus_log(square: Tensor, count: Any, variance: Any) -> Any:
    """Of the density of that many independent normal numbers with that sum of squares."""
    return HALF * (square / variance + count * scalar_log(2 * pi * variance))


def _objective(prior: Any) -> Any:
    likelihood = _minus_log(sum_of((X @ theta - y) ** 2), n, noise)
    if prior is None:
        return likelihood
    return likelihood + _minus_log(sum_of(theta**2), d, prior)


gaussian_likelihood = Objective(
    name="gaussian_likelihood",
    title="Linear regression by maximum likelihood",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equations 3.10 to 3.12 "
           "(likelihood) and 3.52 (prior); there with precisions, here with variances",
    inputs=(
        given(X, "design matrix, one row an example"),
        given(y, "observations"),
        parameter(theta, "coefficients"),
        parameter(noise, "variance of the noise", "(0, oo)"),
        given(width, "variance of the prior of the coefficients", "(0, oo)"),
    ),
    formula=_objective,
    axes=(
        Axis("prior", {"none": None, "gaussian": width},
             "maximum likelihood, or maximum a posteriori with a Gaussian prior (ridge)"),
    ),
)
