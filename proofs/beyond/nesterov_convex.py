"""Nesterov's method on a convex L-smooth function: t**2 (f(x) - f*) + L/2 ||z - x*||**2 never grows
while t_{k+1}**2 - t_{k+1} = t_k**2, so that f(x_N) - f* <= 2 L R**2/(N + 1)**2.

Source: Nesterov 1983; Bansal and Gupta 2019, section 5.2.
"""

from sympy import Eq, Rational, sqrt, symbols

from refmath.proof import Claim, Forall
from refmath.proof.gram import Space

s, t, N, fx, fy, fn, least, R = symbols("s t N f_x f_y f_new f_min R", real=True)
space = Space("x z m g")  # the last iterate, the anchor, a minimizer, the gradient at y; L = 1
x, z, m, g = space.vectors
y = ((s - 1) * x + z) / s  # s stands for t_{k+1}
new, anchor = y - g, z - s * g


def potential(weight: object, value: object, point: object) -> object:
    return weight * (value - least) + space.square(point - m) / 2


def never_grows(square_before: object, name: str) -> Forall:
    """By the descent lemma, convexity at x and convexity at the minimizer."""
    descent = fy - space.square(g) / 2 >= fn
    at_x = fx >= fy + space.inner(g, x - y)
    at_m = least >= fy + space.inner(g, m - y)
    sides = [c.lhs - c.rhs for c in (descent, at_x, at_m)]
    return Forall(
        potential(s**2, fn, anchor) <= potential(square_before, fx, z),
        (s >= 1, descent, at_x, at_m),
        using=tuple(zip((s**2, s**2 - s, s), sides, strict=True)), name=name, script="combine.",
    )


ROOT = "pose proof (root_square (1 + 4 * s ^ 2) ltac:(nra)). nra."
grows = (1 + sqrt(1 + 4 * s**2)) / 2
claim = Claim(
    id="nesterov-convex",
    holds=(
        never_grows(s**2 - s, "the potential, t_k**2 = s**2 - s"),
        Forall(Eq(grows**2 - grows, s**2), (s >= 0,), name="the next t", script=ROOT),
        Forall(t**2 - t < s**2, (s >= 1, t >= 1, t < s + Rational(1, 2)), script="nra.",
               name="it is not below t + 1/2"),
        Forall(Eq(x + s * (new - x), anchor), (s >= 1,), script="field; lra.",
               name="the anchor is x_old + t (x_new - x_old): the momentum form"),
        Forall(fx - least <= 2 * R**2 / (N + 1) ** 2, (
            N >= 1, s >= (N + 1) / 2, fx - least <= R**2 / (2 * s**2),
        ), using=((1, R**2 / (2 * s**2) - (fx - least)),), name="the rate", script=None),
    ),
    controls=(
        never_grows(s**2, "t does not grow"),
        Forall(t**2 - t < s**2, (s >= 1, t >= 1, t <= s + 1), name="not below t + 1"),
    ),
    assumptions=("convex, L-smooth, with a minimizer; in units of L", "t_0 = 1"),
)
