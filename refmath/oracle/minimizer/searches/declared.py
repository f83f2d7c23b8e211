"""The defaults of the line searches, and what they refuse and accept."""

import math
from typing import Any

import numpy as np

__all__ = ["ACCEPTED", "DEFAULTS", "REFUSED"]

DEFAULTS: dict[str, dict[str, Any]] = {
    "armijo": {"step": 1.0, "c1": 1e-4, "shrink": 0.5, "max_evaluations": 60},
    "exact": {},
    "weak_wolfe": {"step": 1.0, "c1": 1e-4, "c2": 0.9, "max_evaluations": 60},
    "strong_wolfe": {
        "step": 1.0, "c1": 1e-4, "c2": 0.9, "max_step": math.inf, "max_doublings": 10,
        "max_sections": 40,
    },
    "more_thuente": {
        "step": 1.0, "c1": 1e-3, "c2": 0.9, "xtol": 0.1, "min_step": 0.0, "max_step": 1e10,
        "max_evaluations": 20,
    },
}  # fmt: skip
"""Of dcsrch in L-BFGS-B, and of Nocedal and Wright 2006, section 3.1 and 3.5."""


def _phi(t: float) -> float:
    return t * t - t


def _dphi(t: float) -> float:
    return 2 * t - 1


def _jump(t: float) -> float:
    return 1.0 if t else 0.0


def _bad() -> list[dict[str, Any]]:
    """What every search along a function refuses."""
    return [
        *({"value0": x} for x in (math.inf, -math.inf, math.nan)),
        *({"slope0": x} for x in (0.0, 1.0, math.nan, -math.inf, math.inf)),
        *({"step": x} for x in (0.0, -1.0, math.inf, math.nan)),
        *({"c1": x} for x in (0.0, -0.5, 1.0, 1.5, math.nan)),
    ]


_BUDGET: list[dict[str, Any]] = [{"max_evaluations": 0}, {"max_evaluations": -1}]
_C2: list[dict[str, Any]] = [
    {"c2": x} for x in (1.0, 1.5, math.nan, 1e-5, 1e-4)
] + [{"c1": 0.5, "c2": 0.5}, {"c1": 0.5, "c2": 0.4}, {"c1": -0.5, "c2": -0.4}]  # fmt: skip
_G = np.array([1.0, -2.0])


def _along(own: list[dict[str, Any]], **more: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"phi": _phi, "value0": 0.0, "slope0": -1.0, **more, **o} for o in own)


def _quadratic(own: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    base = {"value0": 3.0, "gradient": _G, "direction": -_G, "hessian_product": lambda v: v}
    return tuple({**base, **o} for o in own)


REFUSED: dict[str, tuple[dict[str, Any], ...]] = {
    "armijo": _along([
        *_bad(), *_BUDGET, *({"shrink": x} for x in (0.0, -0.5, 1.0, 1.5, math.nan)),
    ]),
    "exact": _quadratic([
        {"direction": _G}, {"direction": 0 * _G}, {"value0": math.inf}, {"value0": math.nan},
        {"gradient": _G * math.nan},
    ]),
    "weak_wolfe": _along([*_bad(), *_BUDGET, *_C2], dphi=_dphi),
    "strong_wolfe": _along([
        *_bad(), *_C2, {"max_step": 0.0}, {"max_step": -1.0}, {"max_step": math.nan},
        {"max_doublings": -1}, {"max_sections": 0},
    ], dphi=_dphi),
    "more_thuente": _along([
        *_bad(), *_BUDGET, *_C2, {"c2": 1e-3}, {"min_step": 2.0}, {"max_step": 0.5},
        {"min_step": -1.0}, {"xtol": -0.1}, {"xtol": math.nan}, {"min_step": math.nan},
        {"max_step": math.nan},
    ], dphi=_dphi),
}  # fmt: skip
"""What is outside the domain of a search."""

ACCEPTED: dict[str, tuple[dict[str, Any], ...]] = {
    "armijo": _along([
        {}, {"c1": 0.999}, {"shrink": 0.999}, {"shrink": 1e-3}, {"max_evaluations": 1},
        {"c1": 1e-300}, {"step": 1e300}, {"step": 5e-324},
    ]),
    "exact": _quadratic([{}, {"value0": -1e300}, {"direction": np.array([-1.0, -0.25])}]),
    "weak_wolfe": _along([
        {}, {"c1": 0.25, "c2": 0.26}, {"max_evaluations": 1}, {"c2": 0.999}, {"c1": 1e-300},
    ], dphi=_dphi),
    "strong_wolfe": _along([
        {}, {"c1": 0.25, "c2": 0.26}, {"max_step": 0.1}, {"max_doublings": 0},
        {"max_sections": 1}, {"c2": 0.999}, {"c1": 1e-300},
        {"phi": _jump, "value0": np.float64(0), "slope0": np.float64(-1), "step": 1e-200},
    ], dphi=_dphi),
    "more_thuente": _along([
        {}, {"c1": 0.25, "c2": 0.26}, {"xtol": 0.0}, {"min_step": 1.0}, {"max_step": 1.0},
        {"min_step": 1.0, "max_step": 1.0}, {"max_evaluations": 1}, {"c2": 0.999}, {"c1": 1e-300},
    ], dphi=_dphi),
}  # fmt: skip
"""What is at its edge, inside; no search warns of it."""
