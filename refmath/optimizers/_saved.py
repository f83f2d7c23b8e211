"""Checks of saved state, and of parameters against the state there is."""

from collections.abc import Mapping, Sequence
from math import isfinite
from numbers import Integral, Real
from reprlib import repr as brief
from typing import Any, TypeAlias

import numpy as np

from refmath.errors import InvalidInput

from ._blocks import Array, working_dtype

__all__ = ["Fits", "check", "fit", "fit_restored"]

Fits: TypeAlias = list[tuple[tuple[int, ...], np.dtype[Any]]]

_STATE_DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


def fit(params: Sequence[Array], fits: Fits) -> None:
    """Check parameters against those of the first step.

    Raises:
        InvalidInput: Their number, or a shape or dtype, is another one.
    """
    _count("params", len(params), len(fits))
    for i, (p, (shape, dtype)) in enumerate(zip(params, fits, strict=True)):
        if p.shape != shape or p.dtype != dtype:
            raise InvalidInput(
                f"params[{i}]: expected shape {shape} and dtype {dtype} as in the first step, "
                f"found {p.shape} and {p.dtype}; call reset() to start on other parameters"
            )


def fit_restored(params: Sequence[Array], count: int, state: Mapping[str, list[Array]]) -> None:
    """Check parameters against a restored state, which knows only the dtype computed in.

    Raises:
        InvalidInput: Their number, or a shape or dtype, does not fit.
    """
    _count("params", len(params), count)
    for name, arrays in state.items():
        for i, (p, a) in enumerate(zip(params, arrays, strict=True)):
            if p.shape != a.shape or working_dtype(p.dtype) != a.dtype:
                raise InvalidInput(
                    f"params[{i}]: expected shape {a.shape} and state dtype {a.dtype} of the "
                    f"restored {name!r}, found {p.shape} and {working_dtype(p.dtype)}; "
                    "restore a state of these parameters, or call reset()"
                )


def _count(what: str, found: int, expected: int) -> None:
    if found != expected:
        raise InvalidInput(
            f"{what}: expected {expected} tensors, whose state this optimizer keeps, "
            f"found {found}; call reset() to start on other parameters"
        )


def check(
    saved: object, arrays: Sequence[str], scalars: Sequence[str], fits: Fits | None
) -> tuple[list[int], dict[str, list[Array]], dict[str, list[float]]]:
    """Copies of the step counts, the state arrays and the state scalars in `saved`.

    Args:
        saved: What a `state_dict` gave.
        arrays: The names with one array per tensor.
        scalars: The names with one float per tensor.
        fits: The shapes and dtypes of the parameters, where they are known.

    Raises:
        InvalidInput: Names, types, numbers, shapes or dtypes do not fit.
    """
    names = {"t", *arrays, *scalars}
    if not isinstance(saved, Mapping) or set(saved) != names:
        found = sorted(map(str, saved)) if isinstance(saved, Mapping) else type(saved).__name__
        raise InvalidInput(
            f"state: expected a mapping with the names {sorted(names)}, found {found}; "
            "give what state_dict() of the same class with the same options returned"
        )
    t = [_steps(i, x) for i, x in enumerate(_listed("t", saved["t"]))]
    if t and fits is not None:
        _count("state", len(t), len(fits))
    state = {name: _tensors(name, saved[name], len(t), fits) for name in arrays}
    _same_tensors(state)
    return t, state, {name: _floats(name, saved[name], len(t)) for name in scalars}


def _listed(name: str, value: object, count: int | None = None) -> Sequence[object]:
    if not isinstance(value, (list, tuple)) or (count is not None and len(value) != count):
        size = "" if count is None else f" of {count} entries, as many as in 't'"
        found = f"{len(value)}" if isinstance(value, (list, tuple)) else type(value).__name__
        raise InvalidInput(
            f"state[{name!r}]: expected a list{size}, found {found}; "
            "give what state_dict() returned"
        )
    return value


def _steps(i: int, value: object) -> int:
    if not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 0:
        return int(value)
    raise InvalidInput(
        f"state['t'][{i}]: expected a number of steps, an int >= 0, found {brief(value)}; "
        "give what state_dict() returned"
    )


def _floats(name: str, value: object, count: int) -> list[float]:
    entries = _listed(name, value, count)
    for i, x in enumerate(entries):
        if isinstance(x, bool) or not isinstance(x, Real) or not isfinite(x):
            raise InvalidInput(
                f"state[{name!r}][{i}]: expected a finite float, found {brief(x)}; "
                "give what state_dict() returned"
            )
    return [float(x) for x in entries if isinstance(x, Real)]


def _tensors(name: str, value: object, count: int, fits: Fits | None) -> list[Array]:
    copies: list[Array] = []
    for i, a in enumerate(_listed(name, value, count)):
        if not isinstance(a, np.ndarray) or a.dtype not in _STATE_DTYPES:
            found = f"dtype {a.dtype}" if isinstance(a, np.ndarray) else type(a).__name__
            raise InvalidInput(
                f"state[{name!r}][{i}]: expected an ndarray of dtype float32 or float64, "
                f"found {found}; give what state_dict() returned"
            )
        if fits is not None and (a.shape, a.dtype) != (fits[i][0], working_dtype(fits[i][1])):
            raise InvalidInput(
                f"state[{name!r}][{i}]: expected shape {fits[i][0]} and dtype "
                f"{working_dtype(fits[i][1])} as the parameters need, found {a.shape} and "
                f"{a.dtype}; call reset() to start on other parameters"
            )
        copies.append(np.array(a, a.dtype.newbyteorder("="), order="C"))
    return copies


def _same_tensors(state: Mapping[str, list[Array]]) -> None:
    for (name, first), (other, second) in zip(
        list(state.items())[:-1], list(state.items())[1:], strict=True
    ):
        for i, (a, b) in enumerate(zip(first, second, strict=True)):
            if a.shape != b.shape or a.dtype != b.dtype:
                raise InvalidInput(
                    f"state[{other!r}][{i}]: expected shape {a.shape} and dtype {a.dtype} as "
                    f"state[{name!r}][{i}] has, found {b.shape} and {b.dtype}; "
                    "give what state_dict() returned"
                )
