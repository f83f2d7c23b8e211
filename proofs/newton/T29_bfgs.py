"""BFGS keeps the secant equation and symmetry, stays positive definite while s'y > 0, its two
forms are inverse to each other, and the update is the same however the pair is scaled.

Source: Lecture 4: neural networks, backprop, optimization; Nocedal and Wright 2006, equations
6.17 and 6.19.
"""

from sympy import symbols

from refmath import quasi_newton
from refmath.proof import Claim, Forall, Zero
from refmath.quasi_newton import bfgs, bfgs_direct, dfp, dfp_direct
from refmath.tensor import dot, tensors

H, B, s, y, v = tensors("H[n,n] B[n,n] s[n] y[n] v[n]", symmetric="H B")
new = quasi_newton.updates.updated(H, s, y)
moved = v - (dot(s, v) / dot(y, s)) * y
quadratic = v @ new @ v - moved @ H @ moved - dot(s, v) ** 2 / dot(y, s)
a, b = symbols("a b", real=True)  # s and y in one dimension
claim = Claim(
    id="T29",
    holds=(
        *(Zero(f.law(name), name=f"{f.name}: {name}", coq={"n": 2} if name == "symmetry" and
               f in (bfgs, dfp_direct) else None)
          for f in (bfgs, bfgs_direct, dfp, dfp_direct) for name in f.laws),
        Zero(quadratic, name="v'H+v = m'Hm + (s'v)**2/y's: both parts are positive"),
        Forall(a**2 / (a * b) > 0, (a > 0, b > 0), name="in one dimension",
               script="apply Rdiv_lt_0_compat; nra."),
    ),
    controls=(
        Zero(dfp.law("secant", new / 2), name="half of the update"),
        Zero(v @ new @ v - v @ H @ v, name="nothing changes"),
    ),
    definition=("refmath.quasi_newton:bfgs", "refmath.quasi_newton:bfgs_direct"),
    assumptions=("y's is not 0; for definiteness y's > 0 and H positive definite",),
)
