"""The Hessian of k parameters has k**2 elements, k (k + 1)/2 of them different; elimination takes
(k**3 - k)/3 multiplications and so O(k**3).

Source: Lecture 4: neural networks, backprop, optimization.
"""

from itertools import pairwise

from sympy import Rational, symbols

from refmath.proof import Claim, Computed, Forall

k = symbols("k", real=True)


def eliminate(size: int) -> int:
    """Multiplications and divisions of Gaussian elimination, counted."""
    count = 0
    for column in range(size):
        for _ in range(column + 1, size):
            count += 1 + (size - column - 1)
    return count


def formula(size: int) -> int:
    return (size**3 - size) // 3


def summed(power: int) -> Computed:
    def counted() -> bool:
        return all(eliminate(n) == (formula(n) if power == 3 else n**2) for n in range(1, 25))

    def differences() -> bool:
        values = [eliminate(n) for n in range(1, 12)]
        for _ in range(power + 1):
            values = [b - a for a, b in pairwise(values)]
        return set(values) == {0}

    return Computed(f"a polynomial of degree {power}", {"counting": counted,
                    "differences": differences}, lambda: f"k = 2: {eliminate(2)} operations")


cubes = ((k + 1) ** 3 - (k + 1)) * Rational(1, 3) - (k**3 - k) * Rational(1, 3)
claim = Claim(
    id="T27",
    holds=(
        summed(3),
        Forall(cubes >= k * (k + 1), (k >= 0,), name="by induction: one column more"),
        Forall(cubes <= k * (k + 1), (k >= 0,), name="and no more than that"),
    ),
    controls=(summed(2),),
    assumptions=("dense elimination without pivoting",),
)
