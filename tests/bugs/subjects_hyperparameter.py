"""Bugs of hyperparameters: one that is ignored, passed in another's place, or shared."""

from typing import Any

import numpy as np
from bug_record import Make, Update, moments


def momentum_unclipped(*, fixed: bool = False) -> Update:
    """Gradients are clipped in the branch with momentum only."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        if h["momentum"] == 0 and not fixed:
            return p - h["lr"] * g
        s["v"] = h["momentum"] * s.get("v", 0.0) + np.clip(g, -1.0, 1.0)
        return p - h["lr"] * s["v"]

    return update


def adam_cached_rate(*, fixed: bool = False) -> Make:
    """The step size, learning rate included, is cached by step and reused for every group."""

    def make(params: Any, hyper: Any) -> Any:
        states: list[dict[str, Any]] = [{} for _ in params]
        cache: dict[int, float] = {}

        def step(grads: Any, lr: Any) -> Any:
            rates = lr if isinstance(lr, list) else [lr] * len(params)
            for i, (g, rate) in enumerate(zip(grads, rates, strict=True)):
                m, v, t = moments(g, states[i], hyper)
                if t not in cache:
                    cache[t] = (1.0 if fixed else rate) / (1 - hyper["beta1"] ** t)
                size = cache[t] * (rate if fixed else 1.0)
                vhat = v / (1 - hyper["beta2"] ** t)
                params[i] = params[i] - size * m / (np.sqrt(vhat) + hyper["eps"])
            return params

        return step

    make.groups = True  # type: ignore[attr-defined]
    return make


def adagrad_decay_ignored(*, fixed: bool = False) -> Update:
    """The decayed learning rate is computed and not used."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["t"] = s.get("t", -1) + 1
        decayed = h["lr"] / (1 + h["lr_decay"] * s["t"])
        s["r"] = s.get("r", 0.0) + g * g
        return p - (decayed if fixed else h["lr"]) * g / (np.sqrt(s["r"]) + h["eps"])

    return update


def rmsprop_constant_epsilon(*, fixed: bool = False) -> Update:
    """Epsilon is a constant, whatever the user gives."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["r"] = h["rho"] * s.get("r", 0.0) + (1 - h["rho"]) * g * g
        return p - h["lr"] * g / (np.sqrt(s["r"]) + (h["eps"] if fixed else 1e-8))

    return update


def sgd_positional_decay(*, fixed: bool = False) -> Make:
    """Weight decay is passed by position, where the base class takes the momentum."""

    def sgd(params: Any, momentum: float = 0.0, weight_decay: float = 0.0) -> Any:
        velocity = [np.zeros_like(p) for p in params]

        def step(grads: Any, lr: float) -> Any:
            for i, g in enumerate(grads):
                velocity[i] = momentum * velocity[i] + g + weight_decay * params[i]
                params[i] = params[i] - lr * velocity[i]
            return params

        return step

    def make(params: Any, hyper: Any) -> Any:
        momentum, weight_decay = hyper["momentum"], hyper["weight_decay"]
        if fixed:
            return sgd(params, momentum=momentum, weight_decay=weight_decay)
        return sgd(params, weight_decay)

    return make


def adagrad_decay_beside(*, fixed: bool = False) -> Update:
    """Weight decay is added to the direction and never reaches the sum of squares."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        decay = h["weight_decay"] * p
        used = g + decay if fixed else g
        s["r"] = s.get("r", 0.0) + used * used
        direction = used / (np.sqrt(s["r"]) + h["eps"])
        return p - h["lr"] * (direction if fixed else direction + decay)

    return update
