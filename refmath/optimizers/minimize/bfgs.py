"""BFGS with the inverse Hessian as a matrix."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from refmath.errors import InvalidInput

from ._inverse import Array, update
from ._objective import Objective, Point, Ray, as_array
from ._run import Failed, Steps
from .line_search import LineSearch, Reason, more_thuente, strong_wolfe
from .method import Minimizer

__all__ = ["BFGS"]

_EPS = float(np.finfo(np.float64).eps)


class BFGS(Minimizer):
    """BFGS with the constants and the line searches of SciPy's.

    The direction is ``-H g``, from H = I. The line search is More and Thuente's, from a step of
    min(1, 2.02 (f - f_old) / g'd), at first min(1, 1.01 / |g|_2); if that finds none, bracketing
    and zooming. On functions that are finite wherever they are computed it visits the points of
    SciPy's BFGS, to the last bit up to n = 32, beyond until rounding separates the two; but for
    what SciPy does not guard: where y's is at most eps |y| |s| the update is left out, and where
    rounding has cost H its positive definiteness, so that -H g does not descend, it starts again
    from the identity.

    See `Minimizer` for calling it, for the result and for how runs end. The result's `hess_inv`
    is the inverse Hessian's approximation, shape (n, n).

    Args:
        gtol: Stop when the largest absolute entry of the gradient is at most this.
        ftol: Stop when a step decreases the function by at most this times
            max(|f_old|, |f_new|, 1); None: do not.
        xrtol: Stop when a step is no longer than this times (this + |x|_2); 0: do not.
        maxiter: The most iterations; None: 200 n.
        maxfun: The most values of the function; None: no limit.
        c1: The share of the linear decrease that the line search asks for.
        c2: The share of the slope that it may leave; 0 < c1 < c2 < 1.
        hess_inv0: The first H, symmetric and positive definite, shape (n, n); None: I.
        scale_first: Multiply I by y's / y'y before its first update. A given `hess_inv0` is
            never scaled.
        flat_rho: What stands for 1 / y's where y's = 0; None: the update is left out. SciPy
            takes 1000.

    Raises:
        InvalidInput: An option is outside its domain.

    Source:
        Nocedal and Wright 2006, Algorithm 6.1 and equations 6.17 and 6.20.
    """

    def __init__(
        self,
        *,
        gtol: float = 1e-5,
        ftol: float | None = None,
        xrtol: float = 0.0,
        maxiter: int | None = None,
        maxfun: int | None = None,
        c1: float = 1e-4,
        c2: float = 0.9,
        hess_inv0: Any = None,
        scale_first: bool = False,
        flat_rho: float | None = None,
    ) -> None:
        super().__init__(
            gtol=gtol,
            ftol=ftol,
            xrtol=xrtol,
            maxiter=maxiter,
            maxfun=maxfun,
            c1=c1,
            c2=c2,
            hess_inv0=hess_inv0,
            scale_first=scale_first,
            flat_rho=flat_rho,
        )

    def _steps(
        self,
        objective: Objective,
        start: Point,
        settings: Mapping[str, Any],
        hess: Callable[..., Any] | None,
        args: tuple[Any, ...],
    ) -> Steps:
        return _Steps(objective, start, settings)


class _Steps(Steps):
    def __init__(self, objective: Objective, start: Point, settings: Mapping[str, Any]) -> None:
        self._objective, self._start, self._settings = objective, start, settings
        self._scale = settings["scale_first"] and settings["hess_inv0"] is None
        self._inverse = _first(settings["hess_inv0"], start.x.size)

    def __iter__(self) -> Iterator[Point]:
        point = self._start
        with np.errstate(all="ignore"):
            old_value = point.value + float(np.linalg.norm(point.gradient)) / 2
        while True:
            ray, slope = self._ray(point)
            found = self._search(ray, point.value, slope, old_value)
            new = ray.at(found.step)
            old_value = point.value
            yield new
            with np.errstate(all="ignore"):
                self._update(found.step * ray.direction, new.gradient - point.gradient)
            point = new

    def _ray(self, point: Point) -> tuple[Ray, float]:
        """The search direction and the slope along it."""
        for inverse in (self._inverse, np.eye(point.x.size)):
            self._inverse = inverse
            with np.errstate(all="ignore"):
                ray = Ray(self._objective, point, -np.dot(inverse, point.gradient))
            slope = ray.slope(0.0)
            if -math.inf < slope < 0:
                return ray, slope
        raise Failed("the gradient is too large or too small for a direction to be formed")

    def _search(self, ray: Ray, value: float, slope: float, old_value: float) -> LineSearch:
        c1, c2 = self._settings["c1"], self._settings["c2"]
        guess = 1.01 * 2 * (value - old_value) / slope
        step = min(1.0, guess) if guess > 0 else 1.0
        found = more_thuente(
            ray.value, ray.slope, value, slope, step=max(step, 1e-100), c1=c1, c2=c2, xtol=1e-14,
            min_step=1e-100, max_step=1e100, max_evaluations=100,
        )  # fmt: skip
        if not found.found:
            found = strong_wolfe(
                ray.value, ray.slope, value, slope, step=step, c1=c1, c2=c2, max_step=1e100
            )
        if not (found.found or found.reason is Reason.LONGEST):
            raise Failed(
                f"the line search found no step that satisfies the Wolfe conditions: {found.reason}"
            )
        return found

    def _update(self, s: Array, y: Array) -> None:
        curvature = float(np.dot(y, s))
        rho = self._settings["flat_rho"]
        if curvature != 0 or rho is None:
            if not curvature > _EPS * float(np.linalg.norm(s) * np.linalg.norm(y)):
                return
            rho = 1.0 / curvature
        if self._scale:
            self._inverse *= curvature / float(np.dot(y, y)) if curvature else 1.0
        self._scale = False
        update(self._inverse, s, y, rho)

    def learned(self) -> dict[str, Any]:
        return {"hess_inv": self._inverse}


def _first(given: Any, n: int) -> Array:
    if given is None:
        return np.eye(n)
    array = as_array(given, "hess_inv0")
    if array.shape != (n, n) or array.dtype.kind not in "biuf":
        raise InvalidInput(
            f"hess_inv0 has shape {array.shape}: expected {(n, n)} and real numbers, found dtype "
            f"{array.dtype}"
        )
    inverse: Array = array.astype(np.float64)
    symmetric = np.isfinite(inverse).all() and (inverse == inverse.T).all()
    if not symmetric or np.linalg.eigvalsh(inverse)[0] <= 0:
        raise InvalidInput(
            "hess_inv0: expected a symmetric positive definite matrix of finite numbers; "
            "(A + A.T) / 2 makes a symmetric one of A"
        )
    return inverse
