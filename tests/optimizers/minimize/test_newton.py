"""Newton's method: one step on quadratics, and what it does without a definite Hessian."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_search_cases import rejected
from quasi_newton_cases import Quadratic, quadratics, solved
from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

from refmath.optimizers import Newton
from refmath.optimizers.minimize import newton
from refmath.optimizers.minimize._definite import SHARE, shift, solve_shifted

Array = np.ndarray
FORMS = ("safeguarded", "damped", "plain")
U = 2.0**-53


def one_step(problem: Quadratic, form: str, hess: Any = None) -> None:
    """A step from the start leads to the minimum, but for the rounding of the solution.

    The computed p solves (H + E) p = -g with E at most 3 n^3 growth u times the largest entry of
    H (Higham 2002, theorems 9.5 and 10.4; the growth is at most 2^(n - 1)); so its relative error
    is at most twice the condition of H times that, while this is below one half.
    """
    hessian, linear, start = (a.astype(float) for a in problem)
    n = len(start)
    points: list[Array] = []
    result = minimize(
        lambda x: float(x @ hessian @ x / 2 - linear @ x), start,
        jac=lambda x: hessian @ x - linear, hess=hess or (lambda x: hessian),
        method=Newton(form=form), options={"maxiter": 1, "gtol": 0.0}, callback=points.append,
    )  # fmt: skip
    if not problem.gradient(problem.start).any():
        assert result.nit == 0
        return
    exact = solved(problem.hessian, problem.linear)
    step = max(abs(Fraction(a) - b) for a, b in zip(problem.start, exact, strict=True))
    relative = 2 * np.linalg.cond(hessian, np.inf) * 3 * n**3 * 2 ** (n - 1) * U
    assert relative < 0.5
    allowed = float(step) * relative + U * max(1.0, *np.abs(points[0]))
    assert len(points) == 1
    for computed, true in zip(points[0], exact, strict=True):
        assert abs(Fraction(float(computed)) - true) <= allowed


@pytest.mark.parametrize("form", FORMS)
@given(problem=quadratics())
def test_one_step_solves_a_quadratic(form: str, problem: Quadratic) -> None:
    """In every form, from any start."""
    one_step(problem, form)


@pytest.mark.parametrize("wrong", [lambda h: h / 2, lambda h: np.diag(np.diag(h))])
def test_a_wrong_hessian_takes_longer(wrong: Any) -> None:
    """Half the Hessian, or its diagonal alone, misses the minimum."""

    @given(problem=quadratics())
    def law(problem: Quadratic) -> None:
        one_step(problem, "plain", lambda x: wrong(problem.hessian.astype(float)))

    rejected(law)


def symmetric(n: int) -> st.SearchStrategy[Array]:
    """Symmetric matrices of any definiteness and size of entries, zero and singular ones too."""
    entries = st.lists(st.integers(-4, 4), min_size=n * n, max_size=n * n)
    scales = st.sampled_from([1e-12, 1.0, 1e9])
    return st.builds(
        lambda e, c: c * (np.reshape(e, (n, n)) + np.reshape(e, (n, n)).T), entries, scales
    )


def nearly_singular(n: int) -> st.SearchStrategy[Array]:
    """Of rank one but for rounding, which may leave pivots on either side of 0."""
    entries = st.lists(st.floats(0.1, 0.9), min_size=n, max_size=n)
    return entries.map(lambda v: np.outer(v, v))


MATRICES = st.one_of(
    st.integers(1, 4).flatmap(symmetric), st.integers(2, 4).flatmap(nearly_singular)
)


def makes_definite(shifted: Any, matrix: Array) -> None:
    """H + multiple * I is positive definite, is factored, and is H if that is safely definite."""
    n, scale = len(matrix), float(np.abs(matrix).max()) or 1.0
    least = float(np.linalg.eigvalsh(matrix)[0])
    rounding = 8 * n * n * U * scale
    multiple, factor = shifted(matrix)
    assert multiple >= 0
    assert least + multiple > -rounding
    whole = matrix + multiple * np.eye(n)
    assert np.array_equal(factor, np.tril(factor))
    assert factor.diagonal().min() ** 2 >= n * 2 * U * scale
    # Higham 2002, theorem 10.3: gamma_(n+1) |L| |L'|
    assert np.abs(factor @ factor.T - whole).max() <= (2 * n + 2) * U * np.abs(whole).max() * n
    if least > (n + 8) * 2 * n * U * scale:
        assert multiple == 0
    # at most twice what the least eigenvalue asks for, or the first of the sequence
    first = SHARE * scale + max(0.0, -float(matrix.diagonal().min()))
    assert multiple <= max(first, 2 * SHARE * scale, 2 * (rounding - least) + SHARE * scale)


@given(matrix=MATRICES)
def test_the_shift_makes_definite(matrix: Array) -> None:
    """Indefinite, singular and zero matrices of every scale alike."""
    makes_definite(shift, matrix)


def no_shift(matrix: Array) -> tuple[float, Array]:
    """Wrong: the absolute values of the diagonal, whatever lies beside it."""
    return 0.0, np.linalg.cholesky(np.diag(np.abs(matrix.diagonal()) + 1e-3))


def absolute_shift(matrix: Array) -> tuple[float, Array]:
    """Wrong: a multiple that does not know the scale of the matrix."""
    multiple = max(0.0, 1e-3 - float(np.linalg.eigvalsh(matrix)[0]))
    return multiple, np.linalg.cholesky(matrix + multiple * np.eye(len(matrix)))


@pytest.mark.parametrize("wrong", [no_shift, absolute_shift])
def test_wrong_shifts_are_found_out(wrong: Any) -> None:
    """One that does nothing, and one that swamps a small matrix."""
    rejected(given(matrix=MATRICES)(lambda matrix: makes_definite(wrong, matrix)))


@given(matrix=MATRICES, data=st.data())
def test_the_safeguarded_direction_descends(matrix: Array, data: st.DataObject) -> None:
    """Whatever the Hessian, g'p < 0."""
    n = len(matrix)
    g = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n)), float)
    if g.any():
        assert g @ solve_shifted(matrix, -g) < 0


