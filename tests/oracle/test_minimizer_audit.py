"""BFGS and L-BFGS beside SciPy's on the problems of More, Garbow and Hillstrom."""

from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from refmath.optimizers import BFGS, LBFGS
from refmath.oracle.minimizer.agreement import Agreement, compare
from refmath.oracle.minimizer.problems import Problem, collection
from refmath.oracle.minimizer.trace import distances, recorded, sensitivity

NAMES = [p.name for p in collection()]
EACH = pytest.mark.parametrize("index", range(len(NAMES)), ids=NAMES)
OURS: dict[str, Any] = {"BFGS": BFGS, "L-BFGS-B": LBFGS}


@cache
def agreement(index: int, method: str) -> Agreement:
    """Ours beside SciPy's."""
    return compare(collection()[index], method, OURS[method](), method, runs=4)


@pytest.mark.parametrize("method", OURS)
@EACH
def test_ours_solves_what_scipy_solves_with_no_more_evaluations(index: int, method: str) -> None:
    """And visits its points, no further away than rounding takes SciPy's own runs."""
    assert agreement(index, method).complaint == ""


@EACH
def test_bfgs_is_scipys_to_the_last_bit(index: int) -> None:
    """All points, on every problem that SciPy does not leave with an error."""
    found = agreement(index, "BFGS")
    assert found.same_bits or NAMES[index] == "meyer"
    assert found.evaluations[0] == found.evaluations[1] or NAMES[index] == "meyer"


def test_the_comparison_is_not_empty() -> None:
    """Most problems are solved by both; most runs of L-BFGS are judged to half or the end."""
    for method in OURS:
        found = [agreement(i, method) for i in range(len(NAMES))]
        assert sum(all(a.solved) for a in found) >= 30
        assert sum(a.judged >= min(a.evaluations) / 2 for a in found) >= 28


def test_where_the_function_is_infinite_ours_goes_on() -> None:
    """L-BFGS-B meets an infinite value on Jennrich and Sampson, and reports success far away.

    Its zero step passes its test of the reduction; ours steps back and finds the minimum.
    """
    found = agreement(NAMES.index("jennrich_sampson"), "L-BFGS-B")
    assert found.solved == (True, False)
    run = recorded(collection()[NAMES.index("jennrich_sampson")], "L-BFGS-B")
    assert run.result.success
    assert np.abs(run.result.jac).max() > 1000
    assert np.isinf(run.values).any()


def test_the_smallest_function_with_a_wall() -> None:
    """From 5 on x - log x: L-BFGS-B reports success at 4, after a trial at 0; ours ends at 1."""

    def fun(x: Any) -> float:
        return float(x[0] - np.log(x[0])) if x[0] > 0 else np.inf

    def jac(x: Any) -> Any:
        return 1 - 1 / x if x[0] > 0 else np.array([np.nan])

    problem = Problem("wall", fun, jac, np.array([5.0]), (1.0,))
    theirs, ours = recorded(problem, "L-BFGS-B").result, recorded(problem, LBFGS()).result
    assert theirs.success
    assert (theirs.x[0], theirs.jac[0]) == (4.0, 0.75)
    assert ours.success
    assert abs(ours.x[0] - 1) < 1e-4


@pytest.mark.parametrize("wrong", [{"memory": 3}, {"ftol": 1.0}, {"maxls": 1}], ids=str)
def test_another_lbfgs_is_found_out(wrong: dict[str, Any]) -> None:
    """One with another memory, tolerance or search: some problem complains."""
    found = [compare(p, "L-BFGS-B", LBFGS(**wrong), "L-BFGS-B", runs=1) for p in collection()[:5]]
    assert any(a.complaint for a in found)


@pytest.mark.parametrize("wrong", [{"c2": 0.5}, {"scale_first": True}, {"gtol": 10.0}], ids=str)
def test_another_bfgs_is_found_out(wrong: dict[str, Any]) -> None:
    """And for BFGS: constants, first scaling, tolerance."""
    found = [compare(p, "BFGS", BFGS(**wrong), "BFGS", runs=1) for p in collection()[:5]]
    assert any(a.complaint for a in found)


def slower(fun: Any, x0: Any, args: Any = (), jac: Any = None, **options: Any) -> Any:
    """SciPy's points, and then some more."""
    found = LBFGS()(fun, x0, args, jac)
    for _ in range(5):
        fun(found.x)
    return found


def test_more_evaluations_than_scipys_are_a_complaint() -> None:
    """Where rounding has not taken over, one more is too many."""
    found = compare(collection()[NAMES.index("beale")], "L-BFGS-B", slower, "L-BFGS-B", runs=2)
    assert "more than" in found.complaint


def test_a_problem_that_ours_does_not_solve_is_a_complaint() -> None:
    """With too few iterations it does not."""
    method = LBFGS(maxiter=3)
    found = compare(collection()[NAMES.index("beale")], "L-BFGS-B", method, "L-BFGS-B", runs=2)
    assert "does not solve" in found.complaint


def test_the_bound_grows_from_rounding() -> None:
    """0 at the start, the size of rounding next, more with every sensitive step."""
    problem = Problem("Rosenbrock", rosen, rosen_der, np.array([-1.2, 1.0]), (0.0,))
    found = sensitivity(problem, "L-BFGS-B", runs=4)
    assert found.bound[0] == 0
    assert 0 < found.bound[1] < 1e-13
    assert (np.diff(found.bound) >= 0).all()
    assert found.bound[-1] > 1e-12
    assert (distances(found.run, recorded(problem, "L-BFGS-B")) == 0).all()


def test_what_counts_as_solved() -> None:
    """99.9 % of the way from the start's value to a known minimum."""
    make = partial(Problem, "line", lambda x: float(x[0]), lambda x: np.ones(1), np.array([1000.0]))
    assert make((0.0,)).solved_by(1.0)
    assert not make((0.0,)).solved_by(1.1)
    assert not make(()).solved_by(0.0)
    assert make((0.0, 500.0)).solved_by(500.4)
