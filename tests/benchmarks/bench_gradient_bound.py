"""How sound and how tight the bound of tensor expressions is, over random orders of evaluation.

``python tests/benchmarks/bench_gradient_bound.py [CASES]``: for every loss, model and layer (but
for the largest networks, whose shared parts a random order evaluates anew), and each format, the
entries evaluated, those outside their bound (there must be none), those lost to overflow in a form
that is not covered, and the median over cases of the largest use of the bound.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "emit" / "tensor"))

from tensor_orders import RandomOrder

from refmath import objectives
from refmath.oracle.gradient.api import gradient_task
from refmath.oracle.gradient.judge import bounds_of, held

REPEATS = 3
LARGE = {"inception", "network_4", "network_5", "dense_of_images"}


def names() -> list[str]:
    """Losses, models and layers of moderate size."""
    kept = (*objectives.GROUPS["losses"], *objectives.GROUPS["models"])
    return [name for name in (*kept, *objectives.LAYERS) if name not in LARGE]


def row(name: str, dtype: str, cases: int) -> tuple[int, int, int, list[float]]:
    """Entries, entries outside, entries lost, and the worst use of each case."""
    task = gradient_task(lambda **_: None, name, framework="numpy", kind="gradient")
    question = task.question
    reference = question.reference(question.asked.form.expr)
    rng = np.random.default_rng(0)
    count = outside = lost = 0
    uses = []
    for number in range(cases):
        case = question.source.draw(dtype, number, 0)
        known = bounds_of(reference, case, question.model(dtype))
        worst = 0.0
        for _ in range(REPEATS):
            order = RandomOrder(case.values, case.sizes, dtype, rng)
            for key, node in reference.items():
                given = np.asarray(order(node), dtype=np.float64)
                inside = held(known[key], given, dtype)
                finite = np.isfinite(given)
                count += given.size
                outside += int((inside.bad & finite).sum())
                lost += int((inside.bad & ~finite).sum())
                told = inside.use[finite & ~np.isnan(inside.use)]
                worst = max(worst, float(told.max(initial=0.0)))
        uses.append(worst)
    return count, outside, lost, uses


def main() -> None:
    """Print a line an objective and format, and the totals."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 14
    total, bad, everything = 0, 0, []
    print(f"{'objective':24} {'format':9} {'entries':>8} {'outside':>8} {'lost':>6} {'median':>7}")
    for name in names():
        for dtype in ("float64", "float32", "float16", "bfloat16"):
            count, outside, lost, uses = row(name, dtype, cases)
            total, bad = total + count, bad + outside
            everything += uses
            print(f"{name:24} {dtype:9} {count:8} {outside:8} {lost:6} {np.median(uses):7.3f}")
    print(f"{total} entries, {bad} outside, median of the worst use {np.median(everything):.3f}")


if __name__ == "__main__":
    main()
