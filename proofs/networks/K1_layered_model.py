"""A model f(x, theta) -> o is a differentiable computation graph in layers on data (x_i, y_i), i =
0..N-1: the gradient of a composition is composed of the layers'.

Any elementwise function enters a gradient by its value and its slope at one point: in place of it
stands its tangent there, H = F + D (X V - U), with F, D and U given: at X V = U, H is F.

Source: Optimization of deep networks (2019).
"""

import refmath as rm
from refmath.proof import Claim, same, slope
from refmath.tensor import tensors

X, Y, V, W = tensors("X[n,d] Y[n,c] V[d,h] W[h,c]")
F, D, U = tensors("F[n,h] D[n,h] U[n,h]")
SMALL = {"n": 2, "d": 2, "h": 1, "c": 1}


def layers(H: object, rate: object, name: str) -> tuple[object, object]:
    """The gradient of two layers, the inner one with values H and slopes ``rate``."""
    loss = rm.sum((H @ W - Y) ** 2)
    out = 2 * (H @ W - Y)
    return (
        slope(loss, W, H.T @ out, sizes=SMALL, name=f"{name}, last layer"),
        slope(loss, V, X.T @ ((out @ W.T) * rate), sizes=SMALL, name=f"{name}, first layer"),
    )


each = rm.sum((rm.tanh(X @ V) @ W - Y) ** 2, axis=1)
claim = Claim(
    id="K1",
    holds=(
        *layers(F + D * (X @ V - U), D, "any function"),
        *layers(rm.tanh(X @ V), 1 - rm.tanh(X @ V) ** 2, "tanh"),
        same(rm.sum(each), rm.sum((rm.tanh(X @ V) @ W - Y) ** 2), sizes=SMALL,
             name="the loss is a sum over the data"),
    ),
    controls=(
        slope(rm.sum(((F + D * (X @ V - U)) @ W - Y) ** 2), V,
              X.T @ (2 * ((F + D * (X @ V - U)) @ W - Y) @ W.T), sizes=SMALL,
              name="without the inner slope"),
        slope(rm.sum(((F + D * (X @ V - U)) @ W - Y) ** 2), V,
              X.T @ ((((F + D * (X @ V - U)) @ W - Y) @ W.T) * D), sizes=SMALL, name="half of it"),
    ),
    definition=("refmath.objectives:ALL",),
    assumptions=("two layers, the inner with any differentiable elementwise function",),
)
