"""Inputs on which gradients are held: random ones of unequal sizes, and deliberate probes."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.formats import FORMATS, Format
from refmath.objective.domains import Rows
from refmath.objective.inputs import Input
from refmath.tensor.evaluate import size_of
from refmath.tensor.node import Affine, Tensor, Variable
from refmath.tensor.walk import nodes

__all__ = ["PROBES", "GradientCase", "Source"]

_FREE = (
    (3, 2, 4, 5, 6, 7), (2, 4, 3, 6, 5, 8), (5, 3, 2, 4, 7, 6), (4, 6, 5, 3, 2, 7),
    (3, 3, 3, 3, 3, 3),
)
"""Sizes by the order of their names: unequal, so that nothing fits by chance; and all equal."""

_LARGE = {"float64": 1e3, "float32": 1e3, "bfloat16": 1e3, "float16": 30.0}


@dataclass(frozen=True)
class GradientCase:
    """One set of inputs.

    Attributes:
        dtype: The format of the arrays.
        sizes: Numbers for the sizes, by name.
        values: By name, an array in the format's carrier, an array of labels, or a float.
        probe: How it was made.
    """

    dtype: str
    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    probe: str = ""

    def where(self, **values: Any) -> "GradientCase":
        """The same with other values."""
        return replace(self, values={**self.values, **values})


@dataclass(frozen=True)
class Source:
    """What cases are drawn for.

    Attributes:
        inputs: The variables in the order in which they are handed over.
        wrt: Those that derivatives are taken by.
        fixed: Sizes that are not free.
        roots: The expressions, for the sizes that they can have.
        constants: Values that are the same in every case.
        brief: Whether fewer sizes are run, where each costs a compilation.
    """

    inputs: Mapping[str, Input]
    wrt: tuple[str, ...]
    fixed: Mapping[str, int]
    roots: tuple[Tensor, ...]
    constants: Mapping[str, Any]
    brief: bool = False

    @cached_property
    def size_names(self) -> tuple[str, ...]:
        """The names of all sizes, in order."""
        found = {s.name for r in nodes(*self.roots) for x in r.shape for s in x.free_symbols}
        found |= {s for x in self.inputs.values() for s in x.size_names}
        return tuple(sorted(found))

    @cached_property
    def classes(self) -> frozenset[str]:
        """The names of sizes that are numbers of classes."""
        tensors = [x.tensor for x in self.inputs.values() if x.is_labels]
        return frozenset(s.name for t in tensors for s in t.classes.free_symbols)

    @cached_property
    def pool(self) -> tuple[dict[str, int], ...]:
        """The sizes that are run: a few sets of unequal ones, all equal, and each size 1 once."""
        free = [s for s in self.size_names if s not in self.fixed]
        sets = [dict(zip(free, numbers * 3, strict=False)) for numbers in _FREE]
        single = [s for s in free if s not in self.classes]
        turns = range(1 if self.brief else 2)
        sets += [{**sets[(i + t) % 3], s: 1} for i, s in enumerate(single) for t in turns]
        found = [{**s, **self.fixed} for s in sets]
        usable = [s for s in found if self.possible(s)]
        if not usable:
            raise InvalidInput(
                "none of the sizes that were tried fits the expression; give sizes, for example "
                f"sizes={found[0]}"
            )
        return tuple({tuple(s.items()): s for s in usable}.values())

    def possible(self, sizes: Mapping[str, int]) -> bool:
        """Whether every axis of every expression has a positive length."""
        found = nodes(*self.roots)
        shapes = [n.shape for n in found] + [x.shape for x in self.inputs.values()]
        chosen = [(n.offset, n.shape[0]) for n in found if isinstance(n, Affine) and n.rank == 1]
        try:
            return all(size_of(s, sizes) > 0 for shape in shapes for s in shape) and all(
                size_of(place, sizes) < size_of(length, sizes) for place, length in chosen
            )
        except InvalidInput:
            return False

    def draw(self, dtype: str, number: int, seed: int, stream: str = "") -> GradientCase:
        """The case of that number."""
        words = [zlib.crc32(w.encode()) for w in (dtype, stream)]
        rng = np.random.default_rng([seed, number, *words])
        sizes = self.pool[number % len(self.pool)]
        turn = number // len(self.pool) + number
        name, probe = list(PROBES.items())[turn % len(PROBES)]
        drawn = {k: self.sample(k, rng, sizes) for k in self.inputs}
        case = self.rounded(GradientCase(dtype, sizes, drawn, name))
        return self.allowed(case, probe(self, rng, case))

    def sample(self, name: str, rng: np.random.Generator, sizes: Mapping[str, int]) -> Any:
        """A random value of a variable in its domain."""
        if name in self.constants:
            return self.constants[name]
        item = self.inputs[name]
        drawn = item.where(sizes).sample(rng, item.lengths(sizes))
        if isinstance(item.tensor, Variable) and item.tensor.symmetric:
            drawn = (drawn + drawn.T) / 2
        return drawn if item.shape else float(np.asarray(drawn).item())

    def rounded(self, case: GradientCase) -> GradientCase:
        """A case with its arrays in the format."""
        fmt = FORMATS[case.dtype]
        values = {k: self._round(fmt, k, x) for k, x in case.values.items()}
        return replace(case, values=values)

    def _round(self, fmt: Format, name: str, value: Any) -> Any:
        if self.inputs[name].is_labels:
            return np.asarray(value, dtype=np.int64)
        return fmt.round(value) if self.inputs[name].shape else float(value)

    def allowed(self, case: GradientCase, wanted: Mapping[str, Any]) -> GradientCase:
        """The case with those of the wanted values that lie in their domains."""
        kept = dict(case.values)
        fmt = FORMATS[case.dtype]
        for name, value in wanted.items():
            new = self._round(fmt, name, value)
            if name not in self.constants and self.holds(case, name, new):
                kept[name] = new
        return replace(case, values=kept)

    def holds(self, case: GradientCase, name: str, value: Any) -> bool:
        """Whether a value lies in the domain of a variable."""
        item = self.inputs[name]
        domain = item.where(case.sizes)
        symmetric = isinstance(item.tensor, Variable) and item.tensor.symmetric
        if symmetric and not np.array_equal(value, np.transpose(value)):
            return False
        return not isinstance(domain, Rows) and domain.holds(value)

    def reals(self) -> list[str]:
        """The names of all tensors of real numbers."""
        return [k for k, x in self.inputs.items() if x.shape and not x.is_labels]


Probe = Callable[[Source, np.random.Generator, GradientCase], Mapping[str, Any]]


def _plain(_source: Source, _rng: np.random.Generator, _case: GradientCase) -> Mapping[str, Any]:
    return {}


def _whole(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """Small whole numbers, on which all is exact: kinks are met."""
    numbers = {k: np.round(np.asarray(case.values[k], float) * 2) for k in source.reals()}
    scalars = [k for k, x in source.inputs.items() if not x.shape]
    return numbers | {k: float(np.round(case.values[k])) for k in scalars}


def _start(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """All parameters 0."""
    return {k: np.zeros_like(case.values[k]) for k in source.wrt}


def _holes(source: Source, rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """A third of all entries exactly 0."""
    out = {}
    for k in source.reals():
        kept = rng.random(np.shape(case.values[k])) > 1 / 3
        out[k] = np.where(kept, case.values[k], 0)
    return out


def _given_rows(source: Source, rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """One row of each thing that is given is 0: no label, no weight, no input."""
    out = {}
    for k in source.reals():
        if k not in source.wrt:
            array = np.array(case.values[k])
            array[int(rng.integers(array.shape[0]))] = 0
            out[k] = array
    return out


def _large(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    factor = _LARGE[case.dtype]
    return {k: np.asarray(case.values[k], float) * factor for k in source.wrt}


def _mixed(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """Rows of very different scale."""
    out = {}
    for k in source.wrt:
        array = np.asarray(case.values[k], float)
        if array.ndim:
            scales = np.resize([_LARGE[case.dtype], 1.0, 2.0**-10], array.shape[0])
            out[k] = array * scales.reshape(-1, *[1] * (array.ndim - 1))
    return out


def _shifted(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    return {k: np.asarray(case.values[k], float) - _LARGE[case.dtype] for k in source.wrt}


def _doubled(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """Rows repeated: a mean does not change, a sum doubles."""
    out = {}
    for k in (*source.reals(), *(k for k, x in source.inputs.items() if x.is_labels)):
        array = np.array(case.values[k])
        half = (array.shape[0] + 1) // 2
        out[k] = np.resize(np.concatenate([array[:half], array[:half]]), array.shape)
    return out


def _one_class(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """All labels alike, so that other classes are empty; all scalars at an end of their domain."""
    out: dict[str, Any] = {}
    for k, x in source.inputs.items():
        if x.is_labels:
            out[k] = np.zeros_like(case.values[k])
        elif not x.shape:
            out[k] = 0.0
    return out


def _edges(source: Source, rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """Some entries of what is given exactly 0 or 1: probabilities, weights, masks."""
    out = {}
    for k in source.reals():
        if k not in source.wrt:
            array = np.array(case.values[k])
            chosen = rng.random(array.shape) < 1 / 2
            out[k] = np.where(chosen, rng.integers(0, 2, array.shape), array)
    return out


def _ones(source: Source, _rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """All that is given is 1."""
    return {k: np.ones_like(case.values[k]) for k in source.reals() if k not in source.wrt}


def _one_hot(source: Source, rng: np.random.Generator, case: GradientCase) -> Mapping[str, Any]:
    """Rows of what is given with a single 1."""
    out = {}
    for k in source.reals():
        shape = np.shape(case.values[k])
        if k not in source.wrt and len(shape) > 1:
            out[k] = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
    return out


PROBES: dict[str, Probe] = {
    "random": _plain, "one-hot rows": _one_hot, "whole numbers": _whole,
    "large parameters": _large, "holes": _holes,
    "again random": _plain, "parameters 0": _start, "edges": _edges, "an empty row": _given_rows,
    "rows of mixed scale": _mixed, "one class": _one_class, "rows repeated": _doubled,
    "very negative parameters": _shifted, "all given is 1": _ones,
}
"""How cases are made, in turn."""
