"""Stationary points of quadratics: exact, with the condition under which there is one."""

from typing import Any

import numpy as np
import pytest
from closed_form_cases import (
    CONDITIONS,
    QUADRATICS,
    SHAPES,
    SINGULAR,
    A,
    B,
    X,
    Y,
    b,
    d,
    exact,
    exact_values,
    floats,
    lam,
    n,
    residual,
    s,
    solved,
    theta,
    w,
    y,
)
from sympy import Rational

import refmath as rm
from refmath import objectives
from refmath.closed_form import (
    generalized_least_squares,
    interpolation,
    minimum_norm,
    normal_equations,
    quadratic_form,
    ridge,
    stationary,
    weighted_least_squares,
)
from refmath.errors import InvalidInput, UnknownName
from refmath.tensor import gradient, inverse, transpose
from refmath.tensor.build import is_zero
from refmath.tensor.replace import replaced


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("name", QUADRATICS)
def test_the_gradient_is_the_system(name: str, sizes: dict[str, int]) -> None:
    """In exact arithmetic the gradient is H theta - b anywhere, and a multiple of the system."""
    objective, unknown = QUADRATICS[name]
    found = stationary(objective, unknown)
    values = exact_values(objective, sizes)
    slope = np.asarray(exact(gradient(objective, unknown), values, sizes))
    at = np.asarray(values[found.name], dtype=object)
    bend = exact(found.hessian, values, sizes).reshape(at.size, at.size)
    affine = bend.dot(at.reshape(-1)).reshape(at.shape) - exact(found.rhs, values, sizes)
    assert np.all(slope == affine)
    left, right = (exact(side, values, sizes) for side in found.equation)
    ratios = {x / z for x, z in zip(slope.ravel(), np.ravel(left - right), strict=True) if z != 0}
    assert len(ratios) <= 1
    assert all((r > 0) == (found.is_minimum is not False) for r in ratios)


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("name", QUADRATICS)
def test_the_solution_has_gradient_zero(name: str, sizes: dict[str, int]) -> None:
    """In exact arithmetic the gradient is 0 at the solution, and at no neighbour of it."""
    objective, unknown = QUADRATICS[name]
    found = stationary(objective, unknown)
    values = exact_values(objective, sizes)
    if found.solution is None:
        rhs = exact(found.rhs, values, sizes)
        bend = exact(found.hessian, values, sizes).reshape(rhs.size, rhs.size)
        point = solved(bend, rhs)
    else:
        point = exact(found.solution, values, sizes)
    slope = gradient(objective, unknown)
    for offset, expected in ((0, True), (Rational(1, 1000), False)):
        at = np.asarray(point + offset, dtype=object)
        values[found.name] = at if at.shape else at.item()
        assert np.all(exact(slope, values, sizes) == 0) == expected


def test_the_forms_are_those_of_the_books() -> None:
    """X'X, X'X + n lambda I and X'WX: with the factor n, and weights on both sides."""
    gram, identity = transpose(X) @ X, rm.eye(d)
    right = transpose(X) @ y
    assert normal_equations.results["theta"] is inverse(gram) @ right
    assert ridge.results["theta"] is inverse(gram + n * lam * identity) @ right
    assert ridge.results["theta"] is not inverse(gram + lam * identity) @ right
    weighted = rm.einsum("n,ni,nj->ij", w, X, X)
    assert weighted_least_squares.results["theta"] is (
        inverse(weighted) @ rm.einsum("n,ni,n->i", w, X, y)
    )
    assert quadratic_form.results["theta"] is inverse(A) @ b
    assert interpolation.results["theta"] is transpose(X) @ (inverse(X @ transpose(X)) @ y)
    assert generalized_least_squares.condition == CONDITIONS["generalized"][0]


