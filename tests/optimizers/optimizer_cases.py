"""The variants under test, and their formulas once more: in 60-digit decimals, one coordinate."""

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from refmath import optimizers

Case = tuple[str, dict[str, Any]]

DECAY: tuple[dict[str, Any], ...] = (
    {},
    {"weight_decay": 0.125, "maximize": True},
    {"weight_decay": 0.125, "decoupled": True},
    {"weight_decay": 0.125, "decoupled": True, "maximize": True},
)
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "GradientDescent": ({},),
    "Momentum": (
        {},
        {"lr_inside": False},
        {"dampening": 0.25},
        {"dampening": 0.25, "lr_inside": False},
    ),
    "Nesterov": (
        {"form": "lookahead"},
        {"form": "lookahead", "lr_inside": False},
        {"form": "shifted"},
        {"form": "shifted", "lr_inside": False},
    ),
    "AdaGrad": (
        {},
        {"eps_inside": True},
        {"lr_decay": 0.5, "initial_accumulator": 0.25},
    ),
    "RMSProp": (
        {},
        {"eps_inside": False},
        {"centered": True},
        {"momentum": 0.75},
        {"momentum": 0.75, "lr_inside": False, "centered": True, "eps_inside": False},
    ),
    "Adadelta": ({}, {"eps": 0.5}),
    "Adam": ({}, {"amsgrad": True}, {"beta1": 0.0, "beta2": 0.0}, {"eps": 0.5}),
    "AMSGrad": ({},),
    "AdaMax": ({}, {"beta2": 0.25}),
    "NAdam": ({}, {"momentum_decay": 2.0}),
}
CASES: list[Case] = [
    (name, own | decay)
    for name, variants in VARIANTS.items()
    for own in variants
    for decay in DECAY
]
CASES += [("AdamW", {}), ("AdamW", {"amsgrad": True, "maximize": True, "weight_decay": 0.5})]
# One variant of each rule with all its state.
FULL: list[Case] = [
    (name, {**variants[-1], "weight_decay": 0.125}) for name, variants in VARIANTS.items()
]
FULL += [("AdamW", {}), ("Adam", {"amsgrad": True}), ("Nesterov", {"form": "lookahead"})]


def label(case: object) -> str:
    """A test id."""
    if not isinstance(case, tuple):
        return str(case)
    return "-".join([case[0], *(f"{k}={v}" for k, v in case[1].items())])


def build(case: Case, **more: Any) -> optimizers.Optimizer:
    """The optimizer of a case."""
    return getattr(optimizers, case[0])(**case[1] | more)


def looks_ahead(opt: optimizers.Optimizer) -> bool:
    """Whether `step` wants a function for the gradients."""
    return opt.hyper.get("form") == "lookahead"


def advance(opt: optimizers.Optimizer, params: Any, grads: Any, **more: Any) -> Any:
    """A step, the gradients as a constant function where the rule wants a function."""
    return opt.step(params, (lambda _: grads) if looks_ahead(opt) else grads, **more)


def bits(*arrays: np.ndarray) -> list[tuple[Any, ...]]:
    """What is equal if and only if shapes, dtypes and all bits are."""
    return [(a.shape, a.dtype.str, a.tobytes()) for a in arrays]


def snapshot(opt: optimizers.Optimizer) -> list[Any]:
    """The state, comparable bit for bit."""
    state = opt.state_dict()
    return [
        (name, bits(*entries) if name in set(opt.state_names) - set(opt.scalar_names) else entries)
        for name, entries in state.items()
    ]


def exact_path(
    case: Case, theta: float, gradient: Callable[[int, Any], Any], steps: int
) -> list[Decimal]:
    """The parameter after each step, by the formulas as they are written, in 60 digits.

    Args:
        case: The rule and its hyperparameters.
        theta: The start.
        gradient: From the step (0 for the first) and a point, the gradient there.
        steps: Their number.
    """
    name, _ = case
    with localcontext() as context:
        context.prec = 60
        h = {
            k: v if isinstance(v, (str, bool)) else Decimal(v) for k, v in build(case).hyper.items()
        }
        h.setdefault("decoupled", name == "AdamW")
        s: dict[str, Decimal] = {}
        x, path = Decimal(theta), []
        for t in range(1, steps + 1):
            point = x
            if h.get("form") == "lookahead":
                v = s.get("v", Decimal(0))
                point = x + h["momentum"] * v * (1 if h["lr_inside"] else -h["lr"])
            g = gradient(t - 1, point)
            g = -g if h["maximize"] else g
            if not h["decoupled"]:
                g += h["weight_decay"] * x
            step = FORMULAS[name](t, g, s, h)
            if h["decoupled"]:
                step += h["lr"] * h["weight_decay"] * x
            x -= step
            path.append(x)
        return path


