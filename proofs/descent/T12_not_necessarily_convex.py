"""Non-linear least squares is not necessarily convex: (theta**2 - 1)**2 lies above its chord from
-1 to 1.

Source: Lecture 4: neural networks, backprop, optimization.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall

a, b, x, y, low, high = symbols("a b x y low high", real=True)


def nonlinear(at: object) -> object:
    return (at**2 - 1) ** 2


def linear(at: object) -> object:
    return (x * at - y) ** 2


claim = Claim(
    id="T12",
    holds=(
        Forall(nonlinear(a) > (nonlinear(low) + nonlinear(high)) / 2,
               (Eq(a, 0), Eq(low, -1), Eq(high, 1)), script="subst; lra.", name="exhibited"),
        Forall(linear(a) + linear(b) >= 2 * linear((a + b) / 2), name="linear ones are convex",
               using=((x**2 / 2, (a - b) ** 2),), script="signs."),
    ),
    controls=(Forall(nonlinear(a) + nonlinear(b) >= 2 * nonlinear((a + b) / 2),
                     name="midpoint convex"),),
)
