"""The hyperparameters that a person gives a schedule, checked and exact."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from refmath.domain import exact
from refmath.errors import InvalidInput, UnknownName
from refmath.schedule import Count, Listed, Resolved

__all__ = ["Values", "exact_values"]

Values = dict[str, Any]
"""By key: a Fraction, or a tuple of Fractions."""


def exact_values(name: str, form: Resolved, given: Mapping[str, Any]) -> Values:
    """The exact value of every hyperparameter, defaults filled in.

    Raises:
        InvalidInput: One is missing, outside its domain, or not of its kind.
        UnknownName: There is no such hyperparameter.
    """
    known = {h.key: h for h in form.hypers}
    for key in given:
        if key not in known:
            raise UnknownName(f"hyperparameter of {name}", key, list(known))
    out: Values = {}
    for key, symbol in known.items():
        value = given.get(key, symbol.default)
        if value is None:
            raise InvalidInput(f"{name} needs {key} ({symbol.doc}), which has no default")
        out[key] = _entries(symbol, value) if isinstance(symbol, Listed) else _one(symbol, value)
    for key, symbol in known.items():
        _check_length(name, out, key, symbol)
    return out


def _one(symbol: Any, value: Any) -> Fraction:
    found = symbol.domain.check(symbol.key, value)
    if isinstance(symbol, Count) and found.denominator != 1:
        raise InvalidInput(f"{symbol.key}={value!r} must be a whole number")
    return Fraction(found)


def _entries(symbol: Listed, value: Any) -> tuple[Fraction, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        raise InvalidInput(
            f"{symbol.key}: expected a list of numbers, found {value!r}; write for example [30, 60]"
        )
    entries = tuple(symbol.domain.check(symbol.key, exact(x)) for x in value)
    if symbol.whole and any(x.denominator != 1 for x in entries):
        raise InvalidInput(f"{symbol.key}={value!r} must be whole numbers")
    return entries


def _check_length(name: str, values: Values, key: str, symbol: Any) -> None:
    marks = values.get("milestones")
    if not isinstance(symbol, Listed) or symbol.whole or marks is None:
        return
    wanted = len(marks) + (symbol.longer_than is not None)
    if len(values[key]) != wanted:
        raise InvalidInput(
            f"{name}: {key} has {len(values[key])} entries, expected {wanted} for "
            f"{len(marks)} milestones"
        )
