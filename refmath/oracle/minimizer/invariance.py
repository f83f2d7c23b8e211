"""Whole runs under a change of variables: what a minimizer must do on ``c f(A z)``.

Let z = A^-1 x. The gradient on ``c f(A z)`` is ``c A'g``, the Hessian ``c A'HA``. What holds:

- Newton's direction is ``A^-1 p`` for every A and c.
- BFGS from H0 and, on the changed function, from ``A^-1 H0 A^-T / c``: the direction is
  ``A^-1 p``, H remains so transformed, and the function along the line is c times what it was,
  so that every condition and interpolation gives the same step. From the identity on both that
  holds if A is orthogonal and c = 1.
- L-BFGS begins from -g, so A is orthogonal. Then c is free: gamma = s'y / y'y takes 1/c, if the
  first step has a length of its own, as 1 / |g|, and not one relative to the gradient.
- The multiple of the identity that Newton adds to an indefinite Hessian is measured by its largest
  entry: a run that meets one follows powers of 2, the same for all entries, but no rotation.
- The length of a first step is the line search's own. Where the first trials lie on one ray, as
  they must, but are not the same point, the rest is not judged.
- A first trial of 1.01 / |g| or 1 / |g| is the same point only where |A'g| = |g|. The runs with
  another A begin with a step of 1, because H0 is so small that BFGS clips it.

Where A is diagonal of powers of 2 with signs, and c a power of 4, nothing rounds otherwise, in
whatever order sums are taken, for all their terms take the same factor: then the runs are the
same bit for bit. A rotation rounds; the runs are compared for as long as the bound is below 2^-26,
half the digits. The bound is that of `trace.RoundedOtherwise`: 4 times how far the minimizer's own
runs on points and gradients rounded otherwise go.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from refmath.errors import SubjectError
from refmath.oracle.minimizer.balls import UNIT, Ball
from refmath.oracle.minimizer.cases import Case
from refmath.oracle.minimizer.judge import Slip, use
from refmath.oracle.minimizer.problems import Problem
from refmath.oracle.minimizer.report import MinimizerResult, Reproduction
from refmath.oracle.minimizer.subject import Asked, Minimizer, Run
from refmath.oracle.minimizer.trace import HALF_THE_DIGITS, SAFE, RoundedOtherwise

__all__ = ["CAUSES", "Change", "changes", "judge_invariance"]

Array = Any

_RUNS = 6
_EXACT, _TURNED = ("quadratic of 3", "hyperbolas of 4"), ("hyperbolas of 4", "wells of 4")
"""Of the wells the Hessian is indefinite at the start, and Newton's method not invariant."""
_HALVES = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [-1, 1, 1, -1]]) / 2
"""Orthogonal, with exact entries."""


@dataclass(frozen=True)
class Change:
    """A change of variables and of the function's scale.

    Attributes:
        name: "signs", "scale", "affine" or "rotation".
        text: What is done, in words.
        cause: What a run that does not follow suggests.
        matrix: A.
        factor: c.
        start: The first inverse Hessian before the change; None: the minimizer's own.
    """

    name: str
    text: str
    cause: str
    matrix: Array
    factor: float = 1.0
    start: Array | None = None

    @property
    def exact(self) -> bool:
        """Whether nothing rounds otherwise."""
        return self.name != "rotation"

    def case(self, case: Case) -> Case:
        """The changed case."""
        a, c, own = self.matrix, self.factor, case.problem
        inverse = np.linalg.inv(a)

        def hess(z: Array) -> Array:
            assert own.hess is not None
            return c * (a.T @ own.hess(a @ z) @ a)

        start = None if self.start is None else inverse @ self.start @ inverse.T / c
        problem = Problem(
            own.name, lambda z: c * own.fun(a @ z), lambda z: c * (a.T @ own.jac(a @ z)),
            inverse @ own.x0, tuple(c * m for m in own.minima), hess,
        )  # fmt: skip
        return replace(case, problem=problem, start=start)


