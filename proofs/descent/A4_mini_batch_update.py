"""A mini-batch step moves by the average of B per-example gradients at the old parameters.

Printed: theta^{k+1} = theta^{k+1} - alpha/B sum dF: the new parameters on both sides, dF for
dtheta.
Source: Optimization in Deep Learning (after Goodfellow et al.), mini-batch update.
"""

from sympy import Eq, symbols

import refmath as rm
from refmath.proof import Claim, Forall, Verdict, slope

n, d = rm.dims("n d")
X, y, theta = rm.tensors("X[n,d] y[n] theta[d]")
residual = X @ theta - y
loss = rm.sum(residual**2) / (2 * n)
average = rm.sum(rm.transpose(X) * residual, axis=1) / n
lr, lam, old, new = symbols("lr lambda old new", real=True)
step = Eq(new, old - lr * lam * old)
claim = Claim(
    id="A4",
    declared=Verdict.REFUTED,
    holds=(slope(loss, theta, average, name="gradient of the mean",
                coq={"n": 2, "d": 1}),),
    printed=(
        Forall(step, (Eq(new, old - lr * lam * new),), name="the new parameters on both sides"),
    ),
    controls=(slope(loss, theta, average * n, name="a sum in place of the mean"),),
    assumptions=("least squares as the per-example loss",),
)
