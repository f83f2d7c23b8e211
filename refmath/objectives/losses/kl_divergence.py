"""The Kullback-Leibler divergence of two distributions, row by row."""

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import reduce
from refmath.tensor import Tensor, log, log_softmax, tensors

P, Q, L, Z = tensors("P[n,k] Q[n,k] L[n,k] Z[n,k]")


def _loss(inputs: Tensor, reduction: str) -> Tensor:
    return reduce(P * (log(P) - inputs), reduction)


kl_divergence = Objective(
    name="kl_divergence",
    title="Kullback-Leibler divergence",
    source="Goodfellow, Bengio and Courville 2016, Deep Learning, equation 3.50",
    inputs=(
        given(P, "target distributions, one a row", "rows"),
        parameter(Q, "distributions, one a row", "(0, 1)"),
        parameter(L, "logarithms of distributions", "(-oo, 0)"),
        parameter(Z, "logits"),
    ),
    formula=_loss,
    sizes={"k": 4},
    axes=(
        Axis("inputs", {"probabilities": log(Q), "logarithms": L, "logits": log_softmax(Z)},
             "what is optimized: probabilities, their logarithms, or logits"),
        Axis("reduction", {"rows": "rows", "mean": "mean", "sum": "sum", "none": "none"},
             "the mean over rows of a row's sum, the mean over all entries, the sum, or none"),
    ),
)
