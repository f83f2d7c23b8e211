"""Back-propagation multiplies from the left by transposed Jacobians: d eps/dF = (dy/dF)' d eps/dy
for column vectors; the printed order fits row vectors only.

Printed: d eps/dF^L = d eps/dy dy/dF^L, with no word on rows and columns.
Source: Optimization in Deep Learning (after Goodfellow et al.).
"""

import refmath as rm
from refmath.proof import Claim, Verdict, slope
from refmath.tensor import tensors

A, F, target = tensors("A[n,n] F[n] target[n]")
y = A @ F
eps = rm.sum((y - target) ** 2)
outer = 2 * (y - target)  # d eps/dy
claim = Claim(
    id="A2",
    declared=Verdict.REFUTED,
    holds=(
        slope(eps, F, rm.transpose(A) @ outer, name="transposed, from the left",
             coq={"n": 2}),
        slope(eps, F, outer @ A, name="a row vector times the Jacobian"),
    ),
    printed=(slope(eps, F, A @ outer, name="the Jacobian as it is, a column vector"),),
    assumptions=("a linear layer; by the chain rule so for any",),
)
