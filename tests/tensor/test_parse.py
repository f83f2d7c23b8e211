"""Expressions read from text: what every construct means."""

from collections.abc import Callable
from typing import Any

import pytest
import sympy

import refmath as rm
from refmath import tensor
from refmath.tensor.parse import declared, parse
from refmath.tensor.vocabulary import FUNCTIONS

DECLARED = "X[n,d] y[n] theta[d] A[n,n] W[d,k] c[n] in k lambda b Z[6,4] sum[n]"
X, y, theta, A, W, c, lam, b, Z, _ = rm.tensors(DECLARED)
n, d, k = rm.dims("n d k")
Q = sympy.Rational

MEANS: dict[str, Callable[[], Any]] = {
    # names and numbers
    "y": lambda: y,
    "n": lambda: n,
    "k": lambda: k,
    "lambda": lambda: lam,
    "pi": lambda: sympy.pi,
    "12": lambda: 12,
    "0.9": lambda: Q(9, 10),
    ".5": lambda: Q(1, 2),
    "3.": lambda: 3,
    "1e-8": lambda: Q(1, 10**8),
    "2.5E+2": lambda: 250,
    # operators and precedence
    "y + b": lambda: y + b,
    "y - theta[0]": lambda: y - theta[0],
    "2*y": lambda: 2 * y,
    "y/3": lambda: y / 3,
    "1/y": lambda: 1 / y,
    "2/n": lambda: 2 / n,
    "n/2*y": lambda: n / 2 * y,
    "y**2": lambda: y**2,
    "y^2": lambda: y**2,
    "2**y": lambda: 2**y,
    "X@theta": lambda: X @ theta,
    "-y**2": lambda: -(y**2),
    "(-y)**2": lambda: (-y) ** 2,
    "2**-1*y": lambda: Q(1, 2) * y,
    "y**2**3": lambda: y**8,
    "(y**2)**3": lambda: (y**2) ** 3,
    "1 - y - b": lambda: (1 - y) - b,
    "1 - (y - b)": lambda: 1 - (y - b),
    "y/b/2": lambda: (y / b) / 2,
    "y/(b/2)": lambda: y / (b / 2),
    "2*X@theta": lambda: (2 * X) @ theta,
    "-A@y*2": lambda: ((-A) @ y) * 2,
    "+y": lambda: y,
    "--y": lambda: y,
    "y--b": lambda: y + b,
    "(((y)))": lambda: y,
    # postfix
    "X.T@y": lambda: X.T @ y,
    "X'@y": lambda: X.T @ y,
    "X''": lambda: X,
    "X.T.T": lambda: X,
    "(A@X)'": lambda: (A @ X).T,
    "y'@A@y": lambda: y @ A @ y,
    "y@A@y": lambda: y @ A @ y,
    "X'**2": lambda: X.T**2,
    "-X'": lambda: -X.T,
    "y*lambda'": lambda: y * lam,
    # indices
    "y[0]": lambda: y[0],
    "y[-1]": lambda: y[-1],
    "y[1:]": lambda: y[1:],
    "y[:-1]": lambda: y[:-1],
    "y[:]": lambda: y,
    "y[1:n - 1]": lambda: y[1:n - 1],
    "Z[::2]": lambda: Z[::2],
    "Z[1:5:2, ::]": lambda: Z[1:5:2],
    "X[:, None]": lambda: X[:, None],
    "X[..., 0]": lambda: X[..., 0],
    "X[None, 1, :,]": lambda: X[None, 1, :],
    "X[0][1]": lambda: X[0][1],
    "X.T[1 + 1]": lambda: X.T[2],
    # a name that is also a function's
    "sum(sum)": lambda: rm.sum(rm.tensors("sum[n]")),
    # white space and lines
    " y\n +\tb ": lambda: y + b,
    # functions
    "sum(X)": lambda: rm.sum(X),
    "sum(X, 0)": lambda: rm.sum(X, 0),
    "sum(X, axis=-1)": lambda: rm.sum(X, axis=-1),
    "sum(X, axis=(0, 1))": lambda: rm.sum(X, axis=(0, 1)),
    "sum(X, axis=(1,))": lambda: rm.sum(X, axis=1),
    "sum(X, axis=None)": lambda: rm.sum(X),
    "sum(X, axis=0, keepdims=True)": lambda: rm.sum(X, axis=0, keepdims=True),
    "sum(X, keepdims=False,)": lambda: rm.sum(X),
    "mean(X, 1)": lambda: rm.mean(X, 1),
    "max(X, axis=1)": lambda: rm.max(X, axis=1),
    "min(X)": lambda: rm.min(X),
    "logsumexp(X, 1)": lambda: rm.logsumexp(X, 1),
    "softmax(X)": lambda: rm.softmax(X),
    "softmax(X, axis=0)": lambda: rm.softmax(X, axis=0),
    "log_softmax(X)": lambda: rm.log_softmax(X),
    "norm(X@theta - y)": lambda: rm.norm(X @ theta - y),
    "norm(X, 1)": lambda: rm.norm(X, 1),
    "exp(y)": lambda: rm.exp(y),
    "exp(lambda)": lambda: rm.exp(lam),
    "log(y)": lambda: rm.log(y),
    "log(2*pi)*y": lambda: sympy.log(2 * sympy.pi) * y,
    "sqrt(y)": lambda: rm.sqrt(y),
    "sqrt(n)*y": lambda: sympy.sqrt(n) * y,
    "sin(y)": lambda: rm.sin(y),
    "cos(y)": lambda: rm.cos(y),
    "tanh(y)": lambda: rm.tanh(y),
    "erf(y)": lambda: rm.erf(y),
    "abs(y)": lambda: abs(y),
    "sign(y)": lambda: rm.sign(y),
    "relu(y)": lambda: rm.relu(y),
    "step(y)": lambda: rm.step(y),
    "sigmoid(y)": lambda: rm.sigmoid(y),
    "softplus(y)": lambda: rm.softplus(y),
    "maximum(y, 0)": lambda: rm.maximum(y, 0),
    "maximum(b, y)": lambda: rm.maximum(b, y),
    "minimum(y, 1)": lambda: rm.minimum(y, 1),
    "where(y, 1, b)": lambda: rm.where(y, 1, b),
    "where(y > b, y, 0)": lambda: rm.where(y - b, y, 0),
    "where((y < b), y, 0)": lambda: rm.where(b - y, y, 0),
    "where(y >= b, y, 0)": lambda: rm.where(b - y, 0, y),
    "where(y <= b, y, 0)": lambda: rm.where(y - b, 0, y),
    "trace(A)": lambda: rm.trace(A),
    "inv(A)": lambda: rm.inverse(A),
    "inverse(A)@y": lambda: rm.inverse(A) @ y,
    "logdet(A)": lambda: rm.logdet(A),
    "det(A)": lambda: rm.det(A),
    "diag(y)": lambda: rm.diag(y),
    "dot(y, y)": lambda: rm.dot(y, y),
    "outer(y, theta)": lambda: rm.outer(y, theta),
    "eye(n)": lambda: rm.eye(n),
    "ones(n, 3)": lambda: rm.ones(n, 3),
    "ones((n, 3))": lambda: rm.ones(n, 3),
    "zeros(2*n)": lambda: rm.zeros(2 * n),
    "transpose(X)": lambda: rm.transpose(X),
    "transpose(outer(X, y), (2, 0, 1))": lambda: rm.transpose(rm.outer(X, y), (2, 0, 1)),
    "gather(log_softmax(X@W), c)": lambda: rm.gather(rm.log_softmax(X @ W), c),
    "concatenate([y, y], 0)": lambda: rm.concatenate([y, y], 0),
    "concatenate([X, X[:, 1:]], axis=1)": lambda: rm.concatenate([X, X[:, 1:]], axis=1),
    "concatenate((y, y))": lambda: rm.concatenate([y, y]),
    'einsum("ij,jk->ik", A, X)': lambda: rm.einsum("ij,jk->ik", A, X),
    "einsum('ij,kj->ik', A', A')": lambda: rm.einsum("ij,kj->ik", A.T, A.T),
    "windows(Z, 0, 3)": lambda: rm.windows(Z, 0, 3),
    "windows(Z, axis=1, size=2, stride=2, padding=1)":
        lambda: rm.windows(Z, axis=1, size=2, stride=2, padding=1),
    "windows(Z, 0, 2, dilation=2)": lambda: rm.windows(Z, 0, 2, dilation=2),
    **{f"{f}(y)": lambda f=f: rm.map_scalar(getattr(sympy, f)(lam), {lam: y})  # type: ignore[misc]
       for f in ("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh")},
    # objectives
    "sum((X@theta - y)**2)/n + lambda*sum(theta**2)":
        lambda: rm.sum((X @ theta - y) ** 2) / n + lam * rm.sum(theta**2),
    "sum(softplus(-y*(X@theta + b)))/n": lambda: rm.sum(rm.softplus(-y * (X @ theta + b))) / n,
    "-mean(gather(log_softmax(X@W), c))": lambda: -rm.mean(rm.gather(rm.log_softmax(X @ W), c)),
}


