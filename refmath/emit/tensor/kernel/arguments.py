"""What a kernel is called with: names, ranks, dtypes, labels and sizes, checked."""

from collections.abc import Mapping, Sequence
from keyword import iskeyword
from typing import Any

import numpy as np
from sympy import Integer, Symbol

from refmath.errors import InvalidInput
from refmath.tensor.node import Affine, Map, Product, Tensor, Variable, is_placeholder
from refmath.tensor.sizes import is_dimension, shown
from refmath.tensor.walk import nodes, variables

__all__ = ["Arguments"]

_DTYPES = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


class Arguments:
    """The arguments of a kernel.

    Attributes:
        arrays: The tensors by name.
        scalars: The names of scalars.
        sizes: The names of sizes.
        sources: Which array a size is read off, and on which axis.
        free: Sizes that no array has.
        symbols: The symbol of each scalar and size.
    """

    def __init__(self, roots: Sequence[Tensor], extra: Sequence[Tensor]) -> None:
        found = variables(*roots, *extra)
        self.arrays: dict[str, Variable] = {v.name: v for v in _in_reading_order(found)}
        everything = nodes(*roots, *extra)
        symbols = {s for x in everything for s in _symbols_of(x)}
        self.symbols: dict[str, Any] = {s.name: s for s in sorted(symbols, key=str)}
        self.sizes = tuple(n for n, s in self.symbols.items() if is_dimension(s))
        self.scalars = tuple(n for n in self.symbols if n not in self.sizes)
        self.sources: dict[str, tuple[str, int]] = {}
        for name, variable in self.arrays.items():
            for axis, size in enumerate(variable.shape):
                if isinstance(size, Symbol):
                    self.sources.setdefault(size.name, (name, axis))
        self.free = tuple(n for n in self.sizes if n not in self.sources)
        self.names = (*self.arrays, *self.scalars, *self.free)
        self._reach = [
            x for x in everything if isinstance(x, Affine) and x.rank <= 2 and not x.is_delta
        ]
        self._derived = {
            size for x in everything for size in x.shape
            if not isinstance(size, Symbol | Integer)
        }

    def checked(
        self, given: Mapping[str, Any]
    ) -> tuple[list[Any], np.dtype[Any], bool]:
        """The arguments in order, the dtype of the result, and whether some axis is empty.

        Raises:
            InvalidInput: They do not fit.
        """
        self._check_names(given)
        arrays = {n: self._array(v, given[n]) for n, v in self.arrays.items()}
        floating = [x.dtype for n, x in arrays.items() if self.arrays[n].classes is None]
        dtype = np.result_type(*floating) if floating else np.dtype(float)
        sizes = self._sizes(arrays, given)
        self._check_labels(arrays, sizes)
        self._check_reach(sizes)
        values: list[Any] = []
        for name, array in arrays.items():
            whole = self.arrays[name].classes is not None
            cast = array.astype(np.intp if whole else dtype, copy=False)
            values.append(cast if cast.ndim else cast[()])
        values += [_number(n, given[n]) for n in self.scalars]
        empty = 0 in sizes.values() or any(_at(s, sizes) == 0 for s in self._derived)
        return [*values, *(sizes[n] for n in self.free)], dtype, empty

    def _check_names(self, given: Mapping[str, Any]) -> None:
        optional = [n for n in self.sizes if n in self.sources]
        for name in given:
            if name not in self.names and name not in optional:
                known = ", ".join(self.names) or "none"
                raise InvalidInput(f"the kernel has no argument {name!r}; it takes {known}")
        for name in self.names:
            if name not in given:
                kind = "an array" if name in self.arrays else "a number"
                if name in self.free:
                    kind = "a whole number, a size that no array has"
                raise InvalidInput(f"the kernel needs {_keyword(name)}; give {kind}")

    def _array(self, variable: Variable, value: Any) -> Any:
        name = variable.name
        try:
            array = np.asarray(value)
        except (TypeError, ValueError):
            raise InvalidInput(f"expected an array for {name}, found {value!r}") from None
        kind = "whole numbers" if variable.classes is not None else "real numbers"
        if variable.classes is not None and array.dtype.kind not in "iu":
            raise InvalidInput(
                f"expected {kind} for the labels {name}, found dtype {array.dtype}; convert them "
                f"by {name}.astype(int)"
            )
        if variable.classes is None and array.dtype not in _DTYPES:
            raise InvalidInput(
                f"expected {kind} for {name} in float16, float32 or float64, found dtype "
                f"{array.dtype}; convert it by {name}.astype(float)"
            )
        if array.ndim != variable.rank:
            raise InvalidInput(
                f"expected {name} of shape {shown(variable.shape)}, found {array.shape}: "
                f"{array.ndim} axes instead of {variable.rank}"
            )
        if variable.symmetric and not np.array_equal(array, array.T, equal_nan=True):
            raise InvalidInput(f"{name} was declared symmetric, but the array is not")
        return array

    def _sizes(self, arrays: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, int]:
        found: dict[str, int] = {}
        origin: dict[str, str] = {}
        for name in self.sizes:
            if name in given:
                found[name], origin[name] = _whole(name, given[name]), f"{_keyword(name)} is given"
        for name, variable in self.arrays.items():
            for size, length in zip(variable.shape, arrays[name].shape, strict=True):
                here = f"{name} has shape {arrays[name].shape}, declared {shown(variable.shape)}"
                if isinstance(size, Symbol):
                    if found.setdefault(size.name, length) != length:
                        raise InvalidInput(
                            f"the size {size} is {found[size.name]} and {length}: "
                            f"{origin[size.name]}; {here}"
                        )
                    origin.setdefault(size.name, here)
        for name, variable in self.arrays.items():
            for size, length in zip(variable.shape, arrays[name].shape, strict=True):
                if not isinstance(size, Symbol) and _at(size, found) != length:
                    raise InvalidInput(
                        f"expected {name} of shape {shown(variable.shape)}, found "
                        f"{arrays[name].shape}: {size} is {_at(size, found)}"
                    )
        for size in self._derived:
            if _at(size, found) < 0:
                raise InvalidInput(f"the size {size} is {_at(size, found)} where {found}")
        return found

    def _check_labels(self, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        for name, variable in self.arrays.items():
            labels = arrays[name]
            if variable.classes is None or labels.size == 0:
                continue
            classes = _at(variable.classes, sizes)
            low, high = int(labels.min()), int(labels.max())
            if low < 0 or high >= classes:
                raise InvalidInput(
                    f"expected labels from 0 to {classes - 1} in {name}, found "
                    f"{low if low < 0 else high}"
                )

    def _check_reach(self, sizes: Mapping[str, int]) -> None:
        for node in self._reach:
            count, stride = (1, 0)
            if node.rank == 2:
                count, stride = _at(node.shape[1], sizes), -node.coefficients[1]
            first = _at(node.offset, sizes)
            last, length = first + stride * (count - 1), _at(node.shape[0], sizes)
            if count and not (first >= 0 and last < length):
                raise InvalidInput(
                    f"entries {first} to {last} are chosen of an axis of size {node.shape[0]} = "
                    f"{length}"
                )


def _in_reading_order(found: Sequence[Variable]) -> list[Variable]:
    """Matrices first, then labels and vectors, by name."""
    return sorted(found, key=lambda v: (-v.rank, v.classes is not None, v.name))


def _symbols_of(node: Tensor) -> set[Any]:
    found: set[Any] = {s for size in node.shape for s in size.free_symbols}
    if isinstance(node, Product):
        found |= node.coefficient.free_symbols
        found |= {s for size in node.sizes for s in size.free_symbols}
    elif isinstance(node, Map):
        found |= {s for s in node.expr.free_symbols if not is_placeholder(s)}
    elif isinstance(node, Affine):
        found |= node.offset.free_symbols
    elif isinstance(node, Variable) and node.classes is not None:
        found |= node.classes.free_symbols
    return found


def _at(size: Any, sizes: Mapping[str, int]) -> int:
    if isinstance(size, Integer):
        return int(size)
    known = size.xreplace({s: Integer(sizes[s.name]) for s in size.free_symbols if s.name in sizes})
    return int(known)


def _keyword(name: str) -> str:
    return f'**{{"{name}": ...}}' if iskeyword(name) else f"{name}="


def _number(name: str, value: Any) -> float:
    """A scalar as a plain number: that leaves the arrays' dtype alone."""
    try:
        array = np.asarray(value)
        if array.ndim or array.dtype.kind not in "iuf":
            raise TypeError
        return float(array)
    except (TypeError, ValueError, OverflowError):
        raise InvalidInput(f"expected a number for {name}, found {value!r}") from None


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise InvalidInput(f"expected a whole number from 0 for the size {name}, found {value!r}")
    return int(value)
