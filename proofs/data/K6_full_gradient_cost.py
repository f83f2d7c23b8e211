"""One full gradient visits the whole data set: its cost is linear in N for every cost of an
operation, a per-example gradient's is free of N.

The count of a loop nest is a polynomial in N and d of degree at most 1 in each: every loop runs
over examples or features, and none over either twice. Two values of each decide between two such
polynomials; four are compared.

Source: Optimization of deep networks (2019); operations are counted on the computational graph
of least squares.
"""

from itertools import pairwise

from sympy import symbols

import refmath as rm
from refmath.emit.tensor.graph import graph
from refmath.proof import Claim, Computed, Forall
from refmath.tensor import tensors

X, y, theta = tensors("X[N,d] y[N] theta[d]")
N, d = rm.dims("N d")
made = graph(rm.sum((X @ theta - y) ** 2), wrt=[theta])
work = (made.counts["forward"].total + made.counts["backward"].total).expand()


def at(examples: object, features: object) -> object:
    return work.subs({N: examples, d: features})


def by_hand(examples: int, features: int) -> int:
    """The operations of a gradient that is calculated in loops, counted one by one."""
    count = 0
    for k in range(examples):
        count += features + features - 1  # x'theta
        count += 1  # minus y
        count += 1 + (k > 0)  # its square, added up
        count += 1  # doubled, for the way back
    for _ in range(features):
        count += examples + examples - 1  # a column of X times the residuals
    return count


def degree_of(power: int) -> Computed:
    def symbolic() -> bool:
        return bool(work.as_poly(N).degree() == power) and all(
            at(n, f) == by_hand(n, f) for n in range(1, 5) for f in range(1, 5)
        )

    def counted() -> bool:
        """Differences in N: those of order ``power`` are not 0, the next ones are."""
        values = [by_hand(n, 3) for n in range(1, 9)]
        for _ in range(power):
            values = [b - a for a, b in pairwise(values)]
        return 0 not in values and len(set(values)) == 1

    return Computed(f"degree {power} in N", {"graph": symbolic, "by hand": counted},
                    lambda: f"{work} operations")


n, f, c = symbols("n f c", real=True)
claim = Claim(
    id="K6",
    holds=(
        degree_of(1),
        Forall(c * (at(n + 1, f) - at(n, f)) >= c, (n >= 1, f >= 1, c >= 0),
               name="every example more costs at least one operation, of any cost c"),
    ),
    controls=(degree_of(2), degree_of(0)),
    assumptions=("cost = number of arithmetic operations times the cost of one", "least squares"),
)
