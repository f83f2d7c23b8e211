"""The exact learning rate and momentum of a quadratic objective."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.closed_form import (
    critical_rate,
    critical_rate_heavy_ball,
    critical_rate_nesterov,
    curvatures,
    optimal_heavy_ball,
    optimal_nesterov,
    optimal_rate,
)
from refmath.closed_form.quadratic import quadratic
from refmath.errors import InvalidInput, UnknownName

__all__ = ["RULES", "Exact", "exact"]

_FORMS = {
    "sgd": (optimal_rate, critical_rate),
    "momentum": (optimal_heavy_ball, critical_rate_heavy_ball),
    "nesterov": (optimal_nesterov, critical_rate_nesterov),
}
RULES = tuple(_FORMS)
"""The update rules with exact parameters: gradient descent, the heavy ball, Nesterov's method."""


@dataclass(frozen=True)
class Exact:
    """The best parameters on a quadratic, and the limit of stability.

    Attributes:
        rule: ``sgd``, ``momentum`` or ``nesterov``.
        lowest, highest: The smallest and the largest eigenvalue of the Hessian.
        best: ``lr``, with momentum ``momentum``, and ``rate``, the factor by which the distance
            to the minimum shrinks a step in the long run; empty where the lowest eigenvalue is 0.
        momentum: The momentum that the limit is for.
        limit: The learning rate from which on the rule diverges.
        statement: What the best parameters are the best of.
        source: Where that is proved.
    """

    rule: str
    lowest: float
    highest: float
    best: Mapping[str, float]
    momentum: float
    limit: float
    statement: str
    source: str

    @property
    def condition(self) -> float:
        """The condition number, highest / lowest."""
        return self.highest / self.lowest if self.lowest > 0 else float("inf")


def exact(
    objective: Any,
    values: Mapping[str, Any],
    rule: str = "sgd",
    *,
    theta: Any = None,
    momentum: float | None = None,
) -> Exact:
    """The exact best parameters of an update rule on a quadratic objective, full batch.

    Args:
        objective: A declared objective or an expression, quadratic in theta.
        values: Values of everything that the Hessian depends on, by name.
        rule: ``sgd``, ``momentum`` or ``nesterov``.
        theta: What is optimized; an objective's only parameter by default.
        momentum: The momentum that the limit of stability is asked for; the best one by default.

    Raises:
        UnknownName: Another rule, or no such parameter.
        InvalidInput: The objective is not quadratic, or not convex.
    """
    if rule not in _FORMS:
        raise UnknownName("rule with exact parameters", rule, list(_FORMS))
    found = quadratic(objective, theta)
    function = found.hessian.kernel()
    missing = [n for n in function.arguments if n not in values]
    if missing:
        raise InvalidInput(f"the Hessian depends on {', '.join(missing)}: give its value")
    matrix = np.asarray(function(**{n: values[n] for n in function.arguments}))
    side = round(matrix.size**0.5)
    ends = curvatures(matrix.reshape(side, side))
    lowest, highest = ends["lambda_min"], ends["lambda_max"]
    # eigvalsh is backward stable: what lies below its error may as well be 0.
    error = side * np.finfo(np.float64).eps * max(abs(lowest), abs(highest))
    if lowest < -error or highest <= 0:
        raise InvalidInput(
            f"the objective is not convex: its Hessian has the eigenvalue {lowest:.3g}, so no "
            "learning rate leads to a minimum"
        )
    best_form, limit_form = _FORMS[rule]
    best = {}
    if lowest > error:
        best = dict(best_form(lambda_min=lowest, lambda_max=highest))
    share = best.get("momentum", 0.0) if momentum is None else momentum
    given = {"lambda_max": highest}
    limit = limit_form(**given) if rule == "sgd" else limit_form(**given, momentum=share)
    return Exact(
        rule, max(lowest, 0.0) if lowest <= error else lowest, highest, best,
        0.0 if rule == "sgd" else share, float(limit), best_form.statement, best_form.source,
    )
