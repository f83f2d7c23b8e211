"""Bugs of losses, backpropagation and batching; each wrong and right."""

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[..., Any]

STEPS = 8
BATCH = 100


def softmax(z: Any) -> Any:
    """Rows that add up to 1."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z: Any) -> Any:
    """Its logarithm."""
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sigmoid(z: Any) -> Any:
    """Without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


# --- losses -------------------------------------------------------------------------------------


def squared_error_factor(*, fixed: bool = False) -> Function:
    """The loss is the mean of squares; the gradient that of half of it."""

    def loss_and_gradient(o: Any, y: Any) -> Any:
        return np.mean((o - y) ** 2), (2 if fixed else 1) * (o - y) / o.size

    return loss_and_gradient


def loss_from_delta(*, fixed: bool = False) -> Function:
    """The loss is computed from the delta, which has the sigmoid's derivative in it."""

    def loss(z: Any, t: Any) -> Any:
        y = sigmoid(z)
        residual = t - y if fixed else (t - y) * y * (1 - y)
        return 0.5 * (residual * residual).sum()

    return loss


def dice(*, fixed: bool = False) -> Function:
    """The quotient rule with a plus, and no parentheses around the denominator."""

    def gradient(t: Any, p: Any) -> Any:
        overlap, total = (t * p).sum(), t.sum() + p.sum()
        if fixed:
            return 2 * (t * total - overlap) / (total * total)
        return 2 * (t * total + overlap) / total * total

    return gradient


def cross_entropy_without_mean(*, fixed: bool = False) -> Function:
    """The loss is averaged, the gradient is not."""

    def loss_and_gradient(Z: Any, Y: Any) -> Any:
        n = len(Z)
        slope = softmax(Z) * Y.sum(1, keepdims=True) - Y
        return -(Y * log_softmax(Z)).sum() / n, slope / n if fixed else slope

    return loss_and_gradient


def smoothing_of_ignored(*, fixed: bool = False) -> Function:
    """The uniform part of label smoothing also sums over ignored rows."""

    def loss(Z: Any, c: Any, e: Any, m: Any) -> Any:
        logs = log_softmax(Z)
        hard = -(logs[np.arange(len(c)), c] * m).sum()
        rows = logs.mean(axis=1) * m if fixed else logs.mean(axis=1)
        return ((1 - e) * hard - e * rows.sum()) / m.sum()

    return loss


def fused_softmax(*, fixed: bool = False) -> Function:
    """The gradient p - y, which is right only for labels that add up to 1."""

    def gradient(Z: Any, Y: Any) -> Any:
        total = Y.sum(axis=1, keepdims=True) if fixed else 1.0
        return softmax(Z) * total - Y

    return gradient


def average_over_all(*, fixed: bool = False) -> Function:
    """The sum skips the examples held out, the divisor does not."""

    def loss(losses: Any, used: Any) -> Any:
        return (losses * used).sum() / (used.sum() if fixed else len(losses))

    return loss


# --- backpropagation ----------------------------------------------------------------------------


def relu_one_at_zero(*, fixed: bool = False) -> Function:
    """The derivative is 1 at 0."""

    def backward(X: Any, G: Any) -> Any:
        return G * ((X > 0) if fixed else (X >= 0))

    return backward


def relu_mask_of_output(*, fixed: bool = False) -> Function:
    """The mask tests whether the output is not negative, which it never is."""

    def backward(X: Any, G: Any) -> Any:
        output = np.maximum(X, 0)
        return G * ((output > 0) if fixed else (output >= 0))

    return backward


def leaky_relu_from_output(*, fixed: bool = False) -> Function:
    """The input's sign is recovered from the output, which a slope of 0 destroys."""

    def backward(x: Any, slope: Any, upstream: Any) -> Any:
        y = np.where(x > 0, x, slope * x)
        if fixed:
            return np.where(x > 0, upstream, slope * upstream)
        sign = y / slope if slope else y * np.nan
        return np.where(y > 0, upstream, np.where(sign <= 0, slope * upstream, np.nan))

    return backward


def updated_weights(*, fixed: bool = False) -> Function:
    """The second layer is updated before the error goes back through it."""

    def gradients(W1: Any, W2: Any, x: Any, t: Any) -> Any:
        hidden = np.tanh(W1 @ x)
        error = W2 @ hidden - t
        second = np.outer(error, hidden)
        if not fixed:
            W2 = W2 - second
        first = np.outer((W2.T @ error) * (1 - hidden**2), x)
        return {"W1": first, "W2": second}

    return gradients


