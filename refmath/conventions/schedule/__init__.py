"""How each framework writes each schedule, as data."""

from refmath.conventions.schedule import keras as _keras
from refmath.conventions.schedule import optax as _optax
from refmath.conventions.schedule import torch as _torch
from refmath.conventions.schedule.record import Position as Position
from refmath.conventions.schedule.record import ScheduleConvention as ScheduleConvention
from refmath.errors import InvalidInput, UnknownName

ALL: tuple[ScheduleConvention, ...] = (*_torch.ALL, *_keras.ALL, *_optax.ALL)
"""Every convention."""


def for_target(target: str) -> ScheduleConvention | None:
    """The convention found at ``torch.optim.lr_scheduler:StepLR``, or None."""
    return next((c for c in ALL if c.target == target), None)


def pick(name: str, schedule: str) -> tuple[ScheduleConvention, str]:
    """The convention and the position by which a framework computes a schedule.

    Args:
        name: ``torch``, or ``optax:linear_schedule`` where a framework has several.
        schedule: The schedule's name.

    Raises:
        UnknownName: No such framework, scheduler, or schedule of it.
        InvalidInput: The framework writes the schedule in several ways; the message lists them.
    """
    framework, _, scheduler = name.partition(":")
    own = [c for c in ALL if c.framework == framework]
    if not own:
        raise UnknownName("framework", framework, sorted({c.framework for c in ALL}))
    found = [
        (c, p) for c in own for p in c.positions if c.form(p).name == schedule
        and scheduler in ("", c.scheduler)
    ]
    if not found:
        raise UnknownName(f"schedule of {name}", schedule, sorted(
            {c.form(p).name for c in own for p in c.positions if scheduler in ("", c.scheduler)}
        ))
    schedulers = list(dict.fromkeys(c.scheduler for c, _ in found))
    if len(schedulers) > 1:
        listed = ", ".join(f"{framework}:{s}" for s in schedulers)
        raise InvalidInput(f"{framework} writes {schedule} in several ways; name one: {listed}")
    return found[0]
