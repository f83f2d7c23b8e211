"""At a minimum of a differentiable function the gradient is 0; the gradient may be 0 elsewhere,
and at a minimum that is not the global one.

Source: Scaling Optimization.
"""

from sympy import Eq, Rational, symbols

from refmath.proof import Claim, Forall, slope
from refmath.tensor import tensors

g, h, c, x, f, after = symbols("g h c x f f_after", real=True)
z = tensors("z[]")


def wells(at: object) -> object:
    return 3 * at**4 - 4 * at**3 - 12 * at**2


step = -g / (2 * c)
curved = after <= f + g * step + c * step**2
claim = Claim(
    id="S3",
    holds=(
        Forall(after <= f - g**2 / (4 * c), (c > 0, curved), script="combine.",
               using=((1, curved.rhs - curved.lhs),),
               name="a step of -g/(2 c), curvature at most 2 c, gains g**2/(4 c)"),
        Forall(-(g**2) / (4 * c) < 0, (c > 0, g**2 > 0), using=((1 / (4 * c), g**2),),
               name="more than 0 where g is not 0: no minimum", script=None),
        slope(z**3, z, 3 * z**2, name="x**3 has the gradient 3 x**2, 0 at 0"),
        Forall((-h) ** 3 < 0, (h > 0,), script="pose proof (pow_lt h 3 ltac:(lra)). lra.",
               name="and is lower at every -h: no minimum"),
        slope(wells(z), z, 12 * z * (z - 2) * (z + 1),
              name="3 x**4 - 4 x**3 - 12 x**2 is stationary at -1, 0 and 2 alone"),
        Forall(wells(x) > -5, (Eq(x, -1 + h), h**2 > 0, h <= 1), script="subst; nra.",
               using=((3 * h**2 - 16 * h + 18, h**2),), name="-1 is a local minimum, of value -5"),
        Forall(wells(x) >= -32, using=(
            (Rational(3), (x**2 - 2 * x / 3 - Rational(8, 3)) ** 2), (Rational(8, 3), (x - 2) ** 2),
        ), name="the global one is -32"),
        Forall(Eq(wells(x), -32), (Eq(x, 2),), script="subst; lra.", name="at 2"),
    ),
    controls=(
        Forall(x**3 >= 0, name="0 is a minimum of x**3"),
        Forall(wells(x) >= wells(h), (Eq(h, -1),), name="the local minimum at -1 is global"),
        Forall(-(g**2) / (4 * c) < 0, (c > 0,), name="a gain also where the gradient is 0"),
    ),
    assumptions=("differentiable, with bounded curvature near the minimum",),
)
