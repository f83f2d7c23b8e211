"""Time L-BFGS: refmath against SciPy's L-BFGS-B, on the same functions and to the same end.

The two take turns, so that a change in the machine's load meets both; the medians are shown. The
functions are made of elementwise operations, so that no threads but the minimizers' own run. Run
it with ``python tests/benchmarks/bench_lbfgs.py --help``, and with OPENBLAS_NUM_THREADS=1 to see
both without threads.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy
from scipy.optimize import minimize

from refmath.optimizers import LBFGS

Array = np.ndarray


class Problem(NamedTuple):
    """A function of many variables with a cheap gradient."""

    name: str
    fun: Callable[[Array], float]
    jac: Callable[[Array], Array]
    x0: Array


def rosenbrock(n: int) -> Problem:
    """The extended Rosenbrock function: n / 2 valleys side by side."""

    def fun(x: Array) -> float:
        odd, bend = x[::2], x[1::2] - x[::2] ** 2
        return float(np.sum(100 * bend**2 + (1 - odd) ** 2))

    def jac(x: Array) -> Array:
        odd, bend = x[::2], x[1::2] - x[::2] ** 2
        out = np.empty_like(x)
        out[::2], out[1::2] = -400 * odd * bend - 2 * (1 - odd), 200 * bend
        return out

    return Problem("extended Rosenbrock", fun, jac, np.tile([-1.2, 1.0], n // 2))


def logistic(n: int) -> Problem:
    """One logistic loss for each parameter, with ridges of different strength."""
    rng = np.random.default_rng(0)
    z, ridge = rng.standard_normal(n), 10.0 ** rng.uniform(-1, 0, n)

    def fun(x: Array) -> float:
        return float(np.sum(np.logaddexp(0, -z * x) + ridge * x**2 / 2))

    def jac(x: Array) -> Array:
        return -z / (1 + np.exp(z * x)) + ridge * x

    return Problem("logistic", fun, jac, np.zeros(n))


def measure(problem: Problem, memory: int, repeats: int) -> str:
    """One line of the table."""
    methods: dict[str, tuple[Any, dict[str, int]]] = {
        "refmath": (LBFGS(memory=memory), {}),
        "scipy": ("L-BFGS-B", {"maxcor": memory}),
    }
    times: dict[str, list[float]] = {name: [] for name in methods}
    results = {}
    for repeat in range(repeats + 1):
        for name, (method, options) in methods.items():
            start = time.perf_counter()
            results[name] = minimize(
                problem.fun, problem.x0, jac=problem.jac, method=method, options=options
            )
            if repeat:  # the first run loads what is loaded lazily
                times[name].append(time.perf_counter() - start)
    own, peer = results["refmath"], results["scipy"]
    a, b = (statistics.median(times[name]) for name in ("refmath", "scipy"))
    return (
        f"{problem.name:<21}{own.nit:>6}{peer.nit:>6}{own.nfev:>7}{peer.nfev:>6}"
        f"{own.fun:>14.6e}{peer.fun:>14.6e}{1e3 * a:>9.1f}{1e3 * b:>9.1f}{b / a:>7.2f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10**5, help="number of variables")
    parser.add_argument("--memory", type=int, default=10, help="pairs kept")
    parser.add_argument("--repeats", type=int, default=7, help="timed runs of each")
    args = parser.parse_args()
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "default")
    print(
        f"n = {args.size}, m = {args.memory}, medians of {args.repeats} runs in turns, "
        f"{os.cpu_count()} CPUs, OpenBLAS threads: {threads}, SciPy {scipy.__version__}"
    )
    print(
        f"{'':<21}{'iterations':>12}{'evaluations':>13}{'value':>28}{'ms':>18}{'':>7}\n"
        f"{'':<21}{'ours':>6}{'SciPy':>6}{'ours':>7}{'SciPy':>6}{'ours':>14}{'SciPy':>14}"
        f"{'ours':>9}{'SciPy':>9}{'ratio':>7}"
    )
    for problem in (rosenbrock(args.size), logistic(args.size)):
        print(measure(problem, args.memory, args.repeats), flush=True)


if __name__ == "__main__":
    main()
