"""Adapter: Optax transformations that are complete optimizers, as subjects.

Every step builds the transformation anew with the learning rate of the step: it is pure, and the
state is carried beside it. The hyperparameters stay the Python numbers that users give; as traced
arguments of a compiled function they would be rounded to the parameters' dtype before 1 - b1.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from refmath.conventions import Convention
from refmath.oracle.adapters.arguments import arguments
from refmath.oracle.adapters.jax_arrays import Packing, precision
from refmath.oracle.subject import Arrays, Configuration, Subject

__all__ = ["subject"]

_ADAM = {"mu": "m", "nu": "v", "nu_max": "vmax"}
_STATES: dict[str, dict[str, str]] = {
    "momentum": {"trace": "v"},
    "nesterov": {"trace": "v"},
    "adagrad": {"sum_of_squares": "r"},
    "rmsprop": {"nu": "r", "mu": "c", "trace": "-b"},
    "adadelta": {"e_g": "r", "e_x": "x"},
    "adam": _ADAM,
    "adamw": _ADAM,
    "amsgrad": _ADAM,
    "nadam": _ADAM,
    "adamax": {"mu": "m", "nu": "u"},
}
"""By rule: Optax's name of a state to ours; Optax's velocity of RMSProp has the opposite sign."""


class _Stepper:
    def __init__(
        self,
        build: Any,
        params: Arrays,
        configuration: Configuration,
        given: Mapping[str, Any],
        states: Mapping[str, str],
    ) -> None:
        import optax

        self._apply = optax.apply_updates
        self._build, self._given, self._states = build, dict(given), states
        self._rate = float(self._given.pop("learning_rate"))
        self._dtype = configuration.dtype
        with precision(self._dtype):
            self._packing = Packing(params, self._dtype)
            self._params = self._packing.pack(params)
            self._state = self._transformation(self._rate).init(self._params)

    def _transformation(self, lr: float) -> Any:
        return self._build(learning_rate=lr, **self._given)

    def step(self, grads: Arrays, lr: Any) -> list[np.ndarray]:
        with precision(self._dtype):
            packed = self._packing.pack(grads)
            updates, self._state = self._transformation(float(lr)).update(
                packed, self._state, self._params
            )
            self._params = self._apply(self._params, updates)
            return self._packing.unpack(self._params)

    def state(self) -> dict[str, list[Any]]:
        """The states by the rule's names."""
        found: dict[str, list[Any]] = {}
        for part in self._state:
            for theirs, ours in self._states.items():
                if hasattr(part, theirs):
                    values = self._packing.unpack(getattr(part, theirs))
                    if ours.startswith("-"):
                        values = [-v for v in values]
                    found[ours.removeprefix("-")] = values
        return found

    def save(self) -> Any:
        """Everything needed to go on."""
        return self._state

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        self._state = saved


def subject(build: Any, convention: Convention, name: str) -> Subject:
    """The subject for a function of Optax that returns an optimizer."""

    def make(params: Arrays, configuration: Configuration) -> _Stepper:
        states = _STATES.get(convention.form(configuration.place).name, {})
        given = arguments(convention, configuration)
        return _Stepper(build, params, configuration, given, states)

    return Subject(name, make, convention, ("float64", "float32", "float16", "bfloat16"))