WRONG = {
    "lambda without n": inverse(transpose(X) @ X + lam * rm.eye(d)) @ transpose(X) @ y,
    "lambda twice": inverse(transpose(X) @ X + 2 * n * lam * rm.eye(d)) @ transpose(X) @ y,
    "right side over n": inverse(transpose(X) @ X + n * lam * rm.eye(d)) @ transpose(X) @ y / n,
    "no penalty": inverse(transpose(X) @ X) @ transpose(X) @ y,
    "wrong sign": inverse(transpose(X) @ X - n * lam * rm.eye(d)) @ transpose(X) @ y,
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_neighbours_of_ridge_are_refuted(name: str) -> None:
    """A formula a factor off has a gradient that is not 0."""
    objective, unknown = QUADRATICS["ridge"]
    values = exact_values(objective, SHAPES[0])
    slope = replaced(gradient(objective, unknown), {theta: WRONG[name]})
    assert not is_zero(slope)
    assert np.any(exact(slope, values, SHAPES[0]) != 0)


@pytest.mark.parametrize(("objective", "unknown", "part"), [
    (rm.sum(theta**4), theta, "degree 4"),
    (rm.sum(abs(theta)), theta, "no polynomial"),
    (rm.sum(rm.softplus(-(y * (X @ theta)))), theta, "no polynomial"),
    (rm.sum(rm.relu(X @ theta) ** 2), theta, "no polynomial"),
    (rm.sum(residual**2) ** 2, theta, "degree 4"),
    (rm.dot(b, theta), theta, "linear in theta"),
    (rm.sum(residual**2), b, "does not depend on b"),
    (rm.sum(residual**2) + s, rm.scalar("t"), "does not depend on t"),
    (residual, theta, "expected a scalar"),
    (rm.sum(A @ A), A, "declared symmetric"),
])
def test_what_is_not_quadratic_is_refused(objective: Any, unknown: Any, part: str) -> None:
    """The message names the part; for a smooth one the cure is a Newton step."""
    with pytest.raises(InvalidInput, match=part) as caught:
        stationary(objective, unknown)
    if "polynomial" in part or "degree" in part:
        assert "newton_step(J, theta)" in str(caught.value)


@pytest.mark.parametrize("name", QUADRATICS)
def test_the_solver_is_the_exact_solution(name: str) -> None:
    """Within the bound for a backward stable solver, and unequal to a neighbour.

    The relative error is at most the condition number of H times the backward error, which is
    below 8 (N + n) N u for N unknowns and sums of n terms (Higham 2002, theorem 10.4).
    """
    objective, unknown = QUADRATICS[name]
    found = stationary(objective, unknown)
    sizes = SHAPES[0]
    values = exact_values(objective, sizes)
    rhs = exact(found.rhs, values, sizes)
    bend = exact(found.hessian, values, sizes).reshape(rhs.size, rhs.size)
    point = np.asarray(solved(bend, np.asarray(rhs)), float)
    solver = found.kernel()
    given = {**floats(values), **sizes}  # a size is an argument where no array has it
    answer = solver(**{q: given[q] for q in solver.arguments})
    assert np.shape(answer) == point.shape
    count = rhs.size + sizes["n"]
    bound = 8 * count * rhs.size * 2.0**-53 * np.linalg.cond(np.asarray(bend, float))
    error = np.linalg.norm(answer - point) / np.linalg.norm(point)
    assert error <= bound < 1e-9


def test_it_agrees_with_numpys_least_squares() -> None:
    """On a well conditioned problem, within the bounds of both methods."""
    rng = np.random.default_rng(0)
    matrix, target = rng.normal(size=(40, 5)), rng.normal(size=40)
    other = np.linalg.lstsq(matrix, target, rcond=None)[0]
    bound = 8 * 45 * 5 * 2.0**-53 * np.linalg.cond(matrix) ** 2
    error = normal_equations(X=matrix, y=target) - other
    assert np.linalg.norm(error) <= 2 * bound * np.linalg.norm(other)
    least = minimum_norm(X=matrix, y=target)
    assert np.linalg.norm(least - other) <= bound * np.linalg.norm(other)


def test_single_precision_stays_single() -> None:
    """All values in float32 give a float32 solution."""
    matrix = np.array([[2, 1], [1, 3], [0, 1]], np.float32)
    assert normal_equations(X=matrix, y=np.ones(3, np.float32)).dtype == np.float32


def test_nan_in_gives_nan_out() -> None:
    """A NaN among the data is not swallowed."""
    matrix = np.array([[2.0, 1], [1, np.nan], [0, 1]])
    assert np.isnan(normal_equations(X=matrix, y=np.ones(3))).all()
    assert np.isnan(minimum_norm(X=matrix, y=np.ones(3))).all()


def test_dependent_columns_are_refused_with_the_rank() -> None:
    """Rank-deficient X: the message has the rank and two cures; ridge works there."""
    with pytest.raises(InvalidInput, match=r"X, of shape \(4, 3\), has rank 2 < 3") as caught:
        normal_equations(X=SINGULAR, y=np.ones(4))
    assert "minimum_norm" in str(caught.value)
    assert "lambda*sum(theta**2)" in str(caught.value)
    with pytest.raises(InvalidInput, match="has rank 2 < 3"):
        ridge(X=SINGULAR, y=np.ones(4), **{"lambda": 0.0})
    assert ridge(X=SINGULAR, y=np.ones(4), **{"lambda": 0.1}).shape == (3,)


def test_a_wide_matrix_is_refused_but_has_an_interpolation() -> None:
    """With fewer rows than columns: rank below d; interpolation needs full row rank."""
    wide = np.array([[1.0, 2, 0], [0, 1, 4]])
    with pytest.raises(InvalidInput, match="has rank 2 < 3"):
        normal_equations(X=wide, y=np.ones(2))
    found = interpolation(X=wide, y=np.ones(2))
    bound = 8 * 5 * 2 * 2.0**-53 * np.linalg.cond(wide) ** 2
    assert np.linalg.norm(wide @ found - 1) <= bound * np.linalg.norm(wide, 2)
    assert np.linalg.norm(found - minimum_norm(X=wide, y=np.ones(2))) <= bound
    with pytest.raises(InvalidInput, match="has rank 1; expected full row rank 2"):
        interpolation(X=np.array([[1.0, 2, 0], [2, 4, 0]]), y=np.ones(2))


def test_a_badly_conditioned_matrix_is_refused() -> None:
    """Full rank, but the square of the condition number exceeds 1/u: said so, not solved."""
    bad = np.array([[1.0, 1], [1, 1 + 1e-9], [1, 1 - 1e-9]])
    with pytest.raises(InvalidInput, match="full rank 2, but is too badly conditioned"):
        normal_equations(X=bad, y=np.array([1.0, 2, 3]))
    with pytest.raises(InvalidInput, match=r"reciprocal condition number 1\.0e-20"):
        normal_equations(X=np.diag([1.0, 1e-10]), y=np.ones(2))
    assert normal_equations(X=np.diag([1.0, 2.0**-20]), y=np.ones(2)).tolist() == [1.0, 2.0**20]


def test_weights_and_penalties_of_the_wrong_sign_are_refused() -> None:
    """Where H is then indefinite: the value found, and what was expected."""
    matrix = np.array([[2.0, 1], [1, 3], [0, 1]])
    with pytest.raises(InvalidInput, match="expected lambda >= 0, found -9"):
        ridge(X=matrix, y=np.ones(3), **{"lambda": -9.0})
    with pytest.raises(InvalidInput, match="expected w >= 0, found -5"):
        weighted_least_squares(X=matrix, y=np.ones(3), w=np.array([1.0, -5, 1]))
    with pytest.raises(InvalidInput, match="not where the weights are positive"):
        weighted_least_squares(X=matrix, y=np.ones(3), w=np.array([1.0, 0, 0]))
    with pytest.raises(InvalidInput, match="is singular"):
        quadratic_form(A=np.ones((2, 2)), b=np.ones(2))
    with pytest.raises(InvalidInput, match="expected Omega is positive semidefinite, found -1"):
        generalized_least_squares(X=matrix, y=np.ones(3), Omega=np.diag([1.0, -1, -1]))


def test_systems_that_do_not_mix_are_checked_as_well() -> None:
    """Entry by entry, and for a scalar unknown: what bends downwards has no minimum."""
    diagonal = stationary(*QUADRATICS["diagonal"]).kernel()
    assert diagonal(a=np.array([2.0, 4]), b=np.array([1.0, 3])).tolist() == [1.0, 3.0]
    for weights in ([2.0, -4], [2.0, 0]):
        with pytest.raises(InvalidInput, match="a >"):
            diagonal(a=np.array(weights), b=np.array([1.0, 3]))
    one = stationary(rm.sum((y * s - w) ** 2) + lam * s**2, s).kernel()
    data = {"y": np.array([1.0, 1]), "w": np.array([2.0, 4])}
    assert one(**data, **{"lambda": 1.0}) == 2.0
    with pytest.raises(InvalidInput, match="expected lambda >= 0, found -3"):
        one(**data, **{"lambda": -3.0})
    each = stationary(*QUADRATICS["a weight an output"]).kernel()
    lost = np.array([[1.0, 0], [1, 0], [1, 1]])  # one output has a single observation
    with pytest.raises(InvalidInput, match="not where the weights are positive"):
        each(W=lost, X=np.array([[1.0, 0], [0, 1], [1, 1]]), Y=np.ones((3, 2)))


def test_a_saddle_is_solved_for() -> None:
    """An indefinite symmetric form has a stationary point; only a minimum is not promised."""
    found = quadratic_form(A=np.diag([2.0, -4.0]), b=np.array([2.0, 4.0]))
    assert found.tolist() == [1.0, -1.0]


def test_arguments_are_checked() -> None:
    """A missing and an unknown name are reported with those that exist."""
    with pytest.raises(InvalidInput, match="needs y=; it takes X, y"):
        normal_equations(X=np.eye(2))
    with pytest.raises(InvalidInput, match="no argument 'z'"):
        normal_equations(X=np.eye(2), y=np.ones(2), z=1)
    solver = stationary(*QUADRATICS["least squares"]).kernel()
    with pytest.raises(InvalidInput, match="no argument 'theta'"):
        solver(X=np.eye(2), y=np.ones(2), theta=np.ones(2))
    with pytest.raises(InvalidInput, match="needs X="):
        solver(y=np.ones(2))
    with pytest.raises(InvalidInput, match=r"expected X of shape \(n, d\)"):
        minimum_norm(X=np.ones(3), y=np.ones(3))


def test_the_texts_say_equation_solution_and_condition() -> None:
    """Text and LaTeX of the record."""
    found = stationary(*QUADRATICS["ridge"])
    lines = found.text().splitlines()
    assert len(lines) == 4
    assert " = " in lines[0]
    assert lines[1].startswith("theta = ")
    assert lines[2] == f"one solution: {CONDITIONS['ridge'][0]}"
    assert lines[3].startswith("a minimum: H is a sum of positive semidefinite terms, for lambda")
    assert found.latex().count(r"\\") == 1
    assert len(stationary(*QUADRATICS["both sides"]).text().splitlines()) == 3
    assert ridge.text().splitlines()[-1] == f"holds: {CONDITIONS['ridge'][0]}"
    assert stationary(*QUADRATICS["any form"]).text().endswith(
        "a minimum where H is positive definite"
    )


def test_names_of_other_tensors_do_not_matter() -> None:
    """The unknown may be any variable: y that is closest to given predictions."""
    found = stationary(rm.sum((X @ theta - y) ** 2) + rm.sum((y - w) ** 2), y)
    assert found.solution is not None
    assert found.is_minimum
    assert found.solution is (X @ theta + w) / 2
    multi = stationary(rm.sum((Y - X @ rm.tensors("T[d,k]")) ** 2), Y)
    assert multi.solution is X @ rm.tensors("T[d,k]")
    assert stationary(rm.dot(theta, B @ theta), theta).condition.is_minimum is None


def test_declared_objectives_have_stationary_points() -> None:
    """By the name of a parameter, or the only one; in a network by the last layer's weights."""
    assert stationary(objectives.get("ridge")).condition.words == CONDITIONS["ridge"][0]
    network = objectives.get("network_2")
    last = stationary(network, "W2")
    assert last.is_minimum
    assert last.condition.words.endswith("has full column rank")
    text = last.text().splitlines()
    assert text[0].count(" = ") == 1
    assert text[1].startswith("where H = relu(")
    with pytest.raises(InvalidInput, match="not quadratic in W1"):
        stationary(network, "W1")
    with pytest.raises(InvalidInput, match="name the one"):
        stationary(network)
    with pytest.raises(UnknownName, match="Did you mean 'W1'"):
        stationary(network, "w1")
