"""One run of a minimizer held against its recurrence, its conditions and its own report."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from refmath.oracle.minimizer.balls import UNIT, Ball, dot, exact
from refmath.oracle.minimizer.cases import Case
from refmath.oracle.minimizer.recurrence import Recurrence, directions
from refmath.oracle.minimizer.subject import Conditions, Run

__all__ = ["Judged", "Slip", "follows", "judge", "use"]

Array = Any

_COARSE = 1e-3
"""A direction known to this share of itself or worse is not judged."""
_RESTARTS = 2
_GRID = np.linspace(-1.0, 1.0, 65)
_FINER, _ROUNDS = 16, 15  # until a step of the grid is less than a unit


@dataclass(frozen=True)
class Slip:
    """Something that a run did wrong.

    Attributes:
        kind: "direction", "descent", "decrease", "curvature", "trials", "result", "budget" or
            "end".
        step: The iteration, counted from 1; 0 for the end.
        text: What was found.
        expected: For a direction, what it must be a multiple of.
        found: The step that was taken.
    """

    kind: str
    step: int
    text: str
    expected: Array | None = None
    found: Array | None = None


@dataclass
class Judged:
    """What came of judging one run.

    Attributes:
        directions: How many directions were judged.
        lost: How many were not, because rounding leaves them open.
        worst: The largest use of the bound.
        restarts: How often it began again from steepest descent.
        slips: What is wrong, the first of each kind.
    """

    directions: int = 0
    lost: int = 0
    worst: float = 0.0
    restarts: int = 0
    slips: list[Slip] = field(default_factory=list)


def use(d: Array, e: Array, r: Ball) -> float:
    """How much of the bound it takes for d to be a positive multiple of r; above 1 it is none.

    Args:
        d: The step that was taken.
        e: How far rounding may have moved its entries.
        r: The direction.
    """
    with np.errstate(all="ignore"):
        along = float(d @ r.mid)
        if not along > 0:
            return math.inf
        middle, width = along / float(r.mid @ r.mid), 1.0
        best = math.inf
        for _ in range(_ROUNDS):
            t = middle * np.exp(width * _GRID)[:, np.newaxis]
            own = 4 * UNIT * np.abs(d)  # of this computation
            shares = np.abs(d - t * r.mid) / np.maximum(e + own + t * r.rad, 1e-300)
            worst = shares.max(axis=1)
            place = int(np.argmin(worst))
            best, middle = min(best, float(worst[place])), float(t[place, 0])
            width /= _FINER
        return best


def _step(run: Run, k: int) -> tuple[Array, Array]:
    """A step, and how far rounding may have moved it."""
    x = run.x
    return x[k + 1] - x[k], 2 * run.unit * (np.abs(x[k]) + np.abs(x[k + 1]))


def _is_open(d: Array, e: Array, r: Ball | None) -> bool:
    if r is None or not np.isfinite(r.mid).all() or not np.isfinite(r.rad).all():
        return True
    size = float(np.abs(r.mid).max())
    return float(r.rad.max()) > _COARSE * size or float(e.max()) > _COARSE * float(np.abs(d).max())


@np.errstate(all="ignore")
def follows(rule: Recurrence, run: Run, memory: int) -> Judged:
    """Whether the steps of a run go along the directions of a recurrence, step by step.

    A minimizer may begin again from steepest descent, as after a failed line search; it may do
    so twice in a run.
    """
    out = Judged()
    start, k = 0, 0
    rule = replace(rule, unit=run.unit)
    expected = directions(rule, run.x, run.g, memory)
    while k < len(run.x) - 1:
        d, e = _step(run, k)
        r = next(expected)
        if _is_open(d, e, r):
            out.lost += 1
            k += 1
            continue
        assert r is not None
        share = use(d, e, r)
        again = k > start and out.restarts < _RESTARTS
        if share > 1 and again and use(d, e, -exact(run.g[k])) <= 1:
            out.restarts += 1
            start = k
            expected = directions(rule, run.x[k:], run.g[k:], memory)
            continue
        out.directions += 1
        out.worst = max(out.worst, share)
        if share > 1:
            text = f"step {k + 1} does not go along the direction of the recurrence"
            if float(d @ run.g[k]) >= 0:
                text += "; it goes uphill"
            out.slips.append(Slip("direction", k + 1, text, r.mid, d))
            return out
        k += 1
    return out


def _newton(case: Case, run: Run) -> Judged:
    """Whether every step solves H d = -t g for some t > 0 where H is positive definite."""
    out = Judged()
    assert case.problem.hess is not None
    for k in range(len(run.x) - 1):
        d, e = _step(run, k)
        hessian = np.array(case.problem.hess(run.x[k]))
        n = d.size
        if float(np.linalg.eigvalsh(hessian)[0]) <= 1e-6 * float(np.abs(hessian).max()):
            if float(d @ run.g[k]) >= 0:
                out.slips.append(Slip(
                    "direction", k + 1, f"step {k + 1} goes uphill: the Hessian there is not "
                    "positive definite, and -H^-1 g leads to a saddle or maximum",
                    -run.g[k], d,
                ))  # fmt: skip
                return out
            out.lost += 1
            continue
        along = hessian @ d
        solved = 8 * n * n * run.unit * float(np.abs(hessian).max()) * float(np.abs(d).sum())
        size = np.abs(hessian) @ e + solved
        if float(size.max()) > _COARSE * float(np.abs(along).max()):
            out.lost += 1
            continue
        share = use(along, size, -exact(run.g[k]))
        out.directions, out.worst = out.directions + 1, max(out.worst, share)
        if share > 1:
            right = -np.linalg.solve(hessian, run.g[k])
            out.slips.append(Slip(
                "direction", k + 1, f"step {k + 1} does not go along -H^-1 g", right, d
            ))  # fmt: skip
            return out
    return out


def _conditions(conditions: Conditions | None, run: Run) -> list[Slip]:
    """Steps that rise, decrease too little, or are too short or too long."""
    found: dict[str, Slip] = {}
    for k in range(len(run.x) - 1):
        d, e = _step(run, k)
        before, after = _slope(run, k, d, e), _slope(run, k + 1, d, e)
        old, new = run.f[k], run.f[k + 1]
        noise = 4 * run.unit * (abs(old) + abs(new))
        wanted = conditions or Conditions(0.0)
        slack = noise + wanted.slack * abs(old)
        if not new <= old + slack:
            found.setdefault("descent", Slip(
                "descent", k + 1, f"step {k + 1} takes the function up, from {old!r} to {new!r}"
            ))  # fmt: skip
        elif wanted.c1 and not new <= old + wanted.c1 * before.mid + slack + before.rad:
            found.setdefault("decrease", Slip(
                "decrease", k + 1, f"step {k + 1} decreases the function by {old - new:.3g}, less "
                f"than c1 = {wanted.c1:g} of what the slope promises, {-before.mid:.3g}"
            ))  # fmt: skip
        if wanted.c2 is None:
            continue
        allowed = wanted.c2 * abs(before.mid) + after.rad + before.rad
        if after.mid < -allowed or (wanted.strong and after.mid > allowed):
            found.setdefault("curvature", Slip(
                "curvature", k + 1, f"step {k + 1} ends where the slope is "
                f"{after.mid / abs(before.mid):.3g} of what it was, beyond c2 = {wanted.c2:g}"
            ))  # fmt: skip
    return list(found.values())


def _trials(run: Run) -> list[Slip]:
    """Trials that go further out after one that was already too far.

    Where a trial lies above the start of its line, what is sought lies nearer.
    """
    place = 0
    for k in range(len(run.x)):
        far, along = math.inf, None
        while place < len(run.trials):
            point, value = run.trials[place]
            place += 1
            d = point - run.x[k]
            if along is None and d.any():
                along = d
            if along is not None and along.any():
                step = float(d @ along) / float(along @ along)
                on_line = np.abs(d - step * along).max() <= 1e-6 * np.abs(step * along).max()
                if on_line and step > far * (1 + 1e-6):
                    return [Slip("trials", k + 1, f"in step {k + 1} the line search goes out to "
                                 f"{step:.3g} times its first trial, where {far:.3g} times it was "
                                 "already too far")]  # fmt: skip
                noise = 4 * run.unit * abs(run.f[k])
                if on_line and step > 0 and not value <= run.f[k] + noise:
                    far = min(far, step)
            if k + 1 < len(run.x) and np.array_equal(point, run.x[k + 1]):
                break
    return []


def _slope(run: Run, k: int, d: Array, e: Array) -> Ball:
    return dot(exact(run.g[k], run.unit), Ball(d, e))


def _report(case: Case, run: Run) -> list[Slip]:
    """What the minimizer says of itself that is not so."""
    out = []
    found = run.found
    if run.broken:
        return [_broken(run)]
    x = np.array(found["x"], np.float64).reshape(-1)
    assert run.value_at is not None
    assert run.slope_at is not None
    value = run.value_at(x)
    said = found.get("fun")
    if said is not None:
        number = float(np.asarray(said, np.float64).reshape(-1)[0])
        if not _near(number, value, 4 * run.unit):
            out.append(Slip("result", 0, f"returns fun={number:.17g}, but the function at the x "
                            f"that it returns is {value:.17g}"))  # fmt: skip
    slope = found.get("jac")
    if slope is not None:
        own = run.slope_at(x)
        given = np.array(slope, np.float64).reshape(-1)
        if given.shape != own.shape or np.abs(given - own).max() > 8 * run.unit * np.abs(own).max():
            out.append(Slip("result", 0, "returns a gradient that is not the one at the x that it "
                            "returns"))  # fmt: skip
    count = found.get("nfev")
    if count is not None and int(count) != run.evaluations:
        out.append(Slip("result", 0, f"says nfev={int(count)}, but computed the function "
                        f"{run.evaluations} times"))  # fmt: skip
    slopes = found.get("njev")
    if slopes is not None and int(slopes) != run.gradients:
        out.append(Slip("result", 0, f"says njev={int(slopes)}, but computed the gradient "
                        f"{run.gradients} times"))  # fmt: skip
    if value > min(run.f) + 4 * run.unit * abs(min(run.f)):
        out.append(Slip("result", 0, f"returns a point with the value {value:.6g}, though it went "
                        f"through one with {min(run.f):.6g}"))  # fmt: skip
    if case.solvable and not case.problem.solved_by(value):
        out.append(_unsolved(case, run, value))
    return out


def _broken(run: Run) -> Slip:
    text = f"step {run.broken} leads to what is no finite number"
    if run.broken > 1 and not (run.g[-1] - run.g[-2]).any():
        text += ": the gradient did not change on the step before, y's is 0, and 1 / y's is taken"
    return Slip("end", run.broken, text)


def _unsolved(case: Case, run: Run, value: float) -> Slip:
    least, steps = min(case.problem.minima), len(run.x) - 1
    if run.found.get("success"):
        what = "reports success"
    else:
        what = "gives up" if steps < case.steps else "is not near the minimum"
    return Slip("end", 0, f"{what} after {steps} steps with the value {value:.6g}; the minimum is "
                f"{least:.6g}")  # fmt: skip


def _near(a: float, b: float, share: float) -> bool:
    return a == b or abs(a - b) <= share * max(abs(a), abs(b))


def judge(
    rule: Recurrence, conditions: Conditions | None, case: Case, run: Run, memory: int
) -> Judged:
    """Everything about one run."""
    out = _newton(case, run) if rule.kind == "newton" else follows(rule, run, memory)
    out.slips += _conditions(conditions, run) + _trials(run) + _report(case, run)
    return out
