"""Expressions whose graphs are drawn and counted, and what stands in their passes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sympy import Function, Rational, expand

import refmath as rm
from refmath.emit.tensor.graph import Graph
from refmath.tensor import Tensor, variables
from refmath.tensor.evaluate import Symbols, evaluate, size_of
from refmath.tensor.replace import replaced

n, d, k, h = rm.dims("n d k h")
X, y, theta, w = rm.tensors("X[n,d] y[n] theta[d] w[n]")
A, B, C, v = rm.tensors("A[n,d] B[d,k] C[k,h] v[h]")
S, x = rm.tensors("S[d,d] x[d]", symmetric="S")


def network(
    layers: int, activation: Callable[[Any], Tensor], loss: str
) -> tuple[Tensor, list[Tensor]]:
    """A fully connected network with biases and its loss, and the parameters."""
    sizes = rm.dims(" ".join(f"d{i}" for i in range(layers + 1)))
    values = rm.tensors(f"X[n,{sizes[0]}]")
    classes, target = rm.tensors(f"c[n] in d{layers}, Y[n,d{layers}]")
    parameters, out = [], values
    for i in range(layers):
        weight, bias = rm.tensors(f"W{i}[d{i},d{i + 1}] b{i}[d{i + 1}]")
        parameters += [weight, bias]
        last = out @ weight + bias
        out = activation(last)
    if loss == "squares":
        return rm.sum((out - target) ** 2), parameters
    return -rm.sum(rm.gather(rm.log_softmax(last), classes)) / n, parameters


EXPRESSIONS: dict[str, tuple[Tensor, Sequence[Tensor]]] = {
    "least squares": (rm.sum((X @ theta - y) ** 2) / n, [theta]),
    "all variables": (rm.sum((X @ theta - y) ** 2) / n, [X, theta, y]),
    "weighted": (rm.sum(w * (X @ theta - y) ** 2), [theta, w]),
    "product of four": (rm.sum(A @ B @ C @ v), [A, B, C, v]),
    "used twice": (rm.dot(x, S @ x) / 2 + rm.sum(x) ** 2, [x]),
    "logistic": (rm.sum(rm.softplus(-(y * (X @ theta)))), [theta]),
    "log determinant": (rm.logdet(X.T @ X), [X]),
    "inverse": (rm.dot(x, rm.inverse(S) @ x), [x]),
    "largest": (rm.sum(rm.max(A, axis=1)), [A]),
    "differences": (rm.sum((y[1:] - y[:-1]) ** 2), [y]),
    "windows": (rm.sum(rm.windows(y, 0, 3) ** 2), [y]),
    "norm": (rm.norm(X @ theta - y), [theta]),
    **{
        f"{layers} layers, {activation.__name__}, {loss}": network(layers, activation, loss)
        for layers in (2, 3)
        for activation in (rm.tanh, rm.relu, rm.sigmoid)
        for loss in ("squares", "cross entropy")
    },
}


def carried_out(found: Graph) -> dict[str, Tensor]:
    """Every quantity and every adjoint with all earlier ones inserted."""
    known: dict[str, Tensor] = {}

    def inserted(node: Tensor) -> Tensor:
        return replaced(node, {q: known[q.name] for q in variables(node) if q.name in known})

    for node in found.nodes:
        if node.op != "given":
            known[node.name] = inserted(node.forward)
    for node in reversed(found.nodes):
        if node.adjoint is not None:
            known[f"bar_{node.name}"] = inserted(node.adjoint)
    return known


class Unknown(Symbols):
    """Exact numbers, and functions of which nothing is known but their name."""

    def call(self, name: str, *args: Any) -> Any:
        return Function(name)(*args)

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        return Function("logsumexp")(*values)


SIZES = {"n": 3, "d": 2, "k": 2, "h": 3, "d0": 3, "d1": 2, "d2": 2, "d3": 1}


def equal(a: Tensor, b: Tensor) -> bool:
    """Whether two expressions have one normal form, or all entries are one polynomial."""
    if a is b:
        return True
    rng = np.random.default_rng(1)
    values = {}
    for q in variables(a, b):
        numbers = rng.integers(-9, 10, [size_of(s, SIZES) for s in q.shape])
        values[q.name] = np.vectorize(Rational, otypes=[object])(numbers)
    both = [evaluate(x, values, SIZES, Unknown()).reshape(-1) for x in (a, b)]
    return all(expand(p - q) == 0 for p, q in zip(*both, strict=True))
