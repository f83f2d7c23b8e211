"""What a run went through, update by update and epoch by epoch."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refmath.training.dataset import Array

__all__ = ["History"]


@dataclass
class History:
    """Numbers of every update, and of every epoch.

    Attributes:
        loss: Of the update's batch, where its gradient was taken.
        gradient: Euclidean norm of that gradient over all parameters.
        step: Euclidean norm of the change of the parameters.
        rate: The learning rate; NaN where the optimizer chooses its own.
        epochs: One record an epoch: ``epoch``, ``passes`` (gradients of examples that were
            computed, divided by the number of examples), ``loss`` (the mean over the epoch's
            draws), and what ``evaluate`` returned.
    """

    loss: list[float] = field(default_factory=list)
    gradient: list[float] = field(default_factory=list)
    step: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    epochs: list[dict[str, float]] = field(default_factory=list)

    def add(self, loss: float, gradient: float, step: float, rate: float) -> None:
        """Record an update."""
        for series, x in zip(self._series(), (loss, gradient, step, rate), strict=True):
            series.append(float(x))

    def _series(self) -> tuple[list[float], ...]:
        return self.loss, self.gradient, self.step, self.rate

    def array(self) -> Array:
        """All updates, of shape (4, updates): loss, gradient, step, rate."""
        return np.array(self._series(), np.float64)

    @classmethod
    def of(cls, array: Any, epochs: list[dict[str, float]]) -> "History":
        """The history that ``array`` was made from."""
        loss, gradient, step, rate = np.asarray(array, np.float64).tolist()
        return cls(loss, gradient, step, rate, epochs)

    def of_epochs(self, name: str) -> tuple[list[float], list[float]]:
        """Passes over the data, and a number at each of them where it was recorded."""
        found = [(e["passes"], e[name]) for e in self.epochs if name in e]
        return [x for x, _ in found], [y for _, y in found]
