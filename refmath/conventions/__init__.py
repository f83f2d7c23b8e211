"""How each framework writes each rule, as data."""

from typing import Any

from refmath.conventions import jax as _jax
from refmath.conventions import keras as _keras
from refmath.conventions import optax as _optax
from refmath.conventions import read as _read
from refmath.conventions import refmath_ as _refmath
from refmath.conventions import sklearn as _sklearn
from refmath.conventions import torch as _torch
from refmath.conventions.record import Choice as Choice
from refmath.conventions.record import Convention as Convention
from refmath.conventions.record import Switch as Switch
from refmath.errors import InvalidInput, UnknownName

ALL: tuple[Convention, ...] = (
    *_refmath.ALL, *_torch.ALL, *_keras.ALL, *_optax.ALL, *_sklearn.ALL, *_jax.ALL, *_read.ALL
)
"""Every convention."""


def frameworks() -> tuple[str, ...]:
    """The names of the frameworks, those that can be run first."""
    return tuple(dict.fromkeys(c.framework for c in ALL))


def find(
    framework: str, rule: str | None = None, optimizer: str | None = None
) -> tuple[Convention, ...]:
    """The conventions of a framework, at least one.

    Args:
        framework: ``torch``.
        rule: Only those that compute this rule: first those made for it, then those that come
            to it by a switch.
        optimizer: Only the optimizer of this name, as the framework writes it: ``Adam``.

    Raises:
        UnknownName: No such framework, or none of its conventions is of that optimizer or rule.
    """
    found = [c for c in ALL if c.framework == framework]
    if not found:
        raise UnknownName("framework", framework, list(frameworks()))
    if optimizer is not None:
        names = [c.optimizer for c in found]
        found = [c for c in found if c.optimizer == optimizer]
        if not found:
            raise UnknownName(f"optimizer of {framework}", optimizer, names)
    if rule is not None:
        known = {name for c in found for name in rules_of(c)}
        found = sorted((c for c in found if rule in rules_of(c)), key=lambda c: c.rule != rule)
        if not found:
            raise UnknownName(f"rule of {framework}", rule, list(known))
    return tuple(found)


def pick(name: str, rule: str) -> tuple[Convention, dict[str, str]]:
    """The convention by which a framework computes a rule, and the positions of its switches.

    Args:
        name: ``torch``, or ``tensorflow:AdamOptimizer`` where a framework has several.
        rule: The rule's name.

    Raises:
        UnknownName: No such framework, optimizer or rule of it.
        InvalidInput: The framework writes the rule in several ways; the message lists them.
    """
    framework, _, optimizer = name.partition(":")
    found = find(framework, rule, optimizer or None)
    ways: dict[Any, tuple[Convention, dict[str, str]]] = {}
    for convention in found:
        if (convention.rule == rule) == (found[0].rule == rule):
            place = next(p for p in convention.positions(1) if convention.form(p).name == rule)
            ways.setdefault(convention.form(place).recurrence, (convention, place))
    if len(ways) > 1:
        names = ", ".join(f"{framework}:{c.optimizer}" for c, _ in ways.values())
        raise InvalidInput(f"{framework} writes {rule} in several ways; name one: {names}")
    return next(iter(ways.values()))


def rules_of(convention: Convention) -> tuple[str, ...]:
    """The names of the rules that a convention computes, over the positions of its switches."""
    switched = [c.rule for s in convention.switches for c in s.choices.values() if c.rule]
    return tuple(dict.fromkeys((convention.rule, *switched)))


def for_target(target: str) -> Convention | None:
    """The convention found at ``torch.optim:Adam``, or None."""
    return next((c for c in ALL if target and c.target == target), None)
