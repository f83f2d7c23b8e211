"""Derivatives of large expressions stay small, and come out the same in every run."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import refmath as rm
from refmath.tensor import build, nodes
from refmath.tensor.node import Product, Tensor

Problem = tuple[Tensor, list[Any]]
n, d, k, m = rm.dims("n d k m")


def network(layers: int) -> Problem:
    """Tanh layers and softmax cross entropy."""
    X, c = rm.tensors("X[n,d]"), rm.tensors("c[n] in k")
    widths = [d, *[m] * (layers - 1), k]
    parameters: list[Any] = []
    h = X
    for i in range(layers):
        W = build.variable(f"W{i}", (widths[i], widths[i + 1]))
        b = build.variable(f"b{i}", (widths[i + 1],))
        parameters += [W, b]
        h = h @ W + b
        if i < layers - 1:
            h = rm.tanh(h)
    return -rm.mean(rm.gather(rm.log_softmax(h), c)), parameters


def convolution() -> Problem:
    """A convolution along time, relu, the maximum over time, softmax."""
    X, K, b, W = rm.tensors("X[n,m] K[d,3] b[d] W[d,k]")
    c = rm.tensors("c[n] in k")
    h = rm.relu(rm.einsum("nts,fs->ntf", rm.windows(X, 1, 3, padding=1), K) + b)
    return -rm.mean(rm.gather(rm.log_softmax(rm.max(h, 1) @ W), c)), [K, b, W]


def softmax() -> Problem:
    """Softmax regression with a ridge."""
    X, W, c = (*rm.tensors("X[n,d] W[d,k]"), rm.tensors("c[n] in k"))
    return -rm.mean(rm.gather(rm.log_softmax(X @ W), c)) + rm.scalar("lambda") * rm.sum(W**2), [W]


def chain(length: int) -> Problem:
    """One after the other, each elementwise in a variable of its own."""
    x = rm.tensors("x[n]")
    ys = [build.variable(f"y{i}", (n,)) for i in range(length)]
    h = x
    for y in ys:
        h = rm.tanh(h * y + x)
    return rm.sum(h), [x, ys[0], ys[-1]]


def residual(length: int) -> Problem:
    """A network that adds to what it has; every layer has the same weights."""
    A = rm.tensors("A[n,n]")
    h = A
    for _ in range(length):
        h = rm.tanh(h @ A) + h
    return rm.sum(h), [A]


def wide(length: int) -> Problem:
    """The square of a sum of many tensors."""
    ys = [build.variable(f"y{i}", (n,)) for i in range(length)]
    total = ys[0]
    for y in ys[1:]:
        total = total + rm.sin(y) * 2 + y
    return rm.sum(total**2), ys


LARGE: dict[str, Callable[[], Problem]] = {
    "5 layers": lambda: network(5), "40 layers": lambda: network(40), "convolution": convolution,
    "softmax": softmax, "a chain of 300 nodes": lambda: chain(75),
    "a residual network of 300 nodes": lambda: residual(100), "300 terms": lambda: wide(100),
}


@pytest.mark.parametrize("name", LARGE)
def test_gradients_do_not_grow(name: str) -> None:
    """They have not much more nodes than the expression: parts are shared, none is written out."""
    J, by = LARGE[name]()
    found = rm.gradient(J, by)
    assert len(nodes(*(found if isinstance(found, tuple) else (found,)))) < 4 * len(nodes(J))


@pytest.mark.parametrize("name", ["5 layers", "convolution", "softmax"])
def test_hessians_do_not_grow(name: str) -> None:
    """Nor do Hessians: each by a parameter has few times the nodes of the expression."""
    J, by = LARGE[name]()
    for x in by:
        found = rm.hessian(J, x)
        assert found.shape == (*x.shape, *x.shape)
        assert len(nodes(found)) < 8 * len(nodes(J))


def test_many_equal_factors() -> None:
    """One numbering of the labels is found, however they are put together.

    To try all orders of the factors would not end.
    """
    A, x = rm.tensors("A[n,n] x[n]")
    power, form, total = A, x @ A @ x, rm.sum(x)
    for _ in range(11):
        power, form, total = power @ A, form * (x @ A @ x), total * rm.sum(x)
    assert isinstance(power, Product)
    assert len(power.children) == 12
    assert rm.trace(power @ A) is rm.trace(A @ power) is rm.trace((A @ power).T)
    assert [len(p.children) for p in (form, total)] == [36, 12]


def test_a_gradient_shares_its_parts() -> None:
    """The gradients of a network by all its parameters have few nodes more than itself."""
    J, by = network(12)
    assert len(nodes(*rm.gradient(J, by))) < 2 * len(nodes(J))


PRINTED = """
import sys
sys.path.insert(0, {place!r})
import refmath as rm
from tensor_cases import Case
from tensor_tables import NESTED
for name, run in NESTED.items():
    case = Case(run)
    J = rm.sum(case.expression())
    for x in case.variables:
        H = rm.hessian(J, x)
        print(name, x, H.key, H.fields, H.shape)
"""


def test_every_run_gives_the_same() -> None:
    """Expressions, in every detail, do not depend on the seed of Python's hashes."""
    program = PRINTED.format(place=str(Path(__file__).parent))
    found = [
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]
    assert len(found[0].splitlines()) > 50
