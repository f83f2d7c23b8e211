"""L-BFGS with all pairs in memory is BFGS: its two loops are the product form of the BFGS updates.

Source: Lecture 4: neural networks, backprop, optimization; Nocedal and Wright 2006, Algorithm
7.4.
"""

from refmath.proof import Claim, Computed, Zero
from refmath.quasi_newton import product_form, two_loops


def same(pairs: int) -> Zero:
    return Zero(product_form(pairs).expr - two_loops(pairs).expr, name=f"{pairs} pairs",
                entries_too=pairs < 3)


def multiplications(n: int, m: int) -> tuple[int, int]:
    """Of one direction: two loops, and a product with a stored n x n matrix."""
    loops = sum(2 * n for _ in range(m)) + n + sum(2 * n for _ in range(m))
    return loops, n * n


cheaper = Computed(
    "4 m n + n multiplications against n**2", {
        "counting": lambda: all(
            multiplications(n, m)[0] == (4 * m + 1) * n for n in range(1, 30) for m in range(1, 9)
        ),
        "closed form": lambda: all((4 * m + 1) * n < n * n for m in (5, 10) for n in (100, 10**6)),
    },
)
claim = Claim(
    id="T30",
    holds=(same(1), same(2), cheaper),
    controls=(Zero(product_form(2).expr - 2 * two_loops(2).expr, name="twice the direction"),),
    definition=("refmath.quasi_newton:two_loops", "refmath.quasi_newton:product_form"),
    assumptions=("every y's is not 0", "shown for up to 2 pairs"),
)
