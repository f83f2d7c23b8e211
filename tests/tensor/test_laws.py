"""Laws of derivatives and of the normal form, over random expressions.

Values are Arb balls at generic rational inputs: the two sides of a law must overlap, with a radius
below 1e-48. A law that does not hold is refuted by that; ``test_breaks`` shows that they reject.
"""

import pickle
from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_expressions import ALL_SIZES, Term, made, scalar_terms, terms
from tensor_backends import Arrays
from tensor_cases import DIMS, SCALARS, TENSORS, balls, random_values, shape_of
from tensor_numbers import Balls, Undecided, agree, as_balls, entries, precision

import refmath as rm
from refmath import tensor
from refmath.tensor import Tensor, build
from refmath.tensor.evaluate import evaluate
from refmath.tensor.node import Affine, Sum
from refmath.tensor.walk import nodes

lam, mu = SCALARS["lam"], SCALARS["mu"]
SIZES = ALL_SIZES[0]
some = settings(derandomize=True, deadline=None, max_examples=40)
more = settings(derandomize=True, deadline=None, max_examples=120)


def equal(a: Any, b: Any, extra: dict[str, Any] | None = None, sizes: Any = SIZES) -> bool:
    """Whether two expressions have the same values at generic inputs."""
    with precision():
        values = balls(random_values(6, sizes) | (extra or {}))
        try:
            found = [evaluate(tensor.as_tensor(x), values, sizes, Balls()) for x in (a, b)]
        except Undecided:
            assume(False)
        return agree(*found)


def swapped(matrix: Tensor, first: int) -> Tensor:
    """The axes after the first ones in front of these."""
    return rm.transpose(matrix, (*range(first, matrix.rank), *range(first)))


@more
@given(terms(), st.sampled_from(ALL_SIZES))
def test_values_are_those_of_numpy(term: Term, sizes: dict[str, int]) -> None:
    """The same Python on arrays gives the same values, at three sets of sizes."""
    with precision():
        values = balls(random_values(7, sizes))
        wanted = term.run(Arrays(Balls()), values | sizes)
        assert agree(evaluate(term.node, values, sizes, Balls()), wanted)


@some
@given(scalar_terms(), scalar_terms())
def test_linear(f: Term, g: Term) -> None:
    """The gradient of 2 f - lambda g is 2 grad f - lambda grad g."""
    for x in f.variables:
        both = rm.gradient(2 * f.node - mu * g.node, x)
        assert equal(both, 2 * rm.gradient(f.node, x) - mu * rm.gradient(g.node, x))


@some
@given(scalar_terms(), scalar_terms())
def test_product_and_quotient(f: Term, g: Term) -> None:
    """Leibniz's rule, and that of the quotient."""
    below = 2 + g.node**2
    for x in f.variables:
        df, dg = rm.gradient(f.node, x), rm.gradient(g.node, x)
        assert equal(rm.gradient(f.node * g.node, x), df * g.node + f.node * dg)
        wanted = df / below - f.node * 2 * g.node * dg / below**2
        assert equal(rm.gradient(f.node / below, x), wanted)


@some
@given(scalar_terms())
def test_chain(f: Term) -> None:
    """Of a function of f its derivative times grad f; also where f is put in for a variable."""
    inner = build.variable("inner", ())
    outer = rm.sum(rm.tanh(inner * TENSORS["x"])) + inner**3 * lam
    whole = rm.sum(rm.tanh(f.node * TENSORS["x"])) + f.node**3 * lam
    slope = rm.gradient(outer, inner)
    given = {"inner": inside(f.node)}
    for x in f.variables:
        rest = rm.gradient(outer, x) if x is TENSORS["x"] else 0
        assert equal(rm.gradient(whole, x), slope * rm.gradient(f.node, x) + rest, given)


def inside(node: Tensor) -> Any:
    """The value of an expression."""
    with precision():
        try:
            return evaluate(node, balls(random_values(6, SIZES)), SIZES, Balls())
        except Undecided:
            assume(False)


@some
@given(scalar_terms(most=5))
def test_hessians_are_symmetric(f: Term) -> None:
    """Mixed derivatives do not depend on their order, scalars included."""
    variables = [*f.variables[:2], *([lam] if "lam" in f.uses else [])]
    for i, x in enumerate(variables):
        for z in variables[: i + 1]:
            there, back = rm.hessian(f.node, x, z), rm.hessian(f.node, z, x)
            assert equal(there, swapped(back, tensor.as_tensor(z).rank))


@some
@given(scalar_terms(most=5))
def test_hessian_times_a_vector(f: Term) -> None:
    """It is the Hessian contracted with the vector, also if that depends on the variable."""
    for x in f.variables[:2]:
        v = rm.sin(x) + rm.gradient(f.node, x)
        H = rm.hessian(f.node, x)
        first, second = "abcd"[:x.rank], "pqrs"[:x.rank]
        wanted = rm.einsum(f"{first}{second},{second}->{first}", H, v)
        assert equal(rm.hessian_vector(f.node, x, v), wanted)


