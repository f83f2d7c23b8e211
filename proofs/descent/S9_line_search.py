"""The exact line search on a quadratic steps g'g/(g'Hg): there the derivative along the line is 0,
and it is where the parabola is lowest, for its second derivative g'Hg is positive. That the source
calls it "not that practical" is no statement of mathematics, and is not judged.

Source: Scaling Optimization, optimal step by line search.
"""

from sympy import Eq, symbols

import refmath as rm
from refmath.proof import Claim, Forall, Zero, same
from refmath.tensor import tensors

H, b, theta = tensors("H[n,n] b[n] theta[n]", symmetric="H")
tau = rm.scalar("tau")


def value(at: object) -> object:
    return at @ H @ at / 2 - b @ at


found = rm.line_search(value(theta), theta)
g = rm.gradient(value(theta), theta)
rate = (g @ g) / (g @ H @ g)
t, f, p, q = symbols("t f p q", real=True)  # a step; the value, g'g and g'Hg


def slope(step: object) -> object:
    at = theta - step * g
    return (H @ at - b) @ g


def parabola(step: object) -> object:
    return f - step * p + step**2 * q / 2


claim = Claim(
    id="S9",
    holds=(
        Zero(slope(rate), name="the slope at the end is 0"),
        same(found.slope * (g @ H @ g), found.bend * (g @ g), name="as declared"),
        same(value(theta - tau * g), value(theta) - tau * (g @ g) + tau**2 * (g @ H @ g) / 2,
             name="along the line: f - t g'g + t**2 g'Hg/2, second derivative g'Hg"),
        Forall(Eq(parabola(t) - parabola(p / q), q / 2 * (t - p / q) ** 2), (q > 0,),
               script="field; lra.",
               name="a step t is higher by g'Hg/2 times its squared distance"),
        Forall(parabola(t) >= parabola(p / q), (q > 0,), using=((q / 2, (t - p / q) ** 2),),
               script=None, name="so that g'g/g'Hg is the lowest"),
    ),
    controls=(
        Zero(slope(rate / 2), name="half of it"),
        Forall(parabola(t) >= parabola(p / q), (q < 0,), name="also where g'Hg < 0"),
    ),
    definition=("refmath.closed_form:line_search",),
    assumptions=("g'Hg > 0",),
)
