"""What every kernel keeps: shape, dtype, NaN, its arguments, silence."""

from typing import Any

import numpy as np
import pytest
from kernel_table import (
    LAMBDA,
    LEAST_SQUARES,
    LOGISTIC,
    SIZES,
    SOFTMAX,
    TABLE,
    X,
    Y,
    arguments,
    n,
    outside,
    s,
    shape_of,
    theta,
    values,
    x,
    y,
)

import refmath as rm
from refmath import tensor as tn
from refmath.emit.tensor.kernel.api import kernel
from refmath.errors import InvalidInput
from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate
from refmath.tensor.node import Variable
from refmath.tensor.walk import variables

EACH = pytest.mark.parametrize("name", TABLE)
DTYPES = (np.float16, np.float32, np.float64)


def called(node: Tensor, seed: int = 0, dtype: Any = np.float64) -> tuple[Any, dict[str, Any]]:
    """A kernel's result and what it was called with."""
    made = kernel(node)
    given = arguments(made, values(node, seed), dtype)
    return made(**given), given


@EACH
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda t: t.__name__)
def test_shape_and_dtype_are_kept(name: str, dtype: Any) -> None:
    """A result has the full shape and the arrays' dtype; of rank 0 it is a NumPy scalar."""
    node = TABLE[name]
    found, given = called(node, dtype=dtype)
    assert found.shape == shape_of(node)
    real = [a for a in given.values() if isinstance(a, np.ndarray | np.generic)
            and a.dtype.kind == "f"]
    assert found.dtype == (dtype if real else np.float64)
    assert isinstance(found, np.ndarray if node.rank else np.generic)


@EACH
def test_arguments_are_left_alone(name: str) -> None:
    """Arguments may be read-only, are not changed, and share no memory with the result."""
    made = kernel(TABLE[name])
    given = arguments(made, values(TABLE[name], 0))
    kept = {key: np.copy(value) for key, value in given.items()}
    for value in given.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    found = made(**given)
    for key, value in given.items():
        np.testing.assert_array_equal(value, kept[key])
        assert not (isinstance(value, np.ndarray) and np.shares_memory(found, value)), key
    if isinstance(found, np.ndarray):
        assert found.flags.writeable


@EACH
def test_any_layout_is_taken(name: str) -> None:
    """Arrays in Fortran's order, and with strides of either sign, give results within bounds."""
    node = TABLE[name]
    point = values(node, 3)
    made = kernel(node)
    for change in (np.asfortranarray, _scattered):
        given = {k: change(a) if isinstance(a, np.ndarray) and a.ndim else a
                 for k, a in arguments(made, point).items()}
        assert outside(node, point, made(**given), "float64") == []


def _scattered(array: Any) -> Any:
    """The same entries with gaps between them, backwards in memory."""
    room = np.zeros([2 * s for s in array.shape], array.dtype)
    view = room[tuple(slice(None, None, -2) for _ in array.shape)]
    view[...] = array
    return view


@EACH
def test_nothing_is_raised_where_the_result_is_finite(name: str) -> None:
    """With all floating-point errors raised, finite results come out as before."""
    found, given = called(TABLE[name], 5)
    if np.isfinite(found).all():
        with np.errstate(all="raise"):
            again = kernel(TABLE[name])(**given)
        np.testing.assert_array_equal(again, found)


def exact(node: Tensor, point: dict[str, Any]) -> Any:
    """The value to 17 digits or more."""
    return np.asarray(evaluate(node, {**point, "lambda": LAMBDA}, SIZES).astype(float))


def changed(point: dict[str, Any], variable: Variable, place: Any, number: float) -> dict[str, Any]:
    """A point with one entry of one variable changed."""
    array = np.array(point[variable.name])
    array[place] = number
    if variable.symmetric:
        array[place[::-1]] = number
    return {**point, variable.name: array}


@EACH
def test_not_a_number_comes_out_where_it_goes_in(name: str) -> None:
    """Every entry that depends on one that is not a number is not a number either.

    It depends if other numbers there change it; an index of a largest entry is none that does.
    """
    node = TABLE[name]
    made = kernel(node)
    for variable in variables(node):
        if variable.classes is not None:
            continue
        point = values(node, 0)
        for place in ((0,) * variable.rank, tuple(i - 1 for i in shape_of(variable))):
            was = float(point[variable.name][place])
            one, two, three = (
                exact(node, changed(point, variable, place, x)) for x in (was, was + 0.37, was / 2)
            )
            lost = changed(point, variable, place, np.nan)
            wanted = ((one != two) | (one != three)) & np.isnan(exact(node, lost))
            with np.errstate(all="ignore"):
                found = made(**arguments(made, lost))
            assert np.isnan(found[wanted]).all(), (variable.name, place)


