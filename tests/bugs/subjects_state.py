"""Bugs of state: what is kept from step to step, for which tensor, and who else can change it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from bug_record import Make, Update, corrected, moments


def _adam(p: Any, m: Any, v: Any, t: int, h: Any) -> Any:
    mhat, vhat = corrected(m, v, t, h)
    return p - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"])


def adam_global_count(*, fixed: bool = False) -> Make:
    """One step count for all tensors, although a tensor rests while its gradient is missing."""

    def make(params: Any, hyper: Any) -> Any:
        states: list[dict[str, Any]] = [{} for _ in params]
        calls = 0

        def step(grads: Any, lr: float) -> Any:
            nonlocal calls
            calls += 1
            h = {**hyper, "lr": lr}
            for i, g in enumerate(grads):
                if g is not None:
                    m, v, t = moments(g, states[i], h)
                    params[i] = _adam(params[i], m, v, t if fixed else calls, h)
            return params

        return step

    make.skips = True  # type: ignore[attr-defined]
    return make


def adam_step_frozen(*, fixed: bool = False) -> Update:
    """The step count is never advanced."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        return _adam(p, m, v, t if fixed else 1, h)

    return update


def adam_first_corrected_in_place(*, fixed: bool = False) -> Update:
    """``m.muli`` for ``m.mul``: the corrected first moment replaces the stored one."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        if not fixed:
            s["m"] = m / (1 - h["beta1"] ** t)
        return _adam(p, m, v, t, h)

    return update


def adam_corrected_in_place(*, fixed: bool = False) -> Update:
    """Both moments are divided in place, so the corrections pile up."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        if not fixed:
            s["m"], s["v"] = corrected(m, v, t, h)
        return _adam(p, m, v, t, h)

    return update


def momentum_initialized_anew(*, fixed: bool = False) -> Update:
    """The buffer is made anew in every step."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        if "v" not in s or not fixed:
            s["v"] = np.zeros_like(p)
        s["v"] = h["momentum"] * s["v"] + g
        return p - h["lr"] * s["v"]

    return update


def optimistic_alias(*, fixed: bool = False) -> Update:
    """The gradient before this one is kept by reference, in the caller's own buffer."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        last = s.get("last", np.zeros_like(g))
        new = p - h["lr"] * (2 * g - last)
        s["last"] = g.copy() if fixed else g
        return new

    return update


def adam_cast_alias(*, fixed: bool = False) -> Update:
    """The first moment is corrected in a float64 copy, which is none where it is float64."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(np.atleast_1d(g), s, h)
        mhat = np.array(m, np.float64) if fixed else np.asarray(m, np.float64)
        mhat /= 1 - h["beta1"] ** t
        vhat = v / (1 - h["beta2"] ** t)
        step = h["lr"] * mhat.astype(m.dtype) / (np.sqrt(vhat) + h["eps"])
        return p - step.reshape(p.shape)

    return update


def amsgrad_not_stored(*, fixed: bool = False) -> Update:
    """The maximum is bound to a local name and never written back."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        largest = np.maximum(s.setdefault("vmax", np.zeros_like(g)), v)
        if fixed:
            s["vmax"] = largest
        return _adam(p, m, largest, t, h)

    return update


def adam_rebound_at_zero(*, fixed: bool = False) -> Update:
    """With beta1 = 0 the local name is bound to the gradient; the stored moment stays old."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        old = s.get("m", np.zeros_like(g))
        m, v, t = moments(g, s, h)
        if h["beta1"] == 0 and not fixed:
            s["m"] = old
        return _adam(p, m, v, t, h)

    return update


def momentum_always_first(*, fixed: bool = False) -> Update:
    """The flag of the first step is never cleared, so no gradient is damped."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        first = "v" not in s or not fixed
        fresh = g if first else (1 - h["dampening"]) * g
        s["v"] = h["momentum"] * s.get("v", 0.0) + fresh
        return p - h["lr"] * s["v"]

    return update


def adadelta_evaluated_late(*, fixed: bool = False) -> Update:
    """A lazy expression is evaluated again after the average of directions was overwritten."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        rho = h["rho"]
        s["r"] = rho * s.get("r", 0.0) + (1 - rho) * g * g

        def direction() -> Any:
            return np.sqrt(s.get("x", 0.0) + h["eps"]) / np.sqrt(s["r"] + h["eps"]) * g

        d = direction()
        s["x"] = rho * s.get("x", 0.0) + (1 - rho) * d * d
        return p - h["lr"] * (d if fixed else direction())

    return update


def adagrad_neighbour(*, fixed: bool = False) -> Make:
    """A tensor is divided by the sum of the first tensor of its shape."""

    def make(params: Any, hyper: Any) -> Any:
        sums = [np.zeros_like(p) for p in params]
        shapes = [p.shape for p in params]

        def step(grads: Any, lr: float) -> Any:
            for i, g in enumerate(grads):
                sums[i] = sums[i] + g * g
                used = sums[i] if fixed else sums[shapes.index(shapes[i])]
                params[i] = params[i] - lr * g / (np.sqrt(used) + hyper["eps"])
            return params

        return step

    return make


def adagrad_clears_callers(*, fixed: bool = False) -> Make:
    """After tensor i was updated, entry i of its gradient is cleared in the caller's array."""

    def make(params: Any, hyper: Any) -> Any:
        sums = [np.zeros_like(p) for p in params]

        def step(grads: Any, lr: float) -> Any:
            for i, g in enumerate(grads):
                sums[i] = sums[i] + g * g
                params[i] = params[i] - lr * g / (np.sqrt(sums[i]) + hyper["eps"])
                if not fixed:
                    g.flat[i % g.size] = 0.0
            return params

        return step

    return make


