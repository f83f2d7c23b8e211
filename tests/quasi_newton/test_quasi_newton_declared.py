"""The declared quasi-Newton formulas: their laws, exactly, and the numeric minimizers by them."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from exact_matrices import (
    at,
    definite,
    determinant,
    fractions,
    inverse_of,
    is_positive_definite,
    named,
    pairs,
)
from sympy import cancel, symbols

from refmath.errors import DeclarationError, InvalidInput
from refmath.optimizers.minimize import _inverse
from refmath.optimizers.minimize._history import History
from refmath.oracle.gradient.edits import edits
from refmath.quasi_newton import (
    UPDATES,
    Formula,
    bfgs,
    bfgs_direct,
    dfp,
    dfp_direct,
    product_form,
    scaling,
    two_loops,
)
from refmath.tensor import Tensor, tensors
from refmath.tensor.evaluate import Symbols, evaluate

Array = Any
EACH = pytest.mark.parametrize("formula", UPDATES, ids=[f.name for f in UPDATES])
SIZES = (1, 2, 3)


def cases(count: int = 4) -> Iterator[tuple[np.random.Generator, int]]:
    """Random generators with sizes."""
    for n in SIZES:
        for seed in range(count):
            yield np.random.default_rng([n, seed]), n


def given(formula: Formula, matrix: Array, s: Array, y: Array) -> dict[str, Array]:
    """The values of an update's variables."""
    return {"H" if "H" in formula.doc else "B": matrix, "s": s, "y": y}


def broken(formula: Formula, expr: Tensor) -> set[str]:
    """The laws that an expression breaks on some exact case."""
    out: set[str] = set()
    for rng, n in cases():
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        values = given(formula, matrix, s, y)
        for name in formula.laws:
            if at(formula.law(name, expr), **values).any():
                out.add(name)
        if not is_positive_definite(at(expr, **values)):
            out.add("positive definite")
    return out


@EACH
def test_secant_symmetry_and_definiteness(formula: Formula) -> None:
    """H y = s or B s = y, H = H', and H > 0 while y's > 0: exactly, in fractions."""
    assert broken(formula, formula.expr) == set()


@pytest.mark.parametrize("formula", [bfgs_direct, dfp], ids=["bfgs_direct", "dfp"])
def test_symmetry_is_proved_at_any_size(formula: Formula) -> None:
    """The rank-two forms minus their transposes are 0 in normal form, with n a symbol."""
    assert formula.law("symmetry").text() == "0"


def test_without_curvature_the_update_is_not_definite() -> None:
    """Where y's < 0 the updated matrix has s'H^-1 s < 0: the test of the curvature is needed."""
    for rng, n in cases():
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        assert not is_positive_definite(at(bfgs.expr, H=matrix, s=s, y=-y))


@pytest.mark.parametrize(
    ("direct", "inverse"), [(bfgs_direct, bfgs), (dfp_direct, dfp)], ids=["bfgs", "dfp"]
)
def test_the_pair_of_updates_is_inverse(direct: Formula, inverse: Formula) -> None:
    """Sherman, Morrison and Woodbury: the update of H is the inverse of the update of H^-1."""
    for rng, n in cases():
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        updated = at(direct.expr, B=matrix, s=s, y=y)
        assert (at(inverse.expr, H=inverse_of(matrix), s=s, y=y) == inverse_of(updated)).all()


def test_bfgs_and_dfp_are_dual() -> None:
    """Each is the other with s and y exchanged, and they are not the same."""
    differ = 0
    for rng, n in cases():
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        assert (at(dfp_direct.expr, B=matrix, s=s, y=y) == at(bfgs.expr, H=matrix, s=y, y=s)).all()
        differ += (at(dfp.expr, H=matrix, s=s, y=y) != at(bfgs.expr, H=matrix, s=s, y=y)).any()
    assert differ


def written_out(expr: Tensor, formula: Formula) -> Array:
    """The entries with n = 2 and symbols for everything."""
    h, i, j, *rest = symbols("h i j s0 s1 y0 y1")
    s, y = np.array(rest[:2], object), np.array(rest[2:], object)
    values = given(formula, np.array([[h, i], [i, j]], object), s, y)
    return evaluate(expr, values, {"n": 2}, Symbols())


