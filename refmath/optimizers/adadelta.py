"""Adadelta: steps in the units of the parameters."""

from collections.abc import Mapping, Sequence

import numpy as np

from ._blocks import Array
from ._kernels import average_square, quotient
from .base import Optimizer

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Scale each gradient by the ratio of the root mean squares of past steps and gradients.

    Keeps the moving average `r` of squared gradients and `x` of squared steps (taken before the
    learning rate), both from 0. See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo); the source has none, which is 1.
        rho: Share of the averages kept per step, in [0, 1).
        eps: Added under both roots, in [0, oo). With 0 the first step, and so all, are 0.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Zeiler 2012, arXiv:1212.5701, Algorithm 1.
    """

    state_names = ("r", "x")

    def __init__(
        self,
        *,
        lr: float = 1.0,
        rho: float = 0.95,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            rho=rho,
            eps=eps,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        return h["rho"], 1.0 - h["rho"], h["eps"], h["lr"]

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        rho, rest, eps, lr = k
        r, x = state
        d, w = work
        average_square(r, g, rho, rest, w)
        np.add(r, eps, out=w)
        np.sqrt(w, out=w)
        # Two roots, because the quotient of the squares may underflow where theirs does not.
        np.add(x, eps, out=d)
        np.sqrt(d, out=d)
        quotient(d, w, eps)
        np.multiply(w, g, out=d)
        average_square(x, d, rho, rest, w)
        return np.multiply(d, lr, out=d)
