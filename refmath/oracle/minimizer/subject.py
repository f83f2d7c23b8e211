"""Somebody's minimizer: how it is run, and all that it showed on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from refmath.errors import SubjectError
from refmath.oracle.minimizer.balls import UNIT
from refmath.oracle.minimizer.cases import Case
from refmath.oracle.minimizer.problems import Problem
from refmath.oracle.minimizer.recurrence import Recurrence
from refmath.oracle.run import time_limit

__all__ = ["Asked", "Conditions", "Minimizer", "Run", "Watched"]

Array = Any


@dataclass(frozen=True)
class Conditions:
    """What a minimizer's line search says it satisfies at every step.

    Attributes:
        c1: The share of the linear decrease.
        c2: The share of the slope that may be left; None if it is not asked for.
        strong: Whether the slope is bounded on both sides.
        slack: How much the function may rise all the same, relative to its size.
        exempt: What a reader should know of steps that it does not promise this for.
    """

    c1: float
    c2: float | None = None
    strong: bool = False
    slack: float = 0.0
    exempt: str = ""


@dataclass
class Run:
    """What a minimizer did on a case.

    Attributes:
        x, f, g: The iterates from the start on, with values and gradients there.
        evaluations, gradients: How often the value and the gradient were computed.
        found: What it returned: x, and fun, jac, nfev, njev, success, message where it has them.
        inverse: The product with its approximation of the inverse Hessian, or None.
        trials: Every point at which the value was computed, with the value.
        broken: The iteration that led to what is no finite number; 0 if none did.
        value_at, slope_at: What the minimizer was told at a point.
        unit: The rounding unit of the format that it computed in.
    """

    x: list[Array]
    f: list[float]
    g: list[Array]
    evaluations: int = 0
    gradients: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    inverse: Callable[[Array], Array] | None = None
    trials: list[tuple[Array, float]] = field(default_factory=list)
    broken: int = 0
    value_at: Callable[[Array], float] | None = None
    slope_at: Callable[[Array], Array] | None = None
    unit: float = UNIT


class Watched:
    """A problem that counts, and hands out arrays that may be written to without harm.

    Args:
        problem: The function.
        dtype: The format in which points come and values and gradients are handed out; what is
            recorded are those numbers.
    """

    def __init__(self, problem: Problem, dtype: str = "float64") -> None:
        self.problem, self.dtype = problem, np.dtype(dtype)
        self.gradients = 0
        self.trials: list[tuple[Array, float]] = []
        self._values: dict[bytes, float] = {}
        self._slopes: dict[bytes, Array] = {}

    def fun(self, x: Array) -> float:
        """The value."""
        point = np.array(x, np.float64)
        value = float(self.dtype.type(self.problem.fun(point)))
        self.trials.append((point, value))
        self._values[point.tobytes()] = value
        return value

    def jac(self, x: Array) -> Array:
        """The gradient."""
        self.gradients += 1
        point = np.array(x, np.float64)
        slope = self._rounded(self.problem.jac(point))
        self._slopes[point.tobytes()] = slope
        return slope.copy()

    def value_at(self, x: Array) -> float:
        """The value that was handed out at x: another computation may round otherwise."""
        known = self._values.get(x.tobytes())
        return float(self.dtype.type(self.problem.fun(x))) if known is None else known

    def slope_at(self, x: Array) -> Array:
        """The gradient that was handed out there."""
        known = self._slopes.get(x.tobytes())
        return self._rounded(self.problem.jac(x)) if known is None else known

    def _rounded(self, x: Array) -> Array:
        return np.array(np.asarray(x).astype(self.dtype), np.float64)

    def run(self, iterates: list[Array], found: Mapping[str, Any], **more: Any) -> Run:
        """The record of a run through these iterates, the start left out."""
        kept, broken = [self._rounded(self.problem.x0)], 0
        for given in iterates:
            x = np.array(given, np.float64).reshape(-1)
            if x.shape != kept[0].shape:
                raise SubjectError(
                    "shape", f"iterate {len(kept)} has {x.size} entries: expected {kept[0].size}"
                )
            if not np.isfinite(x).all():
                broken = len(kept)
                break
            if not np.array_equal(x, kept[-1]):
                kept.append(x)
        return Run(
            kept, [self.value_at(x) for x in kept], [self.slope_at(x) for x in kept],
            len(self.trials), self.gradients, dict(found), trials=self.trials, broken=broken,
            value_at=self.value_at, slope_at=self.slope_at,
            unit=float(np.finfo(self.dtype).eps) / 2, **more,
        )  # fmt: skip


@dataclass(frozen=True)
class Minimizer:
    """A minimizer under test.

    Attributes:
        name: As it is shown.
        rule: "bfgs", "lbfgs" or "newton".
        form: The recurrence it is held against.
        convention: Whose form that is, or None.
        call: Runs it on a case.
        conditions: What its line search promises, or None if that is not known.
        memory: The number of pairs that it keeps whatever it is asked; None if it can be asked.
        budget: Runs it with a limit to the number of evaluations; None if it takes none.
        starts: Whether it can be given the first inverse Hessian.
        dtypes: The formats that it computes in.
        dtype: The one that it is asked to.
    """

    name: str
    rule: str
    form: Recurrence
    convention: str | None
    call: Callable[[Watched, Case], Run]
    conditions: Conditions | None = None
    memory: int | None = None
    budget: Callable[[Watched, Case, int], Run] | None = None
    starts: bool = False
    dtypes: tuple[str, ...] = ("float64",)
    dtype: str = "float64"

    def within(self, case: Case, limit: int, seconds: float | None) -> Run | None:
        """What it does with so many evaluations; None if it cannot be limited."""
        budget = self.budget
        if budget is None:
            return None
        return replace(self, call=lambda w, c: budget(w, c, limit)).run(case, seconds)

    def run(self, case: Case, seconds: float | None) -> Run:
        """What it does on a case.

        Raises:
            SubjectError: It raised, hung, or answered with something that is no vector.
        """
        with time_limit(seconds), np.errstate(all="ignore"):
            try:
                return self.call(Watched(case.problem, self.dtype), case)
            except (SubjectError, KeyboardInterrupt):
                raise
            except (Exception, SystemExit) as error:
                lines = str(error).strip().splitlines()
                text = ": ".join([type(error).__name__, *lines[:1]])
                raise SubjectError("raised", f"on {case.problem.name}: {text}") from error


@dataclass(frozen=True)
class Asked:
    """One check: a minimizer, the cases, limits.

    Attributes:
        subject: The minimizer.
        cases: The runs.
        seconds: Time limit for one.
        by_name: Whether the subject was named by the one who asks, so that every finding counts.
        dtypes: The formats to run in.
    """

    subject: Minimizer
    cases: tuple[Case, ...]
    seconds: float | None = 10.0
    by_name: bool = True
    dtypes: tuple[str, ...] = ("float64",)
