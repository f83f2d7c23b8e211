"""Gradients, losses and Hessians for the tests: right ones, and each with one slip."""

from typing import Any

import numpy as np

import refmath as rm

n, d, h, k = rm.dims("n d h k")
X, y, theta, W, b = rm.tensors("X[n,d] y[n] theta[d] W[d,k] b[k]")
c, Z, Y, w = rm.tensors("c[n] in k, Z[n,k] Y[n,k] w[n]")
lam = rm.scalar("lambda")

RIDGE = rm.sum((X @ theta - y) ** 2) / n + lam * rm.sum(theta**2)
SOFTMAX = -rm.sum(rm.gather(rm.log_softmax(X @ W + b), c)) / n
WEIGHTED = rm.sum(w * (X @ theta - y) ** 2) / rm.sum(w)


def ridge(X: Any, y: Any, theta: Any, lam: Any) -> Any:
    """The right gradient."""
    return 2 / len(y) * X.T @ (X @ theta - y) + 2 * lam * theta


def ridge_loss(X: Any, y: Any, theta: Any, lam: Any) -> Any:
    """The loss."""
    return ((X @ theta - y) ** 2).mean() + lam * (theta**2).sum()


def ridge_hessian(X: Any, y: Any, theta: Any, lam: Any) -> Any:
    """The right Hessian."""
    return 2 / len(y) * X.T @ X + 2 * lam * np.eye(len(theta))


def softmax(z: Any) -> Any:
    """Rows that add up to 1."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def deltas(X: Any, W: Any, b: Any, c: Any) -> Any:
    """The gradient of the mean cross entropy by the logits."""
    return (softmax(X @ W + b) - np.eye(len(b))[c]) / len(c)


def softmax_gradient(X: Any, W: Any, b: Any, c: Any) -> Any:
    """The right gradient by W and b."""
    delta = deltas(X, W, b, c)
    return X.T @ delta, delta.sum(axis=0)


def weighted(X: Any, y: Any, theta: Any, w: Any) -> Any:
    """The right gradient of weighted least squares."""
    return 2 * X.T @ (w * (X @ theta - y)) / w.sum()
