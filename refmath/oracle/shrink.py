"""Shrinking: the smallest case on which a subject still deviates."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from refmath.emit.cases import Case
from refmath.rule import Rule

__all__ = ["shrink"]

_ROUNDS = 4


def shrink(case: Case, fails: Callable[[Case], bool], form: Rule, budget: int = 400) -> Case:
    """The smallest case that still fails, found greedily.

    Args:
        case: A failing case.
        fails: Whether a case fails; it is asked at most ``budget`` times.
        form: The form in force, for the hyperparameters' defaults.
        budget: How many cases may be tried.
    """
    best = [case]
    left = budget
    for _ in range(_ROUNDS):
        before = best[0]
        for candidate in _candidates(before, form, lambda: best[0]):
            if left == 0:
                return best[0]
            left -= 1
            if fails(candidate):
                best[0] = candidate
        if best[0] is before:
            break
    return best[0]


def _candidates(start: Case, form: Rule, now: Callable[[], Case]) -> Iterator[Case]:
    """Simpler cases, each made from the simplest that failed so far."""
    for steps in range(1, start.steps):
        if steps < now().steps:
            yield _cut(now(), steps)
    for name in list(start.place):
        yield replace(now(), place={k: v for k, v in now().place.items() if k != name})
    yield replace(now(), restore=None)
    for step in range(1, start.restore or 1):
        if step < (now().restore or 0):
            yield replace(now(), restore=step)
    yield replace(now(), reuse=False)
    if any(isinstance(r, tuple) for r in now().rates):
        yield replace(now(), rates=tuple(_single(r) for r in now().rates))
    yield _without_gaps(now())
    for index in reversed(range(len(start.params))):
        if len(now().params) > 1 and index < len(now().params):
            yield _drop_tensor(now(), index)
    yield from _same_elements(now)
    for index in range(len(now().params)):
        yield from _elements(now, index)
    yield from _numbers(now, form)


def _cut(case: Case, steps: int) -> Case:
    restore = case.restore if case.restore is not None and case.restore < steps else None
    return replace(case, grads=case.grads[:steps], rates=case.rates[:steps], restore=restore)


def _single(rate: Any) -> Any:
    return rate[0] if isinstance(rate, tuple) else rate


def _without_gaps(case: Case) -> Case:
    grads = tuple(
        tuple(np.zeros_like(p) if g is None else g for g, p in zip(row, case.params, strict=True))
        for row in case.grads
    )
    return replace(case, grads=grads)


def _drop_tensor(case: Case, index: int) -> Case:
    rates = tuple(
        r[:index] + r[index + 1 :] if isinstance(r, tuple) else r for r in case.rates
    )
    return replace(
        case,
        params=case.params[:index] + case.params[index + 1 :],
        grads=tuple(row[:index] + row[index + 1 :] for row in case.grads),
        rates=rates,
    )


def _same_elements(now: Callable[[], Case]) -> Iterator[Case]:
    """One element of every tensor at once, the same in each, where all are of one size."""
    sizes = {p.size for p in now().params}
    if len(now().params) < 2 or len(sizes) != 1 or sizes == {1}:
        return
    for element in range(sizes.pop()):
        case = now()
        if case.params[0].size > 1:
            for index in range(len(case.params)):
                case = _take(case, index, np.array([element]))
            yield case


def _elements(now: Callable[[], Case], index: int) -> Iterator[Case]:
    """Fewer elements: halves of a flat tensor first, then single ones, down to a scalar."""
    if index >= len(now().params):
        return
    size = now().params[index].size
    if now().params[index].ndim > 1:
        yield _take(now(), index, np.arange(size))
    for element in range(size):
        if now().params[index].size > 1 and element < now().params[index].size:
            yield _take(now(), index, np.array([element]))


def _take(case: Case, index: int, which: np.ndarray) -> Case:
    def pick(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else array.ravel()[which]

    params = tuple(p.ravel()[which] if i == index else p for i, p in enumerate(case.params))
    grads = tuple(
        tuple(pick(g) if i == index else g for i, g in enumerate(row)) for row in case.grads
    )
    return replace(case, params=params, grads=grads)


def _numbers(now: Callable[[], Case], form: Rule) -> Iterator[Case]:
    """Simpler numbers: defaults, one rate, ones and short decimals."""
    for key in now().hyper:
        default = form.default(key) if key in form.hyper else None
        if default is not None and now().hyper[key] != float(default):
            yield replace(now(), hyper={**now().hyper, key: float(default)})
    first = _single(now().rates[0])
    for value in (0.5, first):
        if any(r != value for r in now().rates):
            yield replace(now(), rates=(value,) * now().steps)
    for index in range(len(now().params)):
        for value in (1.0, 0.0):
            full = np.full_like(now().params[index], value)
            yield _with_param(now(), index, full)
        yield _with_param(now(), index, np.round(now().params[index], 1))
    for step in range(now().steps):
        for index in range(len(now().params)):
            for change in _SIMPLER:
                yield _with_gradient(now(), step, index, change)


_SIMPLER: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    np.ones_like,
    np.zeros_like,
    np.sign,
    lambda g: np.round(g, 1),
)


def _with_param(case: Case, index: int, value: np.ndarray) -> Case:
    own = case.params[index]
    if np.array_equal(own, value):
        return case
    params = tuple(value.astype(own.dtype) if i == index else p for i, p in enumerate(case.params))
    return replace(case, params=params)


def _with_gradient(
    case: Case, step: int, index: int, change: Callable[[np.ndarray], np.ndarray]
) -> Case:
    own = case.grads[step][index]
    if own is None:
        return case
    simple = np.asarray(change(own), dtype=own.dtype)
    if np.array_equal(own, simple) or (np.all(np.isin(own, (0.0, 1.0))) and simple.sum() == 0):
        return case
    row = tuple(simple if i == index else g for i, g in enumerate(case.grads[step]))
    return replace(case, grads=(*case.grads[:step], row, *case.grads[step + 1 :]))
