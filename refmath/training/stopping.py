"""When a run ends, and which criterion ended it."""

import math
from dataclasses import dataclass, fields
from typing import Any

from refmath.errors import InvalidInput, UnknownName

__all__ = ["Reason", "Stop", "stop_of"]


@dataclass(frozen=True)
class Reason:
    """Why a run ended.

    Attributes:
        name: The criterion: a field of ``Stop``; ``diverged``, ``interrupted``, or ``minimizer``
            for a tolerance of the minimizer's own.
        text: One line for people.
    """

    name: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Criteria, of which the first that is met ends the run; None is never met.

    The first four look at the last update; of a mini-batch they are random. A small step does not
    mean that a minimum is near: steps 1/k become as small as one likes and still lead infinitely
    far.

    Attributes:
        gradient: The norm of the gradient is at most this.
        step: The norm of the change of the parameters is at most this.
        change: The loss differs from the one before by at most this.
        loss: The loss is at most this.
        updates: So many updates are done.
        epochs: So many epochs are done.
        evaluations: Gradients of so many examples have been computed.
        seconds: So much time has gone by, over all parts of a resumed run.

    Raises:
        InvalidInput: A criterion is no number in its range.
    """

    gradient: float | None = None
    step: float | None = None
    change: float | None = None
    loss: float | None = None
    updates: int | None = None
    epochs: int | None = None
    evaluations: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for f in fields(self):
            value: Any = getattr(self, f.name)
            if value is None:
                continue
            whole = f.name in _BUDGETS[:3]
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                kind = "a whole number" if whole else "a number"
                raise InvalidInput(f"{f.name}={value!r}: expected {kind}, or None")
            if math.isnan(value) or (value < 0 and f.name != "loss"):
                raise InvalidInput(f"{f.name}={value!r}: expected a number >= 0, or None")

    @property
    def bounded(self) -> bool:
        """Whether a budget ends the run for certain."""
        return any(getattr(self, name) is not None for name in _BUDGETS)

    def by_update(
        self, loss: float, before: float | None, gradient: float, step: float
    ) -> Reason | None:
        """The first criterion that an update meets.

        Args:
            loss: Of the update.
            before: Of the update before it, where there is one.
            gradient: The gradient's norm.
            step: The step's norm.
        """
        change = math.inf if before is None else abs(loss - before)
        found = {"gradient": gradient, "step": step, "change": change, "loss": loss}
        for name, value in found.items():
            limit = getattr(self, name)
            if limit is not None and value <= limit:
                return Reason(name, f"{_WORDS[name]} {value:.3g} <= {limit:g}")
        return None

    def by_budget(
        self, updates: int, epochs: int, evaluations: int, seconds: float
    ) -> Reason | None:
        """The first budget that is spent."""
        found = (updates, epochs, evaluations, seconds)
        for name, value in zip(_BUDGETS, found, strict=True):
            limit = getattr(self, name)
            if limit is not None and value >= limit:
                return Reason(name, f"the budget of {limit:g} {_WORDS[name]} is spent")
        return None


_BUDGETS = ("updates", "epochs", "evaluations", "seconds")
_WORDS = {
    "gradient": "the norm of the gradient", "step": "the norm of the step",
    "change": "the change of the loss", "loss": "the loss", "updates": "updates",
    "epochs": "epochs", "evaluations": "gradients of examples", "seconds": "seconds",
}


def stop_of(stop: Stop | None, limits: dict[str, Any]) -> Stop:
    """The criteria, from a record or from their names; one budget at least.

    Raises:
        InvalidInput: Both or no budget is given.
        UnknownName: No such criterion.
    """
    known = [f.name for f in fields(Stop)]
    for name in limits:
        if name not in known:
            raise UnknownName("argument or stopping criterion", name, known)
    if stop is not None and limits:
        raise InvalidInput(f"give either stop= or {', '.join(limits)}, not both")
    found = Stop(**limits) if stop is None else stop
    if not found.bounded:
        raise InvalidInput(
            "nothing ends the run for certain: give epochs=, updates=, evaluations= or seconds="
        )
    return found
