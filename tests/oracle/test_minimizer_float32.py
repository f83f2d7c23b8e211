"""Minimizers in float32: held against the same recurrences, with the bounds of that format."""

from dataclasses import replace

import numpy as np
import pytest

from refmath import check_minimizer
from refmath.errors import InvalidInput
from refmath.oracle.minimizer.api import minimizer_task
from refmath.oracle.minimizer.balls import Ball, dot, exact, outer
from refmath.oracle.minimizer.check import check_minimizer as checked
from refmath.oracle.minimizer.problems import Problem
from refmath.oracle.minimizer.recurrence import Recurrence
from refmath.oracle.minimizer.subject import Watched

UNIT = 2.0**-24
TORCH = "torch.optim:LBFGS"


def test_torch_conforms_in_float32() -> None:
    """Its directions, conditions and reports; the row of the other format stands beside it."""
    found = check_minimizer(TORCH, dtypes=["float32"])
    assert found.verdict == "CONFORMS", str(found)
    (row,) = found.results
    assert row.dtype == "float32"
    assert sum(r["directions"] for r in row.runs) >= 40
    assert 0 < row.worst < 1


@pytest.mark.parametrize(
    "wrong",
    [{"gamma": "oldest"}, {"more": -1}, {"y": "gradient"}, {"late": 1}, {"loops": "no beta"}],
    ids=str,
)
def test_another_recurrence_is_told_apart_in_float32(wrong: dict[str, object]) -> None:
    """Held against a wrong recurrence it deviates: the bounds of the format are not that wide."""
    asked = minimizer_task(TORCH, dtypes=["float32"], examples=3)
    form = replace(Recurrence("wrong", "lbfgs"), **wrong)
    (found,) = checked(replace(asked, subject=replace(asked.subject, form=form)))
    assert found.verdict != "CONFORMS"
    assert any("does not go along" in s for s in found.slips)


def test_in_float64_bounds_the_same_runs_would_deviate() -> None:
    """The unit matters: a run in float32 is not within the bounds of float64."""
    from refmath.oracle.minimizer.judge import follows

    asked = minimizer_task(TORCH, dtypes=["float32"], examples=1)
    subject, case = replace(asked.subject, dtype="float32"), asked.cases[0]
    run = subject.run(case, 10.0)
    assert run.unit == UNIT
    assert not follows(subject.form, run, case.memory).slips
    assert follows(subject.form, replace(run, unit=2.0**-53), case.memory).slips


def test_what_is_handed_out_and_recorded_is_float32() -> None:
    """Start, values and gradients are numbers of the format, whatever computes them."""
    problem = Problem("third", lambda x: float(x[0]) / 3, lambda x: x / 3, np.array([0.1]))
    watched = Watched(problem, "float32")
    assert watched.fun(np.array([0.1])) == float(np.float32(0.1 / 3))
    assert watched.jac(np.array([0.1]))[0] == float(np.float32(0.1 / 3))
    run = watched.run([], {})
    assert run.x[0][0] == float(np.float32(0.1))
    assert run.f[0] == float(np.float32(float(np.float32(0.1)) / 3))


def test_balls_take_the_coarser_unit() -> None:
    """A radius grows by the unit of either, and hold float32 arithmetic in any order."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b = rng.standard_normal((2, 6)).astype(np.float32)
        ball = dot(exact(a, UNIT), exact(b))
        assert ball.unit == UNIT
        order = rng.permutation(6)
        total = np.float32(0)
        for i in order:
            total = np.float32(total + np.float32(a[i] * b[i]))
        assert abs(float(total) - ball.mid) <= ball.rad
    x = Ball(np.array([1.0, 3.0]), np.zeros(2), UNIT)
    for made in (x + x, x - x, -x, x * x, x / x, outer(x, x), outer(x, x).T, x.widened(0.1),
                 outer(x, x) @ x):  # fmt: skip
        assert made.unit == UNIT


@pytest.mark.parametrize(
    "target", ["scipy:BFGS", "scipy:L-BFGS-B", "refmath.optimizers:LBFGS"]
)
def test_those_that_compute_in_float64_alone_say_so(target: str) -> None:
    """With the format that they have."""
    with pytest.raises(InvalidInput, match="dtype float32: expected float64, for"):
        minimizer_task(target, dtypes=["float32"])
    with pytest.raises(InvalidInput, match="dtype float16: expected float64 or float32"):
        minimizer_task(TORCH, dtypes=["float16"])
