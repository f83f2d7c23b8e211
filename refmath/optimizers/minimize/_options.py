"""What the minimizers accept from outside: options, start, and what they cannot honour."""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from reprlib import repr as brief
from typing import Any, NamedTuple

import numpy as np

from refmath.errors import InvalidInput, UnknownName

from ._objective import Vector, as_array

__all__ = ["arguments", "option", "options", "refuse", "start_point"]


class _Domain(NamedTuple):
    shown: str
    contains: Callable[[object], bool]
    usual: object


def _real(low: float, high: float = math.inf, *, open_: bool = False) -> Callable[[object], bool]:
    def contains(value: object) -> bool:
        if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
            return False
        x = float(value)
        return low < x < high if open_ else low <= x < high

    return contains


def _whole(low: int) -> Callable[[object], bool]:
    def contains(value: object) -> bool:
        if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
            return False
        return int(value) >= low

    return contains


def _or_none(contains: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or contains(value)


_TOLERANCE = _real(0.0)
_DOMAINS: dict[str, _Domain] = {
    "tol": _Domain("a number in [0, oo), or None", _TOLERANCE, 1e-5),
    "gtol": _Domain("a number in [0, oo)", _TOLERANCE, 1e-5),
    "ftol": _Domain("a number in [0, oo), or None", _or_none(_TOLERANCE), 2.2e-9),
    "xrtol": _Domain("a number in [0, oo)", _TOLERANCE, 0.0),
    "maxiter": _Domain("an integer of at least 0, or None", _or_none(_whole(0)), 1000),
    "maxfun": _Domain("an integer of at least 1, or None", _or_none(_whole(1)), 15000),
    "maxls": _Domain("an integer of at least 1", _whole(1), 20),
    "memory": _Domain("an integer of at least 1", _whole(1), 10),
    "c1": _Domain("a number in (0, 1)", _real(0.0, 1.0, open_=True), 1e-4),
    "c2": _Domain("a number in (0, 1)", _real(0.0, 1.0, open_=True), 0.9),
    "scale_first": _Domain("False or True", lambda v: isinstance(v, bool), False),
    "flat_rho": _Domain("a number in (0, oo), or None", _or_none(_real(0.0, open_=True)), 1000.0),
    "form": _Domain(
        "'safeguarded', 'damped' or 'plain'",
        lambda v: v in ("safeguarded", "damped", "plain"),
        "safeguarded",
    ),
    "hess_inv0": _Domain("an array, or None", lambda _: True, None),
}


def option(name: str, value: object) -> object:
    """`value` if it lies in the domain of the option `name`.

    Raises:
        InvalidInput: It does not.
    """
    domain = _DOMAINS[name]
    if not domain.contains(value):
        raise InvalidInput(
            f"{name}={brief(value)}: expected {domain.shown}, found {brief(value)} of type "
            f"{type(value).__name__}; a usual choice is {name}={domain.usual!r}"
        )
    return value


def options(
    own: Mapping[str, Any], given: Mapping[str, Any], by_tol: Sequence[str]
) -> dict[str, Any]:
    """The options of a run: those given with it in place of the minimizer's own.

    Args:
        own: The minimizer's.
        given: The run's; `tol` stands for all of `by_tol` that are not given themselves.
        by_tol: Names of tolerances.

    Raises:
        InvalidInput: A value is outside its domain.
        UnknownName: There is no such option.
    """
    found = dict(own)
    if given.get("tol") is not None:
        found |= dict.fromkeys(by_tol, option("tol", given["tol"]))
    for name, value in given.items():
        if name == "tol":
            continue
        if name not in own:
            raise UnknownName("option", name, sorted([*own, "tol"]))
        found[name] = option(name, value)
    if "c1" in found and "c2" in found and not found["c1"] < found["c2"]:
        raise InvalidInput(
            f"c1={found['c1']!r}, c2={found['c2']!r}: expected c1 < c2, else no step may satisfy "
            "both Wolfe conditions; usual are c1=1e-4, c2=0.9"
        )
    return found


def start_point(x0: object) -> Vector:
    """The start as a new float64 vector.

    Raises:
        InvalidInput: It is no vector of finite real numbers.
    """
    array = np.atleast_1d(as_array(x0, "x0"))
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "biuf":
        raise InvalidInput(
            f"x0 has shape {array.shape} and dtype {array.dtype}: expected a vector of at least "
            "one real number; flatten it with numpy.ravel"
        )
    x: Vector = array.astype(np.float64)
    if not np.isfinite(x).all():
        i = int(np.flatnonzero(~np.isfinite(x))[0])
        raise InvalidInput(f"x0[{i}]={float(x[i])!r}: expected a finite start")
    return x


def arguments(args: object) -> tuple[Any, ...]:
    """Further arguments of the function as a tuple; one that is none stands for itself."""
    return tuple(args) if isinstance(args, tuple | list) else (args,)


def refuse(name: str, bounds: object = None, constraints: object = None, **unused: object) -> None:
    """Raise if there are bounds or constraints; warn of what is given but not used.

    Raises:
        InvalidInput: There are.
    """
    if bounds is not None:
        raise InvalidInput(
            f"bounds={brief(bounds)}: {name} is unconstrained; expected bounds=None, or use "
            "method='L-BFGS-B'"
        )
    if constraints is not None and not (isinstance(constraints, Sequence) and not constraints):
        raise InvalidInput(
            f"constraints={brief(constraints)}: {name} is unconstrained; expected none, or use "
            "method='trust-constr'"
        )
    for given in (key for key, value in unused.items() if value is not None):
        warnings.warn(f"{name} does not use {given}", RuntimeWarning, stacklevel=4)
