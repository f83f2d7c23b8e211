"""A model f(x, theta) -> o is a differentiable computation graph in layers on data (x_i, y_i), i =
0..N-1: the gradient of a composition is composed of the layers'.

Source: Optimization of deep networks (2019).
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

X, Y, V, W = tensors("X[n,d] Y[n,c] V[d,h] W[h,c]")
H = rm.tanh(X @ V)
loss = rm.sum((H @ W - Y) ** 2)
out = 2 * (H @ W - Y)
inner = out @ rm.transpose(W)
through = rm.transpose(X) @ (inner * (1 - H**2))
claim = Claim(
    id="K1",
    holds=(
        same(rm.gradient(loss, W), rm.transpose(H) @ out, name="last layer"),
        same(rm.gradient(loss, V), through, name="first layer"),
    ),
    controls=(
        same(rm.gradient(rm.sum((X @ V @ W - Y) ** 2), V),
             2 * rm.transpose(X) @ (X @ V @ W - Y) @ rm.transpose(W) / 2, name="half of it"),
    ),
    definition=("refmath.objectives:ALL",),
    assumptions=("two layers with tanh",),
)
