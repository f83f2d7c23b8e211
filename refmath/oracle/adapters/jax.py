"""Adapter: the optimizers of ``jax.example_libraries`` as subjects."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from refmath.conventions import Convention
from refmath.oracle.adapters.arguments import arguments
from refmath.oracle.adapters.jax_arrays import Packing, precision
from refmath.oracle.subject import Arrays, Configuration, Subject

__all__ = ["subject"]

_STATES: dict[str, tuple[str, ...]] = {
    "momentum": ("v",),
    "nesterov": ("v",),
    "adagrad": ("r", "b"),
    "rmsprop": ("r",),
    "rmsprop_momentum": ("r", "b"),
    "adam": ("m", "v"),
    "adamax": ("m", "u"),
}
"""By optimizer: our names of what is kept after the parameter, in its order."""


class _Stepper:
    def __init__(
        self,
        build: Any,
        params: Arrays,
        configuration: Configuration,
        given: Mapping[str, Any],
        states: tuple[str, ...],
    ) -> None:
        import jax.numpy as jnp

        self._int = jnp.int32
        self._states, self._dtype, self._count = states, configuration.dtype, 0
        self._rate = 0.0
        schedule = {"step_size": lambda _: self._rate}
        start, self._update, self._params = build(**{**given, **schedule})
        with precision(self._dtype):
            self._packing = Packing(params, self._dtype)
            self._state = start(self._packing.pack(params))

    def step(self, grads: Arrays, lr: Any) -> list[np.ndarray]:
        self._rate = float(lr)
        with precision(self._dtype):
            # An array, as within jit: a Python integer would be compiled into the power.
            count = self._int(self._count)
            self._state = self._update(count, self._packing.pack(grads), self._state)
            self._count += 1
            return self._packing.unpack(self._params(self._state))

    def state(self) -> dict[str, list[Any]]:
        """The states by the rule's names."""
        kept = list(zip(*self._state.packed_state, strict=True))[1:]
        found = zip(self._states, kept, strict=True)
        return {name: list(self._packing.unpack(values)) for name, values in found}

    def save(self) -> Any:
        """Everything needed to go on, the parameters included."""
        return self._state, self._count

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        self._state, self._count = saved


def subject(build: Any, convention: Convention, name: str) -> Subject:
    """The subject for a function of ``jax.example_libraries.optimizers``."""
    states = _STATES.get(convention.optimizer, ())

    def make(params: Arrays, configuration: Configuration) -> _Stepper:
        given = arguments(convention, configuration)
        return _Stepper(build, params, configuration, given, states)

    return Subject(name, make, convention, ("float64", "float32", "float16", "bfloat16"))