def changes(subject: Minimizer, case: Case) -> Iterator[Change]:
    """What the minimizer's runs on a case must follow."""
    n = case.problem.x0.size
    signs = np.diag([(-1.0) ** k for k in range(1, n + 1)])
    if case.problem.name in _EXACT:
        yield Change("signs", "x -> (-x1, x2, -x3, ...)", CAUSES["signs"], signs)
        if subject.rule == "lbfgs":
            yield Change("scale", "f -> 4 f", CAUSES["scale"], np.eye(n), 4.0)
        elif subject.rule == "newton":
            yield Change("affine", "x -> 8 x, f -> 4 f", CAUSES["affine"], 8 * np.eye(n), 4.0)
        elif subject.starts:
            powers = signs @ np.diag([2.0 ** (k % 3) for k in range(n)])
            yield Change(
                "affine", "x -> (-x1, 2 x2, -4 x3, ...), f -> 4 f", CAUSES["affine"], powers, 4.0,
                _small(case, powers),
            )
    if case.problem.name in _TURNED[: 1 if subject.rule == "newton" else 2]:
        yield Change("rotation", "x -> Q x", CAUSES["rotation"], _HALVES)


CAUSES = {
    "signs": "a direction of the axes is preferred: something depends on the sign of an entry",
    "scale": "what is learned does not scale with the function: gamma is missing or not s'y / y'y",
    "affine": "the inverse Hessian is scaled by something that does not change as it does",
    "rotation": "the entries of the gradient are treated one by one",
}


def _small(case: Case, a: Array) -> Array:
    """A first H with a power of 2 so small that the first step is 1 before and after."""
    g = case.problem.jac(case.problem.x0)
    least = min(np.linalg.norm(g), np.linalg.norm(a.T @ g)) / (g @ g)
    return 2.0 ** math.floor(math.log2(least)) * np.eye(g.size)


@np.errstate(all="ignore")
def judge_invariance(asked: Asked, cases: Sequence[Case] | None = None) -> MinimizerResult | None:
    """Run a minimizer on changed functions; None if no case is meant for that.

    Args:
        asked: The check.
        cases: Other cases than those asked for.
    """
    subject = asked.subject
    result = MinimizerResult(
        subject.name, f"{subject.rule} invariance", subject.convention, "float64", "CONFORMS"
    )
    failing: list[tuple[Case, Change, Run, Slip]] = []
    some = False
    for case in asked.cases if cases is None else cases:
        for change in changes(subject, case):
            some = True
            found = _judged(asked, change, case, result)
            if found is not None:
                failing.append((case, change, *found))
    if not some:
        return None
    if failing:
        result.verdict = "DEVIATES"
        result.slips = [slip.text for *_, slip in failing]
        result.diagnosis = list(dict.fromkeys(change.cause for _, change, *_ in failing))
        case, _, run, slip = min(failing, key=lambda f: f[3].step * f[0].problem.x0.size)
        k = max(slip.step, 1)
        result.smallest = Reproduction(
            case.problem.name, case.text, case.memory, tuple(run.x[:k]), tuple(run.g[:k]), slip
        )
    elif not result.cases:
        result.verdict = "INCONCLUSIVE"
    return result