@pytest.mark.parametrize("name", [
    "row", "part", "column", "diagonal", "on the diagonal", "joined", "chosen: gradient Y",
    "rosenbrock: gradient x", "neighbours: gradient x", "joined: gradient x", "padded", "labels",
    "convolution: gradient x", "broadcast", "rows squared", "choice", "maximum", "outer",
])
def test_not_a_number_comes_out_nowhere_else(name: str) -> None:
    """What an entry does not depend on does not make it NaN: nothing is multiplied by 0."""
    node = TABLE[name]
    made = kernel(node)
    for variable in variables(node):
        if variable.classes is None:
            given = values(node, 0)
            given[variable.name][(-1,) * variable.rank] = np.nan
            found = made(**arguments(made, given))
            wanted = evaluate(node, given, SIZES).astype(float)
            np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))


def test_nan_in_a_row_of_a_maximum() -> None:
    """The derivative of a maximum over entries of which one is not a number is not one either."""
    made = kernel(rm.gradient(rm.sum(rm.max(Y, 1)), Y))
    given = np.zeros((2, 3))
    given[1, 2] = np.nan
    found = made(Y=given)
    np.testing.assert_array_equal(found[0], [1, 0, 0])
    assert np.isnan(found[1]).any()


@pytest.mark.parametrize("name", [x for x in TABLE if "window" not in x and x not in (
    "rosenbrock", "row", "part", "dilated")])
def test_axes_of_one_entry(name: str) -> None:
    """A batch of one sample, and one class, are like any other."""
    node = TABLE[name]
    sizes = {**SIZES, "n": 3} if "convolution" in name or "pooling" in name else {
        **SIZES, "n": 1, "k": 1}
    point = values(node, 1, sizes)
    made = kernel(node)
    found = made(**arguments(made, point, sizes=sizes))
    assert outside(node, point, found, "float64", sizes) == []


@pytest.mark.parametrize("name", [x for x in TABLE if not any(word in x for word in (
    "window", "convolution", "pooling", "row", "part", "dilated", "joined", "rosenbrock",
    "neighbours", "largest", "strided", "all", "of columns", "smallest", "logsumexp",
    "softmax jacobian"))])
def test_an_empty_batch(name: str) -> None:
    """Without a sample, results have their shape, and nothing is warned of."""
    node = TABLE[name]
    sizes = {**SIZES, "n": 0}
    made = kernel(node)
    with np.errstate(all="warn"):
        found = made(**arguments(made, values(node, 1, sizes), np.float32, sizes))
    assert found.shape == shape_of(node, sizes)
    has_arrays = any(a.classes is None for a in variables(node))
    assert found.dtype == (np.float32 if has_arrays else np.float64)


def test_a_mean_of_nothing_is_not_a_number() -> None:
    """Values and gradients of means over no samples are NaN, sums over none are 0."""
    empty = {"X": np.zeros((0, 3), np.float32), "y": np.zeros(0, np.float32)}
    point = {**empty, "theta": np.ones(3, np.float32), "lambda": 0.5}
    assert np.isnan(kernel(LEAST_SQUARES)(**point))
    assert np.isnan(kernel(rm.gradient(LEAST_SQUARES, theta))(**point)).all()
    assert np.isnan(kernel(rm.hessian(LEAST_SQUARES, theta))(X=empty["X"], **{"lambda": 1})).all()
    assert kernel(rm.sum((X @ theta - y) ** 2))(**empty, theta=point["theta"]) == 0
    quotient = kernel(rm.sum(y) + rm.scalar("lambda") / n)
    assert quotient(y=empty["y"], **{"lambda": 0.5}) == np.inf
    assert np.isnan(quotient(y=empty["y"], **{"lambda": 0}))


def test_the_largest_of_nothing() -> None:
    """A maximum without entries has no value."""
    with pytest.raises(InvalidInput, match="an axis has no entries"):
        kernel(rm.max(Y))(Y=np.zeros((0, 3)))
    with pytest.raises(InvalidInput, match="an axis has no entries"):
        kernel(rm.max(x[1:]))(x=np.zeros(1))


