"""A minimizer on the full batch, saved as the answers that it was given."""

import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.dataset import Array
from refmath.training.job import Diverged, Job, norm
from refmath.training.state import Position, restored
from refmath.training.stopping import Reason

__all__ = ["minimized"]

_REMEMBERED = 64


class _Answers:
    """Values and gradients by position of the call; those of a file first.

    A minimizer is a function of the answers that it gets: given the same ones it asks the same
    questions, and goes on bit for bit.
    """

    def __init__(self, job: Job, position: Position, known: dict[str, Any]) -> None:
        self._job, self._position = job, position
        self._shapes = {k: (p.shape, p.dtype) for k, p in position.params.items()}
        self._values: list[float] = list(known.get("value", []))
        self._slopes: list[Array] = list(known.get("gradient", []))
        self._calls = 0
        self._recent: deque[tuple[bytes, float, Array]] = deque(maxlen=_REMEMBERED)

    def __call__(self, x: Array) -> tuple[float, Array]:
        if self._calls == len(self._values):
            value, slope = self._computed(x)
            self._values.append(value)
            self._slopes.append(slope)
        value, slope = self._values[self._calls], self._slopes[self._calls]
        self._calls += 1
        self._position.evaluations = self._calls * self._job.batches.n
        self._recent.append((x.tobytes(), value, slope))
        return value, slope.copy()

    def _computed(self, x: Array) -> tuple[float, Array]:
        try:
            value, slopes = self._job.gradient(
                self.split(x), slice(None), self._position.updates
            )
        except Diverged:
            return np.inf, np.full(x.shape, np.nan)
        return value, np.concatenate([np.ravel(g) for g in slopes.values()]).astype(np.float64)

    def split(self, x: Array) -> dict[str, Array]:
        """A vector as the parameters by name."""
        out, start = {}, 0
        for name, (shape, dtype) in self._shapes.items():
            size = int(np.prod(shape))
            out[name] = x[start : start + size].reshape(shape).astype(dtype)
            start += size
        return out

    def at(self, x: Array) -> tuple[float, float]:
        """Value and norm of the gradient at a point that was asked for."""
        key = x.tobytes()
        for known, value, slope in reversed(self._recent):
            if known == key:
                return value, norm([slope])
        return float("nan"), float("nan")

    def state(self) -> dict[str, Any]:
        """All answers."""
        return {"value": self._values, "gradient": self._slopes}


def minimized(
    job: Job, minimizer: Any, position: Position, resume: str | Path | None
) -> Position:
    """Run a minimizer; each of its iterations counts as an update and an epoch.

    Args:
        job: The settings; mini-batches are refused.
        minimizer: Called as SciPy calls a method.
        position: Where to start; changes in place.
        resume: The file to go on from: its answers are given again, without computing them.
    """
    name = type(minimizer).__name__
    if job.batches.count > 1 or job.schedule is not None:
        what = "a schedule" if job.batches.count == 1 else f"batch_size={job.batches.size}"
        raise InvalidInput(
            f"{name} chooses its steps from values of one and the same function: expected the full "
            f"batch and no schedule, found {what}; leave it out"
        )
    known: dict[str, Any] = {}
    before = 0.0
    if resume is not None:
        earlier, known = restored(resume, job.settings)
        before = earlier.seconds
    answers = _Answers(job, position, known)
    start = np.concatenate([np.ravel(p) for p in position.params.values()]).astype(np.float64)
    watch = _Watch(job, answers, position, start, before)
    result = minimizer(answers, start, jac=True, callback=watch)
    position.params = answers.split(result.x)
    position.reason = watch.reason or Reason(
        "minimizer" if result.success else "failed", str(result.message)
    )
    job.write(position, answers.state())
    return position


class _Watch:
    """Records each iteration and ends the run."""

    def __init__(
        self, job: Job, answers: _Answers, position: Position, start: Array, before: float
    ) -> None:
        self._job, self._answers, self._position = job, answers, position
        self._last, self._began, self._before = start.copy(), time.monotonic(), before
        self.reason: Reason | None = None

    def __call__(self, xk: Array) -> None:
        position, answers = self._position, self._answers
        loss, slope = answers.at(self._last)
        position.history.add(loss, slope, norm([xk - self._last]), np.nan)
        self._last = xk.copy()
        position.params = answers.split(xk)
        position.updates += 1
        self._job.ended_epoch(position, answers.at(xk)[0])
        self.reason = self._job.after(position, self._began, self._before)
        if self.reason is not None:
            raise StopIteration
        if self._job.due(position):
            self._job.write(position, answers.state())
