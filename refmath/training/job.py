"""What does not change while a run lasts, and what is done after each of its updates."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.batches import Batches
from refmath.training.dataset import Array, Dataset
from refmath.training.display import Display
from refmath.training.gradient import Loss, accumulated
from refmath.training.interrupts import Interrupts
from refmath.training.rates import OnMetric, Rates
from refmath.training.state import Position, saved
from refmath.training.stopping import Reason, Stop

__all__ = ["Diverged", "Job", "norm"]


class Diverged(Exception):
    """A loss or gradient is not finite; the message says which."""


@dataclass
class Job:
    """A run's settings.

    Attributes:
        loss: The loss.
        data: The examples that it takes.
        batches: How they are put together.
        micro_batch: The most examples at once.
        schedule: The learning rate by update, or by what the epochs recorded.
        stop: When to end.
        evaluate: Numbers to record after an epoch.
        callback: The caller's.
        display: The progress bar.
        caught: Whether the run is asked to end.
        settings: What must be the same when it is resumed.
        about: The caller's own data for the file.
        save: The file.
        save_every: Updates between two saves.
        rates: The schedule, by position.
    """

    loss: Loss
    data: Dataset | None
    batches: Batches
    micro_batch: int | None
    schedule: Callable[[int], float] | OnMetric | None
    stop: Stop
    evaluate: Callable[[Mapping[str, Array]], Mapping[str, float]] | None
    callback: Callable[[Position], object] | None
    display: Display
    caught: Interrupts
    settings: Mapping[str, Any]
    about: Mapping[str, Any]
    save: str | Path | None
    save_every: int | None
    rates: Rates = field(init=False)
    _written: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.rates = Rates(self.schedule)

    def gradient(
        self, params: Mapping[str, Array], indices: Any, update: int
    ) -> tuple[float, dict[str, Array]]:
        """Value and gradients of some examples, in the parameters' dtypes.

        Raises:
            Diverged: One is not finite.
            InvalidInput: The loss returned something else.
        """
        batch = {} if self.data is None else self.data.take(indices)
        with np.errstate(all="ignore"):
            value, slopes = accumulated(self.loss, params, batch, self.micro_batch)
        missing = [k for k in params if k not in slopes]
        if missing:
            raise InvalidInput(f"the loss returned no gradient for {', '.join(missing)}")
        out = {k: np.asarray(slopes[k]).astype(p.dtype, copy=False) for k, p in params.items()}
        if not np.isfinite(value) or not all(np.isfinite(g).all() for g in out.values()):
            what = "the loss" if not np.isfinite(value) else "the gradient"
            raise Diverged(f"{what} is not finite at update {update}; lower the learning rate")
        return float(value), out

    def examples(self, indices: Any) -> int:
        """How many gradients of examples a batch takes."""
        return 1 if self.data is None else len(indices)

    def ended_epoch(self, position: Position, loss: float) -> None:
        """Record an epoch."""
        position.epochs += 1
        passes = position.evaluations / self.batches.n
        record = {"epoch": position.epochs, "passes": passes, "loss": loss}
        if self.evaluate is not None:
            record |= {k: float(v) for k, v in self.evaluate(position.params).items()}
        position.history.epochs.append(record)

    def after(self, position: Position, began: float, before: float) -> Reason | None:
        """Time, criteria, callback and display after an update; why the run ends, if it does.

        Args:
            position: Where the run stands.
            began: When this part of the run began, by ``time.monotonic``.
            before: Seconds of its earlier parts.
        """
        position.seconds = before + time.monotonic() - began
        h = position.history
        previous = h.loss[-2] if len(h.loss) > 1 else None
        reason = self.stop.by_update(h.loss[-1], previous, h.gradient[-1], h.step[-1])
        reason = reason or self.spent(position)
        if self.callback is not None:
            try:
                self.callback(position)
            except StopIteration:
                reason = reason or Reason("callback", "the callback ended the run")
        self.display(position)
        if self.caught.asked and reason is None:
            reason = Reason("interrupted", f"interrupted after update {position.updates}")
        return reason

    def spent(self, position: Position) -> Reason | None:
        """The budget that is spent, if one is."""
        return self.stop.by_budget(
            position.updates, position.epochs, position.evaluations, position.seconds
        )

    def due(self, position: Position) -> bool:
        """Whether it is time to save."""
        if self.save is None:
            return False
        if self.save_every is not None:
            return position.updates % self.save_every == 0
        return position.batch == 0 and time.monotonic() - self._written > 1

    def write(self, position: Position, state: Mapping[str, Any]) -> None:
        """Save, if there is a file to save to."""
        if self.save is not None:
            saved(self.save, position, state, self.settings, self.about)
            self._written = time.monotonic()


def norm(arrays: Any) -> float:
    """The Euclidean norm of all entries of some arrays."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum(float(np.vdot(a, a)) for a in arrays)))
