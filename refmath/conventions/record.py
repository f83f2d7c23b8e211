"""The record of a convention: how one framework writes one optimizer, as data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from refmath import rules
from refmath.errors import DeclarationError, UnknownName
from refmath.rule import Rule

__all__ = ["Choice", "Convention", "Switch"]


@cache
def _vary(name: str, settings: tuple[tuple[str, str], ...]) -> Rule:
    return rules.get(name).vary(**dict(settings))


@dataclass(frozen=True)
class Choice:
    """One position of a switch.

    Attributes:
        arguments: Keyword arguments that put the framework's optimizer into this position.
        settings: Options on the rule's axes that describe what it then computes.
        rule: The rule it then computes, where that is another one.
        needs: Positions of other switches without which this one does not exist.
        lacks: What the framework cannot do in this position: ``skips`` (a gradient is missing).
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    rule: str | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Switch:
    """Something that users turn: ``amsgrad``; the first position is the default."""

    name: str
    choices: Mapping[str, Choice]

    @property
    def default(self) -> str:
        """The default position."""
        return next(iter(self.choices))


@dataclass(frozen=True)
class Convention:
    """How one framework writes one optimizer.

    Attributes:
        framework: ``torch``, ``keras``, ``optax``, ``sklearn``, ``jax`` and so on.
        optimizer: The framework's name of it: ``Adam``.
        target: Where it is found: ``torch.optim:Adam``; empty where it cannot be run here.
        version: The version that was run, or read.
        ran: Whether it was held against the oracle by running it, or only read in source.
        rule: The rule it computes.
        settings: Options on the rule's axes, with all switches in their default position.
        names: Our hyperparameter name to the framework's argument; ``betas.0`` is an element.
        defaults: The framework's defaults, by our names, as decimals.
        switches: What users turn.
        notes: What else is worth knowing, one sentence each.
    """

    framework: str
    optimizer: str
    target: str
    version: str
    ran: bool
    rule: str
    settings: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    switches: tuple[Switch, ...] = ()
    notes: tuple[str, ...] = ()

    def check(self) -> None:
        """Resolve every position with at most two switches moved; a test does so for each.

        Not done at import: resolving hundreds of rules takes seconds.

        Raises:
            DeclarationError: A hyperparameter in force has neither a name nor a default.
            UnknownName: A setting names an axis or option that the rule does not have.
        """
        for place in self.positions():
            rule = self.form(place)
            for key in rule.hyper:
                if key not in self.names and key not in self.defaults:
                    raise DeclarationError(
                        f"{self.framework} {self.optimizer} {dict(place)}: the hyperparameter "
                        f"{key} of {rule.name} has neither a name nor a default"
                    )

    @property
    def label(self) -> str:
        """For people: ``torch Adam``."""
        return f"{self.framework} {self.optimizer}"

    def switch(self, name: str) -> Switch:
        """The switch of that name.

        Raises:
            UnknownName: There is none.
        """
        for switch in self.switches:
            if switch.name == name:
                return switch
        raise UnknownName(f"switch of {self.label}", name, [s.name for s in self.switches])

    def choices(self, place: Mapping[str, str]) -> list[Choice]:
        """The choices made by a position of the switches, defaults filled in."""
        for name, option in place.items():
            if option not in self.switch(name).choices:
                raise UnknownName(
                    f"position of switch {name} of {self.label}", option,
                    list(self.switch(name).choices),
                )
        return [s.choices[place.get(s.name, s.default)] for s in self.switches]

    def form(self, place: Mapping[str, str]) -> Rule:
        """The rule that is computed with the switches in these positions."""
        chosen = self.choices(place)
        name = next((c.rule for c in chosen if c.rule), self.rule)
        settings = {} if name != self.rule else dict(self.settings)
        for choice in chosen:
            settings.update(choice.settings)
        return _vary(name, tuple(sorted(settings.items())))

    def arguments(self, place: Mapping[str, str]) -> dict[str, Any]:
        """The keyword arguments that put the switches into these positions."""
        return {k: v for c in self.choices(place) for k, v in c.arguments.items()}

    def lacks(self, place: Mapping[str, str]) -> frozenset[str]:
        """What the framework cannot do with the switches in these positions."""
        return frozenset(x for c in self.choices(place) for x in c.lacks)

    def positions(self, limit: int = 2) -> Iterator[dict[str, str]]:
        """All positions with at most ``limit`` switches away from their default."""
        for options in product(*(s.choices for s in self.switches)):
            place = dict(zip((s.name for s in self.switches), options, strict=True))
            moved = [s for s in self.switches if place[s.name] != s.default]
            chosen = self.choices(place)
            possible = all(
                place[k] in v.split("|") for c in chosen for k, v in c.needs.items()
            )
            if len(moved) <= limit and possible:
                yield {s.name: place[s.name] for s in moved}
