"""Kernels compute what expressions mean: within certified bounds, and exactly where they can."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from kernel_table import EXACT, SIZES, TABLE, arguments, outside, shape_of, values, whole_values
from notation_cases import SIZES as RANDOM_SIZES
from notation_cases import expressions, has_entries

import refmath as rm
from refmath import objectives
from refmath.emit.tensor.enclosure import Model, enclose
from refmath.emit.tensor.kernel import access, api, contraction, inplace, loops, products, text
from refmath.emit.tensor.kernel.api import kernel
from refmath.oracle.gradient.judge import held
from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate

DTYPES = ("float64", "float32", "float16")


def deviations(node: Tensor, seed: int, dtype: str) -> list[str]:
    """Where a kernel's result lies outside of its bounds."""
    given_values = values(node, seed)
    made = kernel(node)
    found = made(**arguments(made, given_values, dtype))
    return outside(node, given_values, found, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TABLE)
def test_results_lie_within_their_bounds(name: str, dtype: str) -> None:
    """Every entry lies where some order of correctly rounded operations can bring it."""
    assert deviations(TABLE[name], 0, dtype) == []


@pytest.mark.parametrize("name", EXACT)
def test_results_are_exact_where_every_step_is(name: str) -> None:
    """On small whole numbers polynomials come out exactly, kinks and equal maxima included."""
    node = TABLE[name]
    for seed in range(4):
        whole = whole_values(node, seed)
        made = kernel(node)
        found = made(**arguments(made, whole))
        np.testing.assert_array_equal(found, evaluate(node, whole, SIZES).astype(float))


@pytest.mark.parametrize("name", [x for x in objectives.ALL if x != "brown_almost_linear"])
def test_objectives(name: str) -> None:
    """Value and gradients of every objective, made together, lie within their bounds."""
    objective = objectives.get(name)
    roots = {"value": objective.value}
    roots |= {f"by {p}": objective.gradient(p) for p in objective.parameters}
    tensors = [x for x in objective.tensors.values() if isinstance(x, Tensor)]
    made = kernel(roots, arguments=tensors)
    sizes, point = objective.default_sizes(), objective.example(seed=3)
    with np.errstate(all="raise"):
        found = made(**{x: point[x] if x in point else sizes[x] for x in made.arguments})
    bounds = enclose(list(roots.values()), point, sizes, Model.of("float64"))
    for key, bound in zip(roots, bounds, strict=True):
        inside = held(bound, np.asarray(found[key]), "float64")
        assert not inside.bad.any(), key


@settings(derandomize=True, deadline=None, max_examples=120)
@given(expressions())
def test_random_expressions(node: Tensor) -> None:
    """The kernel of any expression, of its gradient or Hessian, stays within its bounds."""
    assume(has_entries(node, RANDOM_SIZES))
    point = values(node, 1, RANDOM_SIZES)
    made = kernel(node)
    with np.errstate(all="ignore"):
        found = made(**arguments(made, point, sizes=RANDOM_SIZES))
    assert outside(node, point, found, "float64", RANDOM_SIZES) == [], made.source


def test_several_results_are_those_of_single_kernels() -> None:
    """Results that share their work lie within the bounds of each."""
    names = ("network", "network: gradient W1", "network: gradient b1", "network: gradient W2",
             "network: Hessian b1 W2")
    roots = {name: TABLE[name] for name in names}
    made = kernel(roots)
    assert made.outputs == names
    point = values(rm.sum(TABLE["network: gradient W1"]) + TABLE["network"], 2)
    found = made(**arguments(made, point, "float32"))
    assert list(found) == list(names)
    for name in names:
        assert outside(TABLE[name], point, found[name], "float32") == []


def test_the_order_of_contraction_may_be_chosen_by_sizes() -> None:
    """With hints the kernel multiplies in another order, with the same results."""
    A, B, C = rm.tensors("A[m,p] B[p,q] C[q,r]")
    sizes = {"m": 2, "p": 7, "q": 5, "r": 3}
    one = kernel(A @ B @ C, sizes={"m": 1000, "p": 10, "q": 10, "r": 1})
    two = kernel(A @ B @ C, sizes={"m": 1, "p": 10, "q": 10, "r": 1000})
    assert "return A @ (B @ C)\n" in one.source
    assert "return A @ B @ C\n" in two.source
    point = values(A @ B @ C, 0, sizes)
    for made in (one, two):
        found = made(**arguments(made, point, sizes=sizes))
        assert outside(A @ B @ C, point, found, "float64", sizes) == []


# --- wrong steps are seen ------------------------------------------------------------------------


def _transposed(piece: text.Piece, order: Any) -> text.Piece:
    return piece


def _not_scaled(body: Any, name: str, coefficient: Any) -> None:
    return None


def _always(self: Any, op: Any, user: Any) -> bool:
    return op in self._known and op.kind not in ("arg", "scalar") and op.sizes == user.sizes


def _added_once(
    body: Any, op: Any, mark: str, sign: str, piece: Any, shape: Any, fixed: Any
) -> str:
    return _ADDED(body, op, mark, "+", piece, shape, fixed)


def _unpadded(index: Any, size: Any, sizes: Any) -> tuple[int, int]:
    return 0, 0


_ADDED = loops._added
_SUMMED = contraction.summed
WRONG: dict[str, tuple[Any, str, Any]] = {
    "no transposition": (text, "transposed", _transposed),
    "no scaling in place": (inplace, "_scale", _not_scaled),
    "memory in use is overwritten": (api.program.__globals__["Body"], "reusable", _always),
    "terms are added, never subtracted": (loops, "_added", _added_once),
    "no room for what leaves an axis": (access, "reach", _unpadded),
    "repeated entries are counted once": (products, "_repeats", lambda *_: 1),
    "nothing is summed": (contraction, "summed", lambda pool, value, keep: (
        value if value.op.kind == "square" else _SUMMED(pool, value, keep))),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_steps_are_seen(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a step of the emitter broken, some kernel of the table fails or deviates."""
    owner, name, broken = WRONG[wrong]
    monkeypatch.setattr(owner, name, broken)
    make: Callable[..., Any] = api._cached.__wrapped__
    monkeypatch.setattr(api, "_cached", make)
    assert any(_fails(key) for key in TABLE)


def _fails(key: str) -> bool:
    try:
        return bool(deviations(TABLE[key], 0, "float64"))
    except Exception:  # a broken generator may raise anything: that is seen too
        return True


def test_shapes_of_the_table_differ_on_all_axes() -> None:
    """The sizes in the tests are all different, so that no mixed-up axis goes unseen."""
    assert len(set(SIZES.values())) == len(SIZES)
    assert {len(shape_of(node)) for node in TABLE.values()} == {0, 1, 2, 3, 4}
