"""The learning rate of every update: a function of the update, or of what the epochs recorded."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refmath.errors import InvalidInput, UnknownName
from refmath.training.dataset import Array
from refmath.training.state import Position

__all__ = ["OnMetric", "Rates"]

_ALWAYS = ("loss", "epoch", "passes")


@dataclass(frozen=True)
class OnMetric:
    """A learning rate that reacts to a number recorded of every epoch.

    ``OnMetric(lambda losses: plateau(losses, lr=0.1, patience=3), "test_loss")``, where ``plateau``
    is ``refmath.schedules.reduce_on_plateau.kernel()``. A resumed run goes on exactly, as the
    numbers are in its file.

    Attributes:
        rates: The learning rate after each epoch, from the numbers of the epochs so far, oldest
            first; at least one.
        metric: ``loss``, or the name of a number that ``evaluate`` returns.
    """

    rates: Callable[[list[float]], Sequence[float]]
    metric: str = "loss"

    def check(self, evaluate: Any, begin: Mapping[str, Array]) -> None:
        """See before the first epoch that the metric will be recorded.

        Raises:
            UnknownName: It will not be.
        """
        if self.metric in _ALWAYS:
            return
        known = [*_ALWAYS, *(evaluate(begin) if evaluate is not None else ())]
        if self.metric not in known:
            raise UnknownName("metric of an epoch", self.metric, known)


class Rates:
    """Learning rates by position of a run.

    Args:
        schedule: A function of the update from 0, an ``OnMetric``, or None.
    """

    def __init__(self, schedule: Callable[[int], float] | OnMetric | None) -> None:
        self._schedule = schedule
        self._reacted = (0, math.nan)

    def __call__(self, position: Position) -> float | None:
        """The rate of the update that comes next; None for the optimizer's own.

        Raises:
            InvalidInput: The schedule returned something else.
        """
        given = self._schedule
        if given is None:
            return None
        if not isinstance(given, OnMetric):
            return _rate(given(position.updates), f"schedule({position.updates})")
        seen = [float(e[given.metric]) for e in position.history.epochs]
        if not seen:
            return None
        if self._reacted[0] != len(seen):
            last = next(reversed(list(given.rates(seen))), None)
            self._reacted = len(seen), _rate(last, f"schedule after epoch {len(seen)}")
        return self._reacted[1]


def _rate(value: Any, what: str) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = math.nan
    if not 0 <= rate < math.inf:
        raise InvalidInput(
            f"{what} returned {value!r}: expected a learning rate, a number >= 0"
        )
    return rate
