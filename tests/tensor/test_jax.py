"""Derivatives agree with JAX's in double precision, within a bound that is derived, not chosen.

The bound is the rounding error of the same sums and products (``tensor_rounding``), at inputs that
are doubles. Inputs are generic: no kink and no tie is met, where conventions differ.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from random_expressions import Term, scalar_terms, terms
from tensor_backends import Jax
from tensor_cases import DIMS, LABELS, SIZES, Case, random_values
from tensor_numbers import Undecided, precision
from tensor_rounding import Rounded, Roundings, bound, true
from tensor_tables import NESTED

import refmath as rm
from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate

jax = pytest.importorskip("jax")


@cache
def inputs() -> dict[str, Any]:
    """Doubles for every tensor and scalar."""
    found = random_values(seed=8)
    return {k: v if k in LABELS else np.asarray(v, object).astype(float) for k, v in found.items()}


def outside(node: Tensor, peer: Any) -> float:
    """How many times the bound the peer is from the true values, at the worst entry."""
    with precision(120):
        values = {
            k: v if k in LABELS else np.vectorize(Rounded, otypes=[object])(v)[()]
            for k, v in inputs().items()
        }
        try:
            found = evaluate(node, values, SIZES, Roundings())
        except Undecided:
            assume(False)
        peer = np.asarray(peer)
        assert peer.shape == np.shape(found)
        assert peer.dtype == np.float64
        gap, limit = abs(peer - true(found)), bound(found) + 1e-300
        return float((gap / limit).max(initial=0.0))


def by_jax(transform: Any, run: Any, name: str) -> Any:
    """A derivative by the input of that name."""
    with jax.enable_x64(True):
        backend, given = Jax(), {k: jax.numpy.asarray(v) for k, v in inputs().items()}
        return jax.jit(transform(lambda x: run(backend, given | {name: x})))(given[name])


def on_jax(case: Case) -> Any:
    """A case as a function of the backend and all inputs."""
    return lambda m, given: case.run(m, **{
        x: SIZES[x] if x in DIMS else given[x] for x in case.names
    })


@pytest.mark.parametrize("name", NESTED)
def test_objectives(name: str) -> None:
    """Jacobians of objectives and layers, by every input."""
    case = Case(NESTED[name])
    for x in case.variables:
        if isinstance(x, Tensor) and x.symmetric:
            continue  # JAX's entries of a symmetric matrix are free
        peer = by_jax(jax.jacfwd, on_jax(case), x.name)
        assert outside(rm.jacobian(case.expression(), x), peer) <= 1


@pytest.mark.parametrize("name", ["ridge", "logistic", "student", "cosine", "product of entries"])
def test_hessians(name: str) -> None:
    """Hessians of objectives, by their first input."""
    case = Case(NESTED[name])
    x = case.variables[0]
    J = rm.sum(case.expression())
    run = on_jax(case)
    peer = by_jax(jax.hessian, lambda m, given: m.sum(run(m, given)), x.name)
    assert outside(rm.hessian(J, x), peer) <= 1


def with_sizes(f: Term) -> Any:
    """A term as a function of the backend and all inputs."""
    return lambda m, given: f.run(m, given | SIZES)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(scalar_terms(most=5))
def test_random_gradients(f: Term) -> None:
    """Gradients of random expressions."""
    for x in f.variables[:2]:
        if not x.symmetric:
            peer = by_jax(jax.grad, with_sizes(f), x.name)
            assert outside(rm.gradient(f.node, x), peer) <= 1


@settings(derandomize=True, deadline=None, max_examples=12)
@given(terms(most=4))
def test_random_jacobians(f: Term) -> None:
    """Jacobians of random expressions, in forward mode."""
    for x in f.variables[:1]:
        if not x.symmetric:
            peer = by_jax(jax.jacfwd, with_sizes(f), x.name)
            assert outside(rm.jacobian(f.node, x), peer) <= 1


def test_a_wrong_gradient_is_outside() -> None:
    """One that is off by a part in 10^12 is, and so is one in single precision."""
    case = Case(NESTED["softmax loss"])
    W = case.variables[1]
    peer = np.asarray(by_jax(jax.jacfwd, on_jax(case), W.name))
    g = rm.jacobian(case.expression(), W)
    assert outside(g, peer) <= 1
    assert outside(g, peer * (1 + 1e-12)) > 1
    assert outside(g, peer.astype(np.float32).astype(float)) > 1
