"""Shrinking: the smallest inputs on which a function still deviates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from refmath.oracle.gradient.cases import GradientCase, Source
from refmath.tensor.evaluate import size_of

__all__ = ["shrink"]

_ROUNDS = 3


def shrink(
    case: GradientCase, source: Source, fails: Callable[[GradientCase], bool], budget: int = 300
) -> GradientCase:
    """The smallest case that still fails, found greedily.

    Args:
        case: A failing case.
        source: Its variables and sizes.
        fails: Whether a case fails; it is asked at most ``budget`` times.
        budget: How many cases may be tried.
    """
    best = [case]
    left = budget
    for _ in range(_ROUNDS):
        before = best[0]
        for candidate in _candidates(source, lambda: best[0]):
            if left == 0:
                return best[0]
            left -= 1
            if fails(candidate):
                best[0] = candidate
        if best[0] is before:
            break
    return best[0]


def _candidates(source: Source, now: Callable[[], GradientCase]) -> Iterator[GradientCase]:
    """Simpler cases, each made from the simplest that failed so far."""
    for size in source.size_names:
        if size in source.fixed:
            continue
        least = 2 if size in source.classes else 1
        for length in range(least, now().sizes[size]):
            if length < now().sizes[size]:
                smaller = _cut(source, now(), {**now().sizes, size: length})
                if smaller is not None:
                    yield smaller
    for name in source.inputs:
        if name not in source.constants:
            yield from _simpler(source, now, name)


def _cut(
    source: Source, case: GradientCase, sizes: Mapping[str, int]
) -> GradientCase | None:
    """The leading part of every array."""
    if not source.possible(sizes):
        return None
    values: dict[str, Any] = {}
    for name, item in source.inputs.items():
        own = case.values[name]
        if not item.shape:
            values[name] = own
            continue
        lengths = item.lengths(sizes)
        if any(new > old for new, old in zip(lengths, own.shape, strict=True)):
            return None
        values[name] = own[tuple(slice(x) for x in lengths)]
        if item.is_labels:
            most = size_of(item.tensor.classes, sizes) - 1
            values[name] = np.minimum(values[name], most)
    found = replace(case, sizes=dict(sizes), values=values)
    changed = [k for k, x in source.inputs.items() if x.shape and not x.is_labels]
    return found if all(source.holds(found, k, values[k]) for k in changed) else None


def _simpler(
    source: Source, now: Callable[[], GradientCase], name: str
) -> Iterator[GradientCase]:
    """One variable with simpler numbers: the same everywhere, short, or a single one changed."""
    for change in _CHANGES:
        yield from _lighter(source, now(), name, change(np.asarray(now().values[name])))
    for place in range(int(np.size(now().values[name]))):
        for value in (0, 1):
            array = np.array(now().values[name])
            array.reshape(-1)[place] = value
            yield from _lighter(source, now(), name, array)


_CHANGES: tuple[Callable[[Any], Any], ...] = (
    np.zeros_like, np.ones_like, np.sign, np.round, lambda x: np.round(x, 1),
)


def _lighter(
    source: Source, case: GradientCase, name: str, value: Any
) -> Iterator[GradientCase]:
    """The case with a simpler value of a variable, if that lies in its domain."""
    found = source.allowed(case, {name: value})
    if _weight(found, name) < _weight(case, name):
        yield found


def _weight(case: GradientCase, name: str) -> float:
    """How far an array is from simple: digits count, entries other than 0 and 1 most."""
    array = np.asarray(case.values[name], dtype=np.float64).reshape(-1)
    digits = sum(len(f"{x:g}") if float(f"{x:g}") == x else 20 for x in array.tolist())
    return float((array != 0).sum() + 10 * (~np.isin(array, (0, 1))).sum() + digits)