def two_wells(x: Array) -> float:
    """A saddle at 0 between minima at (-1, 0) and (1, 0)."""
    return float(x[0] ** 4 / 4 - x[0] ** 2 / 2 + x[1] ** 2)


def two_wells_gradient(x: Array) -> Array:
    """Its gradient."""
    return np.array([x[0] ** 3 - x[0], 2 * x[1]])


def two_wells_hessian(x: Array) -> Array:
    """Its Hessian, indefinite for |x| < 1 / sqrt 3."""
    return np.diag([3 * x[0] ** 2 - 1, 2.0])


def wells(form: str) -> Any:
    """A run from near the saddle."""
    return minimize(
        two_wells, [0.1, 1.0], jac=two_wells_gradient, hess=two_wells_hessian,
        method=Newton(form=form),
    )  # fmt: skip


def test_near_a_saddle_only_the_safeguarded_form_descends() -> None:
    """The plain form is drawn into the saddle, the damped one sees that it is no descent."""
    safe, plain, damped = wells("safeguarded"), wells("plain"), wells("damped")
    assert np.abs(safe.x - [1.0, 0.0]).max() < 1e-5
    assert np.abs(plain.x).max() < 1e-5
    assert two_wells(plain.x) > two_wells(safe.x)
    assert damped.status == 2
    assert "not positive definite; form='safeguarded'" in damped.message


def test_the_safeguard_is_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the multiple of the identity the run ends as the damped one does."""
    monkeypatch.setattr(newton, "solve_shifted", np.linalg.solve)
    assert wells("safeguarded").status == 2


def test_a_singular_hessian() -> None:
    """Plain and damped say so; the safeguarded form goes on."""

    def hess(x: Array) -> Array:
        return 12 * (x[0] + x[1]) ** 2 * np.ones((2, 2))

    results = [
        minimize(
            lambda x: float((x[0] + x[1]) ** 4), [1.0, 2.0],
            jac=lambda x: 4 * (x[0] + x[1]) ** 3 * np.ones(2), hess=hess, method=Newton(form=form),
        )
        for form in FORMS
    ]  # fmt: skip
    assert results[0].success
    for other in results[1:]:
        assert other.status == 2
        assert "the Hessian is singular; form='safeguarded'" in other.message


@pytest.mark.parametrize("form", FORMS)
def test_a_hessian_without_values(form: str) -> None:
    """The run ends where it is."""
    result = minimize(
        rosen, [-1.2, 1.0], jac=rosen_der, hess=lambda x: np.full((2, 2), math.nan),
        method=Newton(form=form),
    )  # fmt: skip
    assert (result.status, result.nit, result.message) == (2, 0, "the Hessian is not finite")
    assert result.x.tolist() == [-1.2, 1.0]


def test_the_plain_form_stops_outside_the_domain() -> None:
    """A full step to where there is no value ends the run at the best point."""
    with np.errstate(all="ignore"):
        result = minimize(
            lambda x: float(x[0] - np.log(x[0])), [5.0], jac=lambda x: 1 - 1 / x,
            hess=lambda x: 1 / x[:, None] ** 2, method=Newton(form="plain"),
        )  # fmt: skip
    assert (result.status, result.x.tolist()) == (2, [5.0])
    assert "not finite" in result.message


@pytest.mark.parametrize("form", FORMS)
def test_the_scale_of_variables_does_not_matter(form: str) -> None:
    """In variables twice as large the run visits the same points, bit for bit."""
    here: list[Array] = []
    there: list[Array] = []

    def recorded(x: Array) -> float:
        there.append(2 * x)
        return float(rosen(2 * x))

    def plain(x: Array) -> float:
        here.append(x.copy())
        return float(rosen(x))

    options = {"gtol": 1e-9, "maxiter": 30}
    x0, method = np.array([-1.25, 1.0]), Newton(form=form)
    minimize(plain, x0, jac=rosen_der, hess=rosen_hess, method=method, options=options)
    minimize(
        recorded, x0 / 2, jac=lambda x: 2 * rosen_der(2 * x), hess=lambda x: 4 * rosen_hess(2 * x),
        method=method, options=options | {"gtol": 2e-9},
    )  # fmt: skip
    assert [x.tolist() for x in here] == [x.tolist() for x in there]


def test_hessians_are_counted_and_copied() -> None:
    """One a step; the function may overwrite its argument."""
    calls = []

    def hess(x: Array) -> Array:
        value = np.asarray(rosen_hess(x))
        calls.append(1)
        x[:] = math.nan
        return value

    result = minimize(rosen, [-1.2, 1.0], jac=rosen_der, hess=hess, method=Newton())
    assert result.success
    assert result.nhev == len(calls) == result.nit
