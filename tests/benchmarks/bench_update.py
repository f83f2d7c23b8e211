"""Time one update step: refmath, plain NumPy expressions and torch's foreach optimizers.

The three take turns within each repeat, so that a change in the machine's load meets all of
them; the medians are shown. Run it with ``python tests/benchmarks/bench_update.py --help``.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from refmath import optimizers

Array = np.ndarray
Step = Callable[[], object]


def plain_gradient_descent(theta: Array, g: Array) -> Step:
    """Gradient descent."""

    def step() -> None:
        nonlocal theta
        theta = theta - 1e-2 * g

    return step


def plain_momentum(theta: Array, g: Array) -> Step:
    """Momentum, the rate outside."""
    v = np.zeros_like(theta)

    def step() -> None:
        nonlocal theta, v
        v = 0.9 * v + g
        theta = theta - 1e-2 * v

    return step


def plain_nesterov(theta: Array, g: Array) -> Step:
    """Nesterov's shifted form, the rate outside."""
    v = np.zeros_like(theta)

    def step() -> None:
        nonlocal theta, v
        v = 0.9 * v + g
        theta = theta - 1e-2 * (g + 0.9 * v)

    return step


def plain_adagrad(theta: Array, g: Array) -> Step:
    """AdaGrad."""
    r = np.zeros_like(theta)

    def step() -> None:
        nonlocal theta, r
        r = r + g**2
        theta = theta - 1e-2 * g / (np.sqrt(r) + 1e-7)

    return step


def plain_rmsprop(theta: Array, g: Array) -> Step:
    """RMSProp, eps added to the root."""
    r = np.zeros_like(theta)

    def step() -> None:
        nonlocal theta, r
        r = 0.9 * r + (1 - 0.9) * g**2
        theta = theta - 1e-3 * g / (np.sqrt(r) + 1e-6)

    return step


def plain_adadelta(theta: Array, g: Array) -> Step:
    """Adadelta."""
    r, x = np.zeros_like(theta), np.zeros_like(theta)

    def step() -> None:
        nonlocal theta, r, x
        r = 0.95 * r + (1 - 0.95) * g**2
        d = np.sqrt(x + 1e-6) / np.sqrt(r + 1e-6) * g
        x = 0.95 * x + (1 - 0.95) * d**2
        theta = theta - d

    return step


def plain_adam(theta: Array, g: Array, decay: float = 0.0) -> Step:
    """Adam, with decoupled decay."""
    m, v, t, alpha = np.zeros_like(theta), np.zeros_like(theta), 0, 1e-3

    def step() -> None:
        nonlocal theta, m, v, t
        t += 1
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        mhat = m / (1 - 0.9**t)
        vhat = v / (1 - 0.999**t)
        if decay:
            theta = theta - alpha * decay * theta
        theta = theta - alpha * mhat / (np.sqrt(vhat) + 1e-8)

    return step


def plain_adamw(theta: Array, g: Array) -> Step:
    """AdamW."""
    return plain_adam(theta, g, 1e-2)


def plain_adamax(theta: Array, g: Array) -> Step:
    """AdaMax."""
    m, u, t = np.zeros_like(theta), np.zeros_like(theta), 0

    def step() -> None:
        nonlocal theta, m, u, t
        t += 1
        m = 0.9 * m + (1 - 0.9) * g
        u = np.maximum(0.999 * u, np.abs(g))
        theta = theta - 2e-3 / (1 - 0.9**t) * m / (u + 1e-8)

    return step


def plain_nadam(theta: Array, g: Array) -> Step:
    """NAdam."""
    m, v, t, product = np.zeros_like(theta), np.zeros_like(theta), 0, 1.0

    def step() -> None:
        nonlocal theta, m, v, t, product
        t += 1
        now, following = (0.9 * (1 - 0.5 * 0.96 ** (k * 4e-3)) for k in (t, t + 1))
        product *= now
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        n = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
        vhat = v / (1 - 0.999**t)
        theta = theta - 2e-3 * n / (np.sqrt(vhat) + 1e-8)

    return step


