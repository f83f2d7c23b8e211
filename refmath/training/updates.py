"""The loop of an update rule over mini-batches."""

import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from refmath.training.dataset import Array
from refmath.training.job import Diverged, Job, norm
from refmath.training.state import Position, Rule, restored
from refmath.training.stopping import Reason

__all__ = ["updated"]


def updated(
    job: Job, rule: Rule, position: Position, resume: str | Path | None, seed: int
) -> Position:
    """Step until a criterion is met; the position changes in place unless it is read from a file.

    Args:
        job: The settings.
        rule: A fresh update rule.
        position: Where to start.
        resume: The file to go on from.
        seed: Of the order of examples.
    """
    rng = np.random.default_rng((seed, 1))
    if resume is None:
        position.shuffling = dict(rng.bit_generator.state)
    else:
        position, state = restored(resume, job.settings)
        if state["t"]:  # else it was saved before the first step
            rule.load_state_dict(state)
        rng.bit_generator.state = position.shuffling
    began, before = time.monotonic(), position.seconds
    order = job.batches.epoch(rng)
    reason = job.spent(position)
    while reason is None:
        try:
            _update(job, rule, position, order[position.batch])
        except Diverged as why:
            reason = Reason("diverged", f"diverged: {why}")
            break
        if position.batch == len(order):
            job.ended_epoch(position, _mean_loss(position, order))
            position.batch, position.shuffling = 0, dict(rng.bit_generator.state)
            order = job.batches.epoch(rng)
        reason = job.after(position, began, before)
        if reason is None and job.due(position):
            job.write(position, rule.state_dict())
    position.reason = reason
    job.write(position, rule.state_dict())
    return position


def _update(job: Job, rule: Rule, position: Position, indices: Array) -> None:
    """One update, from one batch."""
    names, params = list(position.params), list(position.params.values())
    found: dict[str, Any] = {}

    def gradients(at: list[Array]) -> list[Array]:
        loss, slopes = job.gradient(dict(zip(names, at, strict=True)), indices, position.updates)
        found["loss"] = loss
        found["grads"] = [slopes[k] for k in names]
        return list(found["grads"])

    rate = job.rates(position)
    old = [p.copy() for p in params]
    ahead = rule.hyper.get("form") == "lookahead"
    rule.step(params, gradients if ahead else gradients(params), rate)
    with np.errstate(all="ignore"):
        step = norm(p - o for p, o in zip(params, old, strict=True))
    used = rule.hyper.get("lr", math.nan) if rate is None else rate
    position.history.add(found["loss"], norm(found["grads"]), step, used)
    position.updates += 1
    position.batch += 1
    position.evaluations += job.examples(indices)


def _mean_loss(position: Position, order: list[Array]) -> float:
    """Over the draws of the epoch that just ended: a batch counts as often as it has examples."""
    sizes = [len(indices) for indices in order]
    losses = position.history.loss[-len(order) :]
    return sum(n * x for n, x in zip(sizes, losses, strict=True)) / sum(sizes)
