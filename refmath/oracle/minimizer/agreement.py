"""One minimizer against another on a test problem: evaluation for evaluation, and at the end."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from refmath.oracle.minimizer.problems import Problem
from refmath.oracle.minimizer.trace import (
    HALF_THE_DIGITS,
    Trace,
    distances,
    recorded,
    sensitivity,
)

__all__ = ["Agreement", "compare"]


@dataclass(frozen=True)
class Agreement:
    """What the comparison on one problem gave.

    Points are held against the bound of `Sensitivity` until it reaches 2^-26, where half the
    digits are lost and rounding has taken over, or until the function is not finite, where the
    two are not meant to agree.

    Attributes:
        problem, method: Their names.
        size: The number of variables.
        iterations, evaluations, solved, value: Ours and the reference's. A run solves the problem
            if it reports success and `Problem.solved_by` its last value.
        own_counts: The least and the largest number of evaluations of the reference's own runs.
        same_bits: Whether every point is the same to the last bit.
        together: How many evaluations are within the bound, one after the other.
        judged: How many there are to be judged.
        worst: The largest distance among these, and the bound there.
        end: Why no more were judged: "end", "rounding" or "not finite".
    """

    problem: str
    method: str
    size: int
    iterations: tuple[int, int]
    evaluations: tuple[int, int]
    solved: tuple[bool, bool]
    value: tuple[float, float]
    own_counts: tuple[int, int]
    same_bits: bool
    together: int
    judged: int
    worst: tuple[float, float]
    end: str

    @property
    def complaint(self) -> str:
        """What falls short; empty if nothing does."""
        if self.together < self.judged:
            return f"parts at evaluation {self.together + 1} by more than rounding explains"
        if not self.solved[1]:
            return ""
        if not self.solved[0]:
            return "does not solve it"
        own, theirs = self.evaluations
        if own > theirs and not (self.end == "rounding" and own <= self.own_counts[1]):
            return f"takes {own} evaluations, more than {theirs}"
        return ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "complaint": self.complaint}


def compare(problem: Problem, name: str, ours: Any, theirs: Any, runs: int = 8) -> Agreement:
    """Run both from the same start; where a bit differs, the reference with other roundings too.

    Args:
        problem: The problem.
        name: The reference's name.
        ours: A method for `scipy.optimize.minimize`.
        theirs: The reference, as well.
        runs: How often the reference is run with other roundings.
    """
    own, plain = recorded(problem, ours), recorded(problem, theirs)
    same = own.points.tobytes() == plain.points.tobytes()
    found = sensitivity(problem, theirs, 0 if same else runs)
    both = (own, plain)
    apart = distances(plain, own)
    bound = found.bound[: len(apart)]
    late = np.flatnonzero(bound > HALF_THE_DIGITS)
    ends = {"end": len(apart), "not finite": min(plain.finite, own.finite)}
    if late.size:
        ends["rounding"] = int(late[0])
    end = min(ends, key=lambda k: (ends[k], k != "end"))
    judged = ends[end]
    beyond = np.flatnonzero(apart[:judged] > bound[:judged])
    place = int(np.argmax(apart[:judged] - bound[:judged])) if beyond.size else judged - 1
    return Agreement(
        problem=problem.name, method=name, size=problem.x0.size,
        iterations=_pair(both, "nit"), evaluations=(len(own.points), len(plain.points)),
        solved=(_solves(problem, own), _solves(problem, plain)),
        value=(float(own.result.fun), float(plain.result.fun)),
        own_counts=(min(found.counts), max(found.counts)),
        same_bits=same, together=int(beyond[0]) if beyond.size else judged, judged=judged,
        worst=(float(apart[place]), float(bound[place])), end=end,
    )  # fmt: skip


def _pair(both: tuple[Trace, Trace], name: str) -> Any:
    return tuple(int(getattr(t.result, name)) for t in both)


def _solves(problem: Problem, run: Trace) -> bool:
    return bool(run.result.success) and problem.solved_by(float(run.result.fun))
