"""The record of a schedule's convention: how one framework writes one schedule, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from refmath import schedules
from refmath.domain import Interval
from refmath.errors import UnknownName
from refmath.schedule import Schedule

__all__ = ["Position", "ScheduleConvention"]


@dataclass(frozen=True)
class Position:
    """One way to call a framework's schedule.

    Attributes:
        arguments: Keyword arguments that choose it.
        settings: Options on the axes that describe what is then computed.
        names: Our hyperparameter to the framework's argument, where this way differs.
        schedule: The schedule that is then computed, where that is another one.
        drive: How the adapter uses it: ``step``, ``epoch`` (a jump to t), ``sequence`` (after a
            warm-up), ``chain`` (times a warm-up), ``momentum`` (the momentum is read).
        requires: What must hold besides.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    schedule: str | None = None
    drive: str = "step"
    requires: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ScheduleConvention:
    """How one framework writes one schedule.

    Attributes:
        framework: ``torch``, ``keras`` or ``optax``.
        scheduler: The framework's name of it: ``StepLR``.
        target: Where it is found: ``torch.optim.lr_scheduler:StepLR``.
        version: The version that was run.
        schedule: The schedule that it computes.
        names: Our hyperparameter to the framework's argument; ``lr`` of torch is the optimizer's.
        defaults: The framework's defaults, and constants that its users cannot change.
        settings: Options on the axes, in every position.
        positions: Ways to call it, the usual one first.
        domains: Where the framework takes less than the declaration.
        whole: Hyperparameters that the framework takes as whole numbers only.
        requires: What must hold between hyperparameters, else the framework itself fails.
        until: The last t that may be asked for.
        notes: What a person should know.
    """

    framework: str
    scheduler: str
    target: str
    version: str
    schedule: str
    names: Mapping[str, str]
    defaults: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=lambda: {"plain": Position()})
    domains: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    requires: tuple[Any, ...] = ()
    until: Any = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.positions:
            self.form(name)

    @property
    def label(self) -> str:
        """``torch StepLR``."""
        return f"{self.framework} {self.scheduler}"

    @property
    def default(self) -> str:
        """The usual position."""
        return next(iter(self.positions))

    def position(self, name: str | None) -> Position:
        """A position with everything filled in.

        Raises:
            UnknownName: There is none of that name.
        """
        name = self.default if name is None else name
        if name not in self.positions:
            raise UnknownName(f"form of {self.label}", name, list(self.positions))
        found = self.positions[name]
        return replace(
            found, settings={**self.settings, **found.settings},
            names={**self.names, **found.names}, requires=(*self.requires, *found.requires),
        )

    def form(self, name: str | None = None) -> Schedule:
        """The schedule that is computed in a position."""
        position = self.position(name)
        settings = dict(position.settings) if position.schedule is None else dict(
            self.positions[name or self.default].settings
        )
        return schedules.get(position.schedule or self.schedule).vary(**settings)

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """The narrower domains."""
        return {k: Interval.parse(v) for k, v in self.domains.items()}
