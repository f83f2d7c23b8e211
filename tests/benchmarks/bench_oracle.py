"""Time the oracle: cases a second of 10 steps on 2 tensors of 8 elements.

Drawing the case, running the subject and judging every value are all counted. The plain comparison
against a fixed tolerance, on the same inputs, stands beside it: what certainty costs.
Run it with ``python tests/benchmarks/bench_oracle.py --help``.
"""

import argparse
import time

import numpy as np

import refmath as rm
from refmath.emit.cases import draw_case
from refmath.formats import FORMATS
from refmath.oracle.adapters import resolve
from refmath.oracle.judge import judge
from refmath.oracle.run import run

SHAPES = ((8,), (2, 4))


def certified(target: str, dtype: str, count: int) -> float:
    """Cases a second of the oracle."""
    subject, rule = resolve(target), rm.rules.adam
    rng = np.random.default_rng(0)
    begin = time.perf_counter()
    for number in range(count + 1):
        if number == 1:
            begin = time.perf_counter()  # the first case generates the enclosure
        case = draw_case(rng, rule, FORMATS[dtype], shapes=SHAPES, steps=10)
        found = judge(rule.recurrence, case, run(subject, case), "float64")
        assert found.deviation is None, found.deviation
    return count / (time.perf_counter() - begin)


def compared(target: str, dtype: str, count: int) -> float:
    """Cases a second of a comparison with the generated kernel and a guessed tolerance."""
    subject, rule = resolve(target), rm.rules.adam
    kernel = rule.kernel()
    rng = np.random.default_rng(0)
    begin = time.perf_counter()
    for _ in range(count):
        case = draw_case(rng, rule, FORMATS[dtype], shapes=SHAPES, steps=10)
        trace = run(subject, case)
        for tensor, theta in enumerate(case.params):
            states = kernel.start(theta, **case.hyper)
            for step in range(case.steps):
                given = {**case.hyper, "lr": case.rate(step, tensor)}
                states = kernel(**states, g=case.grads[step][tensor], t=step + 1, **given)
                np.allclose(states["theta"], trace.params[step][tensor], rtol=1e-3)
    return count / (time.perf_counter() - begin)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    args = parser.parse_args()
    print(f"{'subject':<26}{'dtype':<9}{'certified':>11}{'allclose':>10}   (cases a second)")
    for target in ("refmath.optimizers:Adam", "torch.optim:Adam"):
        for dtype in ("float32", "float64"):
            first = certified(target, dtype, args.cases)
            second = compared(target, dtype, args.cases)
            print(f"{target:<26}{dtype:<9}{first:>11.0f}{second:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
