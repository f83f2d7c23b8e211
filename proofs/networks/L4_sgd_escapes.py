"""Stochastic gradient descent can leave a local minimum that gradient descent stays in: exhibited
on a double well from two examples.

Source: Learning Deep Network.
"""

from fractions import Fraction

from refmath.proof import Claim, Computed, Evidence

# the mean of the losses (x**2 - 1)**2 + 4 x and (x**2 - 1)**2 - 3 x: minima near -1 and near 1
TILTS = (Fraction(4), Fraction(-3))
RATE = Fraction(1, 10)


def slope(x: Fraction, tilt: Fraction) -> Fraction:
    return 4 * x * (x * x - 1) + tilt


def lowest(stochastic: bool) -> Fraction:
    x, seed = Fraction(9, 10), 1
    least = x
    for _ in range(400):
        seed = (seed * 1103515245 + 12345) % 2**31
        tilt = TILTS[seed >> 16 & 1] if stochastic else sum(TILTS) / 2
        x = (x - RATE * slope(x, tilt)).limit_denominator(10**6)
        least = min(least, x)
    return least


claim = Claim(
    id="L4",
    holds=(
        Computed("from 9/10: SGD passes 0 into the other well, gradient descent does not", {
            "run": lambda: lowest(True) < 0 < lowest(False),
        }, evidence=Evidence.EMPIRICAL),
    ),
    controls=(
        Computed("gradient descent escapes too", {"run": lambda: lowest(False) < 0},
                 lambda: "start 9/10, rate 1/10", evidence=Evidence.EMPIRICAL),
    ),
    assumptions=("one seed, 400 steps, rate 1/10",),
)
