"""What textbooks derive: losses, their gradients and Hessians, networks, and single notations."""

from collections.abc import Iterator
from typing import Any

from sympy import Rational, sqrt

import refmath as rm
from refmath import tensor as tn
from refmath.tensor import Tensor, gradient, hessian, hessian_vector, jacobian

N, D, K, M, H = rm.dims("n d k m h")
X, Y, W, V = rm.tensors("X[n,d] Y[n,k] W[d,k] V[d,k]")
A, B, S = rm.tensors("A[d,d] B[d,d] S[d,d]", symmetric="S")
y, theta, x, v, b = rm.tensors("y[n] theta[d] x[d] v[d] b[d]")
LABELS = rm.tensors("c[n] in k")
LAMBDA, MU = rm.scalar("lambda"), rm.scalar("mu")

Named = Iterator[tuple[str, Tensor]]


def _both(name: str, f: Tensor, by: Any) -> Named:
    yield name, f
    yield f"{name} gradient", gradient(f, by)
    yield f"{name} Hessian", hessian(f, by)


def regressions() -> Named:
    """Linear, logistic, Poisson and softmax regression, and others by their losses."""
    z = X @ theta
    yield from _both("least squares", tn.sum((z - y) ** 2) / N + LAMBDA * tn.sum(theta**2), theta)
    yield from _both("logistic", tn.mean(tn.softplus(z) - y * z), theta)
    entropy = -tn.mean(y * tn.log(tn.sigmoid(z)) + (1 - y) * tn.log(1 - tn.sigmoid(z)))
    yield from _both("cross-entropy", entropy, theta)
    yield "logistic along v", hessian_vector(tn.mean(tn.softplus(z) - y * z), theta, v)
    yield from _both("softmax", -tn.sum(Y * tn.log_softmax(X @ W)) / N, W)
    yield "softmax along V", hessian_vector(-tn.sum(Y * tn.log_softmax(X @ W)), W, V)
    yield from _both("labels", -tn.mean(tn.gather(tn.log_softmax(X @ W), LABELS)), W)
    yield from _both("Poisson", tn.sum(tn.exp(z) - y * z), theta)
    hinge = tn.mean(tn.relu(1 - y * z)) + LAMBDA / 2 * tn.sum(theta**2)
    yield "hinge gradient", gradient(hinge, theta)
    yield "lasso gradient", gradient(tn.sum((z - y) ** 2) + LAMBDA * tn.sum(abs(theta)), theta)
    yield "smooth gradient", gradient(tn.sum(tn.sqrt((z - y) ** 2 + MU**2)), theta)
    huber = tn.where(abs(z - y) - 1, abs(z - y) - Rational(1, 2), (z - y) ** 2 / 2)
    yield "Huber gradient", gradient(tn.sum(huber), theta)
    yield from _both("norm", tn.norm(z - y), theta)


def networks() -> Named:
    """Three layers, for one vector and for a batch."""
    W1, W2, W3, T = rm.tensors("W1[m,d] W2[h,m] W3[k,h] T[k]")
    out = tn.relu(W3 @ tn.relu(W2 @ tn.relu(W1 @ x)))
    for by in (W1, W2, W3):
        yield f"network {by.name}", gradient(tn.sum((out - T) ** 2), by)
    W1, W2, W3, T = rm.tensors("W1[d,m] W2[m,h] W3[h,k] T[n,k]")
    b1, b2, b3 = rm.tensors("b1[m] b2[h] b3[k]")
    top = tn.relu(tn.relu(X @ W1 + b1) @ W2 + b2) @ W3 + b3
    loss = tn.sum((tn.relu(top) - T) ** 2) / N
    yield "batch", loss
    for by in (W1, b1, W2, b2, W3, b3):
        yield f"batch {by.name}", gradient(loss, by)
    loss = -tn.sum(Y * tn.log_softmax(top)) / N
    yield "softmax network W1", gradient(loss, W1)
    yield "softmax network W2 W3", hessian(loss, W2, W3)
    yield "softmax network W2", hessian(loss, W2)
    U = rm.tensors("U[k,d]")
    yield "autoencoder gradient", gradient(tn.sum((X - tn.tanh(X @ U.T) @ U) ** 2) / N, U)


