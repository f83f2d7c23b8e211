"""One Newton step, and the exact line search."""

from typing import Any

import numpy as np
import pytest
from closed_form_cases import (
    QUADRATICS,
    SHAPES,
    X,
    b,
    d,
    exact,
    exact_values,
    lam,
    n,
    rationals,
    residual,
    s,
    solved,
    theta,
    w,
    y,
)
from sympy import Rational, Symbol, expand, symbols

import refmath as rm
from refmath.closed_form import line_search, newton_step, stationary
from refmath.errors import InvalidInput
from refmath.tensor import gradient, hessian, inverse, transpose

STEPS = [name for name, (_, x) in QUADRATICS.items() if stationary(_, x).solution is not None]


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_newton_step_on_a_quadratic_lands_on_the_stationary_point(
    name: str, sizes: dict[str, int], seed: int
) -> None:
    """From any start, in exact arithmetic; half a step does not."""
    objective, unknown = QUADRATICS[name]
    step, found = newton_step(objective, unknown), stationary(objective, unknown)
    assert step.is_exact
    assert step.expression is not None
    values = exact_values(objective, sizes, seed)
    point = exact(found.solution, values, sizes)
    assert np.all(exact(step.expression, values, sizes) == point)
    start = values[found.name]
    half = start + (exact(step.expression, values, sizes) - start) / 2
    assert np.all(half == point) == np.all(start == point)


def test_the_step_cancels_the_start_whatever_the_sizes() -> None:
    """With H, b and theta that do not commute: theta - H^-1 (H theta - b) = H^-1 b."""
    big, right, start = symbols("H b theta", commutative=False)
    assert expand(start - big**-1 * (big * start - right)) == big**-1 * right
    assert expand(start - big**-1 * (2 * big * start - right)) != big**-1 * right


def test_on_least_squares_it_gives_the_normal_equations() -> None:
    """From 0 the step's expression is the solution (X'X)^-1 X'y itself, at symbolic sizes."""
    step = newton_step(rm.sum(residual**2) / n, theta)
    gram = transpose(X) @ X
    assert step.system.matrix is gram
    assert step.expression is theta - inverse(gram) @ (transpose(X) @ residual)


def test_it_is_the_step_by_the_full_hessian() -> None:
    """On a function that is not quadratic, in floating point: theta - H^-1 g by NumPy."""
    rng = np.random.default_rng(3)
    objective = rm.sum(rm.softplus(-(y * (X @ theta)))) + rm.sum(theta**2)
    values = {"X": rng.normal(size=(6, 3)), "y": rng.choice([-1.0, 1], 6), "theta": np.ones(3)}
    step = newton_step(objective, theta)
    assert not step.is_exact
    g = gradient(objective, theta).kernel()(**values)
    bend = hessian(objective, theta).kernel()(**values)
    expected = values["theta"] - np.linalg.solve(bend, g)
    bound = 8 * 9 * 3 * 2.0**-53 * np.linalg.cond(bend) * np.linalg.norm(expected - 1)
    assert np.linalg.norm(step(**values) - expected) <= 2 * bound
    assert np.linalg.norm(g) > bound


def test_it_can_diverge_and_go_to_a_saddle() -> None:
    """sqrt(1 + s^2): beyond 1 every step is farther out. theta'A theta with a saddle: onto it."""
    step = newton_step(rm.sqrt(1 + s**2), s)
    at = 1.5
    for _ in range(3):
        after = float(step(s=at))
        assert abs(after) > abs(at)
        at = after
    saddle = newton_step(*QUADRATICS["symmetric form"])
    data = {"A": np.diag([2.0, -2.0]), "b": np.zeros(2), "theta": np.array([3.0, 5.0])}
    assert saddle(**data).tolist() == [0.0, 0.0]


def test_a_singular_hessian_is_refused() -> None:
    """The message names the cure; a linear objective has no step at all."""
    step = newton_step(rm.sum(residual**2), theta)
    flat = {"X": np.ones((3, 2)), "y": np.ones(3), "theta": np.zeros(2)}
    with pytest.raises(InvalidInput, match=r"singular at this point.*lambda\*sum"):
        step(**flat)
    with pytest.raises(InvalidInput, match="0 everywhere"):
        newton_step(rm.dot(b, theta), theta)
    with pytest.raises(InvalidInput, match="needs X="):
        step(y=np.ones(3), theta=np.zeros(2))
    with pytest.raises(InvalidInput, match="does not depend on w"):
        newton_step(rm.sum(residual**2), w)


