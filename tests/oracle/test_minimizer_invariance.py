"""Whole runs of minimizers under changes of variables: what must follow follows."""

from typing import Any

import numpy as np
import pytest

from refmath import check_minimizer
from refmath.oracle.minimizer.api import minimizer_task
from refmath.oracle.minimizer.audit import caught, minimizer_of, started, wrong_minimizers
from refmath.oracle.minimizer.cases import cases
from refmath.oracle.minimizer.invariance import changes, judge_invariance
from refmath.oracle.minimizer.variants import RULES

Array = Any
WRONG = [w for w in wrong_minimizers() if w.kind == "invariance"]
CONVEX = [c for c in cases() if c.problem.name in ("quadratic of 3", "hyperbolas of 4")]
EXPECTED = {
    "scipy:BFGS": {"signs": 2, "affine": 2, "rotation": 2},
    "refmath.optimizers:BFGS": {"signs": 2, "affine": 2, "rotation": 2},
    "scipy:L-BFGS-B": {"signs": 2, "scale": 2, "rotation": 2},
    "refmath.optimizers:LBFGS": {"signs": 2, "scale": 2, "rotation": 2},
    "torch.optim:LBFGS": {"signs": 2, "scale": 2, "rotation": 2},
    "refmath.optimizers:Newton": {"signs": 2, "affine": 2, "rotation": 1},
}


@pytest.mark.parametrize("target", EXPECTED)
def test_minimizers_follow_changes_of_variables(target: str) -> None:
    """Signs, scales and affine maps to the last bit; a rotation for some steps within its bound."""
    asked = minimizer_task(target)
    found = judge_invariance(asked)
    assert found is not None
    assert found.verdict == "CONFORMS", found.summary()
    assert not found.notes
    named = [c.name for case in asked.cases for c in changes(asked.subject, case)]
    assert {n: named.count(n) for n in named} == EXPECTED[target]
    assert found.cases == len(named) == len(found.runs)
    assert sum(r["iterations"] for r in found.runs if r["how"] != "bit for bit") >= 7
    assert sum(r["iterations"] for r in found.runs if r["how"] == "bit for bit") >= 10
    assert 0 < found.worst < 1


@pytest.mark.parametrize("wrong", WRONG, ids=[w.name for w in WRONG])
def test_each_invariance_is_seen_to_fail(wrong: Any) -> None:
    """A named wrong minimizer breaks it, and the diagnosis says which, with the smallest run."""
    found = caught(wrong)
    assert found.killed
    assert found.named, found.result.summary()
    compile(found.result.code(), "code", "exec")


@pytest.mark.parametrize(
    ("minimize", "rule"),
    [(started(levelled=False), "bfgs"), (minimizer_of(RULES["lbfgs"]), "lbfgs")],
    ids=["bfgs", "lbfgs"],
)
def test_right_counterparts_follow(minimize: Any, rule: str) -> None:
    """The same loops without the one wrong thing conform."""
    found = judge_invariance(minimizer_task(minimize, rule))
    assert found is not None
    assert found.verdict == "CONFORMS", found.summary()


def test_the_changed_function_is_the_function() -> None:
    """Value, gradient and Hessian at the changed point are those of c f(A z), exactly."""
    subject = minimizer_task("scipy:BFGS").subject
    for case in CONVEX:
        for change in changes(subject, case):
            moved, x0 = change.case(case).problem, case.problem.x0
            a, c = change.matrix, change.factor
            assert (a @ moved.x0 == x0).all()
            assert moved.fun(moved.x0) == c * case.problem.fun(x0)
            assert (moved.jac(moved.x0) == c * (a.T @ case.problem.jac(x0))).all()
            assert (a @ a.T == np.eye(len(a))).all() or change.name == "affine"
            if change.start is not None:
                start = change.case(case).start
                assert (a @ start @ a.T * c == change.start).all()


def test_a_first_step_of_another_length_is_not_judged() -> None:
    """One that begins with a step of 1 along -g is no slip, but what follows is not the same."""

    def whole(fun: Any, x0: Array, jac: Any, callback: Any) -> Array:
        x = x0
        for _ in range(5):
            x = x - 0.01 * jac(x)
            fun(x)
            callback(x)
        return x

    found = judge_invariance(minimizer_task(whole, "lbfgs"))
    assert found is not None
    assert found.verdict == "CONFORMS"
    assert [n for n in found.notes if "another length" in n and "4 f" in n]


def test_the_row_stands_beside_the_others() -> None:
    """In a check by name; no case for it, no row; in a check of all, a note if it fails."""
    rows = [r.rule for r in check_minimizer("refmath.optimizers:BFGS").results]
    assert rows == ["bfgs", "bfgs hess_inv", "bfgs invariance"]
    assert judge_invariance(minimizer_task("scipy:BFGS"), cases()[1:2]) is None
    lopsided = WRONG[0].minimize
    rows = check_minimizer(lopsided, "lbfgs", by_name=False).results
    assert len(rows) == 1
    assert any("finding: lbfgs invariance" in n for n in rows[0].notes)