def _judged(
    asked: Asked, change: Change, case: Case, result: MinimizerResult
) -> tuple[Run, Slip] | None:
    """What is wrong on the changed function, with the run there; None if nothing is."""
    subject, seconds = asked.subject, asked.seconds
    if change.name == "rotation":
        case = Change("scale", "", "", np.eye(case.problem.x0.size), 2.0**-4).case(case)
    case = replace(case, start=change.start)
    where = f"{change.text} on {case.problem.name}"
    own = subject.run(case, seconds)
    try:
        other = subject.run(change.case(case), seconds)
    except SubjectError as error:
        return own, Slip("invariance", 0, f"{where}: {error}")
    points = [change.matrix @ z for z in other.x]
    end = min(len(own.x), len(points), _until(subject, own))
    bound = np.zeros(end) if change.exact else _bound(asked, case, own)[:end]
    first, then = _first(own), change.matrix @ _first(other)
    if not _along(first, then, own.x[0]):
        return other, Slip(
            "invariance", 1, f"{where}: the first trial is {_shown(then)} in the old variables, "
            f"which is not the way to {_shown(first)}, that of the run on the function itself"
        )  # fmt: skip
    if change.name != "signs" and not _near(first, then, 0.0 if change.exact else HALF_THE_DIGITS):
        result.notes.append(f"{where}: the first step has another length; not judged")
        return None
    result.cases += 1
    for k in range(1, len(bound)):
        apart = _apart(own.x, points, k)
        if bound[k]:
            result.worst = max(result.worst, apart / float(bound[k]))
        if apart > bound[k]:
            return other, Slip(
                "invariance", k, f"{where}: iterate {k} is {_shown(points[k])} in the old "
                f"variables, where the run on the function itself is at {_shown(own.x[k])}"
            )  # fmt: skip
    how = "bit for bit" if change.exact else f"within a bound of {max(bound, default=0.0):.1e}"
    result.runs.append({"case": case.problem.name, "change": change.text, "how": how,
                        "iterations": len(bound) - 1})  # fmt: skip
    return None


def _first(run: Run) -> Array:
    """The first point that is not the start."""
    return next((p for p, _ in run.trials if not np.array_equal(p, run.x[0])), run.x[0])


def _along(first: Array, then: Array, x0: Array) -> bool:
    """Whether two trials lie on one ray from the start, but for rounding of points and directions.

    Their entries are sums of n + 1 products in a rotation, and so are those of the directions.
    """
    n = x0.size
    size = float(np.abs(x0).max())
    noise = 4 * (n + 2) * n * UNIT
    wide = [noise * (size + float(np.abs(p).max())) + np.zeros(n) for p in (first, then)]
    return use(first - x0, wide[0], Ball(then - x0, wide[1])) <= 1


def _near(first: Array, then: Array, share: float) -> bool:
    return bool(np.abs(first - then).max() <= share * np.abs(first).max())


def _until(subject: Minimizer, run: Run) -> int:
    """How many points there are before a curvature nears the floor, which does not scale."""
    for k in range(len(run.x) - 1 if subject.form.floor else 0):
        if (run.x[k + 1] - run.x[k]) @ (run.g[k + 1] - run.g[k]) <= 16 * subject.form.floor:
            return k + 1
    return len(run.x)


def _apart(x: Sequence[Array], y: Sequence[Array], k: int) -> float:
    size = max(float(np.abs(x[k]).max()), float(np.abs(x[k - 1]).max()), 1e-300)
    return float(np.abs(x[k] - y[k]).max()) / size


def _bound(asked: Asked, case: Case, own: Run) -> Array:
    """How far rounding may take the iterates, until half the digits are lost."""
    spread = np.zeros(len(own.x))
    for seed in range(_RUNS):
        other = RoundedOtherwise(case.problem, seed, turned=True)
        problem = replace(
            case.problem, fun=partial(_elsewhere, case.problem, other), jac=other.gradient
        )
        run = asked.subject.run(replace(case, problem=problem), asked.seconds)
        end = min(len(run.x), len(spread))
        spread = spread[:end]
        apart = np.array([0.0, *(_apart(own.x, run.x, k) for k in range(1, end))])
        spread = np.maximum(spread, apart)
    n = own.x[0].size
    noise = (n * n + n + 6) * UNIT  # of a point itself, and of turning it back
    bound = SAFE * np.maximum.accumulate(spread) + noise
    late = np.flatnonzero(bound > HALF_THE_DIGITS)
    return bound[: late[0]] if late.size else bound


def _elsewhere(problem: Problem, moved: RoundedOtherwise, x: Array) -> float:
    return problem.fun(moved.point(x))


def _shown(x: Array) -> str:
    return "[" + ", ".join(f"{float(v):.17g}" for v in x) + "]"