def test_several_axes_that_mix_are_solved_together() -> None:
    """A matrix unknown on both sides: no expression, but the same numbers as the exact solution."""
    objective, unknown = QUADRATICS["both sides"]
    step = newton_step(objective, unknown)
    assert step.expression is None
    sizes = SHAPES[1]
    values = exact_values(objective, sizes)
    bend = exact(hessian(objective, unknown), values, sizes)
    rhs = exact(stationary(objective, unknown).rhs, values, sizes)
    point = np.asarray(solved(bend.reshape(rhs.size, rhs.size), rhs), float)
    found = step(**{name: np.asarray(v, float) for name, v in values.items()})
    bound = 8 * 11 * 6 * 2.0**-53 * np.linalg.cond(np.asarray(bend, float).reshape(6, 6))
    scale = np.linalg.norm(point) + np.linalg.norm(np.asarray(values["Theta"], float))
    assert np.linalg.norm(found - point) <= bound * scale
    assert step.text().startswith(step.system.times(
        step.system.matrix, rm.tensors("step[d,k]")).text())
    assert "holds: H is non-singular at theta" in newton_step(*QUADRATICS["ridge"]).text()
    assert newton_step(*QUADRATICS["ridge"]).latex().count(r"\leftarrow") == 1


CURVED = ["least squares", "ridge", "weighted", "prior", "many outputs, ridge", "a scalar"]


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("name", CURVED)
def test_the_line_search_is_the_minimum_along_the_line(name: str, sizes: dict[str, int]) -> None:
    """J(theta - alpha g) has slope 0 in alpha at g'g/g'Hg, exactly; not at twice that."""
    objective, unknown = QUADRATICS[name]
    search = line_search(objective, unknown)
    values = exact_values(objective, sizes, seed=4)
    alpha = exact(search.expression, values, sizes).item()
    slope = gradient(objective, unknown)
    g, start = exact(slope, values, sizes), values[unknown.name]
    for factor, expected in ((1, True), (2, False), (Rational(1, 2), False)):
        after = np.asarray(start - factor * alpha * g, dtype=object)
        there = {**values, unknown.name: after if after.shape else after.item()}
        fall = sum(np.ravel(g * exact(slope, there, sizes)))
        assert (fall == 0) == expected


def test_the_line_search_takes_any_direction() -> None:
    """-g'd/d'Hd for a direction of the caller's, the best of all steps along it."""
    way = rm.tensors("v[d]")
    objective, _ = QUADRATICS["ridge"]
    search = line_search(objective, theta, way)
    sizes = SHAPES[1]
    values = exact_values(objective, sizes) | {"v": rationals([2, -1, 1])}
    alpha = exact(search.expression, values, sizes).item()
    t = Symbol("t", real=True)
    along = exact(objective, {**values, "theta": values["theta"] + t * values["v"]}, sizes).item()
    (best,) = [Rational(x) for x in _roots(expand(along).diff(t), t)]
    assert alpha == best


def _roots(expr: Any, symbol: Any) -> list[Any]:
    a, c = expr.coeff(symbol, 1), expr.coeff(symbol, 0)
    return [-c / a]


def test_the_numeric_line_search() -> None:
    """On powers of two it is exact in floating point; without curvature it is refused."""
    search = line_search(rm.sum((X @ theta - y) ** 2), theta)
    data: dict[str, Any] = {"X": np.diag([1.0, 2.0]), "y": np.zeros(2), "theta": np.ones(2)}
    g = np.array([2.0, 8.0])
    assert search(**data) == (g @ g) / (g @ np.diag([2.0, 8.0]) @ g)
    with pytest.raises(InvalidInput, match="theta is stationary already"):
        search(**{**data, "theta": np.zeros(2)})
    concave = line_search(-rm.sum(residual**2), theta)
    with pytest.raises(InvalidInput, match="has no minimum along it"):
        concave(**data)
    with pytest.raises(InvalidInput, match=r"direction of shape \(d,\), found \(n,\)"):
        line_search(rm.sum(residual**2), theta, y)
    with pytest.raises(InvalidInput, match="not quadratic"):
        line_search(rm.sum(theta**4), theta)
    assert search.text().startswith("alpha = ")
    assert search.latex().startswith(r"\alpha = ")


def test_a_step_that_depends_on_a_penalty_takes_it() -> None:
    """Scalars are arguments as well."""
    step = newton_step(rm.sum(residual**2) / n + lam * rm.sum(theta**2), theta)
    assert step.arguments == ("X", "lambda", "theta", "y")
    assert step.system.matrix is transpose(X) @ X + lam * n * rm.eye(d)
