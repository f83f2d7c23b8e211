"""Under Gaussian noise -log p(y | X, theta) has the gradient of least squares divided by sigma**2;
a Gaussian prior adds the ridge; cross entropy is the negative log-likelihood of a categorical
distribution.

Source: Lecture 4: neural networks, backprop, optimization, maximum likelihood; Bishop 2006,
equations 3.10, 3.55 and 4.108.
"""

import refmath as rm
from refmath.objectives import ALL
from refmath.proof import Claim, same
from refmath.tensor import tensors

X, y, theta = tensors("X[n,d] y[n] theta[d]")
n, d = rm.dims("n d")
s, a = rm.scalar("s"), rm.scalar("a")  # s = sigma**2
squares = rm.sum((y - X @ theta) ** 2)
nll = squares / (2 * s) + n * rm.log(s) / 2
posterior = nll + a * rm.sum(theta**2) / 2
entropy = ALL["cross_entropy"]
Z, c = entropy._variable("Z"), entropy._variable("c")
likely = rm.gather(rm.log(rm.softmax(Z)), c)  # of every example: log p of its class
scores, truth = tensors("scores[k] truth[k]")  # truth: 1 for the class, 0 for the others
claim = Claim(
    id="T6",
    holds=(
        same(2 * s * rm.gradient(nll, theta), rm.gradient(squares, theta), name="Gaussian noise",
             coq={"n": 2, "d": 1}),
        same(2 * s * rm.gradient(posterior, theta),
             rm.gradient(squares + s * a * rm.sum(theta**2), theta), name="Gaussian prior",
             coq={"n": 2, "d": 1}),
        same(-rm.sum(likely) / n, entropy.expr, sizes={"n": 2, "k": 2},
             name="cross entropy is the mean of -log p of the true classes"),
        same(-rm.sum(truth * rm.log(rm.softmax(scores))), -rm.log_softmax(scores) @ truth,
             name="-log of the product of p_k**truth_k, for any truth"),
    ),
    controls=(
        same(s * rm.gradient(nll, theta), rm.gradient(squares, theta), name="the factor 2 lost"),
        same(-rm.sum(rm.gather(rm.softmax(Z), c)) / n, entropy.expr, sizes={"n": 1, "k": 2},
             name="the probability in place of its logarithm"),
    ),
    definition=("refmath.objectives:gaussian_likelihood", "refmath.objectives:gaussian_nll",
                "refmath.objectives:cross_entropy", "refmath.objectives:ridge"),
    assumptions=("sigma**2 is known", "independent examples"),
)
