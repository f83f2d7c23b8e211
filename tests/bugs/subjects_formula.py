"""Bugs of formula: a wrong term, factor, power or place of epsilon; each wrong and right."""

from typing import Any

import numpy as np
from bug_record import Make, Update, corrected, moments


def nesterov_old_velocity(*, fixed: bool = False) -> Update:
    """The velocity is decayed first, and then its decayed value enters with the wrong sign."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        g = g + h["weight_decay"] * p
        v, mu, lr = s.get("v", 0.0), h["momentum"], h["lr"]
        s["v"] = mu * v - lr * g
        old = mu * (mu * v)
        return p + (old if fixed else -old) - (1 + mu) * lr * g

    return update


def nadam_decay_precedence(*, fixed: bool = False) -> Update:
    """``grad *= rescale + wd * weight``, where ``grad * rescale + wd * weight`` was meant."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        g = g + h["weight_decay"] * p if fixed else g * (1.0 + h["weight_decay"] * p)
        m, v, t = moments(g, s, h)
        now, then = (
            h["beta1"] * (1 - 0.5 * 0.96 ** (k * h["momentum_decay"])) for k in (t, t + 1)
        )
        s["p"] = s.get("p", 1.0) * now
        ahead = (1 - now) * g / (1 - s["p"]) + then * m / (1 - s["p"] * then)
        return p - h["lr"] * ahead / (np.sqrt(v / (1 - h["beta2"] ** t)) + h["eps"])

    return update


def nesterov_velocity_polluted(*, fixed: bool = False) -> Update:
    """The look-ahead value is stored as the velocity."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        v = h["momentum"] * s.get("v", np.zeros_like(p)) - h["lr"] * g
        ahead = h["momentum"] * v - h["lr"] * g
        s["v"] = v if fixed else ahead
        return p + ahead

    return update


def sgdw_constant(*, fixed: bool = False) -> Update:
    """Decoupled decay subtracts lr*wd: the parameter is missing."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["v"] = h["momentum"] * s.get("v", 0.0) + g
        decayed = h["lr"] * h["weight_decay"] * (p if fixed else 1.0)
        return p - decayed - h["lr"] * s["v"]

    return update


def adamw_decay_last(*, fixed: bool = False) -> Update:
    """Decay sees the parameter that the step has already moved."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        mhat, vhat = corrected(m, v, t, h)
        new = p - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"])
        return new - h["lr"] * h["weight_decay"] * (p if fixed else new)

    return update


def decay_without_rate(*, fixed: bool = False) -> Update:
    """Decoupled decay ``wd * w`` where users expected ``lr * wd * w``."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        return p - h["lr"] * g - h["weight_decay"] * (h["lr"] if fixed else 1.0) * p

    return update


def adamw_is_adam(*, fixed: bool = False) -> Update:
    """What is called AdamW adds the decay to the gradient."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g if fixed else g + h["weight_decay"] * p, s, h)
        mhat, vhat = corrected(m, v, t, h)
        kept = p - h["lr"] * h["weight_decay"] * p if fixed else p
        return kept - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"])

    return update


def adadelta_parenthesis(*, fixed: bool = False) -> Update:
    """Chained in-place operations square the gradient into the whole sum."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        r, x, rho = s.get("r", 0.0), s.get("x", 0.0), h["rho"]
        s["r"] = rho * r + (1 - rho) * g * g if fixed else (rho * r + (1 - rho)) * g * g
        d = np.sqrt(x + h["eps"]) / np.sqrt(s["r"] + h["eps"]) * g
        s["x"] = rho * x + (1 - rho) * d * d
        return p - h["lr"] * d

    return update


