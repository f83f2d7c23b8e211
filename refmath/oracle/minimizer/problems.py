"""Test problems for minimizers: NumPy functions made of declared objectives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from refmath.emit.tensor.kernel.api import kernel
from refmath.objective import Objective
from refmath.objectives.problems import MORE_GARBOW_HILLSTROM
from refmath.tensor import gradient, jacobian
from refmath.tensor.parse import declared, parse

__all__ = ["Problem", "collection", "of_expression", "of_objective"]

Array = Any


@dataclass(frozen=True)
class Problem:
    """A function to be minimized.

    Attributes:
        name: As it is shown.
        fun: The value at a vector.
        jac: The gradient there.
        x0: The start.
        minima: What its value is known to be at minimizers, global and local.
        hess: The Hessian, where a method is to use it.
    """

    name: str
    fun: Callable[[Array], float]
    jac: Callable[[Array], Array]
    x0: Array
    minima: tuple[float, ...] = ()
    hess: Callable[[Array], Array] | None = None

    def solved_by(self, value: float, share: float = 1e-3) -> bool:
        """Whether a value is most of the way from the start's to that of a known minimum.

        It is if what is left is at most `share` of the whole way, the convergence test of More
        and Wild 2009, SIAM J. Optim. 20(1), equation 2.2.
        """
        first = self.fun(self.x0)
        return any(abs(value - m) <= share * (first - m) for m in self.minima)


def of_objective(objective: Objective) -> Problem:
    """A declared test problem at its standard size, start and data."""
    point, sizes = objective.standard(), objective.default_sizes()
    data = {k: v for k, v in point.items() if k != "x"}
    minima = [
        float(exact if m.value is not None else m.printed)
        for m in objective.minima
        if m.sizes is None or {**sizes, **m.sizes} == sizes
        for exact in [objective.minimal_value(m, sizes)]
    ]
    return Problem(
        objective.name,
        _bound(objective.kernel(), data, sizes, float),
        _bound(objective.gradient("x").kernel(), data, sizes, np.asarray),
        np.asarray(point["x"], np.float64),
        tuple(minima),
        _bound(objective.hessian("x").kernel(), data, sizes, np.asarray),
    )


def of_expression(
    name: str, text: str, declarations: str, x0: Array, data: Mapping[str, Array],
    minima: tuple[float, ...] = (),
) -> Problem:
    """A problem from an expression of x and its data.

    Args:
        name: As it is shown.
        text: The expression, as ``refmath.parse`` reads it.
        declarations: The names in it.
        x0: The start.
        data: Arrays for all names but x.
        minima: As `Problem` has them.
    """
    names = declared(declarations)
    expr = parse(text, names)
    slope = gradient(expr, names["x"])
    sizes = {"n": len(x0)}
    return Problem(
        name, _bound(kernel(expr), data, sizes, float),
        _bound(kernel(slope), data, sizes, np.asarray), np.asarray(x0, np.float64), minima,
        _bound(kernel(jacobian(slope, names["x"])), data, sizes, np.asarray),
    )  # fmt: skip


def _bound(
    function: Any, data: Mapping[str, Any], sizes: Mapping[str, int], kind: Callable[[Any], Any]
) -> Callable[[Array], Any]:
    """A kernel as a function of x alone."""
    known = {**data, **sizes}
    given = {k: known[k] for k in function.arguments if k != "x"}
    varies = "x" in function.arguments

    def of_x(x: Array) -> Any:
        with np.errstate(all="ignore"):
            return kind(function(x=x, **given) if varies else function(**given))

    return of_x


@cache
def collection() -> tuple[Problem, ...]:
    """The problems of More, Garbow and Hillstrom at their standard sizes and starts."""
    return tuple(of_objective(o) for o in MORE_GARBOW_HILLSTROM)