def test_no_overflow_on_the_way() -> None:
    """Losses of huge margins and norms of huge and tiny vectors are finite and silent."""
    far = np.array([1e3, -1e3, 80.0, -750.0, 1e-30])
    with np.errstate(all="raise"):
        for dtype in (np.float32, np.float64):
            theta_ = np.array([1.0], dtype)
            point = {"X": far[:, None].astype(dtype), "y": np.ones(5, dtype), "theta": theta_}
            for node in (LOGISTIC, rm.gradient(LOGISTIC, theta), rm.hessian(LOGISTIC, theta)):
                made = kernel(node)
                assert np.isfinite(made(**{k: point[k] for k in made.arguments})).all()
        logits = kernel({"p": rm.softmax(Y), "l": rm.log_softmax(Y), "s": rm.logsumexp(Y, 1)})
        found = logits(Y=np.array([[1e3, -1e3, 0.0], [-1e3, -1e3, -1e3]], np.float32))
        np.testing.assert_array_equal(found["p"][0], [1, 0, 0])
        np.testing.assert_array_equal(found["l"][0], [0, -2000, -1000])
        for size in (1e200, 1e-200, 3.0):
            given = size * np.array([3.0, 4.0])
            np.testing.assert_allclose(kernel(rm.norm(x))(x=given), 5 * size, rtol=1e-15)
            slope = kernel(rm.gradient(rm.norm(x), x))(x=given)
            np.testing.assert_allclose(slope, [0.6, 0.8], rtol=1e-15)
    np.testing.assert_array_equal(kernel(rm.gradient(rm.norm(x), x))(x=np.zeros(2)), [0, 0])
    assert kernel(rm.norm(x))(x=np.array([np.inf, 1.0])) == np.inf


def test_branches_not_taken_are_silent() -> None:
    """A logarithm of what is negative, a root, a quotient: only where the branch is taken."""
    node = rm.where(y, rm.log(y) + rm.sqrt(y) + 1 / y, -y)
    given = np.array([0.0, -1.0, 4.0, np.nan, 1e-3])
    with np.errstate(all="raise"):
        found = kernel(node)(y=given)
        slope = kernel(rm.gradient(rm.sum(node), y))(y=given)
    np.testing.assert_array_equal(np.isnan(found), [0, 0, 0, 1, 0])
    np.testing.assert_allclose(found[[0, 1, 2]], [0, 1, np.log(4) + 2.25], rtol=1e-15)
    np.testing.assert_allclose(slope[[0, 1, 2]], [-1, -1, 0.4375], rtol=1e-15)


def test_kinks_are_as_declared() -> None:
    """relu'(0) = 0, the first of equal maxima, the sign of 0, the derivative of a norm at 0."""
    def at(node: Tensor, *given: float) -> list[float]:
        return list(kernel(rm.gradient(rm.sum(node), y))(y=np.array(given)))

    assert at(rm.relu(y), 0.0, 1.0, -1.0) == [0, 1, 0]
    assert at(tn.absolute(y), 0.0, 2.0, -2.0) == [0, 1, -1]
    assert at(rm.max(y) * 2, 1.0, 3.0, 3.0) == [0, 2, 0]
    assert at(rm.maximum(y, 1), 1.0, 2.0) == [0, 1]
    assert at(rm.norm(y), 0.0, 0.0) == [0, 0]


# --- dtypes and scalars --------------------------------------------------------------------------


def test_mixed_dtypes_give_the_common_one() -> None:
    """float32 data with float64 parameters give float64; labels do not count."""
    made = kernel(SOFTMAX)
    point = values(SOFTMAX, 0)
    found = made(X=point["X"].astype(np.float32), W=point["W"], c=point["c"].astype(np.uint8))
    assert found.dtype == np.float64
    half = made(X=point["X"].astype(np.float16), W=point["W"].astype(np.float32), c=point["c"])
    assert half.dtype == np.float32


@pytest.mark.parametrize("scalar", [
    np.float64(0.375), np.float32(0.375), np.array(0.375), np.array(0.375, np.float16)
])
def test_scalars_do_not_change_the_dtype(scalar: Any) -> None:
    """A scalar of any type of number is one number: float32 arrays give float32."""
    node = rm.gradient(LEAST_SQUARES, theta)
    made, point = kernel(node), values(node, 0)
    given = {**arguments(made, point, np.float32), "lambda": scalar}
    assert made(**given).dtype == np.float32
    assert outside(node, point, made(**given), "float32") == []


def test_numbers_of_rank_0_and_lists() -> None:
    """A tensor without axes may be a plain number, a vector a list of them."""
    made = kernel(s * y)
    np.testing.assert_array_equal(made(s=2.0, y=[1.0, 2.5]), [2.0, 5.0])
    assert made(s=np.float32(2), y=np.ones(2, np.float32)).dtype == np.float32