@pytest.mark.parametrize("text", MEANS)
def test_text_means_what_python_means(text: str) -> None:
    """Every construct gives the very expression that Python's operators make."""
    assert parse(text, DECLARED) is tensor.as_tensor(MEANS[text]())


def test_every_function_is_in_the_table() -> None:
    """No function that text may call is left untested."""
    called = {name for name in FUNCTIONS if any(f"{name}(" in text for text in MEANS)}
    assert called == set(FUNCTIONS)


def test_a_wrong_meaning_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table tells a reader that swaps the operands of a power or of a comparison."""
    right = parse("y**b", DECLARED)
    monkeypatch.setattr("refmath.tensor.reader.algebra.power", lambda a, b: tensor.power(b, a))
    assert parse("y**b", DECLARED) is not right
    assert parse("where(y < b, y, 0)", DECLARED) is not parse("where(y > b, y, 0)", DECLARED)


def test_declarations_come_in_every_form() -> None:
    """Text, a mapping, and what ``tensors`` made give one expression."""
    made = rm.tensors("X[n,d] y[n] lambda")
    forms = ["X[n,d] y[n] lambda", made, list(made), {"X": made[0], "y": made[1], "lambda": lam}]
    found = {parse("lambda*sum(X) + sum(y)/d", form) for form in forms}
    assert found == {lam * rm.sum(X) + rm.sum(y) / d}
    assert parse("2*y", y) is 2 * y
    assert parse("u + 1", {"u": X}) is X + 1
    assert rm.parse is parse
    assert declared("B[m,m]", symmetric="B")["B"].symmetric


def test_keywords_of_python_are_names() -> None:
    """A tensor may be called lambda, class, None or T."""
    declarations = "lambda[n] class[n] None[n] T[n] in[n]"
    for name, made in zip(declarations.split(), rm.tensors(declarations), strict=True):
        assert parse(name.partition("[")[0], declarations) is made
