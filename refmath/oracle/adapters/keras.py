"""Adapter: ``keras.optimizers`` as subjects, on the torch or the JAX backend."""

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from typing import Any

import numpy as np

from refmath.conventions import Convention
from refmath.oracle.adapters.arguments import arguments
from refmath.oracle.adapters.jax_arrays import precision
from refmath.oracle.subject import Arrays, Configuration, Subject

__all__ = ["choose_backend", "subject"]

_STATES: dict[str, dict[str, str]] = {
    "SGD": {"momentums": "v"},
    "Adagrad": {"_accumulators": "r"},
    "RMSprop": {"_velocities": "r", "_average_gradients": "c", "_momentums": "b"},
    "Adadelta": {"_accumulated_grads": "r", "_accumulated_delta_vars": "x"},
    "Adam": {"_momentums": "m", "_velocities": "v", "_velocity_hats": "vmax"},
    "AdamW": {"_momentums": "m", "_velocities": "v", "_velocity_hats": "vmax"},
    "Adamax": {"_m": "m", "_u": "u"},
    "Nadam": {"_momentums": "m", "_velocities": "v"},
}
"""By optimizer: the attribute of Keras to our name of the state."""


def choose_backend() -> None:
    """Before Keras is first imported: torch if it is there, else JAX, unless the user chose."""
    if "KERAS_BACKEND" not in os.environ:
        os.environ["KERAS_BACKEND"] = "torch" if find_spec("torch") else "jax"


@contextmanager
def _session(keras: Any, dtype: str) -> Iterator[None]:
    """Keras keeps its learning rate in the global float type, so that is set, and put back."""
    before = keras.config.floatx()
    keras.config.set_floatx(dtype)
    on_jax = keras.config.backend() == "jax"
    try:
        with warnings.catch_warnings(), precision(dtype) if on_jax else nullcontext():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        keras.config.set_floatx(before)


class _Stepper:
    def __init__(
        self,
        cls: Any,
        params: Arrays,
        configuration: Configuration,
        given: Mapping[str, Any],
        states: Mapping[str, str],
    ) -> None:
        choose_backend()
        import keras

        self._keras, self._states, self._dtype = keras, states, configuration.dtype
        with _session(keras, self._dtype):
            self._variables = [keras.Variable(p.copy(), dtype=self._dtype) for p in params]
            self._optimizer = cls(**given)
            self._optimizer.build(self._variables)

    def step(self, grads: Arrays, lr: Any) -> list[np.ndarray]:
        convert = self._keras.ops.convert_to_tensor
        with _session(self._keras, self._dtype):
            self._optimizer.learning_rate = float(lr)
            given = [convert(g, dtype=self._dtype) for g in grads]
            self._optimizer.apply(given, self._variables)
            return [_numpy(v) for v in self._variables]

    def state(self) -> dict[str, list[Any]]:
        """The states by the rule's names."""
        found = {}
        for theirs, ours in self._states.items():
            variables = getattr(self._optimizer, theirs, None)
            if variables:
                found[ours] = [_numpy(v) for v in variables]
        return found

    def save(self) -> Any:
        """Everything needed to go on."""
        return [_numpy(v) for v in self._optimizer.variables]

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        with _session(self._keras, self._dtype):
            for variable, value in zip(self._optimizer.variables, saved, strict=True):
                variable.assign(value)


def _numpy(variable: Any) -> np.ndarray:
    value = variable.value
    return np.array(value.detach().cpu().numpy() if hasattr(value, "detach") else value)


def subject(cls: Any, convention: Convention, name: str) -> Subject:
    """The subject for an optimizer class of ``keras.optimizers``, or one derived from it."""
    states = _STATES.get(convention.optimizer, {})

    def make(params: Arrays, configuration: Configuration) -> _Stepper:
        given = arguments(convention, configuration)
        return _Stepper(cls, params, configuration, given, states)

    return Subject(name, make, convention)
