"""The stationary point of a quadratic objective, with the condition under which it exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from refmath.closed_form.condition import Condition, Requirement, condition_of
from refmath.closed_form.numeric import Evaluation
from refmath.closed_form.quadratic import quadratic
from refmath.closed_form.system import Singular, System, system_of
from refmath.errors import InvalidInput
from refmath.tensor import as_tensor
from refmath.tensor.node import Tensor

__all__ = ["Solver", "Stationary", "stationary"]


@dataclass(frozen=True)
class Stationary:
    """Where the gradient of a quadratic objective is 0: H theta = b.

    Attributes:
        objective: The objective, of rank 0.
        theta: What it is quadratic in: a variable or a scalar symbol.
        hessian: H, of shape (*theta.shape, *theta.shape), free of theta.
        rhs: b, minus the gradient at theta = 0, of theta's shape.
        system: The same equation with a positive (for a maximum: negative) common factor of both
            sides taken out, and with axes that do not mix left out of the matrix.
        condition: When there is exactly one solution, and whether it is a minimum.
    """

    objective: Tensor
    theta: Any
    hessian: Tensor
    rhs: Tensor
    system: System
    condition: Condition

    @property
    def equation(self) -> tuple[Tensor, Tensor]:
        """Both sides of the system, each of theta's shape."""
        return self.system.times(self.system.matrix, as_tensor(self.theta)), self.system.rhs

    @cached_property
    def solution(self) -> Tensor | None:
        """The solution as an expression; None where several axes mix or batches differ."""
        return self.system.solution

    @property
    def is_minimum(self) -> bool | None:
        """True for a minimum, False for a maximum, None where H decides."""
        return self.condition.is_minimum

    @property
    def name(self) -> str:
        """The name of what is solved for."""
        return str(self.theta.name)

    def text(self) -> str:
        """The equation, its solution and its condition."""
        left, right = self.equation
        lines = [_equation(left.text(), right.text())]
        if self.solution is not None:
            lines.append(_equation(self.name, self.solution.text()))
        lines += [f"one solution: {self.condition.words}", self.condition.reason]
        return "\n".join(lines)

    def latex(self) -> str:
        """The equation and its solution."""
        left, right = self.equation
        rows = [rf"{left.latex()} &= {right.latex()}"]
        if self.solution is not None:
            rows.append(rf"{as_tensor(self.theta).latex()} &= {self.solution.latex()}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def kernel(self) -> "Solver":
        """A NumPy function that solves the system for given values."""
        return Solver(self)


def _equation(left: str, right: str) -> str:
    """Two texts as an equation; what they define on further lines stands below it, once."""
    (first, *own), (second, *others) = left.splitlines(), right.splitlines()
    names: dict[str, str] = {}
    for line in (*own, *others):
        name, _, value = line.removeprefix("where").strip().partition(" = ")
        if names.setdefault(name, value) != value:  # one name for two things
            return f"{left}\nequals\n{right}"
    rest = "\n      ".join(f"{name} = {value}" for name, value in names.items())
    return f"{first} = {second}" + (f"\nwhere {rest}" if rest else "")


class Solver:
    """Solves H theta = b numerically: by Cholesky where H is positive definite, else by LU.

    Call it with the values of the names in ``arguments``; it returns theta in the dtype of the
    arrays. NaN or infinity in the matrix gives NaN.

    Attributes:
        arguments: The names that it takes.
        stationary: What it solves.
    """

    def __init__(self, stationary: Stationary) -> None:
        system = stationary.system
        self.stationary = stationary
        self._value = Evaluation("the stationary point", system.matrix, system.rhs)
        self.arguments = self._value.arguments

    def __call__(self, **values: Any) -> Any:
        """Solve for theta.

        Raises:
            InvalidInput: A value is missing, unknown or of the wrong shape, or the condition does
                not hold for these values; the message says why and what helps.
        """
        self._value.check(values)
        system = self.stationary.system
        matrix, rhs = self._value(system.matrix, values), self._value(system.rhs, values)
        definite = self.stationary.is_minimum is not None
        try:
            return system.solve(matrix, rhs, definite=definite)
        except Singular as fault:
            raise InvalidInput(self._explained(values, np.shape(matrix), fault)) from None

    def _explained(self, values: Mapping[str, Any], shape: tuple[int, ...], fault: Singular) -> str:
        """Why the condition does not hold, and the cure."""
        found = self.stationary
        for need in found.condition.assumed:
            least = min(self._least(as_tensor(x), values, need.kind) for x in need.of)
            if least < 0:
                return (
                    f"expected {need.words}, found {least:g}, and the matrix is singular or "
                    f"indefinite: the stationary point is no {_extreme(found)}; give {need.words}"
                )
        faults = [self._rank_fault(r, values) for a in found.condition.alternatives for r in a]
        reason = next((r for r in faults if r), f"the matrix, of shape {shape}, is singular")
        if fault.reciprocal:
            reason += f" (reciprocal condition number {fault.reciprocal:.1e})"
        return (
            f"there is not exactly one stationary point: {reason}; expected "
            f"{found.condition.words}. Add lambda*sum({found.name}**2) to the objective, or take "
            "the solution of least norm, minimum_norm"
        )

    def _least(self, node: Tensor, values: Mapping[str, Any], kind: str) -> float:
        """The smallest entry, or for what is to be semidefinite the smallest eigenvalue."""
        value = np.asarray(self._value(node, values))
        if kind == "positive_semidefinite":
            return float(np.linalg.eigvalsh(value)[0])
        return float(value.min())

    def _rank_fault(self, need: Requirement, values: Mapping[str, Any]) -> str | None:
        """For a matrix that must have full column rank: what rank it has."""
        if need.kind != "full_column_rank" or any(x.rank != 2 for x in need.of):
            return None
        parts = [np.asarray(self._value(x, values)) for x in need.of]
        if any(p.shape[1] != parts[0].shape[1] for p in parts):
            return None
        stacked = np.concatenate(parts)
        rank, columns = int(np.linalg.matrix_rank(stacked)), stacked.shape[1]
        names = " and ".join(x.text() for x in need.of)
        if rank < columns:
            return f"{names}, of shape {stacked.shape}, has rank {rank} < {columns}"
        if need.where:
            return f"{names} has full rank {rank}, but not where the weights are positive"
        return f"{names} has full rank {rank}, but is too badly conditioned for its square"


def _extreme(found: Stationary) -> str:
    return "minimum" if found.is_minimum else "maximum"


def stationary(objective: Any, theta: Any = None) -> Stationary:
    """The stationary point of an objective that is quadratic in theta.

    For least squares these are the normal equations; with a penalty, ridge regression. Boyd and
    Vandenberghe 2004, section 9.1.1.

    Args:
        objective: An expression of rank 0, or a declared ``Objective``.
        theta: A variable of any shape, or a scalar symbol; of an ``Objective`` also the name of a
            parameter, and its only one if left out.

    Returns:
        The linear system, its solution, and the condition under which it is the only one.

    Raises:
        InvalidInput: The objective is not quadratic in theta; the message names the part.
    """
    found = quadratic(objective, theta)
    condition = condition_of(found.hessian, found.objective, found.theta)
    sign = -1 if condition.is_minimum is False else 1
    system = system_of(found.hessian, found.rhs, sign)
    return Stationary(found.objective, found.theta, found.hessian, found.rhs, system, condition)