def is_equal(expr: Tensor, formula: Formula) -> bool:
    """Whether an expression is the formula in other words: proved, with n = 2."""
    difference = written_out(expr, formula) - written_out(formula.expr, formula)
    return all(cancel(entry) == 0 for entry in difference.flat)


def differs(formula: Formula, expr: Tensor) -> bool:
    """Whether an expression has another value, or none, on some exact case."""
    for rng, n in cases():
        values = given(formula, definite(rng, n), *pairs(rng, n, 1)[0])
        try:
            if (at(expr, **values) != at(formula.expr, **values)).any():
                return True
        except ZeroDivisionError:
            return True
    return False


def obeys(formula: Formula, expr: Tensor) -> bool:
    """Whether an expression obeys all laws on the exact cases."""
    try:
        return not broken(formula, expr)
    except ZeroDivisionError:
        return False


@EACH
def test_every_slip_is_seen(formula: Formula) -> None:
    """A dropped term or factor, a sign, a transpose: all change the matrix on an exact case.

    What does not is the same formula in other words. Nearly all break a law, too: that is what
    the laws are worth; what breaks none is another update, as DFP is.
    """
    slips = [e for e in edits(formula.expr) if e.expr.shape == formula.expr.shape]
    wrong = [e for e in slips if differs(formula, e.expr)]
    assert all(is_equal(e.expr, formula) for e in slips if e not in wrong)
    assert len(wrong) >= 8
    assert [e.text for e in wrong if obeys(formula, e.expr)] == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_two_loops_are_the_product_form(count: int) -> None:
    """Exactly, for as many pairs."""
    for rng, n in cases(3):
        values = named(pairs(rng, n, count), fractions(rng.integers(-4, 5, n)))
        assert (at(two_loops(count).expr, **values) == at(product_form(count).expr, **values)).all()


def test_every_slip_of_the_two_loops_is_seen() -> None:
    """With two pairs each single slip changes the direction on some exact case."""
    right, survivors = two_loops(2).expr, []
    for slip in edits(right):
        for rng, n in cases(3):
            values = named(pairs(rng, n, 2), fractions(rng.integers(-4, 5, n)))
            if slip.expr.shape != right.shape or (
                at(slip.expr, **values) != at(right, **values)
            ).any():
                break
        else:
            survivors.append(slip.text)
    assert survivors == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_numeric_history_is_the_declared_recursion(count: int) -> None:
    """The two loops of `LBFGS` in fractions give the declared value, exactly."""
    for rng, n in cases(3):
        steps, g = pairs(rng, n, count), fractions(rng.integers(-4, 5, n))
        history = History(count, n, object)
        zero = fractions(np.zeros(n, int))
        for s, y in steps:
            assert history.offer((zero, s), (zero, y), floor=0)
        assert (history.times(g) == at(two_loops(count).expr, **named(steps, g))).all()
        assert history.gamma == at(scaling().expr, **named(steps[-1:]))[()]


@pytest.mark.parametrize("update", [_inverse.in_place, _inverse.written_out])
def test_the_numeric_update_is_the_declared_one(update: Any) -> None:
    """Both ways in which `BFGS` evaluates it, in fractions, exactly."""
    for rng, n in cases():
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        changed = matrix.copy()
        update(changed, s, y, 1 / np.dot(y, s))
        assert (changed == at(bfgs.expr, H=matrix, s=s, y=y)).all()


@EACH
def test_kernels_are_the_formula(formula: Formula) -> None:
    """In doubles, on integers: no further off than 64 n roundings of the largest term."""
    for rng, n in cases():
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        values = given(formula, matrix, s, y)
        exact = at(formula.expr, **values).astype(float)
        found = formula.kernel()(**{k: v.astype(float) for k, v in values.items()})
        ends = s if "H" in formula.doc else y
        terms = 1 + abs(s).sum() * abs(y).sum()
        scale = float(abs(matrix).max() * terms**2 + abs(ends).max() ** 2)
        assert np.abs(found - exact).max() <= 64 * n * 2.0**-53 * scale


