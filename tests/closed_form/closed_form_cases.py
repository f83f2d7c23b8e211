"""Quadratic objectives, and exact data for them: shared by the tests of closed forms."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Matrix, Rational

import refmath as rm
from refmath.closed_form.numeric import parameters
from refmath.tensor import Tensor, variables
from refmath.tensor.evaluate import Symbols, evaluate, size_of

n, d, k, m = rm.dims("n d k m")
X, y, theta, w, a, b = rm.tensors("X[n,d] y[n] theta[d] w[n] a[d] b[d]")
Theta, Y, W, C, V, Z = rm.tensors("Theta[d,k] Y[n,k] W[n,k] C[k,m] V[n,m] Z[k,d]")
A, Omega, P = rm.tensors("A[d,d] Omega[n,n] P[d,d]", symmetric="A Omega P")
B = rm.tensors("B[d,d]")
Cube, Target, U = rm.tensors("Cube[k,m,d] Target[n,k,m] U[n,m]")
lam, mu, s = rm.scalar("lambda"), rm.scalar("mu"), rm.scalar("s")
residual = X @ theta - y

QUADRATICS: dict[str, tuple[Tensor, Any]] = {
    "least squares": (rm.sum(residual**2) / n, theta),
    "ridge": (rm.sum(residual**2) / n + lam * rm.sum(theta**2), theta),
    "weighted": (rm.sum(w * residual**2) / n, theta),
    "weights by exp": (rm.sum(w**2 * residual**2), theta),
    "generalized": (rm.dot(residual, Omega @ residual), theta),
    "symmetric form": (rm.dot(theta, A @ theta) / 2 - rm.dot(b, theta), theta),
    "any form": (rm.dot(theta, B @ theta) / 2 - rm.dot(b, theta), theta),
    "many outputs": (rm.sum((X @ Theta - Y) ** 2) / n, Theta),
    "many outputs, ridge": (rm.sum((X @ Theta - Y) ** 2) / n + lam * rm.sum(Theta**2), Theta),
    "a weight an output": (rm.sum(W * (X @ Theta - Y) ** 2), Theta),
    "three axes": (
        rm.sum(U[:, None, :] * (rm.einsum("nd,kmd->nkm", X, Cube) - Target) ** 2), Cube
    ),
    "both sides": (rm.sum((X @ Theta @ C - V) ** 2), Theta),
    "Tikhonov": (rm.sum(residual**2) / n + mu * rm.sum((Z @ theta) ** 2), theta),
    "prior": (rm.sum(residual**2) + rm.dot(theta - b, P @ (theta - b)), theta),
    "diagonal": (rm.sum(a * (theta - b) ** 2), theta),
    "proximal": (rm.sum((theta - b) ** 2), theta),
    "differences": (rm.sum((theta[1:] - theta[:-1]) ** 2) + rm.sum((theta - b) ** 2), theta),
    "a scalar": (rm.sum((y * s - w) ** 2), s),
    "the mean": (rm.sum((y - s) ** 2) / n, s),
    "upside down": (-rm.sum(residual**2) / n, theta),
    "cubes that cancel": (rm.sum((theta + 1) ** 3 - theta**3), theta),
}

SHAPES = ({"n": 4, "d": 2, "k": 3, "m": 5}, {"n": 5, "d": 3, "k": 2, "m": 3}, {
    "n": 3, "d": 1, "k": 1, "m": 2,
})


def exact_values(root: Tensor, sizes: Mapping[str, int], seed: int = 0) -> dict[str, Any]:
    """Exact data: whole numbers, weights and penalties positive, matrices regular."""
    rng = np.random.default_rng(seed)
    out: dict[str, Any] = {}
    for q in variables(root):
        shape = [size_of(x, sizes) for x in q.shape]
        numbers = rng.integers(-6, 7, shape)
        if q.name in ("w", "W", "a", "U"):
            numbers = abs(numbers) + 1
        if q.name == "B":
            numbers = numbers + 25 * np.eye(shape[0], dtype=int)
        if q.symmetric:
            numbers = numbers @ numbers.T + np.eye(shape[0], dtype=int)
        out[q.name] = rationals(numbers)
    for name, value in (("lambda", "1/7"), ("mu", "3/5"), ("s", "2")):
        if name in parameters(root):
            out[name] = Rational(value)
    return out


def rationals(numbers: Any) -> Any:
    """Whole numbers as exact entries."""
    return np.vectorize(Rational, otypes=[object])(np.asarray(numbers, dtype=object))


def exact(node: Tensor, values: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    """An expression in exact arithmetic."""
    return evaluate(node, values, sizes, Symbols())


def solved(matrix: Any, rhs: Any) -> Any:
    """The exact solution of a linear system, by SymPy."""
    found = Matrix(matrix).LUsolve(Matrix(rhs.reshape(-1)))
    return np.array(found.tolist(), dtype=object).reshape(rhs.shape)


def floats(values: dict[str, Any]) -> dict[str, Any]:
    """Exact data in double precision."""
    return {name: np.asarray(value, float) for name, value in values.items()}


CONDITIONS = {
    "least squares": ("X has full column rank", True),
    "ridge": ("always, for lambda > 0; or where X has full column rank (lambda >= 0)", True),
    "weighted": ("X has full column rank on the rows where w > 0", True),
    "generalized": ("X has full column rank and Omega is positive definite", True),
    "symmetric form": ("H is non-singular", None),
    "any form": ("H is non-singular", None),
    "many outputs": ("X has full column rank", True),
    "a weight an output": ("X has full column rank on the rows where W > 0", True),
    "both sides": ("C has full row rank and X has full column rank", True),
    "Tikhonov": ("Z and X, stacked, have full column rank and mu > 0", True),
    "prior": (
        "P is positive definite; or where X has full column rank (P is positive semidefinite)",
        True,
    ),
    "diagonal": ("always, for a > 0", True),
    "proximal": ("always", True),
    "differences": ("always", True),
    "the mean": ("always", True),
    "upside down": ("X has full column rank", False),
}
"""The condition in words; and whether it is a minimum, None where the data decide."""

SINGULAR = np.array([[1.0, 2, 3], [2, 4, 6], [1, 0, 1], [0, 1, 1]])
"""The last column is the sum of the others."""
