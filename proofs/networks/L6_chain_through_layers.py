"""dL/dW3, dL/dH2, dL/dW2, dL/dH1 and dL/dW1 follow from each other by one local derivative a
layer; dO/dW3 is a tensor of rank 3, which no matrix product needs to form.

Source: Learning Deep Network.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

X, Y, A, B, C = tensors("X[n,d] Y[n,c] A[d,h] B[h,k] C[k,c]")
U, V = X @ A, (X @ A) ** 2 @ B  # squares as activations
H1, H2 = U**2, V**2
out = H2 @ C
loss = rm.sum((out - Y) ** 2)
bar_o = 2 * (out - Y)
bar_h2 = bar_o @ rm.transpose(C)
bar_v = bar_h2 * 2 * V
bar_h1 = bar_v @ rm.transpose(B)
bar_u = bar_h1 * 2 * U
claim = Claim(
    id="L6",
    holds=(
        same(rm.gradient(loss, C), rm.transpose(H2) @ bar_o, name="dL/dW3"),
        same(rm.gradient(loss, B), rm.transpose(H1) @ bar_v, name="dL/dW2"),
        same(rm.gradient(loss, A), rm.transpose(X) @ bar_u, name="dL/dW1"),
    ),
    controls=(same(rm.gradient(loss, C), rm.transpose(H2) @ bar_o / 2, name="half of it"),),
    assumptions=("three layers; squares stand for any differentiable activation",),
)
