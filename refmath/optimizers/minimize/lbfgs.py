"""L-BFGS: BFGS with a limited memory."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from ._history import History
from ._objective import Objective, Point, Ray
from ._run import Failed, Steps
from .line_search import Reason, more_thuente
from .method import Minimizer

__all__ = ["LBFGS"]

_EPS = float(np.finfo(np.float64).eps)


class LBFGS(Minimizer):
    """L-BFGS without bounds, with the constants and the stops of L-BFGS-B 3.0.

    The direction is ``-H g`` by the two-loop recursion from ``H0 = gamma I``,
    ``gamma = s'y / y'y`` of the newest pair. The line search is More and Thuente's, from a step
    of 1 / |g|_2 at first and of 1 later. A pair enters only if its curvature s'y is above
    eps * |g'd| * step. If no step is found, the memory is cleared and steepest descent is tried
    once. On functions that are finite wherever they are computed it visits the points of SciPy's
    L-BFGS-B until rounding separates the two.

    See `Minimizer` for calling it, for the result and for how runs end. The result's `hess_inv`
    is the inverse Hessian's approximation as a LinearOperator.

    Args:
        memory: How many pairs are kept, at least 1.
        gtol: Stop when the largest absolute entry of the gradient is at most this.
        ftol: Stop when a step decreases the function by at most this times
            max(|f_old|, |f_new|, 1); None: do not.
        xrtol: Stop when a step is no longer than this times (this + |x|_2); 0: do not.
        maxiter: The most iterations; None: 200 n.
        maxfun: The most values of the function; None: no limit.
        maxls: The most values in one line search.

    Raises:
        InvalidInput: An option is outside its domain.

    Source:
        Liu and Nocedal 1989; Byrd, Lu, Nocedal and Zhu 1995; Nocedal and Wright 2006,
        Algorithms 7.4 and 7.5; L-BFGS-B 3.0, Morales and Nocedal 2011.
    """

    _by_tol: ClassVar[tuple[str, ...]] = ("gtol", "ftol")

    def __init__(
        self,
        *,
        memory: int = 10,
        gtol: float = 1e-5,
        ftol: float | None = 2.220446049250313e-09,
        xrtol: float = 0.0,
        maxiter: int | None = 15000,
        maxfun: int | None = 15000,
        maxls: int = 20,
    ) -> None:
        super().__init__(
            memory=memory,
            gtol=gtol,
            ftol=ftol,
            xrtol=xrtol,
            maxiter=maxiter,
            maxfun=maxfun,
            maxls=maxls,
        )

    def _steps(
        self,
        objective: Objective,
        start: Point,
        settings: Mapping[str, Any],
        hess: Callable[..., Any] | None,
        args: tuple[Any, ...],
    ) -> Steps:
        return _Steps(objective, start, settings["memory"], settings["maxls"])


class _Steps(Steps):
    def __init__(self, objective: Objective, start: Point, memory: int, maxls: int) -> None:
        self._objective, self._start, self._maxls = objective, start, maxls
        self._history = History(memory, start.x.size)

    def __iter__(self) -> Iterator[Point]:
        point = self._start
        while True:
            new, fall = self._next(point)
            yield new
            with np.errstate(all="ignore"):
                self._history.offer(
                    (point.x, new.x), (point.gradient, new.gradient), floor=_EPS * fall
                )
            point = new

    def _next(self, point: Point) -> tuple[Point, float]:
        """The next iterate, and the fall along the tangent at the last one, |g'd| * step."""
        from ._blas import dot, norm

        while True:
            with np.errstate(all="ignore"):
                direction = self._history.times(point.gradient)
                np.negative(direction, out=direction)
            ray = Ray(self._objective, point, direction, dot)
            slope = ray.slope(0.0)
            if -math.inf < slope < 0:
                step = min(1.0 / norm(direction), 1e10) if point is self._start else 1.0
                found = more_thuente(
                    ray.value, ray.slope, point.value, slope, step=step, max_evaluations=self._maxls
                )
                lower = found.value < point.value and found.reason is not Reason.EVALUATIONS
                if found.found or lower:
                    return ray.at(found.step), -slope * found.step
            if not self._history:
                raise Failed("the line search found no lower point along the steepest descent")
            self._history.clear()

    def learned(self) -> dict[str, Any]:
        from ._operator import InverseHessian

        return {"hess_inv": InverseHessian(self._history, self._start.x.size)}
