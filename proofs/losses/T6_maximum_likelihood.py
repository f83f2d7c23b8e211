"""Under Gaussian noise -log p(y | X, theta) has the gradient of least squares divided by sigma**2;
a Gaussian prior adds the ridge; cross entropy is the negative log-likelihood of a categorical
distribution.

Source: Lecture 4: neural networks, backprop, optimization, maximum likelihood; Bishop 2006,
equations 3.10 and 3.55.
"""

import refmath as rm
from refmath.proof import Claim, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
s, a = rm.scalar("s"), rm.scalar("a")  # s = sigma**2
squares = rm.sum((y - X @ theta) ** 2)
nll = squares / (2 * s) + n * rm.log(s) / 2
posterior = nll + a * rm.sum(theta**2) / 2
claim = Claim(
    id="T6",
    holds=(
        same(2 * s * rm.gradient(nll, theta), rm.gradient(squares, theta), name="Gaussian noise",
             coq={"n": 2, "d": 1}),
        same(2 * s * rm.gradient(posterior, theta),
             rm.gradient(squares + s * a * rm.sum(theta**2), theta), name="Gaussian prior",
             coq={"n": 2, "d": 1}),
    ),
    controls=(
        same(s * rm.gradient(nll, theta), rm.gradient(squares, theta), name="the factor 2 lost"),
    ),
    definition=("refmath.objectives:gaussian_likelihood", "refmath.objectives:gaussian_nll",
                "refmath.objectives:cross_entropy", "refmath.objectives:ridge"),
    assumptions=("sigma**2 is known",),
)
