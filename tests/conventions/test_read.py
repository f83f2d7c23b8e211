"""Conventions that were only read: each equals a transcription of the framework's source.

A transcription is written in the source's own order and groupings, apart from our declarations:
``f(t, g, x, lr, s)`` takes one tensor at step t (from 1) with its state, and returns what is
subtracted from x, and the new state.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from convention_cases import HYPER, deviation, hyper_of, inputs, reference, run

from refmath import conventions, rules

BOUND = 1e-11
A, D, RHO = HYPER["momentum"], HYPER["dampening"], HYPER["rho"]
B1, B2, E = HYPER["beta1"], HYPER["beta2"], HYPER["eps"]
WD, R0, DECAY = HYPER["weight_decay"], HYPER["initial_accumulator"], HYPER["lr_decay"]
sqrt = np.sqrt
Step = Callable[..., tuple[Any, Any]]


def _two(start: float = 0.0) -> Callable[[Any], Any]:
    return lambda x: (np.full_like(x, start), np.full_like(x, start))


def _one(start: float = 0.0) -> Callable[[Any], Any]:
    return lambda x: np.full_like(x, start)


def _moments(g: Any, m: Any, v: Any) -> tuple[Any, Any]:
    return B1 * m + (1 - B1) * g, B2 * v + (1 - B2) * g * g


def _flux_nesterov(t: int, g: Any, x: Any, lr: float, v: Any) -> Any:
    return -(A**2) * v + (1 + A) * lr * g, A * v - lr * g


def _flux_rmsprop(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    quad, lin = RHO * s[0] + (1 - RHO) * g * g, RHO * s[1] + (1 - RHO) * g
    return g * lr / (sqrt(quad - lin * lin) + E), (quad, lin)


def _flux_adagrad(t: int, g: Any, x: Any, lr: float, acc: Any) -> Any:
    acc = acc + g * g
    return g * lr / (sqrt(acc) + E), acc


def _flux_amsgrad(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s[:2])
    top = np.maximum(s[2], v)
    return lr * m / (sqrt(top) + E), (m, v, top)


def _flux_nadam(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s)
    p1, p2 = B1**t, B2**t
    ahead = B1 * m / (1 - B1 * p1) + (1 - B1) * g / (1 - p1)
    return ahead / (sqrt(v * B2 / (1 - p2)) + E) * lr, (m, v)


def _flux_adamw(couple: bool) -> Step:
    def step(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
        m, v = _moments(g, *s)
        d = m / (1 - B1**t) / (sqrt(v / (1 - B2**t)) + E)
        return (lr * (d + WD * x) if couple else lr * d + WD * x), (m, v)

    return step


def _burn_momentum(t: int, g: Any, x: Any, lr: float, v: Any) -> Any:
    v = g if t == 1 else g * (1 - D) + v * A
    return v * lr, v


def _burn_rmsprop(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    q, buf = s[0] * RHO + g * g * (1 - RHO), s[1]
    u = g / (sqrt(q) + E)
    buf = u if t == 1 else buf * A + u
    return buf * lr, (q, buf)


def _burn_adagrad(t: int, g: Any, x: Any, lr: float, r: Any) -> Any:
    r = r + g * g
    return g / (sqrt(r) + E) * (lr / (1 + (t - 1) * DECAY)), r


def _dl4j_nesterovs(t: int, g: Any, x: Any, lr: float, v: Any) -> Any:
    new = A * v - lr * g
    return A * v - (1 + A) * new, new


def _dl4j_rmsprop(t: int, g: Any, x: Any, lr: float, r: Any) -> Any:
    r = r * RHO + g * g * (1 - RHO)
    return g * lr / (sqrt(r) + E), r


def _dl4j_adam(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s)
    rate = lr * np.sqrt(1 - B2**t) / (1 - B1**t)
    return m * rate / (sqrt(v) + E), (m, v)


def _dl4j_amsgrad(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s[:2])
    top = np.maximum(v, s[2])
    return m * (lr * np.sqrt(1 - B2**t) / (1 - B1**t)) / (sqrt(top) + E), (m, v, top)


def _dl4j_adamax(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, u = B1 * s[0] + (1 - B1) * g, np.maximum(B2 * s[1], abs(g)) + 1e-32
    return lr / (1 - B1**t) * m / u, (m, u)


def _dl4j_nadam(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s)
    return lr * ((m * B1 + (1 - B1) * g) / (1 - B1**t)) / (sqrt(v) + E), (m, v)


def _mlx_momentum(t: int, g: Any, x: Any, lr: float, v: Any) -> Any:
    v = A * v + (1 - D) * g
    return lr * v, v


def _mlx_adam(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s)
    return lr * m / (sqrt(v) + E), (m, v)


def _mlx_adamax(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, u = B1 * s[0] + (1 - B1) * g, np.maximum(B2 * s[1], abs(g))
    return lr * m / (u + E), (m, u)


def _tinygrad_classic_nesterov(t: int, g: Any, x: Any, lr: float, b: Any) -> Any:
    g = g * lr
    b = A * b + g
    return g + A * b, b


def _tinygrad_adamw(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = _moments(g, *s)
    up = (m / (1.0 - B1**t)) / (sqrt(v / (1.0 - B2**t)) + E) + WD * x
    return lr * up, (m, v)


def _onnx_adam(first: int, post: bool) -> Step:
    def step(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
        m, v = _moments(g, *s)
        n = t - 1 + first
        rate = lr * np.sqrt(1 - B2**n) / (1 - B1**n) if n > 0 else lr
        new = x - rate * m / (sqrt(v) + E)
        return x - (1 - WD) * new if post else x - new, (m, v)

    return step


def _onnx_adagrad(t: int, g: Any, x: Any, lr: float, h: Any) -> Any:
    h = h + g * g
    return lr / (1 + (t - 1) * DECAY) * g / (sqrt(h) + E), h


def _onnx_momentum(t: int, g: Any, x: Any, lr: float, v: Any) -> Any:
    g = WD * x + g
    v = A * v + (1.0 if t == 1 else 1 - D) * g
    return lr * v, v


def _tf_rmsprop(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    r = s[0] + (g * g - s[0]) * (1 - RHO)
    mom = s[1] * A + g * lr / sqrt(r + E)
    return mom, (r, mom)


def _tf_adam_nesterov(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    m, v = s[0] + (g - s[0]) * (1 - B1), s[1] + (g * g - s[1]) * (1 - B2)
    alpha = lr * np.sqrt(1 - B2**t) / (1 - B1**t)
    return (g * (1 - B1) + B1 * m) * alpha / (sqrt(v) + E), (m, v)


def _legacy_rmsprop(momentum: bool) -> Step:
    def step(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
        r = RHO * s[0] + (1 - RHO) * g * g
        if not momentum:
            return lr * g / (sqrt(r) + E), (r, s[1])
        mom = A * s[1] + lr * g / sqrt(r + E)
        return mom, (r, mom)

    return step


def _legacy_nadam(t: int, g: Any, x: Any, lr: float, s: Any) -> Any:
    psi = HYPER["momentum_decay"]
    now, then = (B1 * (1 - 0.5 * 0.96 ** (psi * k)) for k in (t, t + 1))
    product = s[2] * now
    m, v = _moments(g, *s[:2])
    bar = (1 - now) * (g / (1 - product)) + then * (m / (1 - product * then))
    return lr * bar / (sqrt(v / (1 - B2**t)) + E), (m, v, product)


def _three(start: float) -> Callable[[Any], Any]:
    return lambda x: tuple(np.full_like(x, start) for _ in range(3))


CASES: list[tuple[str, str, dict[str, str], Step, Callable[[Any], Any]]] = [
    ("flux", "Nesterov", {}, _flux_nesterov, _one()),
    ("flux", "RMSProp", {"centred": "yes"}, _flux_rmsprop, _two()),
    ("flux", "AdaGrad", {}, _flux_adagrad, _one(E)),
    ("flux", "AMSGrad", {}, _flux_amsgrad, _three(E)),
    ("flux", "NAdam", {}, _flux_nadam, _two()),
    ("flux", "AdamW", {}, _flux_adamw(True), _two()),
    ("flux", "AdamW", {"couple": "no"}, _flux_adamw(False), _two()),
    ("burn", "Sgd", {"momentum": "yes"}, _burn_momentum, _one()),
    ("burn", "RmsProp", {}, _burn_rmsprop, _two()),
    ("burn", "AdaGrad", {"lr_decay": "yes"}, _burn_adagrad, _one()),
    ("dl4j", "Nesterovs", {}, _dl4j_nesterovs, _one()),
    ("dl4j", "RmsProp", {}, _dl4j_rmsprop, _one(E)),
    ("dl4j", "AdaGrad", {}, _flux_adagrad, _one(1e-6)),
    ("dl4j", "Adam", {}, _dl4j_adam, _two()),
    ("dl4j", "AMSGrad", {}, _dl4j_amsgrad, _three(0.0)),
    ("dl4j", "AdaMax", {}, _dl4j_adamax, _two()),
    ("dl4j", "Nadam", {}, _dl4j_nadam, _two()),
    ("mlx", "SGD", {"momentum": "dampened"}, _mlx_momentum, _one()),
    ("mlx", "Adam", {}, _mlx_adam, _two()),
    ("mlx", "Adamax", {}, _mlx_adamax, _two()),
    ("tinygrad", "SGD", {"momentum": "classic_nesterov"}, _tinygrad_classic_nesterov, _one()),
    ("tinygrad", "AdamW", {}, _tinygrad_adamw, _two()),
    ("onnx", "Adam", {}, _onnx_adam(0, False), _two()),
    ("onnx", "Adam", {"counter": "from_one", "weight_decay": "post"}, _onnx_adam(1, True), _two()),
    ("onnx", "Adagrad", {"lr_decay": "from_zero"}, _onnx_adagrad, _one(R0)),
    ("onnx", "Momentum", {}, _onnx_momentum, _one()),
    ("tensorflow", "RMSPropOptimizer", {}, _tf_rmsprop, lambda x: (x * 0 + 1, x * 0)),
    ("tensorflow", "ApplyAdam", {"use_nesterov": "yes"}, _tf_adam_nesterov, _two()),
    ("tf_keras.legacy", "RMSprop", {}, _legacy_rmsprop(False), _two()),
    ("tf_keras.legacy", "RMSprop", {"momentum": "yes"}, _legacy_rmsprop(True), _two()),
    ("tf_keras.legacy", "Nadam", {}, _legacy_nadam, lambda x: (x * 0, x * 0, 1.0)),
]


@pytest.mark.parametrize(
    ("framework", "optimizer", "place", "step", "start"), CASES,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_transcription_equals_its_convention(
    framework: str, optimizer: str, place: dict[str, str], step: Step, start: Callable[[Any], Any]
) -> None:
    """What the framework's source computes is the convention's form, and not the canonical one."""
    convention = conventions.find(framework, optimizer=optimizer)[0]
    form = convention.form(place)
    params = inputs()[0]
    states = [start(p) for p in params]
    clock = iter(range(1, 100))

    def stepped(grads: list[np.ndarray], lr: float) -> list[np.ndarray]:
        t = next(clock)
        for i, g in enumerate(grads):
            with np.errstate(invalid="ignore"):
                moved, states[i] = step(t, g, params[i], lr, states[i])
            params[i] = params[i] - moved
        return list(params)

    found = run(stepped)
    path, _ = reference(form, hyper_of(form, convention))
    assert deviation(found, path) < BOUND
    if form.settings:
        canonical = rules.get(form.name)
        path, _ = reference(canonical, hyper_of(canonical, convention))
        assert deviation(found, path) > 1000 * BOUND
