"""Adapter: the optimizers inside scikit-learn's multi-layer perceptrons as subjects."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from refmath.conventions import Convention
from refmath.oracle.adapters.arguments import arguments
from refmath.oracle.subject import Arrays, Configuration, Subject

__all__ = ["subject"]

_STATES = {"velocities": "v", "ms": "m", "vs": "v"}


class _Stepper:
    def __init__(self, cls: Any, params: Arrays, given: Mapping[str, Any]) -> None:
        self._params = [np.array(p) for p in params]
        self._optimizer = cls(self._params, **given)

    def step(self, grads: Arrays, lr: Any) -> list[np.ndarray]:
        # The one reads the first, the other the second and writes the first.
        self._optimizer.learning_rate = self._optimizer.learning_rate_init = float(lr)
        with np.errstate(all="ignore"):
            self._optimizer.update_params(self._params, grads)
        return [p.copy() for p in self._params]

    def state(self) -> dict[str, list[Any]]:
        """The states by the rule's names."""
        own = vars(self._optimizer)
        return {ours: list(own[theirs]) for theirs, ours in _STATES.items() if theirs in own}

    def save(self) -> Any:
        """Everything needed to go on."""
        return deepcopy(vars(self._optimizer))

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        vars(self._optimizer).update(deepcopy(saved))


def subject(cls: Any, convention: Convention, name: str) -> Subject:
    """The subject for an optimizer class of scikit-learn's perceptrons, or one derived from it."""

    def make(params: Arrays, configuration: Configuration) -> _Stepper:
        return _Stepper(cls, params, arguments(convention, configuration))

    return Subject(name, make, convention)
