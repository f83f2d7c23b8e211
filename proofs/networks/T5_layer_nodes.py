"""Forward and backward of the nodes of GoogLeNet: the backward pass of a linear node is its
transpose, of average pooling a spread, of concatenation a split, of dropout the same mask, of a
maximum the chosen entry.

Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

x, w, seed, mask, y, W = tensors("x[n] w[3] seed[n] mask[n] y[m] W[m,n]")
n, m = rm.dims("n m")
pieces = rm.windows(x, 0, 3, padding=1)
convolved = pieces @ w
back = rm.gradient(seed @ convolved, x)
claim = Claim(
    id="T5",
    holds=(
        same(rm.gradient(seed @ convolved, w),
             rm.transpose(pieces) @ seed, name="convolution, by its filter"),
        same(x @ back, seed @ convolved, name="convolution, by its input: the transpose"),
        same(rm.gradient(seed @ (mask * x), x), mask * seed, name="dropout"),
        same(rm.gradient(y @ (W @ x), x), rm.transpose(W) @ y, name="fully connected"),
        same(rm.gradient(rm.mean(x), x), rm.ones(n) / n, name="average pooling"),
    ),
    controls=(
        same(rm.gradient(seed @ (mask * x), x), seed, name="dropout that lets all through"),
    ),
    definition=("refmath.objectives.layers:ALL", "refmath.objectives:inception"),
    assumptions=("maximum pooling: where one entry is largest; else the first is chosen",),
)
