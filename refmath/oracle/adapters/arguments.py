"""From our names of hyperparameters to a framework's keyword arguments."""

from typing import Any

from refmath.conventions import Convention
from refmath.oracle.subject import Configuration

__all__ = ["arguments"]


def arguments(convention: Convention, configuration: Configuration) -> dict[str, Any]:
    """Keyword arguments in the framework's names, for the hyperparameters and switches in force."""
    given: dict[str, Any] = convention.arguments(configuration.place)
    pairs: dict[str, dict[int, float]] = {}
    for key in convention.form(configuration.place).hyper:
        name = convention.names.get(key)
        if name is None:
            continue
        if "." in name:
            whole, place = name.split(".")
            pairs.setdefault(whole, {})[int(place)] = configuration.hyper[key]
        else:
            given[name] = configuration.hyper[key]
    for whole, parts in pairs.items():
        given[whole] = tuple(parts[i] for i in sorted(parts))
    return given
