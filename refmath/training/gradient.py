"""Value and gradient of a batch, added up over micro-batches."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.dataset import Array

__all__ = ["Loss", "accumulated"]

Arrays: TypeAlias = Mapping[str, Array]
Loss: TypeAlias = Callable[[Arrays, Arrays], tuple[Any, Mapping[str, Any]]]
"""``loss(params, batch)``: the mean over the batch's examples, and its gradient by parameter."""


def accumulated(
    loss: Loss, params: Mapping[str, Array], batch: Mapping[str, Array], most: int | None = None
) -> tuple[Any, dict[str, Any]]:
    """Value and gradient of a batch, from parts of at most ``most`` examples.

    A part counts as many times as it has examples: the sum of b_k g_k, divided by B. That is the
    gradient of the whole batch, whatever the parts' sizes; in floating point with unit roundoff u
    and K parts, adding them up contributes at most gamma(K + 1) sum b_k |g_k| / B per entry,
    gamma(k) = k u / (1 - k u).

    Args:
        loss: Mean over examples, and its gradients.
        params: The parameters by name.
        batch: Arrays with one row an example; none for a loss without data.
        most: Examples in a part; None for all at once.

    Raises:
        InvalidInput: ``most`` is no positive whole number.

    Source:
        Goodfellow, Bengio and Courville 2016, equation 8.5; Higham 2002, section 3.1.
    """
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
        raise InvalidInput(f"micro_batch={most!r}: expected a whole number >= 1, or None")
    size = len(next(iter(batch.values()))) if batch else 0
    if most is None or most >= size:
        value, slopes = loss(params, batch)
        return value, dict(slopes)
    total: Any = 0
    sums: dict[str, Any] = {}
    for start in range(0, size, most):
        part = {name: array[start : start + most] for name, array in batch.items()}
        count = min(most, size - start)
        value, slopes = loss(params, part)
        total = total + count * value
        for name, slope in slopes.items():
            weighted = count * np.asarray(slope)
            sums[name] = sums[name] + weighted if name in sums else weighted
    return total / size, {name: np.asarray(s / size) for name, s in sums.items()}