State = dict[str, Decimal]


def _average(s: State, name: str, beta: Decimal, value: Decimal) -> Decimal:
    s[name] = beta * s.get(name, Decimal(0)) + (1 - beta) * value
    return s[name]


def _gradient_descent(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    return h["lr"] * g


def _momentum(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    v, damped = h["momentum"] * s.get("v", 0), (1 - h["dampening"]) * g
    s["v"] = v - h["lr"] * damped if h["lr_inside"] else v + damped
    return -s["v"] if h["lr_inside"] else h["lr"] * s["v"]


def _nesterov(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    mu, lr, v = h["momentum"], h["lr"], s.get("v", Decimal(0))
    s["v"] = mu * v - lr * g if h["lr_inside"] else mu * v + g
    if h["form"] == "lookahead":
        return -s["v"] if h["lr_inside"] else lr * s["v"]
    return -(mu * s["v"] - lr * g) if h["lr_inside"] else lr * (g + mu * s["v"])


def _adagrad(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    lr = h["lr"] / (1 + (t - 1) * h["lr_decay"])
    s["r"] = s.get("r", h["initial_accumulator"]) + g * g
    if h["eps_inside"]:
        return lr * g / (s["r"] + h["eps"]).sqrt()
    return lr * g / (s["r"].sqrt() + h["eps"])


def _rmsprop(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    q = _average(s, "r", h["rho"], g * g)
    if h["centered"]:
        q = max(q - _average(s, "c", h["rho"], g) ** 2, Decimal(0))
    u = g / ((q + h["eps"]).sqrt() if h["eps_inside"] else q.sqrt() + h["eps"])
    if not h["momentum"]:
        return h["lr"] * u
    b = h["momentum"] * s.get("b", 0)
    s["b"] = b + (h["lr"] * u if h["lr_inside"] else u)
    return s["b"] if h["lr_inside"] else h["lr"] * s["b"]


def _adadelta(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    r = _average(s, "r", h["rho"], g * g)
    d = (s.get("x", Decimal(0)) + h["eps"]).sqrt() / (r + h["eps"]).sqrt() * g
    _average(s, "x", h["rho"], d * d)
    return h["lr"] * d


def _adam(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    m = _average(s, "m", h["beta1"], g)
    v = _average(s, "v", h["beta2"], g * g)
    if h["amsgrad"]:
        v = s["vmax"] = max(s.get("vmax", Decimal(0)), v)
    mhat, vhat = m / (1 - h["beta1"] ** t), v / (1 - h["beta2"] ** t)
    return h["lr"] * mhat / (vhat.sqrt() + h["eps"])


def _amsgrad(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    m = _average(s, "m", h["beta1"], g)
    s["vmax"] = max(s.get("vmax", Decimal(0)), _average(s, "v", h["beta2"], g * g))
    return h["lr"] * m / (s["vmax"].sqrt() + h["eps"])


def _adamax(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    m = _average(s, "m", h["beta1"], g)
    s["u"] = max(h["beta2"] * s.get("u", Decimal(0)), abs(g))
    return h["lr"] / (1 - h["beta1"] ** t) * m / (s["u"] + h["eps"])


def _nadam(t: int, g: Decimal, s: State, h: Any) -> Decimal:
    now, following = (
        h["beta1"] * (1 - Decimal("0.5") * Decimal("0.96") ** (k * h["momentum_decay"]))
        for k in (t, t + 1)
    )
    product = s["P"] = s.get("P", Decimal(1)) * now
    m = _average(s, "m", h["beta1"], g)
    vhat = _average(s, "v", h["beta2"], g * g) / (1 - h["beta2"] ** t)
    n = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
    return h["lr"] * n / (vhat.sqrt() + h["eps"])


FORMULAS: dict[str, Callable[[int, Decimal, State, Any], Decimal]] = {
    "GradientDescent": _gradient_descent,
    "Momentum": _momentum,
    "Nesterov": _nesterov,
    "AdaGrad": _adagrad,
    "RMSProp": _rmsprop,
    "Adadelta": _adadelta,
    "Adam": _adam,
    "AdamW": _adam,
    "AMSGrad": _amsgrad,
    "AdaMax": _adamax,
    "NAdam": _nadam,
}


def drawn(seed: int, *shapes: int | Sequence[int], dtype: Any = np.float64) -> list[np.ndarray]:
    """Standard normal arrays."""
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.standard_normal(shape), dtype) for shape in shapes]
