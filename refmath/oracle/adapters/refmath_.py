"""Adapter: the optimizers of this package as subjects."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from refmath.conventions import Convention
from refmath.oracle.adapters.arguments import arguments
from refmath.oracle.subject import Arrays, Configuration, Subject

__all__ = ["subject"]


class _Stepper:
    def __init__(self, cls: Any, params: Arrays, given: Mapping[str, Any]) -> None:
        self._params = [np.array(p) for p in params]
        self._optimizer = cls(**given)

    def step(self, grads: Any, lr: Any) -> list[np.ndarray]:
        self._optimizer.step(self._params, self._given(grads), lr)
        return [p.copy() for p in self._params]

    def _given(self, grads: Any) -> Any:
        return grads

    def state(self) -> dict[str, list[Any]]:
        """The states by the rule's names; those that are one number a tensor are left out."""
        saved = self._optimizer.state_dict()
        numbers = ("t", *self._optimizer.scalar_names)
        return {name: values for name, values in saved.items() if name not in numbers}

    def save(self) -> Any:
        """Everything needed to go on."""
        return self._optimizer.state_dict()

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        self._optimizer.load_state_dict(saved)


class _Ahead(_Stepper):
    """Gradients or a function for them, whichever the optimizer's form wants."""

    def _given(self, grads: Any) -> Any:
        ahead = self._optimizer.hyper["form"] == "lookahead"
        if ahead and not callable(grads):
            return lambda _: grads
        if not ahead and callable(grads):
            return grads([p.copy() for p in self._params])
        return grads


def subject(cls: Any, convention: Convention, name: str) -> Subject:
    """The subject for a class of ``refmath.optimizers``, or one derived from it."""
    takes_function = convention.rule == "nesterov"
    stepper = _Ahead if takes_function else _Stepper

    def make(params: Sequence[np.ndarray], configuration: Configuration) -> _Stepper:
        return stepper(cls, list(params), arguments(convention, configuration))

    return Subject(
        name, make, convention, ("float64", "float32", "float16"),
        takes_gradient_function=takes_function, skips=True, groups=True,
    )
