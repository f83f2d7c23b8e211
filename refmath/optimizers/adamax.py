"""AdaMax: Adam with the decayed maximum of gradients in place of their root mean square."""

from collections.abc import Mapping, Sequence

import numpy as np

from ._blocks import Array
from ._kernels import average, correction, quotient
from .base import Optimizer

__all__ = ["AdaMax"]


class AdaMax(Optimizer):
    """Divide the mean gradient, corrected for its start from 0, by a decayed maximum.

    Keeps the moving average `m` of the gradient and the decayed maximum `u` of its absolute
    value, both from 0. See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo).
        beta1: Share of `m` kept per step, in [0, 1).
        beta2: Decay of `u` per step, in [0, 1).
        eps: Added to `u` in the denominator, in [0, oo); the source has none.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 2.
    """

    state_names = ("m", "u")

    def __init__(
        self,
        *,
        lr: float = 2e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        rate = h["lr"] / correction(h["beta1"], self._t[i] + 1)
        return h["beta1"], 1.0 - h["beta1"], h["beta2"], rate, h["eps"]

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        beta1, rest1, beta2, rate, eps = k
        m, u = state
        w = work[0]
        average(m, g, beta1, rest1, w)
        np.multiply(u, beta2, out=u)
        np.absolute(g, out=w)
        np.maximum(u, w, out=u)
        np.add(u, eps, out=w)
        quotient(m, w, eps)
        return np.multiply(w, rate, out=w)
