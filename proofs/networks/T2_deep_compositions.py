"""Networks of 2 to 5 layers are compositions such as W2 max(0, W1 x); the comma printed in
tanh(W3, max(..)) is a product.

Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

x, A, B, C = tensors("x[d] A[h,d] B[k,h] C[c,k]")
two = B @ rm.relu(A @ x)
three = C @ rm.relu(B @ rm.relu(A @ x))
claim = Claim(
    id="T2",
    holds=(
        same(two,
             rm.einsum("kh,h->k", B, rm.relu(A @ x)), name="2 layers"),
        same(three, rm.einsum("ck,k->c", C, rm.relu(two)), name="3 layers"),
    ),
    controls=(same(two, 2 * B @ (A @ x), name="without the maximum"),),
    definition=("refmath.objectives:network_2", "refmath.objectives:network_3",
                "refmath.objectives:network_4", "refmath.objectives:network_5"),
)
