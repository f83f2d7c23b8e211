"""BFGS and L-BFGS against SciPy's, evaluation for evaluation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from minimize_problems import PROBLEMS, Problem, Trace, distances, reference, trace
from quasi_newton_cases import Late, OldestScale, Reversed, Unscaled

from refmath.optimizers import BFGS, LBFGS
from refmath.optimizers.minimize import bfgs, lbfgs
from refmath.optimizers.minimize._inverse import in_place, written_out

Array = np.ndarray
NAMES = [p.name for p in PROBLEMS]
ALL = pytest.mark.parametrize("index", range(len(PROBLEMS)), ids=NAMES)
HALF_THE_DIGITS = 2.0**-26


def bits(run: Trace) -> list[Any]:
    """What is equal if and only if two runs are, in all that they computed."""
    result = run.result
    fields = (result.x, result.jac, np.array(result.fun), result.hess_inv)
    counts = (result.nit, result.nfev, result.njev, result.success)
    return [run.points.tobytes(), *(a.tobytes() for a in fields), *counts]


SMALL = [p for p in PROBLEMS if p.x0.size <= 32]


@pytest.mark.parametrize("problem", SMALL, ids=[p.name for p in SMALL])
def test_on_small_problems_bfgs_is_scipys_to_the_last_bit(problem: Problem) -> None:
    """The points, their number, the result and its inverse Hessian: every bit is the same."""
    assert bits(trace(problem, BFGS())) == bits(trace(problem, "BFGS"))


@ALL
def test_in_scipys_order_of_operations_bfgs_is_scipys_at_every_size(
    monkeypatch: pytest.MonkeyPatch, index: int
) -> None:
    """What parts the two on large problems is the rounding of the update alone.

    That the update in fewer operations is the same formula is shown in fractions elsewhere.
    """
    monkeypatch.setattr(bfgs, "update", written_out)
    assert bits(trace(PROBLEMS[index], BFGS())) == bits(trace(PROBLEMS[index], "BFGS"))


@ALL
def test_bfgs_parts_from_scipys_by_rounding_only(
    monkeypatch: pytest.MonkeyPatch, index: int
) -> None:
    """With the update in fewer operations it takes as many evaluations where that is definite.

    It is where SciPy itself takes the same number from gradients that are rounded otherwise.
    """
    monkeypatch.setattr(bfgs, "update", in_place)
    theirs, ours = reference(index, "BFGS"), trace(PROBLEMS[index], BFGS())
    assert ours.result.success
    if len(theirs.counts) == 1:
        assert {ours.result.nfev} == theirs.counts
        assert ours.result.nit == theirs.run.result.nit


def lbfgs_is_scipys(index: int, **options: Any) -> None:
    """Whether L-BFGS visits SciPy's points, as far as rounding lets any run do so."""
    theirs, ours = reference(index, "L-BFGS-B"), trace(PROBLEMS[index], LBFGS(**options))
    apart = distances(theirs.run, ours)
    spread = theirs.spread[: len(apart)]
    together = spread <= HALF_THE_DIGITS
    assert (apart[together] <= spread[together]).all()
    assert ours.result.success == theirs.run.result.success
    if len(theirs.counts) == 1:
        assert {ours.result.nfev} == theirs.counts
        assert ours.result.nit == theirs.run.result.nit
        assert ours.result.njev == theirs.run.result.njev
        assert len(ours.points) == ours.result.nfev


@ALL
def test_lbfgs_visits_scipys_points(index: int) -> None:
    """No evaluation is further from SciPy's than SciPy's own runs are from each other.

    These are runs on gradients that are moved by as much as rounding in the method may move a
    direction; once they have lost half their digits nothing is compared but the end. Where all
    of them take the same number of evaluations and iterations, so does ours.
    """
    lbfgs_is_scipys(index)


def test_most_runs_are_definite() -> None:
    """The comparison of numbers and of points is not empty: SciPy's own runs mostly agree."""
    for method in ("BFGS", "L-BFGS-B"):
        definite = [i for i in range(len(PROBLEMS)) if len(reference(i, method).counts) == 1]
        assert len(definite) >= 10
    assert all(
        np.count_nonzero(reference(i, "L-BFGS-B").spread <= HALF_THE_DIGITS) >= 10
        for i in range(len(PROBLEMS))
    )


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B"])
@ALL
def test_the_first_points_agree_to_rounding(index: int, method: str) -> None:
    """The start is the same; the second point but for the roundings of its own computation."""
    problem, theirs = PROBLEMS[index], reference(index, method).run
    ours = trace(problem, {"BFGS": BFGS(), "L-BFGS-B": LBFGS()}[method])
    assert (ours.points[0] == theirs.points[0]).all()
    # 1 / |g| from n products, times g, plus x: n + 4 roundings at most, relative to the terms
    unit = (problem.x0.size + 4) * 2.0**-53
    size = np.abs(theirs.points[0]) + 2 * np.abs(theirs.points[1])
    assert (np.abs(ours.points[1] - theirs.points[1]) <= unit * size).all()


@pytest.mark.parametrize("wrong", [Reversed, Late, OldestScale, Unscaled])
def test_wrong_histories_go_elsewhere(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    """Order, delay and scaling of the pairs show in the points that are visited."""
    monkeypatch.setattr(lbfgs, "History", wrong)
    with pytest.raises(AssertionError):
        lbfgs_is_scipys(1)


@pytest.mark.parametrize("options", [{"memory": 3}, {"ftol": None}, {"gtol": 1.0}])
def test_other_memories_and_tolerances_go_elsewhere(options: dict[str, Any]) -> None:
    """The memory and the tolerances matter too."""
    with pytest.raises(AssertionError):
        lbfgs_is_scipys(1, **options)


def exchanged(inverse: Array, s: Array, y: Array, rho: float) -> None:
    """Wrong: s and y are exchanged."""
    written_out(inverse, y, s, rho)


def late(inverse: Array, s: Array, y: Array, rho: float) -> None:
    """Wrong: half the scale."""
    written_out(inverse, s, y, rho / 2)


@pytest.mark.parametrize("wrong", [exchanged, late])
def test_wrong_updates_go_elsewhere(
    monkeypatch: pytest.MonkeyPatch, wrong: Callable[..., None]
) -> None:
    """Errors in the update of BFGS show in the bits."""
    monkeypatch.setattr(bfgs, "update", wrong)
    assert bits(trace(PROBLEMS[0], BFGS())) != bits(trace(PROBLEMS[0], "BFGS"))


@pytest.mark.parametrize("options", [{"c2": 0.5}, {"c1": 0.1}, {"scale_first": True}])
def test_other_constants_go_elsewhere(options: dict[str, Any]) -> None:
    """The constants matter, and so does the first scaling."""
    ours = [bits(trace(p, BFGS(**options))) for p in PROBLEMS[:4]]
    assert ours != [bits(trace(p, "BFGS")) for p in PROBLEMS[:4]]
