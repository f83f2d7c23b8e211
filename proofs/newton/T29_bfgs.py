"""BFGS keeps the secant equation and symmetry, stays positive definite while s'y > 0, its two
forms are inverse to each other, and the update is the same however the pair is scaled. Among the
symmetric matrices that meet the secant equation it changes H least, in the Frobenius norm weighted
by any W with W s = y. With exact line searches on a quadratic it keeps all pairs before, so that it
ends after n steps.

With H B = I and u = H y the inverse is H + K and the Hessian B + L, where L H needs no H: (B + L)
(H + K) = I + B K + L H + L K. Any symmetric E with E y = 0 is P Z P with P = I - y y'/y'y.

Source: Lecture 4: neural networks, backprop, optimization; Nocedal and Wright 2006, equations
6.17 and 6.19, theorems 6.1 and 6.4.
"""

from sympy import symbols

import refmath as rm
from refmath.proof import Claim, Forall, Zero, same
from refmath.quasi_newton import bfgs, bfgs_direct, dfp, dfp_direct
from refmath.quasi_newton.updates import updated, updated_direct
from refmath.tensor import dot, eye, outer, tensors, transpose

FORMS = (bfgs, bfgs_direct, dfp, dfp_direct)
H, B, W, Z, R, s, y, v, u, old, at = tensors(
    "H[n,n] B[n,n] W[n,n] Z[n,n] R[n,n] s[n] y[n] v[n] u[n] old[n] at[n]",
    symmetric="H B W Z",
)
n = rm.dims("n")
c = rm.scalar("c")
new = updated(H, s, y)
moved = v - (dot(s, v) / dot(y, s)) * y
quadratic = v @ new @ v - moved @ H @ moved - dot(s, v) ** 2 / dot(y, s)
Hy = H @ y
rho = 1 / dot(y, s)
half = -rho * Hy + (rho + rho**2 * dot(y, Hy)) / 2 * s  # the update adds s half' + half s'
# the two forms, with y = B u and H y = u
share = 1 / dot(u, B @ s)
K = (share + share**2 * dot(u, B @ u)) * outer(s, s) - share * (outer(s, u) + outer(u, s))
L = share * outer(B @ u, B @ u) - outer(B @ s, B @ s) / dot(s, B @ s)
LH = share * outer(B @ u, u) - outer(B @ s, s) / dot(s, B @ s)
# least change, with y = W s
Ws = W @ s
P = eye(n) - outer(Ws, Ws) / dot(Ws, Ws)
change, E = outer(s, v) + outer(v, s), P @ Z @ P
a, b, e = symbols("a b e", real=True)


def norm(of: object) -> object:
    """The squared norm of a change, weighted by W."""
    return rm.trace(W @ of @ W @ of)


claim = Claim(
    id="T29",
    holds=(
        *(Zero(f.law("secant"), name=f"{f.name}: secant") for f in FORMS),
        *(same(f.expr, transpose(f.expr), name=f"{f.name}: symmetry", coq={"n": 2})
          for f in FORMS),
        Zero(quadratic, name="v'H+v = m'Hm + (s'v)**2/y's, m = v - (s'v/y's) y"),
        Forall(e + a**2 / b > 0, (e >= 0, a**2 > 0, b > 0), using=((1 / b, a**2),), script=None,
               name="more than 0 where s'v is not 0"),
        Forall(e + a**2 / b > 0, (e > 0, b > 0), using=((1 / b, a**2), (1, e)), script=None,
               name="and where it is 0, for then m is v"),
        same(new, H + outer(s, half) + outer(half, s), name="the update adds s h' + h s'"),
        same(updated_direct(B, s, B @ u), B + L, name="the direct form adds L"),
        Zero(B @ K + LH + L @ K, name="the two forms are inverse: B K + L H + L K = 0"),
        same(updated(H, c * s, c * y), new, name="scaled pairs"),
        Zero(P @ Ws, name="E y = 0"),
        Zero(rm.trace(W @ change @ W @ E), name="least change: E is at right angles to the update"),
        same(norm(change + Z), norm(change) + norm(Z) + 2 * rm.trace(W @ change @ W @ Z),
             name="so that ||H' - H||**2 = ||H+ - H||**2 + ||E||**2"),
        same(rm.trace(transpose(R) @ R @ Z @ transpose(R) @ R @ Z),
             rm.sum((R @ Z @ transpose(R)) ** 2),
             name="where ||E||**2 is a sum of squares, W = R'R"),
        same(new @ old - (H @ old - rho * dot(y, H @ old) * s),
             rho * dot(s, old) * (s - Hy + rho * dot(y, Hy) * s),
             name="H+ keeps H y_j = s_j where s'y_j = 0 = y's_j"),
        same(dot(old, W @ (new @ at)), dot(new @ (W @ old), at),
             name="then the next direction -H+g has s_j'A H+g = (H+ y_j)'g = s_j'g = 0: conjugate"),
    ),
    controls=(
        Zero(dfp.law("secant", new / 2), name="half of the update"),
        Zero(v @ new @ v - v @ H @ v, name="nothing changes"),
        same(updated(H, c * s, y), new, name="the step scaled alone"),
        Zero(rm.trace(W @ change @ W @ Z), name="at right angles to every change"),
        same(new @ old, H @ old, name="H+ keeps every pair"),
    ),
    definition=("refmath.quasi_newton:bfgs", "refmath.quasi_newton:bfgs_direct"),
    assumptions=("y's is not 0; for definiteness y's > 0 and H positive definite",
                 "W symmetric and positive definite, W s = y",
                 "quadratics: y = A s, and exact line searches: s_j'g = 0 for all steps before"),
)
