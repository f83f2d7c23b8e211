"""The function to be minimized: counted, remembered at its last point, kept within a budget."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from refmath.errors import InvalidInput

__all__ = ["EvaluationsSpent", "Objective", "Point", "Ray", "Vector", "as_array", "largest"]

Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]


class EvaluationsSpent(Exception):
    """The next value would need one evaluation more than are allowed."""


class Point:
    """A point with the value and the gradient there, each computed when first asked for.

    Attributes:
        x: The point; never changed, and never handed out to the user but as a copy.
    """

    __slots__ = ("_gradient", "_objective", "_value", "x")

    def __init__(self, x: Vector, objective: "Objective") -> None:
        self.x: Final = x
        self._objective = objective
        self._value: float | None = None
        self._gradient: Vector | None = None

    @property
    def value(self) -> float:
        """The function here; it may be infinite or NaN."""
        if self._value is None:
            self._value, self._gradient = self._objective.evaluate(self.x, self._gradient)
            self._objective.offer(self, self._value)
        return self._value

    @property
    def gradient(self) -> Vector:
        """The gradient here, an array of our own; it may hold infinities or NaN."""
        if self._gradient is None and self._objective.joint:
            _ = self.value
        if self._gradient is None:
            self._gradient = self._objective.differentiate(self.x)
        return self._gradient


class Objective:
    """The user's function and gradient.

    Args:
        fun: ``fun(x, *args)``: the value, or the pair of value and gradient if `jac` is True.
        jac: ``jac(x, *args)``: the gradient; or True.
        args: Further arguments of both.
        maxfun: How many values may be computed; None for as many as it takes.

    Attributes:
        nfev, njev: How often the value and the gradient were computed.
        best: The point with the least finite value; None before there is one.
        joint: Whether value and gradient come from one call.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        jac: Callable[..., Any] | bool | None,
        args: Sequence[Any],
        maxfun: int | None,
    ) -> None:
        if not callable(fun):
            raise InvalidInput(
                f"fun: expected a function of x, found {type(fun).__name__}; give minimize(fun, x0)"
            )
        if not (callable(jac) or jac is True):
            raise InvalidInput(
                f"jac={jac!r}: expected the gradient as a function, or True if fun returns the "
                "pair (value, gradient); for finite differences give "
                "jac=lambda x: scipy.optimize.approx_fprime(x, fun)"
            )
        self._fun, self._jac, self._args = fun, jac, tuple(args)
        self._maxfun = math.inf if maxfun is None else maxfun
        self._last: Point | None = None
        self._least = math.inf
        self.joint = jac is True
        self.best: Point | None = None
        self.nfev = self.njev = 0

    def at(self, x: Vector) -> Point:
        """The point x; the last one once more if it is the same. `x` must not change any more."""
        if self._last is None or not np.array_equal(self._last.x, x):
            self._last = Point(x, self)
        return self._last

    def offer(self, point: Point, value: float) -> None:
        """Keep the point if its value is the least so far."""
        if value < self._least and value != -math.inf:
            self.best, self._least = point, value

    def evaluate(self, x: Vector, known: Vector | None) -> tuple[float, Vector | None]:
        """The value at x, and the gradient if it comes along or is known."""
        if self.nfev >= self._maxfun:
            raise EvaluationsSpent
        self.nfev += 1
        answer = self._fun(x.copy(), *self._args)
        if not self.joint:
            return _number(answer), known
        if not (isinstance(answer, tuple | list) and len(answer) == 2):
            raise InvalidInput(
                f"fun returned {type(answer).__name__}: expected the pair (value, gradient) "
                "because jac=True; give the gradient as jac if fun returns the value alone"
            )
        self.njev += 1
        return _number(answer[0]), _vector(answer[1], x, "the gradient that fun returned")

    def differentiate(self, x: Vector) -> Vector:
        """The gradient at x, from a call of its own."""
        assert callable(self._jac)
        self.njev += 1
        return _vector(self._jac(x.copy(), *self._args), x, "the gradient that jac returned")


class Ray:
    """The objective along a direction, as a line search sees it.

    Args:
        objective: The function.
        start: Where the ray begins.
        direction: Its direction; not changed.
        dot: The inner product.
    """

    def __init__(
        self,
        objective: Objective,
        start: Point,
        direction: Vector,
        dot: Callable[[Vector, Vector], float] = np.dot,
    ) -> None:
        self._objective, self._start, self.direction = objective, start, direction
        self._dot = dot
        self._last = (0.0, start)

    def at(self, step: float) -> Point:
        """The point `step` times the direction away."""
        if step != self._last[0]:
            with np.errstate(all="ignore"):
                x = np.multiply(self.direction, step) if step != 1.0 else self.direction
                x = np.add(x, self._start.x)
            self._last = step, self._objective.at(x)
        return self._last[1]

    def value(self, step: float) -> float:
        """The function there."""
        return self.at(step).value

    def slope(self, step: float) -> float:
        """Its derivative along the direction."""
        with np.errstate(all="ignore"):
            return float(self._dot(self.at(step).gradient, self.direction))


def largest(x: Vector) -> float:
    """The largest absolute entry; NaN if one is."""
    return max(float(x.max()), -float(x.min()))


def as_array(value: object, name: str) -> np.ndarray[Any, Any]:
    """A value as an array.

    Raises:
        InvalidInput: Its rows have different lengths.
    """
    try:
        return np.asarray(value)
    except ValueError:
        raise InvalidInput(f"{name}: expected an array, found rows of different lengths") from None


def _number(answer: object) -> float:
    value = as_array(answer, "what fun returned")
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise InvalidInput(
            f"fun returned an array of shape {value.shape} and dtype {value.dtype}: expected one "
            "real number"
        )
    return float(value.reshape(())[()])


def _vector(answer: object, x: Vector, name: str) -> Vector:
    found = as_array(answer, name)
    if (found.shape != x.shape and not found.size == x.size == 1) or found.dtype.kind not in "biuf":
        raise InvalidInput(
            f"{name} has shape {found.shape} and dtype {found.dtype}: expected {x.shape} and real "
            "numbers"
        )
    vector: Vector = np.array(found, np.float64).reshape(x.shape)
    return vector
