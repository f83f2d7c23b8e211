"""Least squares in closed form: normal equations, ridge, weights, least norm.

The formulas are not typed here: each is the stationary point of its objective.
"""

from typing import Any

import numpy as np
from sympy import true

from refmath.closed_form.condition import Requirement
from refmath.closed_form.record import Assumption, ClosedForm
from refmath.closed_form.stationary import Stationary, stationary
from refmath.errors import InvalidInput
from refmath.tensor import dims, dot, scalar, tensors, transpose
from refmath.tensor import sum as total
from refmath.tensor.node import Tensor

__all__ = [
    "generalized_least_squares", "interpolation", "minimum_norm", "normal_equations",
    "quadratic_form", "ridge", "weighted_least_squares",
]

n, d = dims("n d")
X, y, theta, w, z, b = tensors("X[n,d] y[n] theta[d] w[n] z[n] b[d]")
Omega = tensors("Omega[n,n]", symmetric="Omega")
A = tensors("A[d,d]", symmetric="A")
lam = scalar("lambda")


def _minimizer(name: str, title: str, source: str, statement: str, found: Stationary) -> ClosedForm:
    assert isinstance(found.solution, Tensor)
    solver = found.kernel()
    return ClosedForm(
        name, title, source, statement, (found.condition,), {found.name: found.solution},
        solver.arguments, solver,
    )


_residual = X @ theta - y

normal_equations = _minimizer(
    "normal_equations", "Normal equations of least squares",
    "Gauss 1809; Goodfellow, Bengio and Courville 2016, equation 5.12",
    "theta minimizes |X theta - y|^2/n",
    stationary(total(_residual**2) / n, theta),
)

ridge = _minimizer(
    "ridge", "Ridge regression",
    "Hoerl and Kennard 1970",
    "theta minimizes |X theta - y|^2/n + lambda |theta|^2; lambda is multiplied by n because the "
    "squares are averaged",
    stationary(total(_residual**2) / n + lam * total(theta**2), theta),
)

weighted_least_squares = _minimizer(
    "weighted_least_squares", "Weighted least squares",
    "Aitken 1935",
    "theta minimizes the squares weighted by w",
    stationary(total(w * _residual**2) / n, theta),
)

generalized_least_squares = _minimizer(
    "generalized_least_squares", "Generalized least squares",
    "Aitken 1935",
    "theta minimizes (X theta - y)'Omega (X theta - y), Omega the inverse of the covariance",
    stationary(dot(_residual, Omega @ _residual), theta),
)

quadratic_form = _minimizer(
    "quadratic_form", "Stationary point of a quadratic",
    "Boyd and Vandenberghe 2004, section 9.1.1",
    "theta is where theta'A theta/2 - b'theta has gradient 0",
    stationary(dot(theta, A @ theta) / 2 - dot(b, theta), theta),
)

_dual = stationary(total((transpose(X) @ z) ** 2) / 2 - dot(y, z), z)


def _interpolate(**values: Any) -> Any:
    matrix, target = np.asarray(values["X"]), np.asarray(values["y"])
    try:
        return matrix.T @ _dual.kernel()(X=matrix, y=target)
    except InvalidInput:
        rank = np.linalg.matrix_rank(matrix)
        raise InvalidInput(
            f"X, of shape {matrix.shape}, has rank {rank}; expected full row rank "
            f"{matrix.shape[0]} in working precision, or not every y is X theta; take minimum_norm"
        ) from None


def _interpolation() -> ClosedForm:
    assert isinstance(_dual.solution, Tensor)
    return ClosedForm(
        "interpolation", "Interpolation of least norm",
        "Penrose 1956; Golub and Van Loan 2013, section 5.6",
        "of all theta with X theta = y the one of least Euclidean norm",
        (Requirement("full_column_rank", (transpose(X),)),),
        {"theta": transpose(X) @ _dual.solution}, ("X", "y"), _interpolate,
    )


interpolation = _interpolation()


def _least_norm(**values: Any) -> Any:
    matrix, target = np.asarray(values["X"]), np.asarray(values["y"])
    if matrix.ndim != 2 or target.shape[:1] != matrix.shape[:1]:
        raise InvalidInput(
            f"expected X of shape (n, d) and y of shape (n,), found {matrix.shape} and "
            f"{target.shape}"
        )
    if not (np.isfinite(matrix).all() and np.isfinite(target).all()):
        return np.full((matrix.shape[1], *target.shape[1:]), np.nan)
    return np.linalg.lstsq(matrix, target, rcond=None)[0]


minimum_norm = ClosedForm(
    "minimum_norm", "Least squares of least norm",
    "Penrose 1956; Golub and Van Loan 2013, theorem 5.5.1",
    "of all theta that minimize |X theta - y|^2 the one of least Euclidean norm, by the singular "
    "values of X; one below max(n, d) times the unit roundoff of the largest counts as 0",
    (Assumption("theta_wide where X has full row rank", true),
     Assumption("theta_tall where X has full column rank", true)),
    {"theta_wide": interpolation.results["theta"], "theta_tall": normal_equations.results["theta"]},
    ("X", "y"), _least_norm,
)
