"""How this package's optimizer of a rule is used: an example with its output, and arguments."""

import inspect
from importlib import import_module
from typing import Any

from example import example
from page import join, lines_of
from signature import arguments, summary

from refmath import conventions
from refmath.rule import Rule

__all__ = ["optimizer_of", "use_section"]

_METHODS = ("step", "__call__", "state_dict", "load_state_dict", "reset")


def optimizer_of(rule: Rule) -> Any:
    """The class that takes the steps of a rule."""
    target = next(c.target for c in conventions.find("refmath", rule.name) if c.rule == rule.name)
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def use_section(rule: Rule) -> str:
    """A run of three steps, the arguments and the methods."""
    optimizer = optimizer_of(rule)
    given = "lambda at: 2 * at" if rule.recurrence.takes_point else "2 * theta"
    name = optimizer.__name__
    source = f"""import numpy as np

from refmath.optimizers import {name}

theta = np.array([1.0, -2.0])
optimizer = {name}(lr=0.1)
for _ in range(3):
    optimizer.step(theta, {given})  # in place; the gradient of theta @ theta
print(theta)
print(optimizer.state_dict())
"""
    methods = [
        f"`{'optimizer(fun, x0, ...)' if m == '__call__' else m}`: "
        + summary(inspect.getattr_static(optimizer, m)).split("\n\n")[0]
        for m in _METHODS
    ]
    return join([
        "## Use it", example(source), arguments(optimizer), lines_of(methods),
        "Where a divisor is exactly 0 this class lets the coordinate rest; the algorithm above "
        "has 0/0 there." if "eps" in rule.hyper else "",
    ]).strip()