def adagrad_leaks(*, fixed: bool = False) -> Make:
    """Gradients are summed in a buffer of its own, of which the wrong entry is cleared."""

    def make(params: Any, hyper: Any) -> Any:
        sums, buffers = ([np.zeros_like(p) for p in params] for _ in range(2))

        def step(grads: Any, lr: float) -> Any:
            for i, given in enumerate(grads):
                g = buffers[i]
                g += given
                sums[i] += g * g
                params[i] = params[i] - lr * g / (np.sqrt(sums[i]) + hyper["eps"])
                for j in range(g.size):
                    g.flat[j if fixed else i % g.size] = 0.0
            return params

        return step

    return make


def adagrad_first_count(*, fixed: bool = False) -> Make:
    """The decayed rate is that of the first tensor's step count, for all tensors."""

    def make(params: Any, hyper: Any) -> Any:
        sums, counts = [np.zeros_like(p) for p in params], [0] * len(params)

        def step(grads: Any, lr: float) -> Any:
            for i, g in enumerate(grads):
                if g is not None:
                    counts[i] += 1
                    t = counts[i] if fixed else counts[0]
                    sums[i] += g * g
                    rate = lr / (1 + (t - 1) * hyper["lr_decay"])
                    params[i] = params[i] - rate * g / (np.sqrt(sums[i]) + hyper["eps"])
            return params

        return step

    make.skips = True  # type: ignore[attr-defined]
    return make


def momentum_lazy(*, fixed: bool = False) -> Update:
    """Rows without gradient are left out: the velocity is not decayed, the parameter rests."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        old = s.get("v", np.zeros_like(p))
        v = h["momentum"] * old + g
        moves = np.full(p.shape, True) if fixed else np.not_equal(g, 0)
        s["v"] = np.where(moves, v, old)
        return np.where(moves, p - h["lr"] * v, p)

    return update


def adam_first_rows(*, fixed: bool = False) -> Update:
    """A flat kernel runs over ``shape[0]`` elements, not over all."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        size = p.size if fixed or not p.ndim else p.shape[0]
        new = _adam(p, *moments(g, s, h), h)
        chosen = np.arange(p.size).reshape(p.shape) < size
        return np.where(chosen, new, p)

    return update


def momentum_wrong_for_several(*, fixed: bool = False) -> Make:
    """The path for several tensors averages the gradient; the path for one adds it."""
    return _two_paths(lambda count: count > 1 and not fixed)


def momentum_wrong_for_one(*, fixed: bool = False) -> Make:
    """The path for one tensor averages the gradient; the path for several adds it."""
    return _two_paths(lambda count: count == 1 and not fixed)


def _two_paths(averages: Callable[[int], bool]) -> Make:
    def make(params: Any, hyper: Any) -> Any:
        velocity, mu = [np.zeros_like(p) for p in params], hyper["momentum"]

        def step(grads: Any, lr: float) -> Any:
            weight = 1 - mu if averages(len(params)) else 1.0
            for i, g in enumerate(grads):
                velocity[i] = mu * velocity[i] + weight * g
                params[i] = params[i] - lr * velocity[i]
            return params

        return step

    return make


def momentum_two_roundings() -> Make:
    """One path averages by ``mu*v + (1 - mu)*g``, the other by ``v + (1 - mu)*(g - v)``."""

    def make(params: Any, hyper: Any) -> Any:
        velocity, mu = [np.zeros_like(p) for p in params], hyper["momentum"]

        def step(grads: Any, lr: float) -> Any:
            for i, g in enumerate(grads):
                v = velocity[i]
                velocity[i] = v + (1 - mu) * (g - v) if i % 2 else mu * v + (1 - mu) * g
                params[i] = params[i] - lr * velocity[i]
            return params

        return step

    return make


def adagrad_rate_shared(*, fixed: bool = False) -> Make:
    """The decayed rate is computed in place in an array that is the base rate's own."""

    def make(params: Any, hyper: Any) -> Any:
        base, sums, calls = np.array(hyper["lr"]), [np.zeros_like(p) for p in params], 0

        def step(grads: Any, lr: float) -> Any:
            nonlocal calls
            rate = base.copy() if fixed else base
            rate /= 1 + calls * hyper["lr_decay"]
            calls += 1
            for i, g in enumerate(grads):
                sums[i] += g * g
                params[i] = params[i] - float(rate) * g / (np.sqrt(sums[i]) + hyper["eps"])
            return params

        return step

    return make
