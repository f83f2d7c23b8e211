"""The functions of ``refmath.tensor`` for arrays, under the same names.

One piece of Python, ``lambda m, X, y: m.sum((X @ y)**2)``, runs on tensors, NumPy and JAX.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Rational

_SCALAR = ("absolute", "cos", "erf", "exp", "log", "relu", "sigmoid", "sign", "sin", "softplus",
           "sqrt", "step", "tanh")
Axis = int | Sequence[int] | None


class Arrays:
    """NumPy on arrays of any kind of number; its scalar functions are those of an algebra."""

    xp: Any = np

    def __init__(self, algebra: Any) -> None:
        self.algebra = algebra

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in _SCALAR:
            known = {"absolute": "abs"}.get(name, name)
            return lambda x: self.each(lambda v: self.algebra.call(known, v), x)
        raise AttributeError(name)

    def each(self, function: Callable[..., Any], *args: Any) -> Any:
        """A scalar function, elementwise."""
        def one(*entries: Any) -> Any:
            return function(*(self.number(x) for x in entries))

        return np.frompyfunc(one, len(args), 1)(*(np.asarray(a, object) for a in args))

    def power(self, a: Any, b: Any) -> Any:
        return self.each(self.algebra.power, a, b)

    def number(self, value: Any) -> Any:
        """An exact number, as the algebra has it; an entry stays as it is."""
        exact = isinstance(value, int | Fraction)
        return self.algebra.number(Rational(value)) if exact else value

    def maximum(self, a: Any, b: Any) -> Any:
        return self.each(lambda x, y: self.algebra.call("maximum", x, y), a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return self.each(lambda x, y: self.algebra.call("minimum", x, y), a, b)

    def where(self, c: Any, a: Any, b: Any) -> Any:
        return self.xp.where(self.xp.asarray(c) > 0, a, b)

    def sum(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self.xp.sum(self.xp.asarray(x), axis=_axis(axis), keepdims=keepdims)

    def mean(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self.xp.mean(self.xp.asarray(x), axis=_axis(axis), keepdims=keepdims)

    def max(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self.xp.max(self.xp.asarray(x), axis=_axis(axis), keepdims=keepdims)

    def min(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self.xp.min(self.xp.asarray(x), axis=_axis(axis), keepdims=keepdims)

    def logsumexp(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self.log(self.sum(self.exp(x), axis, keepdims))

    def log_softmax(self, x: Any, axis: Axis = -1) -> Any:
        return x - self.logsumexp(x, axis, True)

    def softmax(self, x: Any, axis: Axis = -1) -> Any:
        e = self.exp(x)
        return e / self.sum(e, axis, True)

    def norm(self, x: Any, axis: Axis = None) -> Any:
        return self.sqrt(self.sum(x * x, axis))

    def matmul(self, a: Any, b: Any) -> Any:
        return a @ b

    def dot(self, a: Any, b: Any) -> Any:
        return self.xp.sum(a * b)

    def outer(self, a: Any, b: Any) -> Any:
        return self.xp.tensordot(a, b, axes=0)

    def transpose(self, a: Any, axes: Sequence[int] | None = None) -> Any:
        return self.xp.transpose(a, axes)

    def einsum(self, subscripts: str, *operands: Any) -> Any:
        return self.xp.einsum(subscripts, *operands)

    def concatenate(self, parts: Sequence[Any], axis: int = 0) -> Any:
        return self.xp.concatenate(parts, axis=axis)

    def eye(self, n: int) -> Any:
        return self.xp.eye(n, dtype=int)

    def ones(self, *shape: int) -> Any:
        return self.xp.ones(shape, dtype=int)

    def zeros(self, *shape: int) -> Any:
        return self.xp.zeros(shape, dtype=int)

    def diag(self, x: Any) -> Any:
        return self.xp.diag(x)

    def trace(self, x: Any) -> Any:
        return self.xp.trace(x)

    def inverse(self, x: Any) -> Any:
        return self.algebra.inverse(x)

    def logdet(self, x: Any) -> Any:
        return np.array(self.algebra.log_det(x), dtype=object)

    def det(self, x: Any) -> Any:
        return self.exp(self.logdet(x))

    def gather(self, x: Any, labels: Any) -> Any:
        chosen = self.xp.asarray(np.asarray(labels, int))[..., None]
        return self.xp.take_along_axis(x, chosen, axis=-1)[..., 0]

    def windows(
        self, x: Any, axis: int, size: int, *, stride: int = 1, padding: int = 0, dilation: int = 1
    ) -> Any:
        place = axis % x.ndim
        around = list(x.shape)
        around[place] = padding
        zeros = self.xp.zeros(around, dtype=int if x.dtype == object else x.dtype)
        wide = self.xp.concatenate([zeros, x, zeros], axis=place) if padding else x
        count = (wide.shape[place] - dilation * (size - 1) - 1) // stride + 1
        rows = np.arange(count)[:, None] * stride + np.arange(size)[None, :] * dilation
        return self.xp.moveaxis(self.xp.take(wide, rows, axis=place), place + 1, -1)


def _axis(axis: Axis) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


class Jax(Arrays):
    """JAX; at generic inputs its kinks and ties do not matter."""

    def __init__(self) -> None:
        import jax.numpy as jnp

        self.xp = jnp

    def __getattr__(self, name: str) -> Callable[..., Any]:
        import jax
        from jax.scipy.special import erf

        if name not in _SCALAR:
            raise AttributeError(name)
        own: dict[str, Any] = {
            "erf": erf, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid,
            "softplus": jax.nn.softplus, "step": lambda x: self.xp.where(x > 0, 1.0, 0.0),
        }
        found: Callable[..., Any] = own.get(name) or getattr(self.xp, name)
        return found

    def power(self, a: Any, b: Any) -> Any:
        return self.xp.power(a, float(b) if isinstance(b, Fraction) else b)

    def maximum(self, a: Any, b: Any) -> Any:
        return self.xp.maximum(a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return self.xp.minimum(a, b)

    def logsumexp(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        from jax.scipy.special import logsumexp

        return logsumexp(x, axis=_axis(axis), keepdims=keepdims)

    def softmax(self, x: Any, axis: Axis = -1) -> Any:
        return self.exp(self.log_softmax(x, axis))

    def inverse(self, x: Any) -> Any:
        return self.xp.linalg.inv(x)

    def logdet(self, x: Any) -> Any:
        return self.xp.linalg.slogdet(x)[1]
