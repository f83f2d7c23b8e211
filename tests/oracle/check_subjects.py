"""Optimizers written by hand as people write them, right and wrong, for tests of the check."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np


class Adam:
    """Adam; subclasses change one thing."""

    def __init__(self, params: Any, hyper: Any) -> None:
        self.params, self.hyper, self.t = params, hyper, 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def __call__(self, grads: Any, lr: Any) -> Any:
        self.t += 1
        for i, g in enumerate(grads):
            self.one(i, g, lr)
        return self.params

    def one(self, i: int, g: Any, lr: Any) -> None:
        """The update of one tensor."""
        b1, b2 = self.hyper["beta1"], self.hyper["beta2"]
        self.m[i] = b1 * self.m[i] + (1 - b1) * g
        self.v[i] = b2 * self.v[i] + (1 - b2) * g**2
        self.params[i] = self.params[i] - lr * self.direction(i)

    def corrections(self) -> tuple[Any, Any]:
        """The corrections of both moments."""
        return 1 - self.hyper["beta1"] ** self.t, 1 - self.hyper["beta2"] ** self.t

    def direction(self, i: int) -> Any:
        """What is multiplied by the learning rate."""
        first, second = self.corrections()
        return (self.m[i] / first) / (np.sqrt(self.v[i] / second) + self.hyper["eps"])


class WithoutPower(Adam):
    """Both corrections lack the power t."""

    def corrections(self) -> tuple[Any, Any]:
        return 1 - self.hyper["beta1"], 1 - self.hyper["beta2"]


class Hat(Adam):
    """Epsilon beside the raw root."""

    def direction(self, i: int) -> Any:
        first, second = self.corrections()
        return np.sqrt(second) / first * self.m[i] / (np.sqrt(self.v[i]) + self.hyper["eps"])


class WithoutEpsilon(Adam):
    """Epsilon is ignored, and another one used."""

    def __init__(self, params: Any, hyper: Any) -> None:
        super().__init__(params, {**hyper, "eps": 1e-8})


class SinglePrecision(Adam):
    """The corrections are kept in float32."""

    def corrections(self) -> tuple[Any, Any]:
        one = np.float32(1)
        b1, b2 = np.float32(self.hyper["beta1"]), np.float32(self.hyper["beta2"])
        return float(one - b1**self.t), float(one - b2**self.t)


class FirstRate(Adam):
    """Groups share the first one's rate."""

    groups = True

    def one(self, i: int, g: Any, lr: Any) -> None:
        super().one(i, g, lr[0] if isinstance(lr, list) else lr)


class LateGradients(Adam):
    """A tensor that rested goes on with the others' step count."""

    skips = True

    def one(self, i: int, g: Any, lr: Any) -> None:
        if g is not None:
            super().one(i, g, lr)


class Forgetful(Adam):
    """What is saved lacks the step count."""

    def save(self) -> Any:
        """The moments alone."""
        return deepcopy((self.m, self.v))

    def load(self, saved: Any) -> None:
        """Take over the moments."""
        self.m, self.v = saved


class SharedByShape(Adam):
    """Tensors of equal shape share their state."""

    def one(self, i: int, g: Any, lr: Any) -> None:
        shapes = [p.shape for p in self.params]
        first = shapes.index(g.shape)
        kept = self.m[i], self.v[i]
        self.m[i], self.v[i] = self.m[first], self.v[first]
        super().one(i, g, lr)
        if i != first:
            self.m[first], self.v[first] = self.m[i], self.v[i]
            self.m[i], self.v[i] = kept


class ScalarGradient(Adam):
    """Only the first element of a gradient is used."""

    def one(self, i: int, g: Any, lr: Any) -> None:
        super().one(i, np.full_like(g, g.flat[0]), lr)


class RowsMixed(Adam):
    """Tensors of several axes are averaged over the last one."""

    def one(self, i: int, g: Any, lr: Any) -> None:
        super().one(i, g + 0 * g if g.ndim < 2 else g.mean(-1, keepdims=True) + 0 * g, lr)


class Alias:
    """Momentum whose velocity starts as the caller's gradient itself."""

    def __init__(self, params: Any, hyper: Any) -> None:
        self.params, self.hyper = params, hyper
        self.v: Any = None

    def __call__(self, grads: Any, lr: Any) -> Any:
        if self.v is None:
            self.v = list(grads)
        else:
            self.v = [self.hyper["momentum"] * v + g for v, g in zip(self.v, grads, strict=True)]
        self.params = [p - lr * v for p, v in zip(self.params, self.v, strict=True)]
        return self.params


class Blowing(Adam):
    """Answers NaN from the third step on."""

    def __call__(self, grads: Any, lr: Any) -> Any:
        answer = super().__call__(grads, lr)
        return [np.full_like(p, np.nan) for p in answer] if self.t > 2 else answer


def factory(cls: type[Any]) -> Callable[[Any, Any], Any]:
    """A plain factory make(params, hyper) with the flags of the class."""

    def make(params: Any, hyper: Any) -> Any:
        return cls(params, hyper)

    make.__name__ = make.__qualname__ = cls.__name__
    for flag in ("skips", "groups"):
        setattr(make, flag, getattr(cls, flag, False))
    return make
