"""The loss of a network is not convex in its weights: exhibited between two minima, which permuted
hidden units always give.

Source: Learning Deep Network.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall

a, b, c, d, x, y = symbols("a b c d x y", real=True)


def loss(v: object, w: object) -> object:
    return (v * w - 1) ** 2  # one hidden unit, x = 1, y = 1


def two_units(a: object, b: object, c: object, d: object) -> object:
    return (b * a * x + d * c * x - y) ** 2


minima = (Eq(a, 1), Eq(b, 1), Eq(c, -1), Eq(d, -1))
claim = Claim(
    id="L3",
    holds=(
        Forall(2 * loss((a + c) / 2, (b + d) / 2) > loss(a, b) + loss(c, d), minima,
               script="subst; lra.", name="above the chord between two minima"),
        Forall(Eq(two_units(a, b, c, d), two_units(c, d, a, b), evaluate=False),
               name="permuted units"),
    ),
    controls=(
        Forall(2 * loss((a + c) / 2, (b + d) / 2) <= loss(a, b) + loss(c, d),
               name="convex after all"),
    ),
    assumptions=("a network with one or two linear hidden units",),
)
