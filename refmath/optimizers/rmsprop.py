"""RMSProp: rates from a moving average of squared gradients."""

from collections.abc import Mapping, Sequence

import numpy as np

from ._blocks import Array
from ._kernels import average, average_square, quotient
from .base import Optimizer

__all__ = ["RMSProp"]


class RMSProp(Optimizer):
    """Divide each coordinate's gradient by the root of the moving average of its square.

    Keeps that average `r`; if centered, the average `c` of the gradient; with momentum, the
    velocity `b`; all start from 0. See `Optimizer` for shapes, dtypes and weight decay.

    Args:
        lr: Learning rate in [0, oo).
        rho: Share of the averages kept per step, in [0, 1).
        eps: Added to the mean square, in [0, oo).
        centered: Take the square of the average gradient from the mean square: the variance,
            which rounding cannot make negative here.
        momentum: Share of the velocity kept per step, in [0, 1); 0 keeps none.
        eps_inside: True: eps is added under the root. False: to the root.
        lr_inside: With momentum, True: the learning rate scales what enters the velocity.
            False: it scales the velocity as that enters the parameter.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Tieleman and Hinton 2012, Lecture 6.5; Goodfellow, Bengio and Courville 2016,
        Algorithm 8.5; centered and with momentum: Graves 2013, equations 38 to 41.
    """

    state_names: tuple[str, ...] = ("r", "c", "b")

    def __init__(
        self,
        *,
        lr: float = 1e-3,
        rho: float = 0.9,
        eps: float = 1e-6,
        centered: bool = False,
        momentum: float = 0.0,
        eps_inside: bool = True,
        lr_inside: bool = True,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            rho=rho,
            eps=eps,
            centered=centered,
            momentum=momentum,
            eps_inside=eps_inside,
            lr_inside=lr_inside,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )
        self._centered, self._moving = bool(centered), bool(momentum)
        self._eps_inside, self._lr_inside = bool(eps_inside), bool(lr_inside)
        kept = {"r": True, "c": self._centered, "b": self._moving}
        self.state_names = tuple(name for name in kept if kept[name])

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        return h["rho"], 1.0 - h["rho"], h["eps"], h["momentum"], h["lr"]

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        eps, mu, lr = k[2:]
        w = work[0]
        quotient(g, self._denominator(g, state, w, k), eps)
        if not self._moving:
            return np.multiply(w, lr, out=w)
        b = state[-1]
        np.multiply(b, mu, out=b)
        if self._lr_inside:
            np.multiply(w, lr, out=w)
            return np.add(b, w, out=b)
        np.add(b, w, out=b)
        return np.multiply(b, lr, out=w)

    def _denominator(self, g: Array, state: Sequence[Array], w: Array, k: Sequence[Array]) -> Array:
        rho, rest, eps = k[:3]
        q = state[0]
        average_square(q, g, rho, rest, w)
        if self._centered:
            c = state[1]
            average(c, g, rho, rest, w)
            np.multiply(c, c, out=w)
            np.subtract(q, w, out=w)
            # NumPy's maximum lets NaN through.
            q = np.maximum(w, 0.0, out=w)
        if self._eps_inside:
            np.add(q, eps, out=w)
            return np.sqrt(w, out=w)
        np.sqrt(q, out=w)
        return np.add(w, eps, out=w)
