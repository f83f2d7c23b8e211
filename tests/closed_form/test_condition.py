"""When a stationary point is the only one, and a minimum: what is read off the Hessian is true."""

from typing import Any

import numpy as np
import pytest
from closed_form_cases import (
    CONDITIONS,
    QUADRATICS,
    SHAPES,
    SINGULAR,
    B,
    X,
    a,
    b,
    exact,
    exact_values,
    floats,
    lam,
    rationals,
    residual,
    theta,
    w,
)
from sympy import Matrix, symbols

import refmath as rm
from refmath.closed_form import stationary
from refmath.errors import InvalidInput


@pytest.mark.parametrize("sizes", SHAPES[:2], ids=str)
@pytest.mark.parametrize("name", QUADRATICS)
def test_a_minimum_is_one(name: str, sizes: dict[str, int]) -> None:
    """Where a minimum (maximum) is promised H is positive (negative) definite, by its minors."""
    objective, unknown = QUADRATICS[name]
    found = stationary(objective, unknown)
    if found.is_minimum is None:
        assert name in ("symmetric form", "any form")
        return
    values = exact_values(objective, sizes)
    sign = 1 if found.is_minimum else -1
    assert (sign == -1) == (name == "upside down")
    rhs = exact(found.rhs, values, sizes)
    matrix = sign * Matrix(exact(found.hessian, values, sizes).reshape(rhs.size, rhs.size))
    assert all(matrix[:i, :i].det() > 0 for i in range(1, rhs.size + 1))


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_condition_is_read_off_the_hessian(name: str) -> None:
    """Rank, definiteness and signs that are needed, in words; and whether it is a minimum."""
    found = stationary(*QUADRATICS[name])
    assert (found.condition.words, found.is_minimum) == CONDITIONS[name]


u, v = symbols("u v", real=True)
INDEFINITE = {
    "a product": rm.dot(a, theta) * rm.dot(b, theta),
    "two residuals": rm.dot(X @ theta, residual + w),
    "entries of both": rm.dot(theta, (B * B.T) @ theta),
    "a square and a product": rm.sum(rm.map_scalar(
        u * v + u**2, {u: theta[1:] - theta[:-1], v: theta[1:] + theta[:-1]})),
    "a difference": rm.sum(residual**2) - rm.dot(a, theta) ** 2,
}


@pytest.mark.parametrize("name", INDEFINITE)
def test_nothing_is_promised_of_what_may_be_indefinite(name: str) -> None:
    """Where H is no sum of Gram matrices: and with some data it is indeed not semidefinite."""
    found = stationary(INDEFINITE[name], theta)
    promised = found.condition.is_minimum is not None
    assert promised == (name == "two residuals")  # whose quadratic part is |X theta|^2
    sizes = {"n": 3, "d": 2}
    signs = set()
    for seed in range(12):
        values = exact_values(INDEFINITE[name], sizes, seed)
        values |= {"a": values["a"] - 3} if "a" in values else {}
        values |= {"B": values["B"] - 25 * np.eye(2, dtype=int)} if "B" in values else {}
        matrix = Matrix(exact(found.hessian, values, sizes))
        signs |= {bool(matrix.det() < 0), bool(matrix[0, 0] < 0) and bool(matrix.det() > 0)}
    assert (True in signs) != promised


def test_what_is_assumed_of_weights_is_said() -> None:
    """A weight of unknown sign must not be negative; one that cannot be is not named."""
    found = stationary(rm.sum((w**3 - w) * residual**2), theta).condition
    (need,) = stationary(rm.sum(rm.tanh(w) * residual**2), theta).condition.assumed
    assert need.words == "tanh(w) >= 0"
    (need,) = found.assumed
    assert need.kind == "nonnegative"
    assert found.words.startswith("X has full column rank on the rows where ")
    assert stationary(rm.sum(w**2 * residual**2), theta).condition.assumed == ()
    assert stationary(rm.sum(rm.exp(w) * residual**2), theta).condition.words == (
        "X has full column rank"
    )


SEMIDEFINITE = {
    "one square": rm.dot(b, theta) ** 2,
    "the sum": rm.sum(theta) ** 2,
}


@pytest.mark.parametrize("name", SEMIDEFINITE)
def test_a_rank_that_is_too_low_is_not_called_full(name: str) -> None:
    """H = 2bb' is semidefinite, but never definite beyond one unknown."""
    found = stationary(SEMIDEFINITE[name], theta)
    assert found.is_minimum
    assert found.condition.words == "H is non-singular"
    sizes = {"n": 3, "d": 2}
    values = exact_values(SEMIDEFINITE[name], sizes)
    assert Matrix(exact(found.hessian, values, sizes)).det() == 0
    data: dict[str, Any] = {q: floats(values)[q] for q in found.kernel().arguments if q in values}
    with pytest.raises(InvalidInput, match="not exactly one stationary point"):
        found.kernel()(**data, **({} if data else {"d": 2}))


def test_a_penalty_of_the_wrong_sign_gives_no_minimum() -> None:
    """With -lambda|theta|^2 nothing is promised: H need not be semidefinite."""
    found = stationary(rm.sum(residual**2) - lam * rm.sum(theta**2), theta)
    assert found.is_minimum is None
    assert found.condition.words == "H is non-singular"


def test_full_rank_is_what_the_condition_needs() -> None:
    """The determinant of H is 0 exactly where the rank falls, and only there."""
    found = stationary(*QUADRATICS["least squares"])
    sizes = {"n": 4, "d": 3}
    for matrix, expected in ((SINGULAR, 0), (SINGULAR + np.eye(4, 3), None)):
        values = {"X": rationals(matrix.astype(int)), "y": rationals(np.ones(4, int))}
        determinant = Matrix(exact(found.hessian, values, sizes)).det()
        assert (determinant == 0) == (expected == 0)
        assert (np.linalg.matrix_rank(matrix) < 3) == (expected == 0)
