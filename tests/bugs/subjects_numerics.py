"""Bugs of numerics: right on paper, not a number where rounding or an exact zero comes in."""

from typing import Any

import numpy as np
from bug_record import Update


def rmsprop_negative_variance(*, fixed: bool = False) -> Update:
    """The variance E[g^2] - E[g]^2 is not kept at 0 or above."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        rho = h["rho"]
        s["r"] = rho * s.get("r", 0.0) + (1 - rho) * g * g
        s["c"] = rho * s.get("c", 0.0) + (1 - rho) * g
        variance = s["r"] - s["c"] ** 2
        if fixed:
            variance = np.maximum(variance, 0)
        return p - h["lr"] * g / (np.sqrt(variance) + h["eps"])

    return update


def rmsprop_guarded_variance(*, fixed: bool = False) -> Update:
    """Epsilon under the root stands guard, but the error of the variance grows with g^2."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        rho = h["rho"]
        s["r"] = rho * s.get("r", 0.0) + (1 - rho) * g * g
        s["c"] = rho * s.get("c", 0.0) + (1 - rho) * g
        variance = s["r"] - s["c"] ** 2
        if fixed:
            variance = np.maximum(variance, 0)
        return p - h["lr"] * g / np.sqrt(variance + h["eps"])

    return update


def adamax_zero_by_zero(*, fixed: bool = False) -> Update:
    """``m / u`` is 0/0 where every gradient so far was 0."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["t"] = s.get("t", 0) + 1
        s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
        s["u"] = np.maximum(h["beta2"] * s.get("u", 0.0), np.abs(g))
        rate = h["lr"] / (1 - h["beta1"] ** s["t"])
        return p - rate * s["m"] / (s["u"] + h["eps"] if fixed else s["u"])

    return update
