"""Adam, AdamW and AMSGrad: rates from moving averages of gradients and squared gradients."""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from ._blocks import Array
from ._kernels import average, average_square, correction, quotient
from .base import Optimizer

__all__ = ["AMSGrad", "Adam", "AdamW"]


class Adam(Optimizer):
    """Divide the mean gradient by the root mean square, both corrected for their start from 0.

    Keeps the moving averages `m` of the gradient and `v` of its square and, with amsgrad, the
    maximum `vmax` of `v` so far; all start from 0. See `Optimizer` for shapes, dtypes and weight
    decay.

    Args:
        lr: Learning rate in [0, oo).
        beta1: Share of `m` kept per step, in [0, 1).
        beta2: Share of `v` kept per step, in [0, 1).
        eps: Added to the root of the corrected mean square, in [0, oo).
        amsgrad: Use the maximum of `v` so far in place of `v`; it is corrected like `v`. The
            class `AMSGrad` is the rule as published, without corrections.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 1.
    """

    state_names: tuple[str, ...] = ("m", "v", "vmax")

    def __init__(
        self,
        *,
        lr: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        amsgrad: bool = False,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            amsgrad=amsgrad,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )
        if not amsgrad:
            self.state_names = ("m", "v")

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        t = self._t[i] + 1
        c1, root = correction(h["beta1"], t), sqrt(correction(h["beta2"], t))
        return _scalars(h, h["lr"] * root / c1, h["eps"] * root)

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        return _advance(g, state, work[0], k)


class AdamW(Adam):
    """Adam with decoupled weight decay.

    State, shapes and dtypes as `Adam`'s.

    Args:
        lr: Learning rate in [0, oo); it scales the decay too.
        beta1: Share of `m` kept per step, in [0, 1).
        beta2: Share of `v` kept per step, in [0, 1).
        eps: Added to the root of the corrected mean square, in [0, oo).
        weight_decay: Decay of the parameter itself towards 0, in [0, oo).
        amsgrad: Use the maximum of `v` so far in place of `v`.
        maximize: Ascend instead; the decay is still towards 0.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Loshchilov and Hutter 2019, arXiv:1711.05101v3, Algorithm 2, where the decay is scaled
        by the schedule alone; here by the learning rate, so that a decay w here is lr * w there.
    """

    def __init__(
        self,
        *,
        lr: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            amsgrad=amsgrad,
            weight_decay=weight_decay,
            decoupled=True,
            maximize=maximize,
        )
        del self._hyper["decoupled"]


class AMSGrad(Optimizer):
    """Adam with the maximum of the mean square so far, and without corrections for the start.

    Keeps the moving averages `m` of the gradient and `v` of its square and the maximum `vmax` of
    `v`; all start from 0. See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo).
        beta1: Share of `m` kept per step, in [0, 1).
        beta2: Share of `v` kept per step, in [0, 1).
        eps: Added to the root of `vmax`, in [0, oo); the source has none.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Reddi, Kale and Kumar 2018, Algorithm 2, without the projection.
    """

    state_names = ("m", "v", "vmax")

    def __init__(
        self,
        *,
        lr: float = 1e-3,
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
        return _scalars(h, h["lr"], h["eps"])

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        return _advance(g, state, work[0], k)


def _scalars(h: Mapping[str, float], rate: float, eps: float) -> tuple[float, ...]:
    return h["beta1"], 1.0 - h["beta1"], h["beta2"], 1.0 - h["beta2"], rate, eps


def _advance(g: Array, state: Sequence[Array], w: Array, k: Sequence[Array]) -> Array:
    # Dividing v by its correction c would take a pass over the block; its root is instead
    # multiplied into the rate and eps, both above and below the fraction bar.
    beta1, rest1, beta2, rest2, rate, eps = k
    m, v, *vmax = state
    average(m, g, beta1, rest1, w)
    average_square(v, g, beta2, rest2, w)
    if vmax:
        v = np.maximum(vmax[0], v, out=vmax[0])
    np.sqrt(v, out=w)
    np.add(w, eps, out=w)
    quotient(m, w, eps)
    return np.multiply(w, rate, out=w)
