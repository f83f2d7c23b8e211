"""Newton's method: plain, damped, and safeguarded against indefinite Hessians."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from refmath.errors import InvalidInput

from ._definite import Array, solve_shifted
from ._objective import Objective, Point, Ray, as_array
from ._run import Failed, Steps
from .line_search import armijo
from .method import Minimizer

__all__ = ["Newton"]


class Newton(Minimizer):
    """Newton's method; the Hessian is given as `hess`.

    The direction p solves ``H p = -g``. Being drawn to any stationary point, the plain form may
    end in a maximum or a saddle. The result has the number of Hessians as `nhev`.

    See `Minimizer` for calling it, for the result and for how runs end.

    Args:
        form: "plain": p is the step, whatever the function does. "damped": backtracking along p
            from 1 to sufficient decrease; a run ends where p does not descend. "safeguarded":
            damped, with the multiple of the identity added to H that makes it positive definite,
            0 if it is (`refmath.optimizers.minimize._definite.shift`).
        gtol: Stop when the largest absolute entry of the gradient is at most this.
        ftol: Stop when a step decreases the function by at most this times
            max(|f_old|, |f_new|, 1); None: do not.
        xrtol: Stop when a step is no longer than this times (this + |x|_2); 0: do not.
        maxiter: The most iterations; None: 200 n.
        maxfun: The most values of the function; None: no limit.
        c1: The share of the linear decrease that backtracking asks for, in (0, 1).

    Raises:
        InvalidInput: An option is outside its domain.

    Source:
        Nocedal and Wright 2006, Algorithms 3.1 to 3.3 and section 3.4.
    """

    needs_hessian: ClassVar[bool] = True

    def __init__(
        self,
        *,
        form: str = "safeguarded",
        gtol: float = 1e-5,
        ftol: float | None = None,
        xrtol: float = 0.0,
        maxiter: int | None = None,
        maxfun: int | None = None,
        c1: float = 1e-4,
    ) -> None:
        super().__init__(
            form=form, gtol=gtol, ftol=ftol, xrtol=xrtol, maxiter=maxiter, maxfun=maxfun, c1=c1
        )

    def _steps(
        self,
        objective: Objective,
        start: Point,
        settings: Mapping[str, Any],
        hess: Callable[..., Any] | None,
        args: tuple[Any, ...],
    ) -> Steps:
        if not callable(hess):
            raise InvalidInput(
                f"hess={hess!r}: expected the Hessian as a function of x; without one use "
                "method=BFGS() or method=LBFGS()"
            )
        return _Steps(objective, start, settings, lambda x: hess(x, *args))


class _Steps(Steps):
    def __init__(
        self,
        objective: Objective,
        start: Point,
        settings: Mapping[str, Any],
        hess: Callable[[Array], Any],
    ) -> None:
        self._objective, self._start, self._settings = objective, start, settings
        self._hess, self._count = hess, 0

    def __iter__(self) -> Iterator[Point]:
        point = self._start
        while True:
            point = self._next(point)
            yield point

    def _next(self, point: Point) -> Point:
        direction = self._direction(point)
        ray = Ray(self._objective, point, direction)
        if self._settings["form"] == "plain":
            new = ray.at(1.0)
            if not (math.isfinite(new.value) and np.isfinite(new.gradient).all()):
                raise Failed("the full step leads to where the function is not finite")
            return new
        slope = ray.slope(0.0)
        if not -math.inf < slope < 0:
            raise Failed(
                f"the direction does not descend (its slope is {slope:.3g}): the Hessian is not "
                "positive definite; form='safeguarded' goes on from here"
            )
        found = armijo(ray.value, point.value, slope, c1=self._settings["c1"])
        if not (found.found and np.isfinite(ray.at(found.step).gradient).all()):
            raise Failed("no step along the direction decreases the function sufficiently")
        return ray.at(found.step)

    def _direction(self, point: Point) -> Array:
        hessian = self._hessian(point.x)
        if not np.isfinite(hessian).all():
            raise Failed("the Hessian is not finite")
        with np.errstate(all="ignore"):
            if self._settings["form"] == "safeguarded":
                return solve_shifted(hessian, -point.gradient)
            try:
                return np.linalg.solve(hessian, -point.gradient).astype(np.float64, copy=False)
            except np.linalg.LinAlgError:
                raise Failed(
                    "the Hessian is singular; form='safeguarded' goes on from here"
                ) from None

    def _hessian(self, x: Array) -> Array:
        self._count += 1
        found = self._hess(x.copy())
        matrix = as_array(
            found.toarray() if hasattr(found, "toarray") else found,
            "the Hessian that hess returned",
        )
        n = x.size
        fits = matrix.shape == (n, n) or matrix.size == n == 1
        if not fits or matrix.dtype.kind not in "biuf":
            raise InvalidInput(
                f"hess returned an array of shape {matrix.shape} and dtype {matrix.dtype}: "
                f"expected {(n, n)} and real numbers"
            )
        return matrix.astype(np.float64).reshape(n, n)

    def learned(self) -> dict[str, Any]:
        return {"nhev": self._count}
