"""The quadratic function, and quadratics with a given spectrum."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Rational

from refmath.domain import Number
from refmath.domain import exact as exact_number
from refmath.errors import InvalidInput
from refmath.objective import Minimum, Objective, given, parameter
from refmath.tensor import tensors

A, b, x = tensors("A[n,n] b[n] x[n]", symmetric="A")


def _quadratic() -> Any:
    return Rational(1, 2) * (x @ A @ x) - b @ x


quadratic = Objective(
    name="quadratic",
    title="Quadratic function, x'Ax/2 - b'x",
    source="Nocedal and Wright 2006, Numerical Optimization, equation 3.24",
    inputs=(
        given(A, "symmetric matrix, the Hessian", "definite"),
        given(b, "minus the gradient at 0"),
        parameter(x, "unknowns"),
    ),
    formula=_quadratic,
)


def spectral_matrix(spectrum: Sequence[Number], seed: int = 0) -> Any:
    """A symmetric matrix with exactly these eigenvalues.

    It is Q diag(spectrum) Q', where Q is the product of two Householder reflections with small
    whole numbers: every entry is rational, and the eigenvalues are exact.

    Args:
        spectrum: The eigenvalues, n exact numbers; a decimal is written as a string.
        seed: Chooses the reflections.

    Returns:
        An object array of fractions, of shape (n, n).

    Raises:
        InvalidInput: No eigenvalue is given, or one is no number.
    """
    values = [exact_number(v) for v in spectrum]
    if not values:
        raise InvalidInput("expected at least one eigenvalue, found none")
    rng = np.random.default_rng(seed)
    q = _reflection(rng, len(values)) @ _reflection(rng, len(values))
    return q @ np.diag(np.array(values, dtype=object)) @ q.T


def _reflection(rng: np.random.Generator, n: int) -> Any:
    """I - 2 v v'/v'v for a random v of whole numbers."""
    v = np.array([int(k) for k in rng.integers(1, 4, n) * rng.choice([-1, 1], n)], dtype=object)
    eye = np.array([[Fraction(int(i == k)) for k in range(n)] for i in range(n)], dtype=object)
    return eye - np.outer(v, v) * Fraction(2, int(v @ v))


def quadratic_with_spectrum(spectrum: Sequence[Number], seed: int = 0) -> Objective:
    """The quadratic function whose Hessian has exactly these eigenvalues, with its minimiser.

    Args:
        spectrum: The eigenvalues, all positive.
        seed: Chooses the eigenvectors and the minimiser.

    Raises:
        InvalidInput: An eigenvalue is not positive, or none is given.
    """
    small = [v for v in spectrum if exact_number(v) <= 0]
    if small:
        raise InvalidInput(f"expected positive eigenvalues, found {small[0]!r}")
    matrix = spectral_matrix(spectrum, seed)
    n = len(matrix)
    rng = np.random.default_rng((seed, 1))
    at = np.array([int(k) for k in rng.integers(-4, 5, n)], dtype=object)
    right = matrix @ at
    data = {"A": matrix, "b": right}
    return replace(
        quadratic,
        inputs=tuple(replace(i, data=data.get(i.name)) for i in quadratic.inputs),
        sizes={"n": n},
        start={"x": [0] * n},
        minima=(Minimum(-Fraction(right @ at) / 2, {"x": list(at)}),),
    )
