"""Time kernels of tensor expressions against JAX and torch: gradients and Hessians.

The contenders take turns within each repeat, so that a change in the machine's load meets all of
them, and wait a moment after each, so that no thread of one is still spinning in the time of
another; the medians are shown. Run it with ``python tests/benchmarks/bench_tensor.py --help``.

NumPy's matrix products are those of its BLAS: which kernels that has chosen for this processor is
shown first. OpenBLAS takes another choice from the environment: ``OPENBLAS_CORETYPE=SkylakeX``.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch
from threadpoolctl import threadpool_info

import refmath as rm
from refmath.emit.tensor.kernel.api import kernel
from refmath.tensor import gather

Step = Callable[[], object]
Loss = Callable[..., Any]
_PAUSE = 0.05
"""Seconds after which the threads of BLAS and of JAX sleep."""


class Work(NamedTuple):
    """What is computed: by a kernel, and by the peers from the same loss."""

    name: str
    kernel: Any
    arguments: dict[str, Any]
    jax: Loss
    torch: Loss
    parameters: tuple[str, ...]
    hessian: bool


n, d, h, k = rm.dims("n d h k")
X, y, theta, W, W1, b1, W2, b2, c = rm.tensors(
    "X[n,d] y[n] theta[d] W[d,k] W1[d,h] b1[h] W2[h,k] b2[k] c[n] in k"
)
lam = rm.scalar("lambda")
LEAST_SQUARES = rm.sum((X @ theta - y) ** 2) / n + lam * rm.sum(theta**2)
LOGISTIC = rm.mean(rm.softplus(X @ theta) - y * (X @ theta))
SOFTMAX = -rm.mean(gather(rm.log_softmax(X @ W), c))
NETWORK = -rm.mean(gather(rm.log_softmax(rm.relu(X @ W1 + b1) @ W2 + b2), c))


def jax_softmax(z: Any, c: Any) -> Any:
    """The mean cross entropy."""
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), c[:, None], 1))


def torch_softmax(z: Any, c: Any) -> Any:
    """The mean cross entropy."""
    return torch.nn.functional.cross_entropy(z, c)


JAX: dict[str, Loss] = {
    "least squares": lambda v: (
        jnp.sum((v["X"] @ v["theta"] - v["y"]) ** 2) / len(v["y"]) + 0.1 * jnp.sum(v["theta"] ** 2)
    ),
    "logistic": lambda v: jnp.mean(
        jax.nn.softplus(v["X"] @ v["theta"]) - v["y"] * (v["X"] @ v["theta"])
    ),
    "softmax": lambda v: jax_softmax(v["X"] @ v["W"], v["c"]),
    "network": lambda v: jax_softmax(
        jax.nn.relu(v["X"] @ v["W1"] + v["b1"]) @ v["W2"] + v["b2"], v["c"]
    ),
}
TORCH: dict[str, Loss] = {
    "least squares": lambda v: (
        ((v["X"] @ v["theta"] - v["y"]) ** 2).sum() / len(v["y"]) + 0.1 * (v["theta"] ** 2).sum()
    ),
    "logistic": lambda v: (
        torch.nn.functional.softplus(v["X"] @ v["theta"]) - v["y"] * (v["X"] @ v["theta"])
    ).mean(),
    "softmax": lambda v: torch_softmax(v["X"] @ v["W"], v["c"]),
    "network": lambda v: torch_softmax(
        torch.relu(v["X"] @ v["W1"] + v["b1"]) @ v["W2"] + v["b2"], v["c"]
    ),
}


def data(dtype: str, samples: int, inputs: int, classes: int, hidden: int) -> dict[str, Any]:
    """Values for everything that a loss may depend on."""
    rng = np.random.default_rng(0)

    def normal(*shape: int, scale: float = 1.0) -> Any:
        return (scale * rng.standard_normal(shape)).astype(dtype)

    return {
        "X": normal(samples, inputs), "y": (normal(samples) > 0).astype(dtype),
        "theta": normal(inputs, scale=inputs**-0.5), "c": rng.integers(0, classes, samples),
        "W": normal(inputs, classes, scale=inputs**-0.5),
        "W1": normal(inputs, hidden, scale=inputs**-0.5), "b1": normal(hidden, scale=0.1),
        "W2": normal(hidden, classes, scale=hidden**-0.5), "b2": normal(classes, scale=0.1),
    }


def works(args: argparse.Namespace, dtype: str) -> Iterator[Work]:
    """The rows of the table."""
    large = data(dtype, args.samples, args.inputs, args.classes, 8)
    few = data(dtype, args.hessian_samples, args.inputs, args.hessian_classes, 8)
    batch = data(dtype, 4096, 784, 10, 256)
    rows = [
        ("least squares", LEAST_SQUARES, (theta,), large, False),
        ("logistic", LOGISTIC, (theta,), large, False),
        ("softmax", SOFTMAX, (W,), large, False),
        ("network", NETWORK, (W1, b1, W2, b2), batch, False),
        ("least squares", LEAST_SQUARES, (theta,), large, True),
        ("logistic", LOGISTIC, (theta,), large, True),
        ("softmax", SOFTMAX, (W,), few, True),
    ]
    for name, loss, parameters, values, hessian in rows:
        names = tuple(p.name for p in parameters)
        if hessian:
            made = kernel(rm.hessian(loss, parameters[0]))
        else:
            made = kernel(dict(zip(names, rm.gradient(loss, parameters), strict=True)))
        given = {x: values[x] for x in made.arguments if x in values}
        given |= {"lambda": 0.1} if "lambda" in made.arguments else {}
        yield Work(name, made, {**values, **given}, JAX[name], TORCH[name], names, hessian)


def contenders(work: Work, use_torch: bool) -> dict[str, Step]:
    """One evaluation of each, on equal values."""
    given = {x: work.arguments[x] for x in work.kernel.arguments}
    names = work.parameters
    steps: dict[str, Step] = {"refmath": lambda: work.kernel(**given)}
    needed = {x: v for x, v in work.arguments.items() if isinstance(v, np.ndarray)}

    fixed = {x: jnp.array(v) for x, v in needed.items() if x not in names}
    start = {x: jnp.array(needed[x]) for x in names}

    def jax_loss(p: dict[str, Any], v: dict[str, Any]) -> Any:
        return work.jax({**v, **p})

    function = jax.jit((jax.hessian if work.hessian else jax.grad)(jax_loss))
    steps["jax"] = lambda: jax.block_until_ready(function(start, fixed))
    if use_torch and work.hessian:
        held = {x: torch.from_numpy(v) for x, v in needed.items()}
        (name,) = names
        curved = torch.func.hessian(lambda p: work.torch({**held, name: p}))
        steps["torch"] = lambda: curved(held[name])
    return steps


def medians(steps: dict[str, Step], repeats: int) -> dict[str, float]:
    """The median time of each step in milliseconds; the steps take turns."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for repeat in range(repeats + 1):
        for name, step in steps.items():
            time.sleep(_PAUSE)
            start = time.perf_counter()
            step()
            if repeat:  # the first call compiles
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000, help="n of the linear models")
    parser.add_argument("--inputs", type=int, default=300, help="d of the linear models")
    parser.add_argument("--classes", type=int, default=10, help="k of softmax regression")
    parser.add_argument("--hessian-samples", type=int, default=2000, help="n of softmax's Hessian")
    parser.add_argument("--hessian-classes", type=int, default=10, help="k of softmax's Hessian")
    parser.add_argument("--repeats", type=int, default=15, help="timed evaluations of each")
    parser.add_argument("--rows", default="", help="only rows whose name contains this")
    parser.add_argument("--dtypes", default="float32,float64", help="comma-separated")
    parser.add_argument("--no-torch", action="store_true", help="leave torch.func.hessian out")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    jax.config.update("jax_enable_x64", True)
    args = arguments()
    blas = {i.get("architecture", "?") for i in threadpool_info() if i["user_api"] == "blas"}
    print(
        f"{args.repeats} repeats, {os.cpu_count()} CPUs, NumPy {np.__version__} on OpenBLAS for "
        f"{'/'.join(sorted(blas))}, jax {jax.__version__}, torch {torch.__version__} "
        f"({torch.get_num_threads()} threads)"
    )
    print(f"{'':<10}{'':<15}{'dtype':<9}{'refmath':>9}{'jax':>9}{'torch':>10}", end="")
    print(f"{'jax/refmath':>13}{'torch/refmath':>15}   (medians, ms)")
    for dtype in args.dtypes.split(","):
        for work in works(args, dtype):
            kind = "Hessian" if work.hessian else "gradient"
            if args.rows not in f"{kind} {work.name}":
                continue
            ms = medians(contenders(work, not args.no_torch), args.repeats)
            own, peer, other = ms["refmath"], ms["jax"], ms.get("torch")
            print(f"{kind:<10}{work.name:<15}{dtype:<9}{own:>9.2f}{peer:>9.2f}", end="")
            print(f"{other:>10.2f}" if other else f"{'-':>10}", end="")
            print(f"{peer / own:>13.2f}{f'{other / own:.1f}' if other else '-':>15}", flush=True)


if __name__ == "__main__":
    main()