@some
@given(terms())
def test_jacobian_of_a_transpose(f: Term) -> None:
    """It is the transposed jacobian; entry by entry it is the gradient of the entries."""
    rank = f.node.rank
    axes = list(range(rank))
    Random(rank).shuffle(axes)
    for x in f.variables[:2]:
        J = rm.jacobian(f.node, x)
        moved = rm.jacobian(rm.transpose(f.node, axes), x)
        assert moved.shape == (*(f.node.shape[a] for a in axes), *x.shape)
        assert equal(moved, rm.transpose(J, (*axes, *range(rank, rank + x.rank))))
        place = (0,) * rank
        assert equal(J[place], rm.gradient(f.node[place], x))


@some
@given(scalar_terms())
def test_relabelling(f: Term) -> None:
    """Transposed inputs under other names give the transposed gradient."""
    for name in ("X", "W", "A"):
        if name in f.uses:
            x = TENSORS[name]
            turned = build.variable(f"a_{name}", x.shape[::-1])
            other = rm.gradient(f.on(**{name: turned.T}), turned)
            given = {turned.name: random_values(6, SIZES)[name].T}
            assert equal(other.T, rm.gradient(f.node, x), given)


@some
@given(scalar_terms(most=4))
def test_homogeneous_functions(f: Term) -> None:
    """Euler: of h = |x|^3 f(x/|x|), of degree 3, <x, grad h> = 3 h and H x = 2 grad h."""
    for name in ("x", "X", "w"):
        if name in f.uses:
            x = TENSORS[name]
            h = rm.norm(x) ** 3 * f.on(**{name: x / rm.norm(x)})
            assert equal(rm.dot(x, rm.gradient(h, x)), 3 * h)
            assert equal(rm.hessian_vector(h, x, x), 2 * rm.gradient(h, x))


@pytest.mark.parametrize("name", ["x", "w", "X"])
@some
@given(f=scalar_terms(most=4))
def test_scalars_are_tensors_of_rank_0(name: str, f: Term) -> None:
    """The derivative by a scalar is that by a tensor without axes in its place."""
    stretched = f.on(**{name: mu * TENSORS[name] + mu**2})
    rank0 = build.variable("rank0", ())
    other = f.on(**{name: rank0 * TENSORS[name] + rank0**2})
    given = {"rank0": np.array(random_values(6, SIZES)["mu"], dtype=object)}
    assert equal(rm.gradient(stretched, mu), rm.gradient(other, rank0), given)
    assert equal(rm.hessian(stretched, mu), rm.hessian(other, rank0), given)


BATCHES = {
    "linear": lambda m, X, w, P: m.tanh(X @ w),
    "quadratic": lambda m, X, w, P: m.sum((X @ P) * X, -1),
    "softmax": lambda m, X, w, P: m.logsumexp(X @ P + w, -1) - (X * w)[..., 0],
    "largest": lambda m, X, w, P: m.max(m.relu(X @ P) * X, -1),
    "norm": lambda m, X, w, P: m.norm(X - w, -1),
}


@pytest.mark.parametrize("name", BATCHES)
def test_batches(name: str) -> None:
    """The derivatives of a sum over a batch are the sums of the samples' derivatives."""
    run = BATCHES[name]
    X, w, P = TENSORS["X"], TENSORS["w"], TENSORS["P"]
    whole = rm.sum(run(tensor, X, w, P))
    samples = [run(tensor, X[i], w, P) for i in range(SIZES["n"])]
    for x in (w, P, X):
        total = sum((rm.gradient(s, x) for s in samples), start=rm.zeros(*x.shape))
        assert equal(rm.gradient(whole, x), total)
        total = sum((rm.hessian(s, x) for s in samples), start=rm.zeros(*x.shape, *x.shape))
        assert equal(rm.hessian(whole, x), total)


@some
@given(terms(most=5))
def test_shapes(f: Term) -> None:
    """A jacobian has the shape of the expression and then the variable's; so has its own."""
    for x in f.variables[:2]:
        J = rm.jacobian(f.node, x)
        assert J.shape == (*f.node.shape, *x.shape)
        assert rm.jacobian(J, x).shape == (*f.node.shape, *x.shape, *x.shape)
        assert evaluate_shape(J) == (*shape_of(f.node, SIZES), *shape_of(x, SIZES))


def evaluate_shape(node: Tensor) -> tuple[int, ...]:
    """The shape of the values."""
    with precision():
        try:
            found = evaluate(node, balls(random_values(6, SIZES)), SIZES, Balls())
        except Undecided:
            assume(False)
        return tuple(found.shape)


