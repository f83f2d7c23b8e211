"""Time the derivation of gradients and Hessians of every catalogued objective, at symbolic sizes.

Every objective is derived in a fresh process, so that nothing is known from the one before; the
gradient is by all parameters, the Hessian is every block of it. Shown is the processor's time,
which does not depend on what else runs, of the slowest of an objective's options. Run it with
``python tests/benchmarks/bench_derive.py --help``.
"""

import argparse
import subprocess
import sys
import time

LIMIT = 1.0
"""Seconds that each derivation may take."""


def measure(name: str, warm: bool) -> tuple[float, float]:
    """Seconds for the gradient and the Hessian of one objective in its slowest option.

    Args:
        name: The objective.
        warm: Whether another objective is derived first, so that SymPy itself is loaded.
    """
    from refmath import objectives

    if warm:
        objectives.get("sphere").hessian()
    objective = objectives.get(name)
    worst = [0.0, 0.0]
    for settings in [{}, *({a.name: o} for a in objective.axes for o in a.options)]:
        varied = objective.vary(**settings)
        if varied.expr.rank:
            continue
        start = time.process_time()
        varied.gradient()
        middle = time.process_time()
        varied.hessian()
        end = time.process_time()
        worst = [max(worst[0], middle - start), max(worst[1], end - middle)]
    return worst[0], worst[1]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="comma-separated names; all if left out")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    parser.add_argument("--cold", action="store_true", help="count SymPy's own first use as well")
    return parser.parse_args()


def main() -> int:
    """Print the table, slowest last; 1 if one takes longer than the limit."""
    args = arguments()
    if args.one:
        print(*measure(args.one, not args.cold))
        return 0
    from refmath import objectives

    rows = []
    for name in args.only.split(",") if args.only else objectives.ALL:
        command = [sys.executable, __file__, "--one", name, *(["--cold"] * args.cold)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        gradient, hessian = map(float, answer.split())
        rows.append((max(gradient, hessian), name, gradient, hessian))
    rows.sort()
    print(f"{'objective':<30}{'gradient, s':>12}{'Hessian, s':>12}")
    for _, name, gradient, hessian in rows:
        print(f"{name:<30}{gradient:>12.4f}{hessian:>12.4f}")
    slow = [name for worst, name, _, _ in rows if worst > LIMIT]
    print(f"longer than {LIMIT} s: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
