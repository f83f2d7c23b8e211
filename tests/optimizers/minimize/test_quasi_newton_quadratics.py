"""On convex quadratics with exact line searches, in fractions: termination and invariance."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_search_cases import rejected
from quasi_newton_cases import (
    Array,
    Late,
    Quadratic,
    bfgs,
    definite,
    identity,
    inverse_of,
    quadratics,
    regular,
    solved,
    vectors,
)

from refmath.optimizers.minimize._history import History
from refmath.optimizers.minimize.line_search import exact

Direction = Callable[[Array], Array]
Learn = Callable[[Array, Array], Any]


def iterates(problem: Quadratic, direction: Direction, learn: Learn) -> Iterator[Array]:
    """The start and the points after exact line searches, while the gradient is not 0."""
    x, g = problem.start, problem.gradient(problem.start)
    yield x
    while g.any():
        d = direction(g)
        step = exact(0, g, d, lambda v: np.dot(problem.hessian, v)).step
        s = step * d
        x, old = x + s, g
        g = problem.gradient(x)
        learn(s, g - old)
        yield x


def by_bfgs(problem: Quadratic, inverse: Array) -> Iterator[Array]:
    """BFGS from a given inverse Hessian."""
    matrix = inverse.copy()

    def learn(s: Array, y: Array) -> None:
        matrix[...] = bfgs([(s, y)], matrix)

    return iterates(problem, lambda g: -np.dot(matrix, g), learn)


def by_lbfgs(problem: Quadratic, memory: int, kind: type[History] = History) -> Iterator[Array]:
    """L-BFGS."""
    n = len(problem.start)
    history = kind(memory, n, object)
    zero = 0 * problem.start

    def learn(s: Array, y: Array) -> None:
        assert history.offer((zero, s), (zero, y), floor=0)

    return iterates(problem, lambda g: -history.times(g), learn)


def ends_in_n_steps(problem: Quadratic, points: Iterator[Array]) -> None:
    """The minimum is reached, exactly, after no more steps than there are variables."""
    visited = list(islice(points, len(problem.start) + 1))
    assert not problem.gradient(visited[-1]).any()


@given(problem=quadratics(), data=st.data())
def test_bfgs_ends_in_n_steps(problem: Quadratic, data: st.DataObject) -> None:
    """From any positive definite first matrix; if it took n steps it has learned the Hessian."""
    start = data.draw(definite(len(problem.start)))
    ends_in_n_steps(problem, by_bfgs(problem, start))


@given(problem=quadratics(), memory=st.integers(1, 4))
def test_lbfgs_ends_in_n_steps(problem: Quadratic, memory: int) -> None:
    """Whatever its memory: its directions are those of conjugate gradients."""
    ends_in_n_steps(problem, by_lbfgs(problem, memory))


def test_a_late_pair_costs_the_termination() -> None:
    """A history whose newest pair counts one step late takes longer.

    The order of the pairs does not matter here: they are conjugate.
    """

    @given(problem=quadratics(), memory=st.integers(1, 4))
    def law(problem: Quadratic, memory: int) -> None:
        ends_in_n_steps(problem, by_lbfgs(problem, memory, Late))

    rejected(law)


@given(problem=quadratics(), data=st.data())
def test_bfgs_learns_the_inverse_hessian(problem: Quadratic, data: st.DataObject) -> None:
    """After n conjugate steps of a run that took n, H is the inverse of the Hessian."""
    n = len(problem.start)
    matrix = identity(n)
    steps = []

    def learn(s: Array, y: Array) -> None:
        steps.append((s, y))
        matrix[...] = bfgs([(s, y)], matrix)

    list(iterates(problem, lambda g: -np.dot(matrix, g), learn))
    if len(steps) == n:
        assert (matrix == inverse_of(problem.hessian)).all()


def hold_to_invariance(
    problem: Quadratic, change: Array, shift: Array, first: Array, carried: Array
) -> None:
    """In variables z with x = T z + c the iterates are the same points."""
    linear = np.dot(change.T, problem.linear - np.dot(problem.hessian, shift))
    start = solved(change, problem.start - shift)
    other = Quadratic(np.dot(change.T, np.dot(problem.hessian, change)), linear, start)
    ours, theirs = by_bfgs(problem, first), by_bfgs(other, carried)
    for x, z in zip(ours, theirs, strict=True):
        assert (x == np.dot(change, z) + shift).all()


@st.composite
def changes(draw: st.DrawFn) -> tuple[Quadratic, Array, Array, Array]:
    """A quadratic, a change of variables and a first inverse Hessian."""
    problem = draw(quadratics())
    n = len(problem.start)
    return problem, draw(regular(n)), draw(vectors(n)), draw(definite(n))


@given(case=changes())
def test_bfgs_is_affinely_invariant(case: tuple[Quadratic, Array, Array, Array]) -> None:
    """If the first inverse Hessian H is changed along with the variables, to T^-1 H T^-T."""
    _, change, _, first = case
    back = inverse_of(change)
    hold_to_invariance(*case, np.dot(back, np.dot(first, back.T)))


@pytest.mark.parametrize(
    "carry",
    [
        lambda first, change: first,
        lambda first, change: np.dot(change, np.dot(first, change.T)),
    ],
)
def test_invariance_needs_the_first_matrix_changed(carry: Callable[..., Array]) -> None:
    """Kept as it is, or changed the wrong way round, the iterates differ."""
    rejected(given(case=changes())(lambda case: hold_to_invariance(*case, carry(case[3], case[1]))))