def minimized(hessian: Array, start: Array, update: Formula) -> tuple[list[Array], Array]:
    """Gradients of half x'Ax under exact line searches, until it is 0, and the last matrix."""
    x, n = start, len(start)
    inverse, g = fractions(np.eye(n, dtype=int)), np.dot(hessian, start)
    gradients = [g]
    while g.any() and len(gradients) <= n + 1:
        p = -np.dot(inverse, g)
        step = -np.dot(g, p) / np.dot(p, np.dot(hessian, p))
        new = x + step * p
        y = np.dot(hessian, new) - g
        inverse = at(update.expr, H=inverse, s=new - x, y=y)
        x, g = new, np.dot(hessian, new)
        gradients.append(g)
    return gradients, inverse


def conjugate_gradients(hessian: Array, start: Array) -> list[Array]:
    """The gradients that the method of conjugate gradients goes through."""
    g = np.dot(hessian, start)
    p, found = -g, [g]
    while g.any():
        new = g + np.dot(g, g) / np.dot(p, np.dot(hessian, p)) * np.dot(hessian, p)
        p = -new + np.dot(new, new) / np.dot(g, g) * p
        g = new
        found.append(g)
    return found


@pytest.mark.parametrize("update", [bfgs, dfp], ids=["bfgs", "dfp"])
def test_on_quadratics_it_ends_in_n_steps_as_conjugate_gradients(update: Formula) -> None:
    """With exact line searches, in fractions: the gradient is 0 after n steps at most.

    On the way it is that of conjugate gradients; after n steps H is the inverse Hessian.
    """
    for rng, n in cases():
        hessian, start = definite(rng, n), fractions(rng.integers(-4, 5, n))
        gradients, inverse = minimized(hessian, start, update)
        assert len(gradients) <= n + 1
        assert not gradients[-1].any()
        expected = conjugate_gradients(hessian, start)
        assert all((a == b).all() for a, b in zip(gradients, expected, strict=True))
        if len(gradients) == n + 1:
            assert (inverse == inverse_of(hessian)).all()


def test_bfgs_does_not_see_an_affine_change_of_variables() -> None:
    """With x = T z, H in z is T^-1 H T^-T: s, y and H transform as they must, exactly."""
    for rng, n in cases():
        change = fractions(np.eye(n, dtype=int) + np.triu(rng.integers(-2, 3, (n, n)), 1))
        assert determinant(change) == 1
        back = inverse_of(change)
        matrix, (s, y) = definite(rng, n), pairs(rng, n, 1)[0]
        seen = np.dot(back, np.dot(matrix, back.T))
        found = at(bfgs.expr, H=seen, s=np.dot(back, s), y=np.dot(change.T, y))
        plain = at(bfgs.expr, H=matrix, s=s, y=y)
        assert (found == np.dot(back, np.dot(plain, back.T))).all()


def test_the_direction_of_lbfgs_does_not_see_the_scale_of_the_function() -> None:
    """From the first pair on: with f, y and g times c, H g stays; it owes this to gamma."""
    for rng, n in cases():
        steps, g = pairs(rng, n, 2), fractions(rng.integers(-4, 5, n))
        plain = at(two_loops(2).expr, **named(steps, g))
        c = Fraction(7, 3)
        scaled = at(two_loops(2).expr, **named([(s, c * y) for s, y in steps], c * g))
        assert (scaled == plain).all()


def test_a_formula_without_words_for_its_variables_is_refused() -> None:
    """So is one with words for what it does not hold."""
    s, y = tensors("s[n] y[n]")
    with pytest.raises(DeclarationError, match="expected words for s, y, found them for s"):
        _ = Formula("x", "x", "x", lambda: s + y, {"s": "the step"}, "").expr


@pytest.mark.parametrize("count", [0, 6])
def test_too_many_pairs_are_refused(count: int) -> None:
    """And none at all."""
    with pytest.raises(InvalidInput, match=r"expected 1 to 5"):
        two_loops(count)


@EACH
def test_it_can_be_read(formula: Formula) -> None:
    """As text and as LaTeX; it names its source and condition."""
    assert formula.title in repr(formula)
    assert "s" in formula.text()
    assert formula.latex()
    assert formula.condition
    assert "Nocedal" in formula.source
