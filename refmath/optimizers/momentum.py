"""Gradient descent with classical (heavy-ball) momentum."""

from collections.abc import Mapping, Sequence

import numpy as np

from . import _checks
from ._blocks import Array
from .base import Grads, Optimizer, ParamsT

__all__ = ["Momentum"]


class Momentum(Optimizer):
    """Step along a decaying sum of past gradients.

    Keeps the velocity `v`, which starts from 0; the first gradient is damped like all others.
    See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo).
        momentum: Share of the velocity kept per step, in [0, 1).
        dampening: Share of each gradient that is left out, in [0, 1].
        lr_inside: True: the learning rate scales the gradient as it enters the velocity. False:
            it scales the velocity as that enters the parameter. The two differ once the rate
            changes between steps.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Polyak 1964; Goodfellow, Bengio and Courville 2016, Algorithm 8.2 (learning rate inside).
    """

    state_names = ("v",)

    def __init__(
        self,
        *,
        lr: float = 1e-2,
        momentum: float = 0.9,
        dampening: float = 0.0,
        lr_inside: bool = True,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            lr_inside=lr_inside,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )
        self._ascends = bool(lr_inside)

    def step(
        self,
        params: ParamsT,
        grads: Grads,
        lr: float | Sequence[float] | None = None,
        momentum: float | None = None,
    ) -> ParamsT:
        """Update the parameters in place by one step.

        Args:
            params: See `Optimizer.step`.
            grads: See `Optimizer.step`.
            lr: See `Optimizer.step`.
            momentum: The momentum of this step in [0, 1); None takes the constructor's.

        Returns:
            `params`, the same object.

        Raises:
            InvalidInput: An argument does not fit; then nothing has been changed.
        """
        override = {} if momentum is None else {"momentum": _checks.number("momentum", momentum)}
        self._step(params, grads, lr, override)
        return params

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        return h["momentum"], 1.0 - h["dampening"], h["lr"], h["lr"] * (1.0 - h["dampening"])

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        mu, undamped, lr, gain = k
        (v,) = state
        w = work[0]
        np.multiply(v, mu, out=v)
        if self._ascends:
            np.multiply(g, gain, out=w)
            return np.subtract(v, w, out=v)
        np.multiply(g, undamped, out=w)
        np.add(v, w, out=v)
        return np.multiply(v, lr, out=w)
