"""The mean of a mini-batch of B has the variance sigma**2/B drawn with replacement, and sigma**2/B
(N - B)/(N - 1) without; a single sample has all of sigma**2.

Source: Optimization in Deep Learning (after Goodfellow et al.); Cochran 1977, theorem 2.2.
"""

from fractions import Fraction
from itertools import combinations, product

from sympy import Eq, symbols

from refmath.proof import Claim, Computed, Forall

N, B, first, second = symbols("N B S1 S2", real=True)  # sums of x_i and of x_i**2
mean, sigma2 = first / N, second / N - (first / N) ** 2
cross = first**2 - second  # the sum of x_i x_j over i != j
without = (B / N * second + B * (B - 1) / (N * (N - 1)) * cross) / B**2 - mean**2
replaced = (B / N * second + B * (B - 1) / N**2 * first**2) / B**2 - mean**2
sizes = (N > 1, B > 0)
DATA = [Fraction(x) for x in (3, -1, 4, 1, -5)]


def variance(batches: list[tuple[Fraction, ...]]) -> Fraction:
    means = [sum(b) / len(b) for b in batches]
    return sum(m**2 for m in means) / len(means) - (sum(means) / len(means)) ** 2


def enumerated(correction: bool) -> bool:
    n = len(DATA)
    own = variance([(x,) for x in DATA])
    for b in range(1, n + 1):
        factor = Fraction(n - b, n - 1) if correction else 1
        if variance(list(combinations(DATA, b))) != own / b * factor:
            return False
        if correction and variance(list(product(DATA, repeat=min(b, 4)))) != own / min(b, 4):
            return False
    return True


claim = Claim(
    id="A8",
    holds=(
        Forall(Eq(without, sigma2 / B * (N - B) / (N - 1)), sizes, name="without replacement",
               script="field; lra."),
        Forall(Eq(replaced, sigma2 / B), sizes, name="with replacement", script="field; lra."),
        Computed("all batches of five numbers", {
            "enumeration": lambda: enumerated(True),
            "whole population": lambda: variance([tuple(DATA)]) == 0,
        }),
    ),
    controls=(
        Forall(Eq(without, sigma2 / B), sizes, name="without replacement, not corrected"),
        Computed("the enumeration without its correction",
                 {"enumeration": lambda: enumerated(False)}, lambda: "3, -1, 4, 1, -5 with B = 2"),
    ),
    assumptions=("without replacement: P(i) = B/N, P(i, j) = B (B - 1)/(N (N - 1))",
                 "with replacement: independent draws"),
)
