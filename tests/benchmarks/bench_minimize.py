"""The table of BFGS and L-BFGS against SciPy's: evaluations, where they part, and how far.

"first" is the first evaluation at a point that is not SciPy's bit for bit, "apart" its relative
distance; "most" is the largest distance of all, and "SciPy" how far SciPy's own runs come apart by
then if its gradients are moved by what rounding in the method amounts to, as the tests do it. Run
it with ``python tests/benchmarks/bench_minimize.py``.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from refmath.optimizers import BFGS, LBFGS

sys.path.insert(0, str(Path(__file__).parents[1] / "optimizers" / "minimize"))

from minimize_problems import PROBLEMS, distances, reference, trace


def row(index: int, method: str) -> str:
    """One line."""
    theirs = reference(index, method)
    own = trace(PROBLEMS[index], {"BFGS": BFGS(), "L-BFGS-B": LBFGS()}[method])
    apart = distances(theirs.run, own)
    parted = np.flatnonzero(apart)
    first = int(parted[0]) if parted.size else -1
    a, b = own.result, theirs.run.result
    counts = f"{min(theirs.counts)}-{max(theirs.counts)}" if len(theirs.counts) > 1 else "same"
    return (
        f"{PROBLEMS[index].name:<24}{a.nit:>5}{b.nit:>6}{a.nfev:>7}{b.nfev:>6}{counts:>9}"
        f"{first:>7}{apart[first] if parted.size else 0.0:>9.0e}{apart.max():>9.0e}"
        f"{theirs.spread[len(apart) - 1]:>9.0e}{a.fun:>12.3e}{a.fun - b.fun:>10.0e}"
        f"{np.abs(a.x - b.x).max():>9.0e}"
    )


def main() -> None:
    """Print the tables."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    for method in ("L-BFGS-B", "BFGS"):
        print(
            f"{method:<24}{'iterations':>11}{'evaluations':>13}{'SciPys':>9}{'first':>7}"
            f"{'apart':>9}{'most':>9}{'SciPy':>9}{'value':>12}{'differs':>10}{'x':>9}"
        )
        for index in range(len(PROBLEMS)):
            print(row(index, method), flush=True)
        print()


if __name__ == "__main__":
    main()
