"""Among unit vectors the gradient's own direction has the greatest slope, where the gradient is
not 0: (g'u)**2 <= g'g u'u, with equality only where u is along g.

Source: Lecture 4: neural networks, backprop, optimization, the gradient.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

g, u = tensors("g[n] u[n]")
areas = rm.outer(g, u) - rm.outer(u, g)
lagrange = (g @ g) * (u @ u) - (g @ u) ** 2
claim = Claim(
    id="T7",
    holds=(same(lagrange, rm.sum(areas**2) / 2, name="the gap is a sum of squares",
                coq={"n": 2}),),
    controls=(same(lagrange, lagrange / 2, name="every direction is the best"),),
    assumptions=("the gradient is not 0", "unit vectors in the Euclidean norm"),
)
