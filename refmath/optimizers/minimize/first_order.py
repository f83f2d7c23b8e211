"""The first-order optimizers as methods for `scipy.optimize.minimize`."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from refmath.errors import InvalidInput

from . import _options
from ._objective import Objective, Point, Vector, largest
from ._run import Failed, Steps, run

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = ["Rule", "minimize_by"]


class Rule(Protocol):
    """What the driver needs of an optimizer."""

    @property
    def hyper(self) -> dict[str, Any]:
        """The hyperparameters."""

    def reset(self) -> None:
        """Forget the state."""

    def step(self, params: Any, grads: Any) -> Any:
        """Update the parameters in place."""


_OPTIONS: dict[str, Any] = {
    "gtol": 1e-5, "ftol": None, "xrtol": 0.0, "maxiter": 10000, "maxfun": None,
}  # fmt: skip


def minimize_by(
    rule: Rule,
    fun: Callable[..., Any],
    x0: object,
    args: Sequence[Any],
    jac: Callable[..., Any] | bool | None,
    callback: Callable[..., Any] | None,
    options: Mapping[str, Any],
    unused: Mapping[str, object],
) -> "OptimizeResult":
    """Minimize by steps of an update rule, on a fresh copy of it.

    The gradient is taken where the rule wants it: a rule that looks ahead is given the function,
    and the gradient at an iterate is then computed only if the one ahead is small, and at the
    end.

    Args:
        rule: The optimizer; it is left as it is.
        fun: As `Minimizer.__call__` takes it; so are the next four.
        x0: The start.
        args: Further arguments of `fun` and `jac`.
        jac: The gradient, or True.
        callback: The user's.
        options: gtol, ftol, xrtol, maxiter and maxfun as `LBFGS` has them, and tol.
        unused: hess, hessp, bounds and constraints.

    Returns:
        As `Minimizer.__call__`; a run that was not successful ends at the best iterate, for
        these rules do not descend at every step.

    Raises:
        InvalidInput: An argument does not fit, the start is not finite, or the rule maximizes.
        UnknownName: There is no such option.
    """
    name = type(rule).__name__
    _options.refuse(name, **unused)
    if rule.hyper.get("maximize"):
        raise InvalidInput(
            f"{name}(maximize=True) ascends: expected maximize=False to minimize; to maximize fun "
            "minimize -fun"
        )
    settings = _options.options(_OPTIONS, options, ("gtol",))
    own = copy.deepcopy(rule)
    own.reset()
    return run(
        lambda objective, start: _Steps(own, objective, start, settings["gtol"]),
        Objective(fun, jac, _options.arguments(args), settings["maxfun"]),
        x0,
        settings,
        callback,
    )


class _Steps(Steps):
    def __init__(self, rule: Rule, objective: Objective, start: Point, gtol: float) -> None:
        self._rule, self._objective, self._start = rule, objective, start
        self._gtol = gtol
        self._looks_ahead = rule.hyper.get("form") == "lookahead"
        self._ahead = 0.0

    def __iter__(self) -> Iterator[Point]:
        point = self._start
        while True:
            x = point.x.copy()
            self._rule.step(x, self._gradient_ahead if self._looks_ahead else point.gradient)
            if not np.isfinite(x).all():
                raise Failed("the iterates diverged: an entry is not finite; lower lr")
            point = self._objective.at(x)
            yield point

    def _gradient_ahead(self, x: Vector) -> Vector:
        gradient = self._objective.at(x).gradient
        self._ahead = largest(gradient)
        return gradient

    def gauge(self, point: Point) -> float:
        """The gradient ahead of the point is taken for the one there while it is large."""
        return self._ahead if self._ahead > self._gtol else largest(point.gradient)