def adadelta_scaled_average(*, fixed: bool = False) -> Update:
    """The average of steps contains the learning rate."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        x, rho = s.get("x", 0.0), h["rho"]
        s["r"] = rho * s.get("r", 0.0) + (1 - rho) * g * g
        d = np.sqrt(x + h["eps"]) / np.sqrt(s["r"] + h["eps"]) * g
        kept = d if fixed else h["lr"] * d
        s["x"] = rho * x + (1 - rho) * kept * kept
        return p - h["lr"] * d

    return update


def climin_old_step(*, fixed: bool = False) -> Update:
    """The old step, which contains the step rate, is multiplied by it once more."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        x, rho = s.get("x", 0.0), h["rho"]
        old = s.get("b", 0.0) * h["momentum"] * (1.0 if fixed else h["lr"])
        s["r"] = rho * s.get("r", 0.0) + (1 - rho) * g * g
        s["b"] = old + h["lr"] * np.sqrt(x + h["eps"]) / np.sqrt(s["r"] + h["eps"]) * g
        s["x"] = rho * x + (1 - rho) * s["b"] ** 2
        return p - s["b"]

    return update


def adam_multiplied(*, fixed: bool = False) -> Update:
    """The moments are multiplied by what they should be divided by."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        c1, c2 = 1 - h["beta1"] ** t, 1 - h["beta2"] ** t
        mhat, vhat = (m / c1, v / c2) if fixed else (m * c1, v * c2)
        return p - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"])

    return update


def adam_starts_at_gradient(*, fixed: bool = False) -> Update:
    """The moments start at g and g**2, while the corrections assume that they start at 0."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        if t == 1 and not fixed:
            m, v = s["m"], s["v"] = g * 1.0, g * g
        rate = h["lr"] * np.sqrt(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
        return p - rate * m / (np.sqrt(v) + h["eps"])

    return update


def adam_uncorrected(*, fixed: bool = False) -> Update:
    """No bias correction."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        if fixed:
            m, v = corrected(m, v, t, h)
        return p - h["lr"] * m / (np.sqrt(v) + h["eps"])

    return update


def adam_without_power(*, fixed: bool = False) -> Update:
    """The corrections are 1 - beta at every step."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g, s, h)
        mhat, vhat = corrected(m, v, t if fixed else 1, h)
        return p - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"])

    return update


def rmsprop_inside(*, fixed: bool = False) -> Update:
    """Epsilon stands inside the root, where it was meant beside it."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["r"] = h["rho"] * s.get("r", 0.0) + (1 - h["rho"]) * g * g
        below = np.sqrt(s["r"]) + h["eps"] if fixed else np.sqrt(s["r"] + h["eps"])
        return p - h["lr"] * g / below

    return update


def adagrad_inside(*, fixed: bool = False) -> Update:
    """The documentation writes epsilon inside the root, the code beside it."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["r"] = s.get("r", 0.0) + g * g
        below = np.sqrt(s["r"]) + h["eps"] if fixed else np.sqrt(s["r"] + h["eps"])
        return p - h["lr"] * g / below

    return update


def adamax_first(*, fixed: bool = False, eps: bool = True) -> Update:
    """The correction lacks the power t; and there is no epsilon."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["t"] = s.get("t", 0) + 1
        s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
        s["u"] = np.maximum(h["beta2"] * s.get("u", 0.0), np.abs(g))
        rate = h["lr"] / (1 - h["beta1"] ** (s["t"] if fixed else 1))
        return p - rate * s["m"] / (s["u"] + h["eps"] if fixed and eps else s["u"])

    return update


def adamax_without_epsilon(*, fixed: bool = False) -> Update:
    """The same, held against the paper's form, which has no epsilon either."""
    return adamax_first(fixed=fixed, eps=False)


def adamax_maximum(*, fixed: bool = False) -> Update:
    """Epsilon is added to |g| before the maximum is taken, not to u when dividing."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        s["t"] = s.get("t", 0) + 1
        s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
        size = np.abs(g) if fixed else np.abs(g) + h["eps"]
        s["u"] = np.maximum(h["beta2"] * s.get("u", np.zeros_like(g)), size)
        below = s["u"] + h["eps"] if fixed else s["u"]
        return p - h["lr"] / (1 - h["beta1"] ** s["t"]) * s["m"] / below

    return update


def paid_out_momentum(*, fixed: bool = False) -> Update:
    """Coordinates without gradient rest, and are paid the momentum of k steps when they are read.

    What is owed is v times the sum of momentum**i over i = 1 to k; wrong is i = 0 to k - 1.
    """

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        mu, rests = h["momentum"], np.equal(g, 0)
        at, v, k = s.get("at", p), s.get("v", np.zeros_like(p)), s.get("k", np.zeros(p.shape, int))
        k = k + rests
        shift = 0 if fixed else 1
        owed = sum(np.where(k >= i, v * mu ** (i - shift), 0.0) for i in range(1, k.max() + 1))
        fresh = v * mu ** (k + 1) - h["lr"] * g
        s["at"] = np.where(rests, at, at + owed + fresh)
        s["v"], s["k"] = np.where(rests, v, fresh), np.where(rests, k, 0)
        return np.where(rests, at + owed, s["at"])

    return update


def momentum_rate_inside(*, fixed: bool = False) -> Update:
    """The learning rate is averaged along with the gradient."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        fresh = g if fixed else h["lr"] * g
        s["v"] = h["momentum"] * s.get("v", 0.0) + (1 - h["momentum"]) * fresh
        return p - (h["lr"] * s["v"] if fixed else s["v"])

    return update


def momentum_averaged(*, fixed: bool = False) -> Update:
    """The gradient enters the velocity with the factor 1 - momentum."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        fresh = g if fixed else (1 - h["momentum"]) * g
        s["v"] = h["momentum"] * s.get("v", 0.0) + fresh
        return p - h["lr"] * s["v"]

    return update


def adam_decays_first(*, fixed: bool = False) -> Update:
    """Before all else the data lose the share wd, whatever the learning rate."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, t = moments(g + h["weight_decay"] * p if fixed else g, s, h)
        kept = p if fixed else p - h["weight_decay"] * p
        mhat, vhat = corrected(m, v, t, h)
        return kept - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"])

    return update


def adamw_with_rate() -> Update:
    """Decoupled decay with the learning rate, as PyTorch writes it."""
    return adamw_decay_last(fixed=True)


def adamw_without_rate() -> Update:
    """The paper's decay at schedule multiplier 1: the share lambda, whatever the learning rate."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        mhat, vhat = corrected(*moments(g, s, h), h)
        return p - (h["lr"] * (mhat / (np.sqrt(vhat) + h["eps"])) + h["weight_decay"] * p)

    return update


def adam_folded() -> Update:
    """Both corrections are folded into the step size."""
    return adam_starts_at_gradient(fixed=True)


def amsgrad_uncorrected() -> Update:
    """The original paper's form, which corrects nothing."""

    def update(p: Any, g: Any, s: Any, h: Any) -> Any:
        m, v, _ = moments(g, s, h)
        s["vmax"] = np.maximum(s.get("vmax", 0.0), v)
        return p - h["lr"] * m / (np.sqrt(s["vmax"]) + h["eps"])

    return update


def nesterov_shifted() -> Make:
    """``p -= lr * (g + mu * v)``: Nesterov's method for the look-ahead point itself."""

    def make(params: Any, hyper: Any) -> Any:
        velocity = [np.zeros_like(p) for p in params]

        def step(gradient: Any, lr: float) -> Any:
            for i, g in enumerate(gradient(params)):
                velocity[i] = hyper["momentum"] * velocity[i] + g
                params[i] = params[i] - lr * (g + hyper["momentum"] * velocity[i])
            return params

        return step

    make.takes_gradient_function = True  # type: ignore[attr-defined]
    return make


def nesterov_look_ahead() -> Make:
    """The original: the gradient is taken at ``w + mu * v``."""

    def make(params: Any, hyper: Any) -> Any:
        velocity, mu = [np.zeros_like(p) for p in params], hyper["momentum"]

        def step(gradient: Any, lr: float) -> Any:
            ahead = gradient([p + mu * v for p, v in zip(params, velocity, strict=True)])
            for i, g in enumerate(ahead):
                velocity[i] = mu * velocity[i] - lr * g
                params[i] = params[i] + velocity[i]
            return params

        return step

    make.takes_gradient_function = True  # type: ignore[attr-defined]
    return make
