"""Binary cross entropy of probabilities."""

from collections.abc import Callable

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, ROW_WEIGHTS, reduce
from refmath.tensor import Tensor, log, maximum, minimum, scalar, tensors

q, y, w = tensors("q[n] y[n] w[n]")
eps, least = scalar("eps"), scalar("least")

_Logs = tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]


def _same(x: Tensor) -> Tensor:
    return x


def _inside(x: Tensor) -> Tensor:
    return minimum(maximum(x, eps), 1 - eps)


def _bounded(x: Tensor) -> Tensor:
    return maximum(x, least)


def _loss(clip: _Logs, reduction: str, weights: str | None) -> Tensor:
    probability, logarithm = clip
    p = probability(q)
    losses = -(y * logarithm(log(p)) + (1 - y) * logarithm(log(1 - p)))
    return reduce(losses, reduction, w if weights else None, weights or "count")


binary_cross_entropy = Objective(
    name="binary_cross_entropy",
    title="Binary cross entropy of probabilities",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 4.90",
    inputs=(
        parameter(q, "probabilities of label 1", "(0, 1)"),
        given(y, "labels 0 or 1, or probabilities of 1", "[0, 1]"),
        given(eps, "distance that probabilities are kept from 0 and 1", "(0, 1/2)"),
        given(least, "least logarithm", "(-oo, 0)"),
        given(w, "weights of the examples", "[0, oo)"),
    ),
    formula=_loss,
    axes=(
        Axis("clip", {
            "none": (_same, _same), "probabilities": (_inside, _same),
            "logarithms": (_same, _bounded),
        }, "as it is; probabilities kept within [eps, 1 - eps]; or logarithms kept above a bound"),
        ROW_REDUCTION,
        ROW_WEIGHTS,
    ),
)