def without_activation(*, fixed: bool = False) -> Function:
    """The output's delta lacks the sigmoid's derivative."""

    def gradient(X: Any, w: Any, t: Any) -> Any:
        y = sigmoid(X @ w)
        delta = (y - t) * y * (1 - y) if fixed else y - t
        return X.T @ delta

    return gradient


def hidden_without_activation(*, fixed: bool = False) -> Function:
    """The hidden layer's delta lacks the derivative."""

    def gradients(X: Any, V: Any, w: Any, t: Any) -> Any:
        hidden = np.tanh(X @ V)
        error = hidden @ w - t
        delta = np.outer(error, w)
        return X.T @ (delta * (1 - hidden**2) if fixed else delta), hidden.T @ error

    return gradients


def derivative_at_activation(*, fixed: bool = False) -> Function:
    """The derivative of tanh is evaluated at tanh(x)."""

    def backward(X: Any, G: Any) -> Any:
        at = X if fixed else np.tanh(X)
        return G * (1 - np.tanh(at) ** 2)

    return backward


def bias_of_batch(*, fixed: bool = False) -> Function:
    """The bias's gradient is the error of every example, not their sum."""

    def backward(X: Any, W: Any, b: Any, G: Any) -> Any:
        return G.T @ X, G.sum(axis=0) if fixed else G

    return backward


def inner_derivative(*, fixed: bool = False) -> Function:
    """d/dw (y - w x)**2 without the x."""

    def gradient(w: Any, x: Any, y: Any) -> Any:
        r = y - w * x
        return (-2 * x * r if fixed else -2 * r).sum()

    return gradient


def linear_row(*, fixed: bool = False) -> Function:
    """A step that was reported to lack x; it enters where the update is added."""

    def gradient(w: Any, x: Any, y: Any) -> Any:
        update = -(w @ x - y)
        return -(x * update)

    return gradient


# --- batches ------------------------------------------------------------------------------------


def _micro(X: Any, y: Any, w: Any) -> Any:
    """The mean gradient of one micro-batch."""
    return 2 * X.T @ (X @ w - y) / len(y)


def scaled_twice(*, fixed: bool = False) -> Function:
    """Divided by all items, and by the number of micro-batches again."""

    def gradient(X: Any, y: Any, w: Any) -> Any:
        steps, size = y.shape
        total = sum(2 * A.T @ (A @ w - b) for A, b in zip(X, y, strict=True)) / (steps * size)
        return total if fixed else total / steps

    return gradient


def scaled_never(*, fixed: bool = False) -> Function:
    """Means of micro-batches are added up."""

    def gradient(X: Any, y: Any, w: Any) -> Any:
        total = sum(_micro(A, b, w) for A, b in zip(X, y, strict=True))
        return total / len(X) if fixed else total

    return gradient


def incomplete_window(*, fixed: bool = False) -> Function:
    """The last window is divided by the full number of steps, however many came."""

    def gradient(X: Any, y: Any, w: Any) -> Any:
        total = sum(_micro(A, b, w) for A, b in zip(X, y, strict=True))
        return total / (len(X) if fixed else STEPS)

    return gradient


def two_normalisers(*, fixed: bool = False) -> Function:
    """One term is divided by the number of all items; the other's mean is added each time."""

    def gradient(X: Any, y: Any, w: Any, reg: Any) -> Any:
        steps, size = y.shape
        total = np.zeros_like(w)
        for A, b in zip(X, y, strict=True):
            total = total + 2 * A.T @ (A @ w - b) / (steps * size)
            total = total + 2 * reg * w / (steps if fixed else 1)
        return total

    return gradient


def squeezed_batch(*, fixed: bool = False) -> Function:
    """The batch's size is read off an array without its axes of length 1."""

    def gradient(X: Any, y: Any, w: Any) -> Any:
        rows = X * (X @ w - y)[:, None]
        n = len(rows) if fixed else len(np.atleast_1d(np.squeeze(rows)))
        return rows.sum(axis=0) / n

    return gradient


def constant_divisor(*, fixed: bool = False) -> Function:
    """The sum is divided by the usual batch's size."""

    def loss(losses: Any) -> Any:
        return losses.sum() / (len(losses) if fixed else BATCH)

    return loss


def summed(*, fixed: bool = False) -> Function:
    """The sum over the batch, where a mean was meant."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        slope = 2 * X.T @ (X @ theta - y)
        return slope / len(y) if fixed else slope

    return gradient
