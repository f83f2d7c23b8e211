"""A data set: arrays with one row an example."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from refmath.errors import InvalidInput, UnknownName

__all__ = ["Array", "Dataset"]

Array: TypeAlias = NDArray[Any]


class Dataset:
    """Arrays by name whose first axis runs over the examples: ``Dataset(X=X, c=c)``.

    Args:
        arrays: The same by a mapping, for names that are no Python names.
        named: Arrays of real numbers, of shape (n, ...), all with the same n >= 1. They are not
            copied; training does not change them.

    Attributes:
        arrays: The arrays by name.

    Raises:
        InvalidInput: No array is given, one is not of numbers, or their lengths differ.
    """

    def __init__(self, arrays: Mapping[str, object] | None = None, /, **named: object) -> None:
        found = {k: np.asarray(v) for k, v in {**(arrays or {}), **named}.items()}
        if not found:
            raise InvalidInput("a data set needs at least one array: Dataset(X=X, y=y)")
        for name, array in found.items():
            if array.dtype.kind not in "biufO":
                raise InvalidInput(
                    f"{name}: expected an array of real numbers, found dtype {array.dtype}; "
                    "convert text to numbers first"
                )
            if not array.ndim or not len(array):
                raise InvalidInput(
                    f"{name}: expected at least one example along the first axis, found shape "
                    f"{array.shape}; a number that is the same for all examples is a constant"
                )
        lengths = {name: len(array) for name, array in found.items()}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} has {n}" for name, n in lengths.items())
            raise InvalidInput(f"expected as many examples in every array, found: {listed}")
        self.arrays: Mapping[str, Array] = MappingProxyType(found)

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))

    def __repr__(self) -> str:
        shown = ", ".join(f"{k}{list(a.shape)}" for k, a in self.arrays.items())
        return f"<data set of {len(self)} examples: {shown}>"

    def __getitem__(self, name: str) -> Array:
        if name not in self.arrays:
            raise UnknownName("array of the data set", name, list(self.arrays))
        return self.arrays[name]

    def take(self, indices: Any) -> dict[str, Array]:
        """The examples at these places, by name; all of them, uncopied, for ``slice(None)``."""
        return {name: array[indices] for name, array in self.arrays.items()}

    def split(self, share: float, seed: int = 0) -> tuple["Dataset", "Dataset"]:
        """Two data sets of distinct examples, at random: the rest, and a share of all.

        Args:
            share: Of the second one, in (0, 1); both have at least one example.
            seed: Of the random choice.

        Raises:
            InvalidInput: The share is outside (0, 1), or there are fewer than two examples.
        """
        if not 0 < share < 1:
            raise InvalidInput(f"share={share!r} is outside (0, 1); write for example 0.2")
        if len(self) < 2:
            raise InvalidInput(f"expected at least 2 examples to split, found {len(self)}")
        order = np.random.default_rng(seed).permutation(len(self))
        count = min(max(round(share * len(self)), 1), len(self) - 1)
        first, second = np.sort(order[count:]), np.sort(order[:count])
        return Dataset(self.take(first)), Dataset(self.take(second))

    def as_floats(self, dtype: Any) -> "Dataset":
        """The same with real arrays in a dtype; whole numbers stay as they are."""
        return Dataset({
            name: a.astype(dtype, copy=False) if a.dtype.kind == "f" else a
            for name, a in self.arrays.items()
        })

    def digest(self) -> str:
        """A fingerprint of names, shapes, dtypes and values."""
        found = hashlib.sha256()
        for name in sorted(self.arrays):
            array = self.arrays[name]
            found.update(f"{name} {array.shape} {array.dtype.str} ".encode())
            if array.dtype.kind == "O":
                found.update(repr(array.tolist()).encode())
            else:
                found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()
