"""Softmax cross entropy -log p(y) has the gradient p - e_y and the Hessian diag(p) - p p', which
is positive semidefinite with null vector 1.

Source: Optimization of deep networks (2019), classification loss; Bishop 2006, equation 4.109.
"""

import refmath as rm
from refmath.proof import Claim, Zero, bend, slope
from refmath.tensor import tensors

o, v, label = tensors("o[k] v[k] label[k]")  # label adds up to 1, e_y among others
(k,) = (o.shape[0],)
p = rm.softmax(o)
whole = {rm.sum(p): 1, rm.sum(label): 1}
loss = -rm.log_softmax(o) @ label
H = rm.hessian(loss, o)
gaps = rm.outer(v, rm.ones(k)) - rm.outer(rm.ones(k), v)
squares = rm.sum(rm.outer(p, p) * gaps**2) / 2  # sum over pairs of p_i p_j (v_i - v_j)**2 / 2
claim = Claim(
    id="K3",
    holds=(
        Zero(rm.gradient(loss, o) - (p - label), name="gradient", put=whole),
        slope(loss, o, p * rm.sum(label) - label, name="gradient, any weights"),
        bend(loss, o, rm.sum(label) * (rm.diag(p) - rm.outer(p, p)), name="Hessian"),
        Zero(H @ rm.ones(k), name="null vector 1", put=whole),
        Zero(v @ (rm.diag(p) - rm.outer(p, p)) @ v - squares, name="a sum of squares", put=whole),
    ),
    controls=(
        Zero(rm.gradient(loss, o) - (p + label), name="p + e_y"),
        Zero(H - rm.sum(label) * rm.diag(p), name="the diagonal alone"),
    ),
    definition=("refmath.objectives:cross_entropy",),
    assumptions=("p = softmax(o) adds up to 1", "labels add up to 1 where that is said"),
)
