"""Carrying tensors to JAX and back.

JAX compiles every operation anew for every shape. The rules are elementwise, so tensors travel flat
and padded with zeros to a few sizes, which keeps the number of compilations small.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

import numpy as np

from refmath.oracle.subject import Arrays

__all__ = ["Packing", "precision"]

_SMALLEST = 8


def precision(dtype: str) -> AbstractContextManager[Any]:
    """A context in which JAX keeps float64 if that is the dtype, and else has no float64.

    The user's own setting is in force again afterwards.
    """
    import jax

    if not hasattr(jax, "enable_x64"):
        from jax.experimental import enable_x64

        return cast(AbstractContextManager[Any], enable_x64(dtype == "float64"))
    return cast(AbstractContextManager[Any], jax.enable_x64(dtype == "float64"))


class Packing:
    """The shapes of some tensors, and how they travel."""

    def __init__(self, params: Arrays, dtype: str) -> None:
        import jax

        self._jax = jax
        self._dtype = jax.numpy.dtype(dtype)
        self._carrier = np.float32 if dtype == "bfloat16" else self._dtype
        self._shapes = [(p.shape, p.size, _padded(p.size)) for p in params]

    def pack(self, arrays: Sequence[np.ndarray]) -> list[Any]:
        """The tensors as flat arrays of JAX."""
        flat = []
        for values, (_, size, room) in zip(arrays, self._shapes, strict=True):
            padded = np.zeros(room, self._dtype)
            padded[:size] = np.asarray(values).reshape(-1)
            flat.append(padded)
        packed: list[Any] = self._jax.device_put(flat)
        return packed

    def unpack(self, packed: Sequence[Any]) -> list[np.ndarray]:
        """NumPy arrays of the original shapes, bfloat16 values in float32."""
        return [
            np.array(np.asarray(x)[:size], self._carrier).reshape(shape)
            for x, (shape, size, _) in zip(packed, self._shapes, strict=True)
        ]


def _padded(size: int) -> int:
    room = _SMALLEST
    while room < size:
        room *= 2
    return room
