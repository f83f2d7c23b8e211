"""Expressions to print, values to read them back with, and the comparison."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import flint
import numpy as np
from flint import arb
from hypothesis import assume
from hypothesis import strategies as st
from notation_balls import PRECISION, Balls, UndecidedError, ball
from notation_reader import read
from sympy import Rational

import refmath as rm
from refmath import tensor as tn
from refmath.emit.tensor.notation.given import given
from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate, size_of
from refmath.tensor.walk import nodes, variables

SIZES = {"n": 5, "d": 4, "k": 3, "m": 2, "h": 3}
SMALL = {"n": 3, "d": 2, "k": 4}
_WIDE = arb(2) ** -100
"""Balls wider than this say nothing; two formulas that differ do so by much more."""


def values_for(
    node: Tensor, sizes: Mapping[str, int], seed: int
) -> tuple[dict[str, Any], dict[str, int]]:
    """Rationals for all tensors and scalars, labels for classes; and the classes of labels."""
    rng = random.Random(seed)
    values: dict[str, Any] = {}
    classes: dict[str, int] = {}
    for v in variables(node):
        shape = tuple(size_of(s, sizes) for s in v.shape)
        count = int(np.prod(shape))
        if v.classes is not None:
            classes[v.name] = size_of(v.classes, sizes)
            entries: list[Any] = [rng.randrange(classes[v.name]) for _ in range(count)]
        else:
            entries = [Rational(p, 53) for p in rng.sample(range(-99, 99), count)]
        array = np.array(entries, dtype=object).reshape(shape)
        values[v.name] = array + array.T if v.symmetric else array
    for x in given(node):
        if x.kind == "scalar":
            values[x.name] = Rational(rng.randint(1, 9), 4)
    return values, classes


def has_entries(node: Tensor, sizes: Mapping[str, int]) -> bool:
    """Whether no axis in an expression is empty; slices presuppose that."""
    every = {s for x in nodes(node) for s in (*x.shape, *getattr(x, "sizes", ()))}
    return all(int(s.subs({t: sizes[t.name] for t in s.free_symbols})) > 0 for s in every)


def differences(
    node: Tensor,
    text: str,
    sizes: Mapping[str, int],
    seed: int = 0,
    latex: bool = False,
) -> list[str]:
    """Where a printed formula, read back, differs from the expression; rigorous.

    Raises:
        UndecidedError: The values lie too close to a kink, or are too large, to tell.
    """
    if not has_entries(node, sizes):
        raise UndecidedError
    with flint.ctx.workprec(PRECISION):
        values, classes = values_for(node, sizes, seed)
        known = {x.name: sizes[x.name] for x in given(node) if x.kind == "size"}
        shape = tuple(size_of(s, sizes) for s in node.shape)
        exact = {
            name: v if name in classes else np.vectorize(ball, otypes=[object])(v)[()]
            for name, v in values.items()
        }
        wanted = evaluate(node, exact, sizes, Balls())
        if not all(_is_sharp(x) for x in wanted.reshape(-1)):
            raise UndecidedError
        found = read(text, values, known, shape, classes, latex)
        out = []
        for i in np.ndindex(*shape):
            a, b = _ball(wanted[i]), _ball(found[i])
            if not (a.overlaps(b) and _is_sharp(b)):
                out.append(f"at {i}: {a.str(8)}, read {b.str(8)}")
        return out


def _ball(x: Any) -> Any:
    return x if isinstance(x, arb) else arb(int(x))


def _is_sharp(x: Any) -> bool:
    x = _ball(x)
    return bool(x.is_finite() and x.rad() <= _WIDE * (1 + abs(x.mid())))


N, D, K = rm.dims("n d k")
POOL = rm.tensors(
    "x[d] v[d] y[n] X[n,d] A[d,d] S[d,d] W[d,k] b[k] Y[n,k] s[]", symmetric="S"
)
LABELS = rm.tensors("c[n] in k")
LAMBDA = rm.scalar("lambda")
UNARY: list[Callable[[Any], Any]] = [
    tn.tanh, tn.sigmoid, tn.exp, tn.relu, tn.softplus, tn.sin, tn.absolute, tn.step,
    lambda x: x**2, lambda x: x**3, lambda x: -x, lambda x: 1 - x, lambda x: 2 * x + 1,
    lambda x: 1 / (1 + x**2), lambda x: tn.sqrt(1 + x**2), lambda x: tn.log(2 + tn.cos(x)),
    lambda x: x / N, lambda x: LAMBDA * x, lambda x: x * tn.sigmoid(x), tn.norm, tn.sum, tn.mean,
    lambda x: -x / 3, lambda x: tn.exp(-LAMBDA * x), lambda x: x * LAMBDA / (LAMBDA + 1),
]
MATRIX: list[Callable[[Any], Any]] = [
    tn.transpose, lambda x: tn.sum(x, 0), lambda x: tn.sum(x, 1), lambda x: tn.softmax(x),
    lambda x: tn.softmax(x, 0), lambda x: tn.logsumexp(x, 1), lambda x: tn.log_softmax(x),
    lambda x: tn.max(x, 0), lambda x: tn.max(x, 1), lambda x: x[0], lambda x: x[:, 1],
    lambda x: x[1:], lambda x: tn.norm(x, 1), lambda x: tn.mean(x, 0), lambda x: x[:, :-1],
    lambda x: tn.einsum("ij,ij,ij->ij", x, x, tn.tanh(x)), tn.logsumexp, tn.max,
    lambda x: tn.windows(x, 0, 2, padding=1)[:, :, 0], lambda x: tn.softmax(x, (0, 1)),
    lambda x: tn.concatenate([x, 2 * x], 1), lambda x: x[1:, 0], lambda x: x[None, 1],
    lambda x: tn.windows(x, 1, 2, dilation=2, padding=2)[:, 1], lambda x: x[-1] + x,
    lambda x: tn.einsum("ij,kj->ikj", x, x), lambda x: x / tn.norm(x, 1)[:, None],
]
SQUARE: list[Callable[[Any], Any]] = [
    tn.trace, tn.diag, lambda x: tn.inverse(x + 7 * tn.eye(D)), lambda x: x @ x,
    lambda x: tn.inverse(x @ x.T + tn.eye(D)), lambda x: tn.logdet(x + 5 * tn.eye(D)),
    lambda x: x + tn.eye(D), lambda x: x + x.T,
]
VECTOR: list[Callable[[Any], Any]] = [
    tn.softmax, tn.logsumexp, tn.diag, lambda x: tn.outer(x, x), lambda x: x[1:], lambda x: x[0],
    lambda x: x[:, None] + x, lambda x: tn.dot(x, x), tn.max, lambda x: x[1:] - x[:-1] ** 2,
    lambda x: tn.concatenate([x, x**2]), lambda x: tn.windows(x, 0, 2) @ tn.ones(2), tn.log_softmax,
    lambda x: tn.windows(x, 0, 2, stride=1, padding=1) @ tn.ones(2), lambda x: x[::1] * x[-1],
]
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x @ y,
    lambda x, y: x.T @ y, lambda x, y: x @ y.T, tn.maximum, lambda x, y: tn.where(x, y, x * y),
    lambda x, y: x / (2 + tn.sin(y)), tn.outer, tn.dot, lambda x, y: x[:, None] * y,
    lambda x, y: tn.gather(x @ y, LABELS), lambda x, y: tn.einsum("ij,kj,lj->ikl", x, y, x),
]


def _suitable(x: Tensor) -> list[Callable[[Any], Any]]:
    if x.rank == 1:
        return UNARY + VECTOR
    if x.rank != 2:
        return UNARY
    return UNARY + MATRIX + (SQUARE * 3 if x.shape == (D, D) else [])


@st.composite
def expressions(draw: st.DrawFn, steps: int = 5) -> Tensor:
    """A random expression, or a derivative of one."""
    known: list[Any] = list(POOL)
    made: list[Tensor] = []
    for _ in range(draw(st.integers(1, steps))):
        old = made[-1] if made and draw(st.integers(0, 3)) else draw(st.sampled_from(known))
        if draw(st.booleans()):
            new = _applied(draw(st.sampled_from(_suitable(old))), old)
        else:
            new = _applied(draw(st.sampled_from(BINARY)), old, draw(st.sampled_from(known)))
        if isinstance(new, Tensor) and new.rank <= 3:
            made.append(new)
            known.append(new)
    assume(made)
    return _derived(draw, made[-1])


def _applied(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except rm.RefmathError:
        return None


def _derived(draw: st.DrawFn, x: Tensor) -> Tensor:
    """The expression itself, its sum's gradient or Hessian, or its Jacobian."""
    kind = draw(st.sampled_from(["itself", "gradient", "gradient", "hessian", "jacobian", "along"]))
    real = [v for v in variables(x) if v.classes is None]
    if kind == "itself" or not real:
        return x
    by = draw(st.sampled_from(real))
    whole = tn.sum(x) if x.rank else x
    if kind == "gradient":
        return tn.gradient(whole, by)
    if kind == "along":
        return tn.hessian_vector(whole, by, by)
    if kind == "jacobian" and x.rank + by.rank <= 4:
        return tn.jacobian(x, by)
    return tn.hessian(whole, by) if by.rank < 2 else tn.gradient(whole, by)
