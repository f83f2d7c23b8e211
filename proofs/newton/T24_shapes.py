"""The derivative of f: R^m -> R^n is an n x m Jacobian; the Hessian of f: R^m -> R is m x m and
symmetric.

Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

A, x, y = tensors("A[n,m] x[m] y[n]")
f = (A @ x) ** 3
loss = rm.sum((f - y) ** 2)
H = rm.hessian(loss, x)
J = rm.jacobian(f, x)
assert tuple(map(str, J.shape)) == ("n", "m")
assert tuple(map(str, H.shape)) == ("m", "m")
claim = Claim(
    id="T24",
    holds=(same(H, rm.transpose(H), name="symmetric"),
           same(rm.gradient(loss, x), 2 * rm.transpose(J) @ (f - y), name="through the Jacobian")),
    controls=(same(rm.gradient(loss, x), rm.transpose(J) @ (f - y), name="the factor 2 lost"),),
    assumptions=("twice continuously differentiable", "shown on a layer of cubes"),
)
