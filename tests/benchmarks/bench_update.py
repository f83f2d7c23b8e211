"""Time one update step: refmath, the generated NumPy kernel and torch's foreach optimizers.

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

from refmath import optimizers, rules
from refmath.rule import Rule

Array = np.ndarray
Step = Callable[[], object]


def kernel_step(rule: Rule, theta: Array, g: Array) -> Step:
    """A step of the kernel that is generated from the rule's declaration."""
    kernel = rule.kernel()
    states = kernel.start(theta)
    t = 0

    def step() -> None:
        nonlocal states, t
        t += 1
        states = kernel(**states, g=g, t=t)

    return step


Peers = tuple[Callable[[], optimizers.Optimizer], Rule, str, dict[str, object]]
RULES: dict[str, Peers] = {
    "Adam": (optimizers.Adam, rules.adam, "Adam", {}),
    "SGD": (optimizers.SGD, rules.sgd, "SGD", {"lr": 1e-2}),
    "Momentum": (
        lambda: optimizers.Momentum(lr_inside=False),
        rules.momentum.vary(rate="outside"),
        "SGD",
        {"lr": 1e-2, "momentum": 0.9},
    ),
    "Nesterov": (
        lambda: optimizers.Nesterov(form="shifted", lr_inside=False),
        rules.nesterov.vary(form="shifted", rate="outside"),
        "SGD",
        {"lr": 1e-2, "momentum": 0.9, "nesterov": True},
    ),
    "AdaGrad": (optimizers.AdaGrad, rules.adagrad, "Adagrad", {"eps": 1e-7}),
    "RMSProp": (
        lambda: optimizers.RMSProp(eps_inside=False),
        rules.rmsprop.vary(epsilon="outside"),
        "RMSprop",
        {"lr": 1e-3, "alpha": 0.9, "eps": 1e-6},
    ),
    "Adadelta": (optimizers.Adadelta, rules.adadelta, "Adadelta", {"rho": 0.95}),
    "AdamW": (optimizers.AdamW, rules.adamw, "AdamW", {}),
    "AdaMax": (optimizers.AdaMax, rules.adamax, "Adamax", {}),
    "NAdam": (optimizers.NAdam, rules.nadam, "NAdam", {}),
}


def contenders(rule: str, dtype: str, size: int) -> dict[str, Step]:
    """A step of refmath, the kernel and torch by one formula, on equal values each."""
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(size).astype(dtype)
    g = rng.standard_normal(size).astype(dtype)
    make, rule_form, peer, options = RULES[rule]
    opt, own = make(), theta.copy()
    tensor = torch.nn.Parameter(torch.from_numpy(theta.copy()))
    tensor.grad = torch.from_numpy(g.copy())
    foreach = getattr(torch.optim, peer)([tensor], foreach=True, **options)
    return {
        "refmath": lambda: opt.step(own, g),
        "kernel": kernel_step(rule_form, theta, g),
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
    print(f"{'rule':<10}{'dtype':<9}{'refmath':>9}{'kernel':>9}{'foreach':>9}", end="")
    print(f"{'kernel/refmath':>16}{'foreach/refmath':>17}   (medians, ms)")
    for rule in args.rules.split(","):
        for dtype in args.dtypes.split(","):
            ms = medians(contenders(rule, dtype, args.size), args.repeats)
            own, plain, peer = ms["refmath"], ms["kernel"], ms["torch"]
            print(f"{rule:<10}{dtype:<9}{own:>9.2f}{plain:>9.2f}{peer:>9.2f}", end="")
            print(f"{plain / own:>16.2f}{peer / own:>17.2f}", flush=True)


if __name__ == "__main__":
    main()