Peers = tuple[Callable[[], optimizers.Optimizer], Callable[..., Step], str, dict[str, object]]
RULES: dict[str, Peers] = {
    "Adam": (optimizers.Adam, plain_adam, "Adam", {}),
    "SGD": (optimizers.SGD, plain_gradient_descent, "SGD", {"lr": 1e-2}),
    "Momentum": (
        lambda: optimizers.Momentum(lr_inside=False),
        plain_momentum,
        "SGD",
        {"lr": 1e-2, "momentum": 0.9},
    ),
    "Nesterov": (
        lambda: optimizers.Nesterov(form="shifted", lr_inside=False),
        plain_nesterov,
        "SGD",
        {"lr": 1e-2, "momentum": 0.9, "nesterov": True},
    ),
    "AdaGrad": (optimizers.AdaGrad, plain_adagrad, "Adagrad", {"eps": 1e-7}),
    "RMSProp": (
        lambda: optimizers.RMSProp(eps_inside=False),
        plain_rmsprop,
        "RMSprop",
        {"lr": 1e-3, "alpha": 0.9, "eps": 1e-6},
    ),
    "Adadelta": (optimizers.Adadelta, plain_adadelta, "Adadelta", {"rho": 0.95}),
    "AdamW": (optimizers.AdamW, plain_adamw, "AdamW", {}),
    "AdaMax": (optimizers.AdaMax, plain_adamax, "Adamax", {}),
    "NAdam": (optimizers.NAdam, plain_nadam, "NAdam", {}),
}


def contenders(rule: str, dtype: str, size: int) -> dict[str, Step]:
    """A step of refmath, plain NumPy and torch by one formula, on equal values each."""
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(size).astype(dtype)
    g = rng.standard_normal(size).astype(dtype)
    make, plain, peer, options = RULES[rule]
    opt, own = make(), theta.copy()
    tensor = torch.nn.Parameter(torch.from_numpy(theta.copy()))
    tensor.grad = torch.from_numpy(g.copy())
    foreach = getattr(torch.optim, peer)([tensor], foreach=True, **options)
    return {
        "refmath": lambda: opt.step(own, g),
        "plain": plain(theta, g),
        "torch": foreach.step,
    }


def medians(steps: dict[str, Step], repeats: int) -> dict[str, float]:
    """The median time of each step in milliseconds; the steps take turns."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for repeat in range(repeats + 1):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if repeat:  # the first step allocates the state
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10**7, help="number of parameters")
    parser.add_argument("--repeats", type=int, default=15, help="timed steps of each")
    parser.add_argument("--rules", default=",".join(RULES), help="comma-separated")
    parser.add_argument("--dtypes", default="float32,float64", help="comma-separated")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    args = arguments()
    print(
        f"{args.size} parameters, {args.repeats} repeats, {os.cpu_count()} CPUs, "
        f"NumPy {np.__version__}, torch {torch.__version__} ({torch.get_num_threads()} threads)"
    )
    print(f"{'rule':<10}{'dtype':<9}{'refmath':>9}{'plain':>9}{'foreach':>9}", end="")
    print(f"{'plain/refmath':>15}{'foreach/refmath':>17}   (medians, ms)")
    for rule in args.rules.split(","):
        for dtype in args.dtypes.split(","):
            ms = medians(contenders(rule, dtype, args.size), args.repeats)
            own, plain, peer = ms["refmath"], ms["plain"], ms["torch"]
            print(f"{rule:<10}{dtype:<9}{own:>9.2f}{plain:>9.2f}{peer:>9.2f}", end="")
            print(f"{plain / own:>15.2f}{peer / own:>17.2f}", flush=True)


if __name__ == "__main__":
    main()
