"""y^_i = A(b_i + sum_k x_k w_ik) has dL/dw_ik = dL/dy^_i A'(.) x_k and dL/db_i = dL/dy^_i A'(.),
for all weights and all biases.

Source: Scaling Optimization, graph with L2 loss.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

x, y, b, W = tensors("x[d] y[c] b[c] W[c,d]")
z = b + W @ x
out = rm.sigmoid(z)
loss = rm.sum((out - y) ** 2)
delta = 2 * (out - y) * out * (1 - out)
claim = Claim(
    id="S1",
    holds=(
        same(rm.gradient(loss, W), rm.outer(delta, x), name="weights"),
        same(rm.gradient(loss, b), delta, name="biases"),
        same(rm.gradient(rm.sum((z - y) ** 2), W), rm.outer(2 * (z - y), x), name="A linear",
             coq={"c": 1, "d": 2}),
    ),
    controls=(same(rm.gradient(rm.sum((z - y) ** 2), b), z - y, name="the factor 2 lost"),),
    definition=("refmath.objectives:one_layer_network",),
    assumptions=("A the logistic function, or linear; for ReLU where no pre-activation is 0",),
)
