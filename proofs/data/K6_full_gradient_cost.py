"""One full gradient visits the whole data set: its cost is linear in N for every cost of an
operation, a per-example gradient's is free of N.

Source: Optimization of deep networks (2019); operations are counted on the computational graph
of least squares.
"""

import refmath as rm
from refmath.emit.tensor.graph import graph
from refmath.proof import Claim, Computed
from refmath.tensor import tensors

X, y, theta = tensors("X[N,d] y[N] theta[d]")
N, d = rm.dims("N d")
loss = rm.sum((X @ theta - y) ** 2)


def operations() -> object:
    made = graph(loss, wrt=[theta])
    return (made.counts["forward"].total + made.counts["backward"].total).expand()


def by_hand(examples: int, features: int) -> int:
    """N residuals of d products, d - 1 sums and a difference; N squares, N - 1 sums; backward."""
    forward = examples * (features + features - 1 + 1) + examples + examples - 1
    backward = examples + features * (examples + examples - 1)
    return forward + backward


def degree_of(power: int) -> Computed:
    def symbolic() -> bool:
        return operations().as_poly(N).degree() == power

    def counted() -> bool:
        second = [by_hand(n + 2, 3) - 2 * by_hand(n + 1, 3) + by_hand(n, 3) for n in range(1, 9)]
        first = by_hand(2, 3) - by_hand(1, 3)
        return (set(second) == {0} and first > 0) == (power == 1)

    def shown() -> str | None:
        found = operations().as_poly(N).degree()
        return None if found == power else f"{operations()} has degree {found} in N"

    return Computed(f"degree {power} in N", {"graph": symbolic, "by hand": counted}, shown)


claim = Claim(
    id="K6", holds=(degree_of(1),), controls=(degree_of(2),),
    assumptions=("cost = number of arithmetic operations", "least squares"),
)
