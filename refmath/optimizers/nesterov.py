"""Gradient descent with Nesterov's accelerated momentum."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from refmath.errors import InvalidInput

from . import _checks
from ._blocks import Array, working_dtype
from .base import Grads, Optimizer, ParamsT

__all__ = ["Nesterov"]


class Nesterov(Optimizer):
    """Momentum with the gradient taken ahead, where the velocity alone would lead.

    Keeps the velocity `v`, which starts from 0. See `Optimizer` for shapes, dtypes and weight
    decay; the coupled decay takes the parameter before the step, not the point ahead.

    Args:
        lr: Learning rate in [0, oo).
        momentum: Share of the velocity kept per step, in [0, 1).
        form: "lookahead": `step` is given a function for the gradients and calls it once, at the
            point ahead. "shifted": the parameters are themselves the points ahead, and `step` is
            given the gradients there; with constant hyperparameters both forms pass through the
            same points ahead.
        lr_inside: True: the learning rate scales the gradient as it enters the velocity. False:
            it scales the velocity as that enters the parameter.
        weight_decay: Decay towards 0, in [0, oo).
        decoupled: Decay the parameter itself, not through the gradient.
        maximize: Ascend instead.

    Raises:
        InvalidInput: A hyperparameter is outside its domain.

    Source:
        Nesterov 1983; Sutskever, Martens, Dahl and Hinton 2013, equations 3 and 4; the shifted
        form: Bengio, Boulanger-Lewandowski and Pascanu 2013, section 3.5.
    """

    state_names = ("v",)

    def __init__(
        self,
        *,
        lr: float = 1e-2,
        momentum: float = 0.9,
        form: str = "lookahead",
        lr_inside: bool = True,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            lr=lr,
            momentum=momentum,
            form=form,
            lr_inside=lr_inside,
            weight_decay=weight_decay,
            decoupled=decoupled,
            maximize=maximize,
        )
        self._ahead = form == "lookahead"
        self._ascends = bool(lr_inside)

    def step(
        self,
        params: ParamsT,
        grads: Grads | Callable[[Any], Grads],
        lr: float | Sequence[float] | None = None,
        momentum: float | None = None,
    ) -> ParamsT:
        """Update the parameters in place by one step.

        Args:
            params: See `Optimizer.step`.
            grads: In the shifted form see `Optimizer.step`. In the lookahead form a function that
                takes new arrays structured like `params` (of their dtypes, in C order) and
                returns the gradients there; called once, after the other arguments are checked.
            lr: See `Optimizer.step`.
            momentum: The momentum of this step in [0, 1); None takes the constructor's.

        Returns:
            `params`, the same object.

        Raises:
            InvalidInput: An argument, or what the function returned, does not fit; then nothing
                has been changed.
        """
        override = {} if momentum is None else {"momentum": _checks.number("momentum", momentum)}
        if callable(grads) != self._ahead:
            raise InvalidInput(
                f"grads: expected {'a function' if self._ahead else 'arrays'} in the form "
                f"{self._hyper['form']!r}, found {type(grads).__name__}; "
                f"choose form={'shifted' if self._ahead else 'lookahead'!r} for what is given"
            )
        if callable(grads):
            points = self._points_ahead(params, lr, override)
            grads = grads(points[0] if isinstance(params, np.ndarray) else points)
        self._step(params, grads, lr, override)
        return params

    def _points_ahead(
        self, params: object, lr: object, override: Mapping[str, float]
    ) -> list[Array]:
        arrays = self._fitting(params)
        rates = _checks.rates(lr, self._numbers["lr"], len(arrays))
        mu = override.get("momentum", self._numbers["momentum"])
        if not self._arrays.get("v"):  # a state saved before the first step has no velocities
            return [p.copy() for p in arrays]
        points: list[Array] = []
        with np.errstate(all="ignore"):
            for p, v, rate in zip(arrays, self._arrays["v"], rates, strict=True):
                ahead = np.empty(p.shape, working_dtype(p.dtype))
                np.multiply(v, mu if self._ascends else -rate * mu, out=ahead)
                np.add(ahead, p, out=ahead)
                points.append(ahead.astype(p.dtype, copy=False))
        return points

    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        return h["momentum"], h["lr"]

    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        mu, lr = k
        (v,) = state
        w, scaled = work
        np.multiply(v, mu, out=v)
        if self._ascends:
            np.multiply(g, lr, out=scaled)
            np.subtract(v, scaled, out=v)
            if self._ahead:
                return v
            np.multiply(v, mu, out=w)
            return np.subtract(w, scaled, out=w)
        np.add(v, g, out=v)
        if self._ahead:
            return np.multiply(v, lr, out=w)
        np.multiply(v, mu, out=w)
        np.add(w, g, out=w)
        return np.multiply(w, lr, out=w)
