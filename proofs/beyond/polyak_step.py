"""With the rate (f - f*)/||g||**2 a subgradient step on a convex function comes nearer to every
minimizer, by (f - f*)**2/||g||**2 in squared distance; with another factor by less.

Source: Polyak 1969; Polyak 1987, section 5.3.2.
"""

from sympy import symbols

from refmath.proof import Claim, Forall
from refmath.proof.gram import Space

gap, gain, n = symbols("gap gain n", real=True)  # f - f*; n = ||g||**2
space = Space("e g")  # from a minimizer to the point, and a subgradient there
e, g = space.vectors
before, slope = space.square(e), space.inner(e, g)


def nearer(factor: object, gained: object, name: str) -> Forall:
    rate = factor * gap / n
    after = before - 2 * rate * slope + rate**2 * n
    return Forall(after <= before - gained, (gap > 0, n > 0, slope >= gap),
                  using=((2 * rate, slope - gap),), script="combine.", name=name)


claim = Claim(
    id="polyak-step",
    holds=(
        nearer(1, gap**2 / n, "Polyak's step"),
        Forall(gain * (2 - gain) <= 1, using=((1, (gain - 1) ** 2),), name="no factor gains more"),
    ),
    controls=(nearer(2, gap**2 / n, "twice the step"),),
    assumptions=("convex: f* >= f - g'(x - x*)", "the gradient is not 0"),
)
