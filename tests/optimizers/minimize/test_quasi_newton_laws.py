"""The laws of BFGS and L-BFGS updates, in fractions: nothing rounds, and nothing is tolerated."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_search_cases import rejected
from quasi_newton_cases import (
    Array,
    Late,
    OldestScale,
    Overwriting,
    Pairs,
    Reversed,
    Unchecked,
    Unscaled,
    Unsynchronized,
    bfgs,
    bfgs_in_place,
    definite,
    fractions,
    identity,
    is_positive_definite,
    lbfgs,
    pairs,
    product_form,
    remember,
)

from refmath.optimizers.minimize._history import History

MEMORY = st.integers(1, 4)


def equal(a: Array, b: Array) -> bool:
    """Whether two arrays of fractions are equal."""
    return bool((a == b).all())


@given(steps=pairs(), data=st.data())
def test_the_update_is_the_formula(steps: Pairs, data: st.DataObject) -> None:
    """Both ways of evaluating it give the product form, from any positive definite matrix."""
    start = data.draw(definite(len(steps[0][0])))
    assert equal(bfgs(steps, start), product_form(start, steps))
    assert equal(bfgs_in_place(steps, start), product_form(start, steps))


def laws_of_inverse(make: Callable[[Pairs], Array], steps: Pairs) -> None:
    """The newest pair satisfies the secant equation; the matrix is symmetric and definite."""
    matrix = make(steps)
    s, y = steps[-1]
    assert equal(np.dot(matrix, y), s)
    assert equal(matrix, matrix.T)
    assert is_positive_definite(matrix)


@given(steps=pairs(), memory=MEMORY)
def test_secant_equation_symmetry_and_definiteness(steps: Pairs, memory: int) -> None:
    """BFGS and L-BFGS of any memory: H y = s, H = H', H > 0 while every s'y > 0."""
    laws_of_inverse(bfgs, steps)
    laws_of_inverse(lambda p: lbfgs(p, memory), steps)


@given(steps=pairs(), memory=MEMORY)
def test_the_two_loops_are_the_product_form(steps: Pairs, memory: int) -> None:
    """Of the pairs in memory, the oldest first, from the scaled identity."""
    hold_to_product_form(History, steps, memory)


def hold_to_product_form(kind: type[History], steps: Pairs, memory: int) -> None:
    """Whether a history is the product form of its last pairs."""
    s, y = steps[-1]
    start = np.dot(s, y) / np.dot(y, y) * identity(len(s))
    assert equal(lbfgs(steps, memory, kind), product_form(start, steps[-memory:]))


@given(steps=pairs())
def test_with_room_for_all_pairs_it_is_bfgs(steps: Pairs) -> None:
    """L-BFGS that forgets nothing is BFGS from its own scaling."""
    s, y = steps[-1]
    start = np.dot(s, y) / np.dot(y, y) * identity(len(s))
    for memory in (len(steps), len(steps) + 3):
        assert equal(lbfgs(steps, memory), bfgs(steps, start))


@pytest.mark.parametrize("wrong", [Reversed, Late, OldestScale, Unscaled, Unsynchronized])
def test_wrong_histories_are_found_out(wrong: type[History]) -> None:
    """Order, delay, scaling and eviction: each error breaks the product form."""

    @given(steps=pairs(least=2), memory=MEMORY)
    def law(steps: Pairs, memory: int) -> None:
        hold_to_product_form(wrong, steps, memory)

    rejected(law)


def wrong_sign(steps: Pairs) -> Array:
    """Wrong: rho s s' is subtracted."""
    matrix = identity(len(steps[0][0]))
    for s, y in steps:
        rho = 1 / np.dot(s, y)
        matrix = product_form(matrix, [(s, y)]) - 2 * rho * np.outer(s, s)
    return matrix


def not_transposed(steps: Pairs) -> Array:
    """Wrong: the same factor on both sides."""
    matrix = identity(len(steps[0][0]))
    for s, y in steps:
        rho = 1 / np.dot(s, y)
        left = identity(len(s)) - rho * np.outer(s, y)
        matrix = np.dot(left, np.dot(matrix, left)) + rho * np.outer(s, s)
    return matrix


def direct(steps: Pairs) -> Array:
    """Wrong: s and y exchanged, the update of the Hessian and not of its inverse."""
    return bfgs([(y, s) for s, y in steps])


@pytest.mark.parametrize("wrong", [wrong_sign, not_transposed, direct])
def test_wrong_updates_are_found_out(wrong: Callable[[Pairs], Array]) -> None:
    """A sign, a transpose or a swap breaks the secant equation, symmetry or definiteness."""
    rejected(given(steps=pairs())(lambda steps: laws_of_inverse(wrong, steps)))


def hold_to_curvature_test(kind: type[History], steps: Pairs, bad: Array, memory: int) -> None:
    """A pair whose curvature is not positive changes nothing, also when the memory is full."""
    s, _ = steps[-1]
    zero = fractions([0] * len(s))
    history = remember(steps, memory, kind)
    before = [history.times(e) for e in identity(len(s))]
    turned = bad if np.dot(s, bad) <= 0 else -bad
    assert not history.offer((zero, 2 * s), (zero, turned), floor=0)
    assert len(history) == min(memory, len(steps))
    assert all(equal(history.times(e), b) for e, b in zip(identity(len(s)), before, strict=True))


@st.composite
def rejections(draw: st.DrawFn) -> tuple[Pairs, Array]:
    """Pairs, and a change of the gradient for one more."""
    steps = draw(pairs())
    n = len(steps[0][0])
    entries = draw(st.lists(st.integers(-5, 5), min_size=n, max_size=n))
    return steps, fractions(entries)


@given(case=rejections(), memory=MEMORY)
def test_a_pair_without_curvature_is_left_out(case: tuple[Pairs, Array], memory: int) -> None:
    """It neither counts nor overwrites a pair that does."""
    hold_to_curvature_test(History, *case, memory)


@pytest.mark.parametrize("wrong", [Unchecked, Overwriting])
def test_a_missing_curvature_test_is_found_out(wrong: type[History]) -> None:
    """So is a test that comes after the pair has been written over another."""
    rejected(
        given(case=rejections(), memory=MEMORY)(
            lambda case, memory: hold_to_curvature_test(wrong, *case, memory)
        )
    )


@given(steps=pairs(), memory=MEMORY)
def test_the_pairs_are_the_last_ones(steps: Pairs, memory: int) -> None:
    """In the order in which they came, and none after the history is cleared."""
    history = remember(steps, memory)
    s, y = history.pairs
    last = steps[-memory:]
    assert equal(s, np.stack([p[0] for p in last]))
    assert equal(y, np.stack([p[1] for p in last]))
    history.clear()
    assert not len(history)
    v: Any = steps[0][0]
    assert equal(history.times(v), v)


def test_pairs_of_extreme_size_do_not_enter() -> None:
    """Where s'y, its inverse or y'y overflows or underflows, a float pair is left out."""
    zero = np.zeros(2)
    history = History(3, 2)
    for s, y in ((1e-160, 1e-160), (1e-200, 1e200), (1e100, 1e-200)):
        assert not history.offer((zero, np.full(2, s)), (zero, np.full(2, y)), floor=0.0)
    assert history.offer((zero, np.full(2, 1e-100)), (zero, np.full(2, 1e-100)), floor=0.0)
