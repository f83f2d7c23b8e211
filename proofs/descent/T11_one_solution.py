"""Least squares is convex; it converges to one solution from every start if and only if X has full
column rank and 0 < eps < 2/lambda_max.

Printed: convex, always converges to the same solution.
Source: Lecture 4: neural networks, backprop, optimization, convex, always converges to the same
solution.
"""

from sympy import Eq, symbols

import refmath as rm
from refmath.proof import Claim, Forall, Verdict, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
v = tensors("v[d]")
H = rm.hessian(rm.sum((X @ theta - y) ** 2), theta)
lam, eps, a, b = symbols("lambda eps a b", real=True)
factor = (1 - eps * lam) ** 2
script = (
    "assert (eps * lambda < 2) by (apply (Rmult_lt_compat_r lambda) in H1; "
    "[ replace (2 / lambda * lambda) with 2 in H1 by (field; lra); lra | lra ]). "
    "assert (0 < eps * lambda) by (apply Rmult_lt_0_compat; lra). nra."
)
claim = Claim(
    id="T11",
    declared=Verdict.REFUTED,
    holds=(
        same(v @ H @ v, 2 * rm.sum((X @ v) ** 2), name="convex: v'Hv = 2 ||Xv||**2",
             coq={"n": 2, "d": 2}),
        Forall(factor < 1, (lam > 0, eps > 0, eps < 2 / lam), script=script,
               name="contraction in every eigen-direction"),
    ),
    printed=(
        Forall(factor < 1, (lam >= 0, eps > 0, eps * lam < 2), name="whatever the rank"),
        Forall(factor < 1, (lam > 0, eps > 0), name="whatever the rate"),
        Forall(Eq(a, b), (Eq(a, 1 - eps), Eq(b, 1 - lam)), name="one minimizer of (x + y - 1)**2"),
    ),
    assumptions=("full column rank: every eigenvalue lambda of the Hessian is positive",
                 "0 < eps < 2/lambda_max"),
)
