"""Cases: the inputs that a subject is run on, drawn from the declared domains plus probes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from refmath.formats import Format
from refmath.rule import Rule

__all__ = ["Case", "draw_case"]


@dataclass(frozen=True)
class Case:
    """One run of a subject, with exact inputs.

    Attributes:
        dtype: Name of the format.
        params: Starting values, one array a tensor.
        grads: For every step, one array a tensor; None lets that tensor rest.
        rates: The learning rate of every step; a tuple holds one a tensor.
        hyper: The other hyperparameters, as doubles.
        place: Positions of switches that are not the default.
        reuse: Whether the same gradient buffers are handed over at every step.
        restore: After which step the state is saved and restored into a new stepper.
        slope: For a gradient function: the gradient at x is ``grads + slope * x``.
    """

    dtype: str
    params: tuple[np.ndarray, ...]
    grads: tuple[tuple[np.ndarray | None, ...], ...]
    rates: tuple[float | tuple[float, ...], ...]
    hyper: Mapping[str, float]
    place: Mapping[str, str] = field(default_factory=dict)
    reuse: bool = False
    restore: int | None = None
    slope: float = 0.5

    @property
    def steps(self) -> int:
        """How many steps are taken."""
        return len(self.grads)

    def rate(self, step: int, tensor: int) -> float:
        """The learning rate of a tensor at a step (both from 0)."""
        rate = self.rates[step]
        return rate[tensor] if isinstance(rate, tuple) else rate


_SHAPES: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((3,), (2, 2)),
    ((2, 3), (4,)),
    ((2, 2), (2, 2)),
    ((5,), (1,), (2, 1, 2)),
    ((), (4,)),
    ((8,), (8,)),
    ((6,),),
)

_PROBES: dict[str, tuple[float, ...]] = {
    "eps": (1e-8, 1e-3, 1.0),
    "eps_root": (0.0, 1e-3, 0.25),
    "beta1": (0.9, 0.5, 0.99, 0.0),
    "beta2": (0.999, 0.99, 0.9, 0.5),
    "rho": (0.9, 0.99, 0.5),
    "momentum": (0.9, 0.5, 0.99, 0.0),
    "dampening": (0.25, 0.5, 0.0),
    "weight_decay": (0.1, 0.01, 0.5, 0.0),
    "lr_decay": (0.5, 0.1, 0.0),
    "initial_accumulator": (0.25, 0.0, 1.0),
    "momentum_decay": (4e-3, 1.0, 0.25),
}
_LONG = 64
"""Steps of a long run: enough for averages of a constant gradient to settle to the last bit."""
_AVERAGES = ("rho", "beta1", "beta2")
"""Decays of averages; in a long run they are 1/2, or nothing would settle."""
_CONSTANT = 3
"""The kind of a coordinate whose gradient never changes."""
_RATES = (0.1, 1.0, 1e-3, 0.01)


def draw_hyper(
    rng: np.random.Generator, rule: Rule, fixed: Mapping[str, float], positive: Sequence[str]
) -> dict[str, float]:
    """Hyperparameters of a rule: the default, or one of the probes of its domain."""
    out = {}
    for key, symbol in rule.hyper.items():
        if key == "lr" or key in fixed:
            continue
        default = rule.default(key)
        probes = [p for p in _PROBES.get(key, ()) if Fraction(p) in symbol.domain]
        if not probes:
            probes = [float(x) for x in symbol.domain.edges + symbol.domain.samples]
        if key in positive:
            probes = [p for p in probes if p > 0]
        if default is not None and (key not in positive or default > 0) and rng.random() < 0.3:
            out[key] = float(default)
        else:
            out[key] = float(probes[int(rng.integers(len(probes)))])
    return {**out, **{k: v for k, v in fixed.items() if k in rule.hyper and k != "lr"}}


def draw_gradients(rng: np.random.Generator, fmt: Format, steps: int, size: int) -> np.ndarray:
    """Gradients of shape (steps, size), each coordinate with a character of its own."""
    wide = fmt.safe // 2 if fmt.safe > 10 else 2
    scale = rng.choice([0, 0, 0, -min(13, wide), min(13, wide), -wide, wide], size=size)
    values = rng.standard_normal((steps, size)) * np.exp2(scale)
    kind = rng.integers(12, size=size)
    if steps >= _LONG:
        kind = np.where(rng.random(size) < 0.5, _CONSTANT, kind)
    step = np.arange(steps)[:, None]
    values = np.where(kind == 0, 0.0, values)
    values = np.where((kind == 1) & (step == 0), 0.0, values)
    values = np.where((kind == 2) & (step > 0), 0.0, values)
    values = np.where(kind == _CONSTANT, values[0], values)
    values = np.where(kind == 4, np.abs(values[0]) * (-1.0) ** step, values)
    values = np.where((kind == 5) & (step != steps // 2), values / 64, values)
    values = np.where(kind == 6, values[0] * np.exp2(-1.0 * step), values)
    values = np.where(kind == 7, values[0] * np.exp2(0.5 * step), values)
    values = np.where(kind == 8, 1.0, values)
    return np.asarray(fmt.round(values))


def draw_case(
    rng: np.random.Generator,
    rule: Rule,
    fmt: Format,
    *,
    place: Mapping[str, str] | None = None,
    fixed: Mapping[str, float] | None = None,
    positive: Sequence[str] = (),
    skips: bool = False,
    groups: bool = False,
    restores: bool = False,
    zero_d: bool = True,
    steps: int | None = None,
    shapes: Sequence[tuple[int, ...]] | None = None,
) -> Case:
    """Draw a case for a rule in a format.

    Args:
        rng: Source of randomness; the case is a function of its state.
        rule: The form that is asked for.
        fmt: The format.
        place: Positions of switches.
        fixed: Hyperparameters that the subject cannot change.
        positive: Hyperparameters that must not be 0.
        skips: Whether a gradient may be missing.
        groups: Whether learning rates may differ between tensors.
        restores: Whether the state may be saved and restored.
        zero_d: Whether tensors without an axis are drawn.
        steps: Number of steps, drawn if not given.
        shapes: Shapes of the tensors, drawn if not given.
    """
    fixed = fixed or {}
    if shapes is None:
        known = [s for s in _SHAPES if zero_d or () not in s]
        shapes = known[int(rng.integers(len(known)))]
    steps = steps or (_LONG if rng.random() < 0.04 else int(rng.choice([3, 4, 5, 6, 10])))
    hyper = draw_hyper(rng, rule, fixed, positive)
    if steps >= _LONG:
        hyper |= {k: 0.5 for k in _AVERAGES if k in hyper and k not in fixed}
    sizes = [int(np.prod(s)) for s in shapes]
    total = sum(sizes)
    flat = rng.standard_normal(total)
    flat[rng.random(total) < 0.2] = 1.0
    flat[rng.random(total) < 0.05] = 0.0
    theta = fmt.round(flat)
    gradients = draw_gradients(rng, fmt, steps, total)
    cuts = np.cumsum(sizes)[:-1]
    params = tuple(p.reshape(s) for p, s in zip(np.split(theta, cuts), shapes, strict=True))
    grads: list[tuple[np.ndarray | None, ...]] = []
    late = skips and rng.random() < 0.2
    for row in gradients:
        parts: list[np.ndarray | None] = [
            p.reshape(s) for p, s in zip(np.split(row, cuts), shapes, strict=True)
        ]
        if late and (not grads or rng.random() < 0.2):
            parts[-1] = None
        grads.append(tuple(parts))
    rates = _draw_rates(rng, steps, len(shapes) if groups and rng.random() < 0.2 else 0)
    if "lr" in fixed:
        rates = (fixed["lr"],) * steps
    restore = int(rng.integers(1, steps)) if restores and rng.random() < 0.3 else None
    return Case(
        fmt.name, params, tuple(grads), rates, hyper, dict(place or {}),
        bool(rng.random() < 0.5), restore,
    )


def _draw_rates(rng: np.random.Generator, steps: int, groups: int) -> tuple[Any, ...]:
    base = float(_RATES[int(rng.integers(len(_RATES)))])
    factors = {
        0: np.ones(steps),
        1: np.exp2(-1.0 * np.arange(steps)),
        2: rng.choice([0.25, 0.5, 1.0, 1.5, 2.0], size=steps),
        3: np.arange(1, steps + 1) / steps,
    }[int(rng.integers(4))]
    rates = [base * float(f) for f in factors]
    if groups:
        return tuple(tuple(r * (1.0 + 0.5 * i) for i in range(groups)) for r in rates)
    return tuple(rates)