def matrices() -> Named:
    """Functions of matrices."""
    yield "logdet gradient", gradient(tn.logdet(A), A)
    yield "logdet Hessian", hessian(tn.logdet(A), A)
    yield from _both("quadratic", x @ A @ x, x)
    yield "quadratic by A", gradient(x @ A @ x, A)
    yield from _both("symmetric", x @ S @ x / 2 - b @ x, x)
    yield "trace", tn.trace(A @ B)
    yield "trace gradient", gradient(tn.trace(A @ B), A)
    yield "trace of three", gradient(tn.trace(A.T @ B @ A), A)
    yield "inverse gradient", gradient(tn.trace(tn.inverse(A) @ B), A)
    normal = tn.logdet(S) / 2 + tn.trace(tn.inverse(S) @ A) / 2
    yield "normal", normal
    yield "normal gradient", gradient(normal, S)
    yield "determinant gradient", gradient(tn.det(A), A)
    yield "inner product", tn.sum(A * B)
    yield "Rayleigh gradient", gradient(x @ S @ x / tn.sum(x**2), x)
    yield "cosine gradient", gradient(tn.dot(x, b) / (tn.norm(x) * tn.norm(b)), x)
    G, C = rm.tensors("G[n,k] C[n,d]")
    factors = tn.sum((G @ W.T - C) ** 2) / 2
    yield "factors G", gradient(factors, G)
    yield "factors W", gradient(factors, W)
    yield "factors GG", hessian(factors, G)
    Q, P = rm.tensors("Q[n,k] P[m,k]")
    attention = tn.softmax(Q @ P.T / sqrt(K)) @ rm.tensors("U[m,d]")
    yield "attention", attention
    yield "attention Q", gradient(tn.sum(attention * C), Q)


def notations() -> Named:
    """Single notations."""
    yield "outer", tn.outer(x, v)
    yield "sum", tn.sum(x)
    yield "mean", tn.mean(X)
    yield "mean of rows", tn.mean(X, 0)
    yield "row sums", tn.sum(X, 1)
    yield "broadcast", X + theta
    yield "columns scaled", X * theta
    yield "rows scaled", X * y[:, None]
    yield "broadcast alone", gradient(tn.sum(X @ theta), X)
    yield "unknown size", tn.sum(tn.exp(tn.ones(N, 1) * theta))
    yield "diagonal", tn.diag(A)
    yield "diagonal matrix", tn.diag(x)
    yield "identity", 2 * tn.eye(D)
    yield "ones", 2 * tn.ones(N, D)
    yield "zeros", tn.zeros(N)
    yield "scalar", tn.as_tensor(2 * LAMBDA / N)
    yield "tail", x[1:]
    yield "entry", x[0]
    yield "row", X[0]
    yield "column", X[:, -1]
    yield "every second", x[:4:2]
    yield "log-sum-exp", tn.logsumexp(X, 1)
    yield "softmax Jacobian", jacobian(tn.softmax(A @ x), x)
    yield "tanh by A", jacobian(tn.tanh(A @ x + b), A)
    yield "relu Jacobian", jacobian(tn.relu(A @ x + b), x)
    yield "softmax columns", tn.softmax(X, 0)
    yield "maximum", tn.max(X, 0)
    yield "maximum gradient", gradient(tn.sum(tn.max(X @ W, 1)), W)
    yield "maximum everywhere", gradient(tn.max(X), X)
    yield "rows normed", X / tn.norm(X, 1)[:, None]
    yield "power gradient", gradient(tn.sum((1 + x**2) ** MU), x)
    yield "gelu gradient", gradient(tn.sum(x * (1 + tn.erf(x / sqrt(2))) / 2), x)
    yield "derivative by lambda", gradient(LAMBDA**2 * tn.sum(x**2) + LAMBDA * tn.sum(x), LAMBDA)
    yield "elementwise quotient", x / (2 + tn.cos(v))
    yield "choice", tn.where(x - v, x, tn.exp(v) - 1)


def shifts() -> Named:
    """Slices, windows, concatenation: index notation."""
    rosenbrock = tn.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    yield from _both("Rosenbrock", rosenbrock, x)
    first, second = x[0], x[1]
    beale = (Rational(3, 2) - first + first * second) ** 2
    beale = beale + (Rational(9, 4) - first + first * second**2) ** 2
    yield "Beale", beale
    yield "Beale gradient", gradient(beale, x)
    signal, kernel = rm.tensors("signal[n] f[m]")
    response = tn.windows(signal, 0, M) @ kernel
    yield "convolution", response
    yield "convolution f", gradient(tn.sum(response**2), kernel)
    yield "convolution signal", gradient(tn.sum(response**2), signal)
    padded = tn.windows(signal, 0, 3, padding=1) @ tn.ones(3)
    yield "padded", tn.tanh(padded)
    image, stencil = rm.tensors("image[n,d] stencil[m,h]")
    patches = tn.windows(tn.windows(image, 0, M), 1, H)
    flat = tn.einsum("abij,ij->ab", patches, stencil)
    yield "image", flat
    yield "image stencil", gradient(tn.sum(flat**2) / 2, stencil)
    yield "concatenation", tn.concatenate([x, y])
    yield "total variation gradient", gradient(tn.sum(abs(x[1:] - x[:-1])), x)
    yield "three axes", tn.einsum("ij,kj,lj->ikl", X, X, X)


def textbook() -> dict[str, Tensor]:
    """All of them by name."""
    groups = (regressions, networks, matrices, notations, shifts)
    return {name: node for group in groups for name, node in group()}
