"""Options that losses share: how the losses of single entries or rows become one number."""

from typing import Any

from refmath.objective import Axis
from refmath.tensor import Tensor
from refmath.tensor import mean as mean_of
from refmath.tensor import sum as sum_of

__all__ = ["REDUCTION", "ROW_REDUCTION", "ROW_WEIGHTS", "reduce", "spread"]

REDUCTION = Axis(
    "reduction",
    {"mean": "mean", "sum": "sum", "rows": "rows", "none": "none"},
    "the mean over all entries, their sum, the mean over rows of a row's sum, or no reduction",
)

ROW_REDUCTION = Axis(
    "reduction",
    {"mean": "mean", "sum": "sum", "none": "none"},
    "the mean over rows, their sum, or no reduction",
)

ROW_WEIGHTS = Axis(
    "weights",
    {"none": None, "count": "count", "weights": "weights"},
    "no weights of rows; weights, with a mean that divides by the number of terms; or weights, "
    "with a mean that divides by the sum of their weights",
)


def spread(weights: Tensor, losses: Tensor) -> Tensor:
    """Weights of rows, with axes of size 1 added so that they broadcast against the losses."""
    return weights[(slice(None), *[None] * (losses.rank - 1))]


def reduce(losses: Tensor, reduction: str, weights: Any = None, by: str = "count") -> Tensor:
    """The losses of single entries, weighted and brought to one number.

    Args:
        losses: Of shape (n, ...).
        reduction: An option of ``REDUCTION``.
        weights: Of shape (n,), or None.
        by: Whether a mean divides by the ``count`` of terms or by the sum of their ``weights``.
    """
    weighted = losses if weights is None else spread(weights, losses) * losses
    if reduction == "none":
        return weighted
    total = sum_of(weighted)
    if reduction == "sum":
        return total
    if weights is not None and by == "weights":
        whole = sum_of(weights)
        return total / (whole if reduction == "rows" else whole * _row_length(losses))
    return total / losses.shape[0] if reduction == "rows" else mean_of(weighted)


def _row_length(losses: Tensor) -> Any:
    length: Any = 1
    for size in losses.shape[1:]:
        length = length * size
    return length
