"""Numeric runs of rules for the tests of laws: hand-written optimizers, else generated kernels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from refmath import optimizers
from refmath.emit.numpy import Kernel
from refmath.proof.runs import Run
from refmath.rule import Rule

CLASSES = {
    "sgd": "GradientDescent", "momentum": "Momentum", "adagrad": "AdaGrad", "rmsprop": "RMSProp",
    "adadelta": "Adadelta", "adam": "Adam", "adamw": "AdamW", "amsgrad": "AMSGrad",
    "adamax": "AdaMax", "nadam": "NAdam",
}
ARGUMENTS = {
    ("maximize", "yes"): {"maximize": True},
    ("rate", "outside"): {"lr_inside": False},
    ("dampening", "yes"): {},
    ("weight_decay", "coupled"): {"decoupled": False},
    ("weight_decay", "decoupled"): {"decoupled": True},
}


def written(run: Run) -> dict[str, Any] | None:
    """The arguments of the hand-written optimizer of a run's form; None if there is none."""
    if not isinstance(run.rule, Rule) or run.rule.name not in CLASSES:
        return None
    out: dict[str, Any] = {}
    for item in run.rule.settings.items():
        if item not in ARGUMENTS:
            return None
        out |= ARGUMENTS[item]
    return out


def numeric(
    run: Run, hypers: Sequence[Mapping[str, float]], start: float, gradients: Sequence[float]
) -> list[dict[str, float]]:
    """The parameter after every step, by refmath.optimizers where it has the form."""
    found = written(run)
    changing = any(h != {**hypers[0], "lr": h["lr"]} for h in hypers)
    if found is None or changing:
        return generated(run, hypers, start, gradients)
    made = getattr(optimizers, CLASSES[run.rule.name])(**hypers[0], **found)
    theta, out = np.array([start]), []
    for hyper, slope in zip(hypers, gradients, strict=True):
        made.step(theta, np.array([slope]), lr=hyper["lr"])
        out.append({run.states[0]: float(theta[0])})
    return out


def generated(
    run: Run, hypers: Sequence[Mapping[str, float]], start: float, gradients: Sequence[float]
) -> list[dict[str, float]]:
    """All states after every step, by the generated kernel."""
    kernel = Kernel(run.rec)
    states = kernel.start(np.array([start]), **hypers[0])
    out = []
    for k, (hyper, slope) in enumerate(zip(hypers, gradients, strict=True), 1):
        with np.errstate(invalid="ignore"):
            states = kernel(**states, **{kernel.gradient: np.array([slope])}, t=k, **hyper)
        found = {n: float(np.asarray(x).ravel()[0]) for n, x in states.items()}
        out.append({n: x for n, x in found.items() if np.isfinite(x)})
    return out
