"""Gradient descent without momentum."""

from collections.abc import Mapping, Sequence

import numpy as np

from ._blocks import Array
from .base import Optimizer

__all__ = ["SGD", "GradientDescent"]


class GradientDescent(Optimizer):
    """Step against the gradient, in proportion to it; also named `SGD`.

    Keeps no state but the step count. See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo).
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Robbins and Monro 1951; Goodfellow, Bengio and Courville 2016, Algorithm 8.1.
    """

    def __init__(
        self,
        *,
        lr: float = 1e-2,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(lr=lr, weight_decay=weight_decay, decoupled=decoupled, maximize=maximize)

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        return (h["lr"],)

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        return np.multiply(g, k[0], out=work[0])


SGD = GradientDescent
