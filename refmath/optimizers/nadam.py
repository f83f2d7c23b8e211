"""NAdam: Adam with Nesterov's momentum."""

from collections.abc import Mapping, Sequence
from math import pow as power
from math import sqrt

import numpy as np

from ._blocks import Array
from ._kernels import average, average_square, correction, quotient
from .base import Optimizer

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """Adam whose mean gradient looks one step ahead, under a momentum that grows with the steps.

    Keeps the moving averages `m` of the gradient and `v` of its square, from 0, and per tensor
    the product `P` of the momenta so far, a float from 1. See `Optimizer` for shapes, dtypes and
    weight decay.

    Args:
        lr: Learning rate in [0, oo).
        beta1: Share of `m` kept per step, and the limit of the momentum, in [0, 1).
        beta2: Share of `v` kept per step, in [0, 1).
        eps: Added to the root of the corrected mean square, in [0, oo).
        momentum_decay: Speed at which the momentum grows from half of `beta1` to `beta1`, in
            [0, oo).
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Dozat 2016, Algorithm 2, with its momentum schedule.
    """

    state_names = ("m", "v", "P")
    scalar_names = ("P",)

    def __init__(
        self,
        *,
        lr: float = 2e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        momentum_decay: float = 4e-3,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            momentum_decay=momentum_decay,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )

    def _initial(self, name: str) -> float:
        return 1.0 if name == "P" else 0.0

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        t = self._t[i] + 1
        now, following = _momentum(h, t), _momentum(h, t + 1)
        product = self._scalars["P"][i] * now
        root = sqrt(correction(h["beta2"], t))
        rate = h["lr"] * root
        return (
            h["beta1"],
            1.0 - h["beta1"],
            h["beta2"],
            1.0 - h["beta2"],
            rate * following / (1.0 - product * following),
            rate * (1.0 - now) / (1.0 - product),
            h["eps"] * root,
        )

    def _finish(self, i: int, h: Mapping[str, float]) -> None:
        super()._finish(i, h)
        self._scalars["P"][i] *= _momentum(h, self._t[i])

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        beta1, rest1, beta2, rest2, ahead, direct, eps = k
        m, v = state
        n, w = work
        average(m, g, beta1, rest1, w)
        average_square(v, g, beta2, rest2, w)
        np.multiply(m, ahead, out=n)
        np.multiply(g, direct, out=w)
        np.add(n, w, out=n)
        np.sqrt(v, out=w)
        np.add(w, eps, out=w)
        return quotient(n, w, eps)


def _momentum(h: Mapping[str, float], t: int) -> float:
    return h["beta1"] * (1.0 - 0.5 * power(0.96, t * h["momentum_decay"]))
