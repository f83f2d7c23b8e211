"""One Newton step, and the exact line search on a quadratic."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from refmath.closed_form.numeric import Evaluation
from refmath.closed_form.quadratic import checked_objective, degrees, quadratic
from refmath.closed_form.system import Singular, System, system_of
from refmath.errors import InvalidInput
from refmath.tensor import as_tensor, build, dot, gradient, hessian
from refmath.tensor.node import Tensor
from refmath.tensor.sizes import shown

__all__ = ["LineSearch", "NewtonStep", "line_search", "newton_step"]


@dataclass(frozen=True)
class NewtonStep:
    """The step from theta to theta - H^-1 g.

    Attributes:
        objective: The objective.
        theta: A variable or scalar symbol.
        gradient: g.
        hessian: H.
        system: The system that the step solves: H step = -g, scaled.
        is_exact: Whether the objective is quadratic in theta: then one step leads from anywhere
            to the stationary point.
    """

    objective: Tensor
    theta: Any
    gradient: Tensor
    hessian: Tensor
    system: System
    is_exact: bool
    condition: str = "H is non-singular at theta; it leads downhill where H is positive definite"

    @property
    def expression(self) -> Tensor | None:
        """The point after the step; None where several axes mix and the notation has no inverse."""
        step = self.system.solution
        return None if step is None else as_tensor(self.theta) + step

    def text(self) -> str:
        """The step and its condition."""
        step = self.expression
        left = self.system.times(self.system.matrix, _step_of(self.theta))
        shown_step = (
            f"{left.text()} = {self.system.rhs.text()}" if step is None
            else f"{self.theta.name} <- {step.text()}"
        )
        return f"{shown_step}\nholds: {self.condition}"

    def latex(self) -> str:
        """The step."""
        name = as_tensor(self.theta).latex()
        step = self.expression
        if step is not None:
            return rf"{name} \leftarrow {step.latex()}"
        left = self.system.times(self.system.matrix, _step_of(self.theta))
        return rf"{left.latex()} = {self.system.rhs.latex()}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the function takes, theta included."""
        return self._value.arguments

    @cached_property
    def _value(self) -> Evaluation:
        roots = (self.system.matrix, self.system.rhs, as_tensor(self.theta))
        return Evaluation("the Newton step", *roots)

    def __call__(self, **values: Any) -> Any:
        """The point after the step.

        Raises:
            InvalidInput: A value is missing or unknown, or H is singular at this point.
        """
        self._value.check(values)
        system = self.system
        matrix, rhs = self._value(system.matrix, values), self._value(system.rhs, values)
        try:
            step = system.solve(matrix, rhs, definite=False)
        except Singular as fault:
            raise InvalidInput(
                f"the Hessian is singular at this point (reciprocal condition number "
                f"{fault.reciprocal:.1e}); expected it to be non-singular: move the point, or add "
                f"lambda*sum({self.theta.name}**2) to the objective"
            ) from None
        return np.asarray(values[self.theta.name]) + step


def _step_of(theta: Any) -> Tensor:
    shape = theta.shape if isinstance(theta, Tensor) else ()
    return build.variable("step", shape)


def newton_step(objective: Any, theta: Any = None) -> NewtonStep:
    """One Newton step: Goodfellow, Bengio and Courville 2016, equation 4.12.

    Args:
        objective: An expression of rank 0, or a declared ``Objective``.
        theta: A variable of any shape, or a scalar symbol; of an ``Objective`` also the name of a
            parameter, and its only one if left out.

    Raises:
        InvalidInput: The objective does not depend on theta, or its Hessian is 0 everywhere.
    """
    top, theta = checked_objective(objective, theta)
    slope, bend = gradient(top, theta), hessian(top, theta)
    if build.is_zero(bend):
        raise InvalidInput(
            f"the Hessian by {theta.name} is 0 everywhere, so there is no Newton step; take a "
            "gradient step"
        )
    system = system_of(bend, build.scaled(-1, slope))
    degree = degrees(top, theta)[top]
    return NewtonStep(top, theta, slope, bend, system, bool(degree <= 2))


@dataclass(frozen=True)
class LineSearch:
    """The step length along a direction that minimizes a quadratic objective.

    Attributes:
        objective: The objective.
        theta: A variable or scalar symbol.
        direction: Of theta's shape.
        slope: -g'd: how fast the objective falls at the start.
        bend: d'Hd.
    """

    objective: Tensor
    theta: Any
    direction: Tensor
    slope: Tensor
    bend: Tensor
    condition: str = "d'Hd > 0: the objective bends upwards along the direction"

    @property
    def expression(self) -> Tensor:
        """The step length."""
        return self.slope / self.bend

    def text(self) -> str:
        """The step length and its condition."""
        return f"alpha = {self.expression.text()}\nholds: {self.condition}"

    def latex(self) -> str:
        """The step length."""
        return rf"\alpha = {self.expression.latex()}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the function takes."""
        return self._value.arguments

    @cached_property
    def _value(self) -> Evaluation:
        return Evaluation("the line search", self.slope, self.bend)

    def __call__(self, **values: Any) -> Any:
        """The step length.

        Raises:
            InvalidInput: A value is missing or unknown, or the objective does not bend upwards.
        """
        self._value.check(values)
        slope, bend = self._value(self.slope, values), self._value(self.bend, values)
        if bend <= 0:
            why = (
                "the direction is 0 here: theta is stationary already" if slope == 0 and bend == 0
                else "the objective has no minimum along it; take a bounded step"
            )
            raise InvalidInput(f"expected d'Hd > 0, found {float(bend):g}: {why}")
        return slope / bend


def line_search(objective: Any, theta: Any = None, direction: Any = None) -> LineSearch:
    """The exact line search on a quadratic: Goodfellow et al. 2016, equation 4.10.

    Args:
        objective: An expression of rank 0 or an ``Objective``, quadratic in theta.
        theta: As for ``newton_step``.
        direction: A tensor of theta's shape; minus the gradient if it is left out.

    Raises:
        InvalidInput: The objective is not quadratic in theta, or the direction does not fit.
    """
    found = quadratic(objective, theta)
    slope = gradient(found.objective, found.theta)
    way = build.scaled(-1, slope) if direction is None else as_tensor(direction)
    if way.shape != slope.shape:
        raise InvalidInput(
            f"expected a direction of shape {shown(slope.shape)}, found {shown(way.shape)}"
        )
    rank = way.rank
    first, second = tuple(range(rank)), tuple(range(rank, 2 * rank))
    factors = [(found.hessian, (*first, *second)), (way, first), (way, second)]
    bend = build.product(1, factors, (), dict(enumerate(found.hessian.shape)))
    return LineSearch(found.objective, found.theta, way, build.scaled(-1, dot(slope, way)), bend)
