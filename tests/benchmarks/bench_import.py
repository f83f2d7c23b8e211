"""Time what importing refmath.rules costs beyond importing SymPy; at most 0.15 s is wanted.

Each import is made in fresh interpreters, in turns, so that a change in the machine's load meets
both. Run it with ``python tests/benchmarks/bench_import.py --help``.
"""

import argparse
import statistics
import subprocess
import sys

_CODE = "import time; a = time.perf_counter(); import {}; print(time.perf_counter() - a)"
_MODULES = ("sympy", "refmath.rules", "refmath", "refmath.optimizers")


def seconds(module: str) -> float:
    """The time that one import takes in a fresh interpreter."""
    answer = subprocess.run(
        [sys.executable, "-c", _CODE.format(module)], capture_output=True, text=True, check=True
    )
    return float(answer.stdout)


def main() -> None:
    """Measure and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=11, help="imports of each module")
    repeats = parser.parse_args().repeats
    rows = [{m: seconds(m) for m in _MODULES} for _ in range(repeats + 1)][1:]
    for module in _MODULES:
        print(f"import {module:<20} {statistics.median(r[module] for r in rows):7.3f} s")
    more = statistics.median(r["refmath.rules"] - r["sympy"] for r in rows)
    print(f"refmath.rules beyond sympy  {more:7.3f} s (wanted: at most 0.150 s)")


if __name__ == "__main__":
    main()
