"""AdaGrad: rates from the sum of all squared gradients."""

from collections.abc import Mapping, Sequence

import numpy as np

from ._blocks import Array
from ._kernels import quotient
from .base import Optimizer

__all__ = ["AdaGrad"]


class AdaGrad(Optimizer):
    """Divide each coordinate's step by the root of the sum of its squared gradients.

    Keeps that sum, `r`. See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo).
        eps: Added to the denominator, in [0, oo).
        initial_accumulator: What `r` starts from, in [0, oo).
        lr_decay: Per step, the growth of the number that divides the learning rate, in [0, oo);
            the first step has the full rate.
        eps_inside: Add eps under the root instead of to it.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient; this does not follow
            `lr_decay`.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Duchi, Hazan and Singer 2011, Figure 1 with a diagonal matrix; Goodfellow, Bengio and
        Courville 2016, Algorithm 8.4.
    """

    state_names = ("r",)

    def __init__(
        self,
        *,
        lr: float = 1e-2,
        eps: float = 1e-7,
        initial_accumulator: float = 0.0,
        lr_decay: float = 0.0,
        eps_inside: bool = False,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            eps=eps,
            initial_accumulator=initial_accumulator,
            lr_decay=lr_decay,
            eps_inside=eps_inside,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )
        self._eps_inside = bool(eps_inside)

    def _initial(self, name: str) -> float:
        return self._numbers["initial_accumulator"]

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        return h["lr"] / (1.0 + self._t[i] * h["lr_decay"]), h["eps"]

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        lr, eps = k
        (r,) = state
        w = work[0]
        np.multiply(g, g, out=w)
        np.add(r, w, out=r)
        if self._eps_inside:
            np.add(r, eps, out=w)
            np.sqrt(w, out=w)
        else:
            np.sqrt(r, out=w)
            np.add(w, eps, out=w)
        quotient(g, w, eps)
        return np.multiply(w, lr, out=w)
