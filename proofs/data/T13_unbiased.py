"""A mini-batch gradient is an unbiased estimate of the full one, drawn with replacement or
without; a step costs O(m) and not O(N), an epoch is one pass.

Source: Lecture 4: neural networks, backprop, optimization.
"""

from fractions import Fraction
from itertools import combinations, product
from math import comb

from refmath.proof import Claim, Computed

DATA = [Fraction(x) for x in (3, -1, 4, 1, -5)]


def average(batches: list[tuple[Fraction, ...]], weights: str) -> Fraction:
    means = [sum(b) / (len(b) if weights == "mean" else 1) for b in batches]
    return sum(means) / len(means)


def unbiased(weights: str) -> bool:
    whole = sum(DATA) / len(DATA)
    return all(
        average(list(way), weights) == whole
        for b in range(1, 5) for way in (combinations(DATA, b), product(DATA, repeat=b))
    )


def epoch() -> bool:
    return all(-(-n // b) * b >= n > (-(-n // b) - 1) * b for n in range(1, 40)
               for b in range(1, 12))


claim = Claim(
    id="T13",
    holds=(
        Computed("an example is in a batch with probability B/N", {
            "binomials": lambda: all(
                Fraction(comb(n - 1, b - 1), comb(n, b)) == Fraction(b, n)
                for n in range(1, 30) for b in range(1, n + 1)
            ),
            "enumeration": lambda: all(
                Fraction(sum(0 in s for s in combinations(range(n), b)), comb(n, b))
                == Fraction(b, n) for n in range(1, 8) for b in range(1, n + 1)
            ),
        }),
        Computed("every batch of five numbers", {
            "enumeration": lambda: unbiased("mean"),
            "epoch": epoch,
        }),
    ),
    controls=(
        Computed("the sum over a batch", {"enumeration": lambda: unbiased("sum")},
                 lambda: "3, -1, 4, 1, -5 with B = 2: the mean of the sums is 4/5, not 2/5"),
    ),
    assumptions=("every example is drawn with probability B/N (counted)",),
)
