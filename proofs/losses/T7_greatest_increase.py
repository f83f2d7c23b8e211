"""Among unit vectors the gradient's own direction has the greatest slope, where the gradient is
not 0: (g'u)**2 <= g'g u'u, with equality only where u is along g.

Source: Lecture 4: neural networks, backprop, optimization, the gradient.
"""

from sympy import Eq, Rational, symbols

import refmath as rm
from refmath.proof import Claim, Forall, same
from refmath.tensor import tensors

g, u = tensors("g[n] u[n]")
c = rm.scalar("c")
areas = rm.outer(g, u) - rm.outer(u, g)
lagrange = (g @ g) * (u @ u) - (g @ u) ** 2
across = (g @ g) * u - (g @ u) * g  # g'g times the part of u that is not along g
s, norm = symbols("s norm", real=True)  # g'u of a unit vector, ||g||
gap = norm**2 - s**2 >= 0
a, b, x, y = symbols("a b x y", real=True)
claim = Claim(
    id="T7",
    holds=(
        same(lagrange, rm.sum(areas**2) / 2, name="the gap is a sum of squares, never below 0",
             coq={"n": 2}),
        same(across @ across, (g @ g) * lagrange, coq={"n": 2},
             name="equality only along g: the gap, times g'g, is ||g'g u - g'u g||**2"),
        same(g @ (c * g), c * (g @ g), name="along g the slope is c g'g"),
        Forall(s * norm <= norm**2, (norm > 0, gap), script="nra.",
               using=((Rational(1, 2), (norm - s) ** 2), (Rational(1, 2), norm**2 - s**2)),
               name="so that s ||g|| <= ||g||**2: no unit vector has a slope above ||g||"),
        Forall(Eq(x * norm**2, norm), (norm > 0, Eq(x, 1 / norm)), script="subst; field; lra.",
               name="which g/||g|| has"),
    ),
    controls=(
        Forall((a * x + b * y) ** 2 <= a**2 * (x**2 + y**2), (a**2 >= b**2,),
               name="the steepest coordinate is the best direction"),
        same(across @ across, lagrange, name="the gap without g'g"),
    ),
    assumptions=("the gradient is not 0", "unit vectors in the Euclidean norm"),
)
