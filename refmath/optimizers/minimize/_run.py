"""A run of a minimizer: callback, tolerances, limits and the result."""

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from refmath.errors import InvalidInput

from ._objective import EvaluationsSpent, Objective, Point, largest
from ._options import start_point

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = ["Failed", "Steps", "run"]

_CONVERGED, _LIMIT, _FAILED, _HALTED = 0, 1, 2, 99


class Failed(Exception):
    """The minimizer can do no more; the message says why."""


class Steps(ABC):
    """One run's iterates, and what it learns on the way."""

    @abstractmethod
    def __iter__(self) -> Iterator[Point]:
        """The iterates after the start."""

    def gauge(self, point: Point) -> float:
        """The largest absolute entry of the gradient at an iterate."""
        return largest(point.gradient)

    def learned(self) -> dict[str, Any]:
        """Further fields of the result."""
        return {}


@dataclass(frozen=True, slots=True)
class _Tolerances:
    """When an iterate is good enough.

    Attributes:
        gtol: The largest absolute entry of the gradient is at most this.
        ftol: The decrease is at most this times max(|f_old|, |f_new|, 1); None: not tested.
        xrtol: The length of the step is at most this times (this + |x|), in the 2-norm; 0: not
            tested.
        gauge: The largest absolute entry of the gradient at a point.
    """

    gtol: float
    ftol: float | None
    xrtol: float
    gauge: Callable[[Point], float]

    def at(self, point: Point) -> str | None:
        """Which tolerance a point satisfies by itself, as a sentence."""
        size = self.gauge(point)
        if size <= self.gtol:
            return f"converged: the largest entry of the gradient, {size:.3g}, <= gtol={self.gtol}"
        return None

    def between(self, old: Point, new: Point) -> str | None:
        """Which tolerance an iterate satisfies, as a sentence."""
        if verdict := self.at(new):
            return verdict
        if self.ftol is not None:
            scale = max(abs(old.value), abs(new.value), 1.0)
            if 0 <= old.value - new.value <= self.ftol * scale:
                return f"converged: relative reduction of the function <= ftol={self.ftol}"
        if self.xrtol and math.isfinite(new.value):
            length, size = np.linalg.norm(new.x - old.x), np.linalg.norm(new.x)
            if length <= self.xrtol * (self.xrtol + size):
                return f"converged: relative length of the step <= xrtol={self.xrtol}"
        return None


class _Callback:
    """The user's callback, of either of SciPy's signatures.

    Args:
        function: ``function(xk)`` or ``function(*, intermediate_result)``; None does nothing.
    """

    def __init__(self, function: Callable[..., Any] | None) -> None:
        if function is not None and not callable(function):
            raise InvalidInput(
                f"callback={function!r}: expected a function of xk or of intermediate_result"
            )
        self._function = function
        try:
            names = set(inspect.signature(function).parameters) if function else set()
        except (TypeError, ValueError):
            names = set()
        self._whole = names == {"intermediate_result"}

    def __call__(self, point: Point) -> bool:
        """Whether the callback asks to stop."""
        if self._function is None:
            return False
        try:
            if self._whole:
                from scipy.optimize import OptimizeResult

                result = OptimizeResult()
                result.update(x=point.x.copy(), fun=point.value)
                self._function(intermediate_result=result)
            else:
                self._function(point.x.copy())
        except StopIteration:
            return True
        return False


def run(
    make_steps: Callable[[Objective, Point], Steps],
    objective: Objective,
    x0: object,
    settings: Mapping[str, Any],
    callback: Callable[..., Any] | None,
) -> "OptimizeResult":
    """Go through the iterates until one is good enough, a limit is met, or there are no more.

    Args:
        make_steps: Makes the iterates from the start.
        objective: The function.
        x0: The start.
        settings: gtol, ftol, xrtol and maxiter.
        callback: The user's.

    Returns:
        The result: at the last iterate if it converged or the callback stopped the run, else at
        the point with the least finite value of all at which the function was computed.

    Raises:
        InvalidInput: The start is no finite vector, or value or gradient there are not finite.
    """
    watcher = _Callback(callback)
    start = objective.at(start_point(x0))
    steps = make_steps(objective, start)
    if not math.isfinite(start.value) or not np.isfinite(start.gradient).all():
        bad = "fun" if not math.isfinite(start.value) else "the gradient"
        raise InvalidInput(
            f"{bad} is not finite at x0 (fun(x0)={start.value!r}): expected finite values there; "
            "start where the function is defined"
        )
    tolerances = _Tolerances(settings["gtol"], settings["ftol"], settings["xrtol"], steps.gauge)
    maxiter = settings["maxiter"]
    end = _go(
        steps, objective, start, tolerances, 200 * start.x.size if maxiter is None else maxiter,
        watcher,
    )  # fmt: skip
    if end.status in (_LIMIT, _FAILED):
        assert objective.best is not None
        end = end._replace(point=objective.best)
    return _result(end, objective, steps.learned())


class _End(NamedTuple):
    point: Point
    iterations: int
    status: int
    message: str


def _go(
    steps: Steps,
    objective: Objective,
    point: Point,
    tolerances: _Tolerances,
    maxiter: int,
    watcher: _Callback,
) -> _End:
    """The last iterate, and why it is the last."""
    count = 0
    if verdict := tolerances.at(point):
        return _End(point, count, _CONVERGED, verdict)
    try:
        iterates = iter(steps)
        while count < maxiter:
            old, point = point, next(iterates)
            _ = point.value  # so that it counts among the best, whatever is tested
            count += 1
            if watcher(point):
                return _End(point, count, _HALTED, "`callback` raised `StopIteration`.")
            if verdict := tolerances.between(old, point):
                return _End(point, count, _CONVERGED, verdict)
    except EvaluationsSpent:
        return _End(point, count, _LIMIT, f"stopped at the limit: maxfun={objective.nfev}")
    except Failed as why:
        return _End(point, count, _FAILED, str(why))
    return _End(point, count, _LIMIT, f"stopped at the limit: maxiter={maxiter}")


def _result(end: _End, objective: Objective, learned: dict[str, Any]) -> "OptimizeResult":
    from scipy.optimize import OptimizeResult

    gradient = end.point.gradient.copy()  # it may still have to be computed, and counted
    result = OptimizeResult()
    result.update(
        x=end.point.x.copy(),
        fun=end.point.value,
        jac=gradient,
        nit=end.iterations,
        nfev=objective.nfev,
        njev=objective.njev,
        status=end.status,
        success=end.status == _CONVERGED,
        message=end.message,
        **learned,
    )
    return result
