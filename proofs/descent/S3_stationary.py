"""At a minimum of a differentiable function the gradient is 0; the gradient may be 0 elsewhere,
and at a minimum that is not the global one.

Source: Scaling Optimization.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall

g, h, c, x = symbols("g h c x", real=True)

claim = Claim(
    id="S3",
    holds=(
        Forall(-g**2 / (4 * c) < 0, (c > 0, g > 0), script=None,
               name="with slope g and curvature at most 2 c a step -g/(2 c) gains g**2/(4 c)"),
        Forall(Eq(3 * (0 * x) ** 2, 0), name="x**3 is stationary at 0"),
        Forall((0 * x - 1) ** 3 < 0, name="and lower at -1"),
    ),
    controls=(Forall(x**3 >= 0, name="0 is a minimum of x**3"),),
    assumptions=("differentiable, with bounded curvature near the minimum",),
)
