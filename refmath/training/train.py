"""Training: an update rule or a minimizer on a loss and a data set."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.batches import Batches
from refmath.training.checkpoint import writable
from refmath.training.dataset import Array, Dataset
from refmath.training.display import shown
from refmath.training.gradient import Loss
from refmath.training.history import History
from refmath.training.interrupts import interrupts
from refmath.training.job import Job
from refmath.training.minimizer import minimized
from refmath.training.model import Model
from refmath.training.rates import OnMetric
from refmath.training.state import Position
from refmath.training.stopping import Reason, Stop, stop_of
from refmath.training.updates import updated

__all__ = ["Trained", "train"]


@dataclass(frozen=True)
class Trained:
    """A run that ended.

    Attributes:
        params: The parameters by name.
        reason: Why it ended: ``reason.name`` is the criterion.
        history: Loss, gradient, step and rate of every update; a record of every epoch.
        updates: Updates done.
        epochs: Epochs done.
        evaluations: Gradients of examples computed.
        seconds: Time spent.
    """

    params: dict[str, Array]
    reason: Reason
    history: History
    updates: int
    epochs: int
    evaluations: int
    seconds: float


def train(
    loss: Model | Loss,
    optimizer: Any,
    /,
    data: Dataset | None = None,
    params: Mapping[str, Any] | None = None,
    *,
    batch_size: int | None = None,
    micro_batch: int | None = None,
    shuffle: bool = True,
    replacement: bool = False,
    schedule: Callable[[int], float] | OnMetric | None = None,
    seed: int = 0,
    stop: Stop | None = None,
    evaluate: Callable[[Mapping[str, Array]], Mapping[str, float]] | None = None,
    callback: Callable[[Position], object] | None = None,
    save: str | Path | None = None,
    save_every: int | None = None,
    resume: str | Path | None = None,
    about: Mapping[str, Any] | None = None,
    progress: bool = False,
    **limits: Any,
) -> Trained:
    """Minimize the mean of a loss over a data set.

    ``train(Model(objective, data), Adam(), data, batch_size=64, epochs=10)``. Ctrl-C (and SIGTERM)
    takes effect between two updates: the run is saved and returned, with the reason
    ``interrupted``; a second Ctrl-C ends at once.

    Args:
        loss: A ``Model``; or ``loss(params, batch) -> (value, gradients)`` of dictionaries by
            name: the mean over the batch's examples, and an array for every parameter.
        optimizer: Of ``refmath.optimizers``: an update rule, or a minimizer such as ``LBFGS()``
            for the full batch. It is left as it is: a fresh copy is stepped.
        data: The examples; None for a loss without data, whose batch is then empty.
        params: Where to start, by name: floating-point arrays, which are copied. A ``Model`` has
            a start of its own.
        batch_size: Examples in an update: 1 is online, None the full batch.
        micro_batch: The most examples whose gradient is computed at once; parts are weighted by
            their size, so that the update is that of the whole batch.
        shuffle: Whether each epoch has a new random order.
        replacement: Whether examples are drawn with replacement.
        schedule: The learning rate of update t = 0, 1, ...; or an ``OnMetric``, which reacts to
            the epochs' records. The optimizer's own by default.
        seed: Of the start and the order.
        stop: When to end; or give its fields by name: ``epochs=10, gradient=1e-6``.
        evaluate: Numbers to record after every epoch, by name.
        callback: Called with the ``Position`` after every update; StopIteration ends the run.
        save: A file to write the run to: after every ``save_every`` updates, at the end, and if
            interrupted. It is written whole or not at all.
        save_every: Updates between two saves; None for every epoch, but not more than one a
            second.
        resume: A file that ``save`` wrote, with the same settings: the run goes on bit for bit as
            it would have. Criteria may differ. That functions are the same (a schedule, a loss
            without a declaration) cannot be seen from the file.
        about: Plain data of your own to keep in the file.
        progress: Whether to show a progress bar, on a terminal.
        **limits: The fields of ``Stop``.

    Returns:
        The parameters, the reason and the history.

    Raises:
        InvalidInput: An argument does not fit; no budget ends the run for certain; or mini-batches
            are asked of an objective that is no mean over examples.
        UnknownName: No such criterion, or metric to react to.

    Source:
        Goodfellow, Bengio and Courville 2016, algorithm 8.1.
    """
    criteria = stop_of(stop, limits)
    begin = _start(loss, params, seed)
    chosen = _examples(loss, data, begin)
    count = 1 if chosen is None else len(chosen)
    batches = Batches(count, batch_size, shuffle, replacement)
    smallest = min(batch_size or count, micro_batch or count)
    if isinstance(loss, Model) and chosen is not None and smallest < count:
        loss.check_mean(begin, chosen)
    _check_rest(optimizer, save, save_every)
    if isinstance(schedule, OnMetric):
        schedule.check(evaluate, begin)
    settings = {
        "loss": loss.label if isinstance(loss, Model) else None, "optimizer": repr(optimizer),
        "batch_size": batch_size, "micro_batch": micro_batch, "shuffle": shuffle,
        "replacement": replacement, "seed": seed,
        "data": None if chosen is None else chosen.digest(),
        "parameters": {k: [list(p.shape), str(p.dtype)] for k, p in begin.items()},
        "start": Dataset({k: p.reshape(1, -1) for k, p in begin.items()}).digest(),
    }
    with interrupts() as caught, shown(progress, criteria, batches.count) as display:
        job = Job(
            loss=loss, data=chosen, batches=batches, micro_batch=micro_batch, schedule=schedule,
            stop=criteria, evaluate=evaluate, callback=callback, display=display, caught=caught,
            settings=settings, about=dict(about or {}), save=save, save_every=save_every,
        )
        position = Position(begin)
        if hasattr(optimizer, "step"):
            copied = copy.deepcopy(optimizer)
            copied.reset()
            position = updated(job, copied, position, resume, seed)
        else:
            position = minimized(job, optimizer, position, resume)
    assert position.reason is not None
    return Trained(
        position.params, position.reason, position.history, position.updates, position.epochs,
        position.evaluations, position.seconds,
    )


def _examples(
    loss: Model | Loss, data: Dataset | None, begin: Mapping[str, Array]
) -> Dataset | None:
    """What the loss takes of the data, in single precision if all parameters are."""
    if data is not None and not isinstance(data, Dataset):
        raise InvalidInput(
            f"data: expected a Dataset, found {type(data).__name__}; write Dataset(X=X, y=y)"
        )
    if data is not None and all(p.dtype == np.float32 for p in begin.values()):
        data = data.as_floats(np.float32)
    if not isinstance(loss, Model):
        return data
    taken = loss.batch(data)
    return Dataset(taken) if taken else None


def _check_rest(optimizer: Any, save: str | Path | None, save_every: int | None) -> None:
    """See early what would end the run badly later."""
    if save is not None:
        writable(save)
    if save_every is not None and (isinstance(save_every, bool) or save_every < 1):
        raise InvalidInput(f"save_every={save_every!r}: expected a whole number >= 1, or None")
    if not hasattr(optimizer, "step") and not callable(optimizer):
        raise InvalidInput(
            f"optimizer: expected one of refmath.optimizers, found {type(optimizer).__name__}"
        )


def _start(
    loss: Model | Loss, params: Mapping[str, Any] | None, seed: int
) -> dict[str, Array]:
    """Copies of the parameters to start from, in the loss's order."""
    if params is None:
        if not isinstance(loss, Model):
            raise InvalidInput("a loss without a declaration needs a start: give params={...}")
        return loss.start(seed)
    names = loss.names if isinstance(loss, Model) else tuple(params)
    if not names or set(names) != set(params):
        raise InvalidInput(
            f"params: expected {', '.join(names) or 'at least one array'}, found "
            f"{', '.join(params) or 'none'}"
        )
    found = {k: np.array(params[k]) for k in names}
    for name, p in found.items():
        if p.dtype not in (np.float32, np.float64) or not np.isfinite(p).all():
            raise InvalidInput(
                f"{name}: expected finite numbers of dtype float64 or float32, found {p.dtype}"
            )
    if isinstance(loss, Model):
        for name, p in found.items():
            loss.objective.in_force[name].check(p, loss.sizes)
    return found
