"""Update rules run side by side: their steps as expressions in what was before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Symbol, sympify

from refmath.notation import t
from refmath.recurrence import Recurrence
from refmath.rule import Rule

__all__ = ["Run", "g", "state", "symbol_of", "t", "theta0"]

g: Any = Symbol("g", real=True)
"""The gradient of the step, an arbitrary number at every step."""
theta0: Any = Symbol("theta_0", real=True)
"""Where the parameter starts."""


@dataclass(frozen=True)
class Run:
    """One run of a rule.

    Attributes:
        name: A letter: its states are ``a_theta`` after the step, ``a_theta_`` before it.
        rule: A rule, or a recurrence such as a wrong form of one.
        hyper: What stands for hyperparameters, by key; the others are symbols of their keys.
        gradient: The gradient at a point; ``g``, whatever the point, if left out.
        start: Where the parameter starts.
    """

    name: str
    rule: Rule | Recurrence
    hyper: Mapping[str, Any] = field(default_factory=dict)
    gradient: Callable[[Any], Any] | None = None
    start: Any = theta0

    @cached_property
    def rec(self) -> Recurrence:
        """The steps."""
        return self.rule.recurrence if isinstance(self.rule, Rule) else self.rule

    def after(self, name: str) -> Any:
        """A state or temporary after the step."""
        return Symbol(f"{self.name}_{name}", real=True)

    def before(self, name: str) -> Any:
        """A state before the step."""
        return Symbol(f"{self.name}_{name}_", real=True)

    def __getitem__(self, name: str) -> Any:
        return self.after(name)

    @property
    def states(self) -> list[str]:
        """Names of the states, the parameter first."""
        return [q.name for q in self.rec.states]

    @cached_property
    def temps(self) -> list[str]:
        """Names of what lives within one step."""
        return [s.name for s in self.rec.steps if s.name not in self.states]

    @cached_property
    def values(self) -> dict[Any, Any]:
        """What stands for the hyperparameters."""
        return {
            h: sympify(self.hyper.get(h.key, symbol_of(h.key))) for h in self.rec.hypers
        }

    @property
    def hyper_symbols(self) -> set[Any]:
        """The symbols of hyperparameters."""
        return {s for v in self.values.values() for s in v.free_symbols}

    def starts(self) -> dict[Any, Any]:
        """The states before the first step."""
        return {
            self.after(q.name): sympify(self.start if q.start is None else q.start).xreplace(
                self.values
            )
            for q in self.rec.states
        }

    def at(self) -> Any:
        """The point at which the gradient is taken, in terms of the states before."""
        return self.rec.at.xreplace(self._known())

    def _known(self) -> dict[Any, Any]:
        return {q[t - 1]: self.before(q.name) for q in self.rec.states} | self.values

    def slope(self) -> Any:
        """The gradient of the step, in terms of the states before."""
        return g if self.gradient is None else sympify(self.gradient(self.at()))

    def written(self) -> list[tuple[Any, Any]]:
        """The assignments in order, with symbols for everything."""
        known = self._known()
        known[self.rec.gradient[t]] = Symbol(f"{self.name}_g", real=True)
        out = [(known[self.rec.gradient[t]], self.slope())]
        for step in self.rec.steps:
            own = self.after(step.name)
            out.append((own, step.rhs.xreplace(known)))
            known[step.target] = own
        return out

    def steps(self) -> dict[Any, Any]:
        """Every assignment as a function of the states before the step."""
        known: dict[Any, Any] = {}
        for target, rhs in self.written():
            known[target] = rhs.xreplace(known)
        return known


def symbol_of(key: str) -> Any:
    """The symbol that stands for a hyperparameter by default."""
    return Symbol(key, real=True)


def state(run: str, name: str) -> Any:
    """A state or temporary of a run after the step: ``state("a", "v")``."""
    return Symbol(f"{run}_{name}", real=True)
