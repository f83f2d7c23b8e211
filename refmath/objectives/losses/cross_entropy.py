"""Softmax cross entropy: of class labels, of one-hot rows, of any soft labels."""

from typing import Any

from sympy import S

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION
from refmath.tensor import Tensor, dims, log_softmax, scalar, tensors
from refmath.tensor import sum as sum_of
from refmath.tensor.build import one_hot

Z, c, Y, w, v, m = tensors("Z[n,k] c[n] in k Y[n,k] w[k] v[n] m[n]")
n, k = dims("n k")
e = scalar("e")

_Weights = tuple[str, str] | None


def _loss(
    targets: Tensor, weights: _Weights, label_smoothing: Any, ignored: Any, reduction: str
) -> Tensor:
    kind, by = weights or ("", "count")
    wanted = targets * (1 - label_smoothing) + label_smoothing / k
    losses = -log_softmax(Z) * wanted
    counted: Any = None  # the weight of a row in a mean that divides by weights
    if kind == "classes":
        losses = losses * w
        counted = targets @ w
    rows = sum_of(losses, axis=1)
    if kind == "rows":
        rows, counted = rows * v, v
    if ignored is not None:
        rows = rows * ignored
        counted = ignored if counted is None or by == "count" else counted * ignored
    if reduction == "none":
        return rows
    total = sum_of(rows)
    if reduction == "sum":
        return total
    plain = counted is None or (by == "count" and ignored is None)
    return total / (n if plain else sum_of(counted))


cross_entropy = Objective(
    name="cross_entropy",
    title="Softmax cross entropy",
    source="Bishop 2006, Pattern Recognition and Machine Learning, equation 4.108; label "
           "smoothing: Szegedy et al. 2016, Rethinking the Inception Architecture, section 7",
    inputs=(
        parameter(Z, "logits, one row an example"),
        given(c, "class labels"),
        given(Y, "labels as rows of weights, which need not add up to 1", "[0, 1]"),
        given(w, "weights of the classes", "[0, oo)"),
        given(v, "weights of the examples", "[0, oo)"),
        given(e, "label smoothing", "[0, 1]"),
        given(m, "1 for examples that count, 0 for ignored ones", "{0, 1}"),
    ),
    formula=_loss,
    sizes={"k": 4},
    axes=(
        Axis("targets", {"labels": one_hot(c), "rows": Y},
             "class labels, or rows of weights (one-hot, soft)"),
        Axis("weights", {
            "none": None,
            "classes": ("classes", "weights"), "classes_by_count": ("classes", "count"),
            "rows": ("rows", "weights"), "rows_by_count": ("rows", "count"),
        }, "weights of classes or of examples, with a mean that divides by the sum of the weights "
           "of the examples' labels, or by the number of examples that count"),
        Axis("label_smoothing", {"no": S.Zero, "yes": e}, "targets moved towards uniform: "
             "(1 - e) y + e/k, before class weights are applied"),
        Axis("ignored", {"no": None, "yes": m},
             "a mask of the examples that count, in the sum and in the divisor of the mean"),
        ROW_REDUCTION,
    ),
)
