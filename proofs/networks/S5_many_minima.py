"""Networks have many local minima, and nothing practical says which is global: permuted and sign-
flipped hidden units give 2**h h! equal ones, and descents from different starts end at
different losses.

Source: Scaling Optimization.
"""

from fractions import Fraction
from itertools import permutations, product

from refmath.proof import Claim, Computed, Evidence


def loss(v: tuple[Fraction, ...], w: tuple[Fraction, ...]) -> Fraction:
    data = [(Fraction(1), Fraction(2)), (Fraction(-2), Fraction(1))]
    return sum(((sum(b * (a * x) ** 3 for a, b in zip(v, w, strict=True)) - y) ** 2
                for x, y in data), Fraction(0))


def equal_points() -> set[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    v, w = (Fraction(1), Fraction(2), Fraction(3)), (Fraction(4), Fraction(5), Fraction(7))
    found = set()
    for order in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            moved = tuple(signs[i] * v[i] for i in order), tuple(signs[i] * w[i] for i in order)
            if loss(*moved) == loss(v, w):
                found.add(moved)
    return found


def wells() -> set[int]:
    """Where gradient descent on (x**2 - 1)**2 + x/2 ends from two starts."""
    ends = set()
    for start in (Fraction(-1, 2), Fraction(1, 2)):
        x = start
        for _ in range(80):
            x = (x - (4 * x * (x * x - 1) + Fraction(1, 2)) / 20).limit_denominator(10**6)
        ends.add(1 if x > 0 else -1)
    return ends


claim = Claim(
    id="S5",
    holds=(
        Computed("48 equal points of 3 hidden units, and two wells", {
            "enumeration": lambda: len(equal_points()) == 48, "descent": lambda: len(wells()) == 2,
        }, evidence=Evidence.EMPIRICAL),
    ),
    controls=(Computed("only 6 of them", {"enumeration": lambda: len(equal_points()) == 6},
                       lambda: "signs may flip too", evidence=Evidence.EMPIRICAL),),
    assumptions=("exhibited on small networks; in general an empirical statement",),
)
