"""A short run of a rule's kernel beside something else, on inputs that tell the forms apart."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import refmath.emit.numpy  # noqa: F401  (rules have kernels once it is imported)
from refmath.conventions import Convention
from refmath.rule import Rule

STEPS = 10
SHAPES = ((8,), (2, 3))
# Large epsilon and start values, so that a form that treats them otherwise is far away.
HYPER = {
    "lr": 0.03, "momentum": 0.8, "dampening": 0.25, "rho": 0.875, "beta1": 0.8, "beta2": 0.6,
    "eps": 2.0**-6, "eps_root": 0.03, "weight_decay": 0.1, "lr_decay": 0.5,
    "initial_accumulator": 0.25, "momentum_decay": 0.02,
}
Arrays = list[np.ndarray]


def hyper_of(rule: Rule, convention: Convention) -> dict[str, float]:
    """Test values for what users set, the framework's value for what is fixed."""
    fixed = {k: float(v) for k, v in convention.defaults.items() if k not in convention.names}
    return {k: fixed.get(k, HYPER[k]) for k in rule.hyper}


def inputs(seed: int = 0) -> tuple[Arrays, list[Arrays], list[float]]:
    """Parameters, gradients of every step, and a learning rate that changes at every step."""
    rng = np.random.default_rng(seed)
    theta = [rng.standard_normal(s) for s in SHAPES]
    grads = [[3.0 * rng.standard_normal(s) for s in SHAPES] for _ in range(STEPS)]
    for step in grads[:3]:
        step[0][0] = 0.0
    return theta, grads, [float(x) for x in rng.uniform(0.01, 0.05, STEPS)]


def reference(rule: Rule, hyper: Mapping[str, float]) -> tuple[list[Arrays], dict[str, Arrays]]:
    """The parameters after every step, and the state after the last, by the rule's kernel."""
    theta, grads, rates = inputs()
    kernel = rule.kernel()
    states = [kernel.start(p.copy(), **hyper) for p in theta]
    path = []
    for t, (step, lr) in enumerate(zip(grads, rates, strict=True), start=1):
        given = {**hyper, "lr": lr}
        states = [kernel(**s, **given, g=g, t=t) for s, g in zip(states, step, strict=True)]
        path.append([s["theta"] for s in states])
    return path, {name: [s[name] for s in states] for name in kernel.states}


def run(step: Callable[[Arrays, float], Any]) -> list[Arrays]:
    """The parameters after every step of something else."""
    _, grads, rates = inputs()
    return [list(step(g, lr)) for g, lr in zip(grads, rates, strict=True)]


def deviation(found: list[Arrays], expected: list[Arrays]) -> float:
    """The largest difference over all steps, relative to how far the tensor has moved at most."""
    theta = inputs()[0]
    worst = 0.0
    for i, start in enumerate(theta):
        moved = max(float(np.abs(step[i] - start).max()) for step in expected)
        for a, b in zip(found, expected, strict=True):
            worst = max(worst, float(np.abs(a[i] - b[i]).max()) / moved)
    return worst
