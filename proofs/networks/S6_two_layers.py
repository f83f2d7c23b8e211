"""h_k = A(b_0k + sum x_l w_0kl), y^_j = A(b_1j + sum h_k w_1jk): the gradient in every weight and
every bias.

Source: Scaling Optimization.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

x, y, b, c, V, W = tensors("x[d] y[m] b[h] c[m] V[h,d] W[m,h]")
u = b + V @ x
hidden = u**2  # a polynomial activation
z = c + W @ hidden
loss = rm.sum((z - y) ** 2)
dz = 2 * (z - y)
du = (rm.transpose(W) @ dz) * 2 * u
claim = Claim(
    id="S6",
    holds=(
        same(rm.gradient(loss, W), rm.outer(dz, hidden), name="outer weights"),
        same(rm.gradient(loss, c), dz, name="outer biases"),
        same(rm.gradient(loss, V), rm.outer(du, x), name="inner weights"),
        same(rm.gradient(loss, b), du, name="inner biases"),
    ),
    controls=(same(rm.gradient(loss, b), du / 2, name="the activation's slope lost"),),
    definition=("refmath.objectives:two_layer_network",),
    assumptions=("A(u) = u**2 in the hidden layer, linear in the last",),
)
