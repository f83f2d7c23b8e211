"""Nesterov's method with momentum (1 - s)/(1 + s), s = sqrt(mu/L), on a mu-strongly convex L-smooth
function: f(x) - f* + mu/2 ||z - x*||**2 shrinks by 1 - s at every step, for every mu and L.

Source: Nesterov 2004, theorem 2.2.3; Bansal and Gupta 2019, section 5.4.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall
from refmath.proof.gram import Space

s, fx, fy, fn, least = symbols("s f_x f_y f_new f_min", real=True)
space = Space("x z m g")  # the last iterate, the anchor, the minimizer, the gradient at y; L = 1
x, z, m, g = space.vectors
y = (x + s * z) / (1 + s)
new, anchor = y - g, (1 - s) * z + s * y - g / s


def potential(value: object, point: object) -> object:
    return value - least + s**2 * space.square(point - m) / 2


def below(value: object, point: object) -> object:
    """Strong convexity at y, with mu = s**2."""
    return value >= fy + space.inner(g, point - y) + s**2 * space.square(point - y) / 2


def shrinks(factor: object, name: str) -> Forall:
    descent = fy - space.square(g) / 2 >= fn
    conditions = (descent, below(fx, x), below(least, m), space.positive(x - z))
    weights = (1, 1 - s, s, s**3 * (1 - s) / (2 * (1 + s)))
    using = tuple((w, c.lhs - c.rhs) for w, c in zip(weights, conditions, strict=True))
    return Forall(potential(fn, anchor) <= factor * potential(fx, z), (s > 0, s <= 1, *conditions),
                  using=using, name=name, script="combine.")


def on_quadratic(factor: object) -> Forall:
    """The same for the curvature mu, from x = z = 1: g = s**2, and both ends are 0."""
    values = {x: 1, z: 1, g: s**2}
    first, second = (p.xreplace(values) for p in (new, anchor))
    return Forall(s**2 * (first**2 + second**2) / 2 <= factor * s**2, (s > 0, s <= 1),
                  script="signs.", name=f"on a quadratic, by {factor}")


claim = Claim(
    id="nesterov-strongly-convex",
    holds=(
        shrinks(1 - s, "the potential"),
        Forall(Eq((new + s * anchor) / (1 + s), new + (1 - s) / (1 + s) * (new - x)),
               (s > 0, s <= 1), name="the next y is x + momentum (x - x_old)",
               script="field; lra."),
        on_quadratic(1 - s),
    ),
    controls=(on_quadratic((1 - s) ** 2),),
    assumptions=("mu-strongly convex, L-smooth, in units of L", "0 < mu <= L"),
    definition=("refmath.rules:nesterov",),
)
