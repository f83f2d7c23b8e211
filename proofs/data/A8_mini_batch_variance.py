"""The mean of a mini-batch of B has the variance sigma**2/B drawn with replacement, and sigma**2/B
(N - B)/(N - 1) without; a single sample has all of sigma**2.

Source: Optimization in Deep Learning (after Goodfellow et al.); Cochran 1977, theorem 2.2.
"""

from fractions import Fraction
from itertools import combinations, product

from sympy import Eq, symbols

from refmath.proof import Claim, Computed, Forall

N, B, first, second, p, pair = symbols("N B S1 S2 p p_2", real=True)  # sums of x_i and of x_i**2
mean, sigma2 = first / N, second / N - (first / N) ** 2
cross = first**2 - second  # the sum of x_i x_j over i != j
without = (p * second + pair * cross) / B**2 - mean**2
replaced = (B / N * second + B * (B - 1) / N**2 * first**2) / B**2 - mean**2
sizes = (N > 1, B > 0)
alike = (Eq(p, B / N), Eq(pair, B * (B - 1) / (N * (N - 1))))
DATA = [Fraction(x) for x in (3, -1, 4, 1, -5)]


def by_moments(batches: list[tuple[Fraction, ...]]) -> Fraction:
    means = [sum(b, Fraction(0)) / len(b) for b in batches]
    return sum(m**2 for m in means) / len(means) - (sum(means) / len(means)) ** 2


def by_differences(batches: list[tuple[Fraction, ...]]) -> Fraction:
    """Half of the mean squared difference of two batches drawn on their own."""
    means = [sum(b, Fraction(0)) / len(b) for b in batches]
    return sum((a - b) ** 2 for a in means for b in means) / (2 * len(means) ** 2)


def enumerated(correction: bool) -> Computed:
    def found(variance: object) -> bool:
        n = len(DATA)
        own = variance([(x,) for x in DATA])
        for b in range(1, n + 1):
            factor = Fraction(n - b, n - 1) if correction else 1
            if variance(list(combinations(DATA, b))) != own / b * factor:
                return False
        return all(variance(list(product(DATA, repeat=b))) == own / b for b in (1, 2, 3))

    return Computed(
        "all batches of 3, -1, 4, 1, -5: B = 1 to 5 without, 1 to 3 with replacement",
        {"moments": lambda: found(by_moments), "differences": lambda: found(by_differences)},
        lambda: "without replacement and without the correction: 3, -1, 4, 1, -5 with B = 2",
    )


claim = Claim(
    id="A8",
    holds=(
        Forall(Eq(N * p, B), (*sizes, *alike), script=None,
               name="the inclusions add up to B, so that p = B/N"),
        Forall(Eq(N * (N - 1) * pair, B * (B - 1)), (*sizes, *alike), script=None,
               name="a batch has B (B - 1) of the N (N - 1) ordered pairs, all alike"),
        Forall(Eq(without, sigma2 / B * (N - B) / (N - 1)), (*sizes, *alike),
               name="without replacement", script="subst; field; lra."),
        Forall(Eq(replaced, sigma2 / B), sizes, name="with replacement", script="field; lra."),
        Forall(Eq(without, sigma2), (*sizes, Eq(B, 1), *alike), script=None,
               name="a single sample, drawn either way"),
        Forall(Eq(without, 0), (*sizes, Eq(B, N), *alike), script=None,
               name="all of them: no variance is left"),
        enumerated(True),
    ),
    controls=(
        Forall(Eq(without, sigma2 / B), (*sizes, *alike),
               name="without replacement, not corrected"),
        Forall(Eq(without, sigma2 / B * (N - B) / N), (*sizes, *alike), name="N for N - 1"),
        enumerated(False),
    ),
    assumptions=("without replacement: all examples alike, and all pairs",
                 "with replacement: independent draws, pairs have the probability 1/N**2"),
)
