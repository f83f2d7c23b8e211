"""What the optimizers accept from outside: hyperparameters, parameters, gradients, rates."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from numbers import Real
from reprlib import repr as brief
from typing import NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from refmath.errors import InvalidInput

from ._blocks import Array

__all__ = ["gradients", "hyperparameter", "number", "parameters", "rates", "separate"]


class _Domain(NamedTuple):
    shown: str
    contains: Callable[[float], bool]


_NON_NEGATIVE = _Domain("[0, oo)", lambda x: 0.0 <= x < math.inf)
_BELOW_ONE = _Domain("[0, 1)", lambda x: 0.0 <= x < 1.0)
_UNIT = _Domain("[0, 1]", lambda x: 0.0 <= x <= 1.0)
_DOMAINS_AND_USUAL: dict[str, tuple[_Domain, float]] = {
    "lr": (_NON_NEGATIVE, 1e-3),
    "momentum": (_BELOW_ONE, 0.9),
    "dampening": (_UNIT, 0.0),
    "rho": (_BELOW_ONE, 0.9),
    "beta1": (_BELOW_ONE, 0.9),
    "beta2": (_BELOW_ONE, 0.999),
    "eps": (_NON_NEGATIVE, 1e-8),
    "weight_decay": (_NON_NEGATIVE, 0.0),
    "initial_accumulator": (_NON_NEGATIVE, 0.0),
    "lr_decay": (_NON_NEGATIVE, 0.0),
    "momentum_decay": (_NON_NEGATIVE, 4e-3),
}
_CHOICES = {"form": ("lookahead", "shifted")}
_FLOATS = (np.float16, np.float32, np.float64)


def number(name: str, value: object, label: str | None = None) -> float:
    """`value` as a float if it lies in the domain of the hyperparameter `name`.

    Raises:
        InvalidInput: It is no real number, not finite, or outside the domain.
    """
    domain, usual = _DOMAINS_AND_USUAL[name]
    x = math.nan
    if not isinstance(value, bool) and isinstance(value, Real):
        try:
            x = float(value)
        except OverflowError:
            x = math.inf
    if not domain.contains(x):
        raise InvalidInput(
            f"{label or name}={brief(value)} is outside {domain.shown}: expected a finite real "
            f"number in it, found {brief(value)} of type {type(value).__name__}; "
            f"a usual choice is {name}={usual!r}"
        )
    return x


def hyperparameter(name: str, value: object) -> float | str:
    """`value` in the type and domain of the hyperparameter `name` (number, bool or choice).

    Raises:
        InvalidInput: The value is of another type, or outside the domain.
    """
    if name in _DOMAINS_AND_USUAL:
        return number(name, value)
    if name in _CHOICES:
        if isinstance(value, str) and value in _CHOICES[name]:
            return value
        raise InvalidInput(
            f"{name}={brief(value)} is outside {_CHOICES[name]}: expected one of these strings, "
            f"found {brief(value)}; use {name}={_CHOICES[name][0]!r}"
        )
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise InvalidInput(
        f"{name}={brief(value)} is outside {{False, True}}: expected a bool, found "
        f"{type(value).__name__}; use {name}=True or {name}=False"
    )


def parameters(params: object) -> list[Array]:
    """The parameters as a list of base-class views on the caller's memory.

    Raises:
        InvalidInput: An entry is no array, not of a float dtype, or read-only.
    """
    if isinstance(params, np.ndarray):
        params = [params]
    if not isinstance(params, (list, tuple)):
        raise InvalidInput(
            f"params: expected an ndarray or a list of ndarrays, found {type(params).__name__}; "
            "convert it with list(...) or numpy.asarray(...)"
        )
    for i, p in enumerate(params):
        if not isinstance(p, np.ndarray):
            raise InvalidInput(
                f"params[{i}]: expected an ndarray, found {type(p).__name__}; "
                "give an array, which can be updated in place"
            )
        if p.dtype.type not in _FLOATS:
            raise InvalidInput(
                f"params[{i}]: expected dtype float16, float32 or float64, found {p.dtype}; "
                "convert it with .astype(numpy.float64)"
            )
        if not p.flags.writeable:
            raise InvalidInput(
                f"params[{i}]: expected a writeable array, found a read-only one; "
                "give a copy, or set its flags.writeable"
            )
    return [np.asarray(p) for p in params]


def gradients(params: Sequence[Array], grads: object, single: bool) -> list[Array | None]:
    """The gradients, one per parameter; None where a tensor is to be skipped.

    Raises:
        InvalidInput: Their number, or the shape or dtype of one, does not fit the parameters.
    """
    if single and (grads is None or isinstance(grads, (np.ndarray, np.floating))):
        grads = [grads]
    if not isinstance(grads, (list, tuple)):
        raise InvalidInput(
            f"grads: expected {'an ndarray' if single else 'a list of ndarrays or None'}, "
            f"found {type(grads).__name__}; give gradients structured like params"
        )
    if len(grads) != len(params):
        raise InvalidInput(
            f"grads: expected {len(params)} entries as in params, found {len(grads)}; "
            "give None for a tensor without a gradient"
        )
    return [
        None if g is None else _gradient(i, p, g)
        for i, (p, g) in enumerate(zip(params, grads, strict=True))
    ]


def _gradient(i: int, p: Array, g: object) -> Array:
    # NumPy's arithmetic turns 0-d arrays into scalars, so a 0-d gradient is often one.
    if not isinstance(g, (np.ndarray, np.floating)):
        raise InvalidInput(
            f"grads[{i}]: expected an ndarray or None, found {type(g).__name__}; "
            "convert it with numpy.asarray(...)"
        )
    if g.shape != p.shape:
        raise InvalidInput(
            f"grads[{i}]: expected shape {p.shape} as params[{i}] has, found {g.shape}; "
            "reshape the gradient"
        )
    if g.dtype != p.dtype:
        raise InvalidInput(
            f"grads[{i}]: expected dtype {p.dtype} as params[{i}] has, found {g.dtype}; "
            f"convert it with .astype({str(p.dtype)!r})"
        )
    return np.asarray(g)


def separate(params: Sequence[Array], grads: Sequence[Array | None]) -> list[Array | None]:
    """The gradients, copied where one may lie in the memory of a parameter about to change.

    Raises:
        InvalidInput: Two parameters share memory.
    """
    spans = sorted((*byte_bounds(p), i) for i, p in enumerate(params) if p.size)
    starts = [start for start, _, _ in spans]
    ends = list(accumulate((end for _, end, _ in spans), max))
    for n, (_, end, i) in enumerate(spans):
        for _, _, j in spans[n + 1 : bisect_left(starts, end, n + 1)]:
            if np.shares_memory(params[i], params[j]):
                raise InvalidInput(
                    f"params[{min(i, j)}] and params[{max(i, j)}]: expected arrays of separate "
                    "memory, found that they share some; "
                    "give a shared array once, with the sum of its gradients"
                )

    def detached(g: Array) -> Array:
        low, high = byte_bounds(g)
        below = bisect_left(starts, high)
        return g.copy() if below and ends[below - 1] > low else g

    return [g if g is None or not g.size else detached(g) for g in grads]


def rates(lr: object, default: float, count: int) -> list[float]:
    """One learning rate per tensor, from `step`'s argument `lr`.

    Raises:
        InvalidInput: A rate is outside [0, oo), or their number is not that of the tensors.
    """
    if lr is None:
        return [default] * count
    if isinstance(lr, np.ndarray) and lr.ndim == 1:
        lr = lr.tolist()
    if not isinstance(lr, (list, tuple)):
        return [number("lr", lr)] * count
    if len(lr) != count:
        raise InvalidInput(
            f"lr: expected {count} rates, one per tensor, found {len(lr)}; "
            "give a single float to use it for all tensors"
        )
    return [number("lr", x, f"lr[{i}]") for i, x in enumerate(lr)]