@more
@given(terms(), st.data())
def test_one_object(a: Term, data: Any) -> None:
    """Equal expressions, built otherwise, are one object."""
    x = a.node
    b = data.draw(terms().map(lambda t: t.node if t.node.shape == x.shape else rm.sin(x) * lam))
    c = rm.tanh(x) + b
    assert x + b is b + x
    assert x * b is b * x
    assert (x + b) + c is x + (b + c)
    assert (x * b) * c is x * (b * c)
    assert x - x is rm.zeros(*x.shape)
    assert 2 * (x + b) is 2 * x + 2 * b
    assert lam * (x + b) is lam * x + lam * b
    assert (lam * x) * b is x * (b * lam)
    assert -(x - b) is b - x
    assert x.T.T is x
    assert x + 0 is x
    assert x * 1 is x
    assert a.on() is x
    assert pickle.loads(pickle.dumps(x)) is x


@some
@given(terms())
def test_sums_in_any_order(a: Term) -> None:
    """Sums over axes, at once or one after the other, of the expression or of its transpose.

    They are one object; where a sum has terms with deltas, which are multiplied out as soon as one
    can be contracted away, the same values.
    """
    x = a.node
    apart = any(isinstance(s, Sum) and any(isinstance(d, Affine) for c in s.children
                                           for d in (c, *c.children)) for s in nodes(x))
    if x.rank:
        whole = rm.sum(x)
        for other in (rm.sum(rm.sum(x, 0)), rm.sum(rm.sum(x, -1)), rm.sum(x.T), rm.sum(x[None]),
                      rm.sum(rm.mean(x, 0)) * x.shape[0]):
            assert other is whole or (apart and equal(other, whole))


@pytest.mark.parametrize("length", [2, 3, 5, 8])
def test_products_of_matrices_are_one_object(length: int) -> None:
    """However a chain of products is bracketed, transposed, turned in a trace."""
    A, B, S = TENSORS["A"], TENSORS["B"], TENSORS["S"]
    random = Random(length)
    chain = [random.choice([A, B, S, A.T]) for _ in range(length)]
    left, right = chain[0], chain[-1]
    for x in chain[1:]:
        left = left @ x
    for x in reversed(chain[:-1]):
        right = x @ right
    turned = chain[-1].T
    for x in reversed(chain[:-1]):
        turned = turned @ x.T
    assert left is right
    assert left is turned.T
    for k in range(length):
        rest = [*chain[k:], *chain[:k]]
        other = rest[0]
        for x in rest[1:]:
            other = other @ x
        assert rm.trace(other) is rm.trace(left)
        assert rm.trace(other.T) is rm.trace(left)


@pytest.mark.parametrize("seed", range(20))
def test_einsums_are_one_object(seed: int) -> None:
    """The same tensors with the same indices, in any order and under any letters."""
    random = Random(seed)
    A, S, T = TENSORS["A"], TENSORS["S"], build.variable("T3", [DIMS["n"]] * 3)
    operands = [random.choice([A, A, S, T]) for _ in range(random.randint(2, 6))]
    words = ["".join(random.choice("abcdef") for _ in range(x.rank)) for x in operands]
    letters = sorted(set("".join(words)))
    out = "".join(random.sample(letters, min(len(letters), random.randint(0, 2))))
    first = rm.einsum(f"{','.join(words)}->{out}", *operands)
    pairs = list(zip(words, operands, strict=True))
    random.shuffle(pairs)
    pairs = [(w[::-1] if x is S and random.random() < 0.5 else w, x) for w, x in pairs]
    names = dict(zip(letters, random.sample("uvwxyz", len(letters)), strict=True))
    words = ["".join(names[c] for c in w) for w, _ in pairs]
    text = f"{','.join(words)}->{''.join(names[c] for c in out)}"
    assert rm.einsum(text, *(x for _, x in pairs)) is first


def test_every_kind_of_node_is_drawn() -> None:
    """The random expressions and their gradients have every kind of node."""
    seen: Counter[str] = Counter()

    @settings(derandomize=True, deadline=None, max_examples=300, database=None)
    @given(scalar_terms())
    def look(f: Term) -> None:
        for x in f.variables[:1]:
            seen.update({type(node).__name__ for node in nodes(f.node, rm.gradient(f.node, x))})

    look()
    kinds = {kind.__name__ for kind in Tensor.__subclasses__()}
    assert {kind for kind in kinds if seen[kind] >= 3} == kinds


def test_a_wrong_law_is_seen() -> None:
    """The comparison rejects a gradient with another sign, factor or place."""
    f = made("m.sum({0} ** 3)", Term(lambda _, i: i["X"], "X", frozenset("X"), True, TENSORS["X"]))
    g = rm.gradient(f.node, TENSORS["X"])
    assert equal(g, 3 * TENSORS["X"] ** 2)
    for wrong in (-g, 2 * g, g[::1] + 1, g * 0 + g[:1]):
        assert not equal(g, wrong)
    with precision():
        shifted = as_balls(entries(Random(1), (2,)))
        assert not agree(shifted, shifted[::-1])
