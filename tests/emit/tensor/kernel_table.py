"""Expressions to make kernels of, values for them, and what holds for the results."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Rational

import refmath as rm
from refmath import tensor as tn
from refmath.emit.tensor.enclosure import Model, enclose
from refmath.oracle.gradient.judge import held
from refmath.tensor import Tensor
from refmath.tensor.evaluate import size_of
from refmath.tensor.walk import variables

SIZES = {"n": 5, "d": 3, "k": 4, "h": 2}
LAMBDA = 0.375
"""Exact in every format."""

n, d, k, h = rm.dims("n d k h")
lam = rm.scalar("lambda")
X, Y, Z, y, x, theta, v, W, U, W1, b1, W2, b2, c, A, S, w, s = rm.tensors(
    "X[n,d] Y[n,k] Z[n,k] y[n] x[n] theta[d] v[d] W[d,k] U[d,k] W1[d,h] b1[h] W2[h,k] b2[k] "
    "c[n] in k A[d,d] S[d,d] w[3] s[]", symmetric="S",
)

LEAST_SQUARES = rm.sum((X @ theta - y) ** 2) / n + lam * rm.sum(theta**2)
LOGISTIC = rm.mean(rm.softplus(X @ theta) - y * (X @ theta))
MARGIN = rm.mean(rm.softplus(-y * (X @ theta)))
SOFTMAX = -rm.mean(tn.gather(rm.log_softmax(X @ W), c))
NETWORK = -rm.mean(tn.gather(rm.log_softmax(rm.relu(X @ W1 + b1) @ W2 + b2), c))
SMOOTH = rm.mean((rm.tanh(X @ W1 + b1) @ W2 + b2 - Y) ** 2)
CONVOLUTION = rm.sum(rm.relu(tn.windows(x, 0, 3, padding=1) @ w) ** 2)
POOLING = rm.sum(rm.max(tn.windows(x, 0, 3, padding=1), -1) ** 3)
JOINED = rm.sum(rm.concatenate([x[1:] ** 2, y]) ** 3)
ROSENBROCK = rm.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
KERNEL = rm.sum(rm.exp(-rm.sum((X[:, None, :] - X[None, :, :]) ** 2, -1)))
POSITIVE = A @ A.T + tn.eye(d)


def derivatives(name: str, loss: Tensor, *by: Any) -> dict[str, Tensor]:
    """A loss with its gradients and Hessians."""
    out = {name: loss}
    for one in by:
        out[f"{name}: gradient {one.name}"] = rm.gradient(loss, one)
        for other in by:
            if other.rank + one.rank <= 4:
                out[f"{name}: Hessian {one.name} {other.name}"] = rm.hessian(loss, one, other)
    return out


TABLE: dict[str, Tensor] = {
    **derivatives("least squares", LEAST_SQUARES, theta),
    **derivatives("logistic", LOGISTIC, theta),
    **derivatives("margin", MARGIN, theta),
    **derivatives("softmax", SOFTMAX, W),
    **derivatives("network", NETWORK, W1, b1, W2, b2),
    **derivatives("smooth network", SMOOTH, W1, b1, W2, b2),
    **derivatives("convolution", CONVOLUTION, x, w),
    **derivatives("pooling", POOLING, x),
    **derivatives("joined", JOINED, x, y),
    **derivatives("rosenbrock", ROSENBROCK, x),
    **derivatives("norm", rm.norm(x), x),
    **derivatives("neighbours", rm.sum(x**3) + rm.sum(x) ** 2 + rm.sum(x[1:] * x[:-1]), x),
    **derivatives("log det", rm.logdet(POSITIVE), A),
    **derivatives("largest", rm.sum(rm.max(Y, 1) ** 2) + rm.max(Y) ** 2, Y),
    **derivatives("smallest", rm.sum(rm.min(Y, 0)), Y),
    **derivatives("chosen", rm.sum(tn.gather(Y, c) ** 3), Y),
    **derivatives("choice", rm.sum(rm.where(y, rm.log(1 + y), y**2)), y),
    **derivatives("kinks", rm.sum(tn.absolute(y) + rm.relu(y) * 2 + rm.sign(y) * y), y),
    **derivatives("kernel", KERNEL, X),
    **derivatives("quadratic", theta @ (A @ theta) / 2, theta, A),
    **derivatives("symmetric", theta @ (S @ theta), theta, S),
    "along": rm.hessian_vector(MARGIN, theta, v),
    "softmax along": rm.hessian_vector(SOFTMAX, W, U),
    "network along": rm.hessian_vector(NETWORK, W1, rm.outer(theta, b1)),
    "itself": X, "transposed": X.T, "row": X[2], "part": X[1:, :2], "column": X[:, None, 0],
    "diagonal": tn.diag(A), "on the diagonal": tn.diag(theta), "trace": tn.trace(A @ POSITIVE),
    "inverse": rm.inverse(POSITIVE),
    "normal equations": rm.inverse(X.T @ X + tn.eye(d)) @ (X.T @ y),
    "inverse right": theta @ rm.inverse(POSITIVE), "powers": rm.gradient(rm.sum(X**5), X),
    "ones": rm.gradient(rm.sum(X), X), "identity": rm.hessian(rm.sum(theta**2) / 2, theta),
    "constant": rm.hessian(rm.sum(theta), theta), "halves": rm.gradient(rm.sum(X) / 2, X),
    "labels": rm.gradient(rm.sum(tn.gather(Y, c)), Y),
    "rows by label": rm.gradient(rm.sum(tn.einsum("nk,dk->nd", rm.gradient(
        rm.sum(tn.gather(Y, c) * y), Y), W) ** 2), W),
    "logsumexp": rm.logsumexp(Y, 0), "logsumexp of all": rm.logsumexp(Y), "means": rm.mean(X, 0),
    "softmax of rows": rm.softmax(Y), "of columns": rm.softmax(Y, 0),
    "of all": rm.softmax(Y, (0, 1)),
    "log softmax": rm.log_softmax(Y), "softmax jacobian": rm.jacobian(rm.softmax(y), y),
    "maximum": rm.maximum(y, x), "minimum": rm.minimum(y, x), "outer": rm.outer(x, y),
    "outer of three": rm.outer(rm.outer(x, y), theta), "broadcast": X * theta + y[:, None],
    "centred": X - rm.mean(X, 0), "covariance": (X - rm.mean(X, 0)).T @ (X - rm.mean(X, 0)) / n,
    "three": tn.einsum("nd,dk,nk->n", X, W, Y), "batch": tn.einsum("nd,nk->ndk", X, Y),
    "batched product": tn.einsum("nik,nkj->nij", tn.einsum("ni,nk->nik", X, Y),
                                 tn.einsum("nk,nj->nkj", Y, X)),
    "windows of windows": tn.windows(tn.windows(X, 0, 2), 1, 2),
    "broadcast sum": rm.sum(rm.exp(y[:, None] * rm.ones(n, k))), "strided": tn.windows(
        rm.concatenate([x, y]), 0, 2, stride=2)[:, 0],
    "dilated": tn.windows(x, 0, 2, dilation=2), "padded": tn.windows(x, 0, 3, padding=2),
    "windows of ones": rm.sum(tn.windows(x * 0 + 1, 0, 3, padding=1) * w),
    "rows squared": rm.sum(X**2, 1), "row norms": rm.norm(X, 1), "dot": x @ y,
    "second of tanh": rm.hessian(rm.sum(rm.tanh(X @ theta)), theta),
    "second of sin": rm.hessian(rm.sum(rm.sin(X @ theta)), theta),
    "rational": rm.gradient(rm.sum(1 / (1 + X**2)), X), "error": rm.sum(y * (1 + rm.erf(y))),
    "general power": rm.exp(X) ** lam, "of scalars": rm.zeros(n) + lam / n + rm.softplus(s),
    "thirds": X / 3 + Rational(2, 3), "cubes of a root": (1 + y**2) ** Rational(3, 2),
}
"""Kernels of these are held against their bounds, and against every law."""

EXACT = (
    "rosenbrock", "rosenbrock: gradient x", "rosenbrock: Hessian x x", "joined: gradient x",
    "joined: Hessian x y", "convolution: gradient x", "convolution: Hessian x w",
    "pooling: gradient x", "neighbours: gradient x", "neighbours: Hessian x x",
    "largest: gradient Y", "largest: Hessian Y Y", "smallest: gradient Y", "chosen: gradient Y",
    "chosen: Hessian Y Y", "kinks: gradient y", "symmetric: gradient theta", "itself",
    "transposed", "row", "part", "column", "diagonal", "on the diagonal", "trace", "ones",
    "identity", "constant", "halves", "labels", "rows by label", "maximum", "minimum", "outer",
    "outer of three", "broadcast", "three", "batch", "batched product", "windows of windows",
    "dilated", "padded", "windows of ones", "rows squared", "dot", "powers",
)
"""On small whole numbers every step of these is exact in double precision."""


def shape_of(node: Tensor, sizes: Mapping[str, int] = SIZES) -> tuple[int, ...]:
    """The shape in numbers."""
    return tuple(size_of(size, sizes) for size in node.shape)


def whole_values(node: Tensor, seed: int, sizes: Mapping[str, int] = SIZES) -> dict[str, Any]:
    """Small whole numbers, some 0, for every tensor and scalar."""
    rng = np.random.default_rng(seed)
    return _filled(node, sizes, rng, lambda shape: rng.integers(-4, 5, shape))


def values(node: Tensor, seed: int, sizes: Mapping[str, int] = SIZES) -> dict[str, Any]:
    """Multiples of 1/64, which every format holds, for every tensor."""
    rng = np.random.default_rng(seed)
    return _filled(node, sizes, rng, lambda shape: np.round(64 * rng.standard_normal(shape)) / 64)


def _filled(node: Tensor, sizes: Mapping[str, int], rng: Any, draw: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for variable in variables(node):
        shape = shape_of(variable, sizes)
        if variable.classes is not None:
            out[variable.name] = rng.integers(0, size_of(variable.classes, sizes), shape)
        else:
            array = draw(shape).astype(float)
            out[variable.name] = array + array.T if variable.symmetric else array
    return out


def arguments(
    kernel: Any, given: Mapping[str, Any], dtype: Any = np.float64,
    sizes: Mapping[str, int] = SIZES,
) -> dict[str, Any]:
    """What a kernel is called with: values in a dtype, the scalar, and sizes that it asks for."""
    out: dict[str, Any] = {}
    for name in kernel.arguments:
        if name in given:
            array = np.asarray(given[name])
            out[name] = array if array.dtype.kind == "i" else array.astype(dtype)
        else:
            out[name] = LAMBDA if name == "lambda" else sizes[name]
    return out


def outside(
    node: Tensor, given: Mapping[str, Any], found: Any, dtype: str,
    sizes: Mapping[str, int] = SIZES,
) -> list[str]:
    """Where a result lies outside of what any reasonable evaluation in a format can give."""
    (bounds,) = enclose([node], {**given, "lambda": LAMBDA}, sizes, Model.of(dtype))
    if np.shape(found) != bounds.shape:
        return [f"shape {np.shape(found)} instead of {bounds.shape}"]
    inside = held(bounds, np.asarray(found, dtype=np.float64), dtype)
    return [f"{tuple(i)}: {np.asarray(found)[tuple(i)]}" for i in np.argwhere(inside.bad)]
