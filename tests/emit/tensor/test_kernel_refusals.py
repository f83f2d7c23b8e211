"""What kernels refuse, how they are named, and what they share."""

from typing import Any

import numpy as np
import pytest
from kernel_table import (
    LEAST_SQUARES,
    LOGISTIC,
    NETWORK,
    W1,
    A,
    S,
    W,
    X,
    Y,
    b1,
    c,
    d,
    theta,
    v,
    y,
)

import refmath as rm
from refmath import tensor as tn
from refmath.emit.tensor.kernel.api import Kernel, kernel
from refmath.errors import DeclarationError, InvalidInput
from refmath.tensor.evaluate import evaluate

# --- what is refused -----------------------------------------------------------------------------

GOOD = {"X": np.zeros((5, 3)), "y": np.zeros(5), "theta": np.zeros(3), "lambda": 0.5}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"Z": 1}, "the kernel has no argument 'Z'; it takes X, theta, y, lambda"),
    "missing": ({"X": None}, "the kernel needs X=; give an array"),
    "missing scalar": ({"lambda": None}, 'the kernel needs **{"lambda": ...}; give a number'),
    "rank": ({"y": np.zeros((5, 1))}, "expected y of shape (n,), found (5, 1): 2 axes instead of"),
    "sizes": ({"y": np.zeros(4)}, "the size n is 5 and 4: X has shape (5, 3), declared (n, d); y "
              "has shape (4,), declared (n,)"),
    "size given": ({"n": 6}, "the size n is 6 and 5: n= is given; X has shape (5, 3)"),
    "negative size": ({"n": -1}, "expected a whole number from 0 for the size n, found -1"),
    "whole numbers": ({"X": np.zeros((5, 3), int)}, "expected real numbers for X in float16, "
                      "float32 or float64, found dtype int64; convert it by X.astype(float)"),
    "complex": ({"y": np.zeros(5, complex)}, "found dtype complex128; convert it by y.astype"),
    "text": ({"y": ["a"] * 5}, "expected real numbers for y"),
    "ragged": ({"y": [[1.0], [1.0, 2.0]]}, "expected an array for y"),
    "scalar array": ({"lambda": np.zeros(2)}, "expected a number for lambda, found array"),
    "scalar text": ({"lambda": "1"}, "expected a number for lambda, found '1'"),
    "scalar truth": ({"lambda": True}, "expected a number for lambda, found True"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_arguments(case: str) -> None:
    """The message names what is wrong, what was found, and the cure."""
    change, message = REFUSED[case]
    given = {k: a for k, a in {**GOOD, **change}.items() if a is not None}
    with pytest.raises(InvalidInput) as error:
        kernel(LEAST_SQUARES)(**given)
    assert message in str(error.value)
    kernel(LEAST_SQUARES)(**GOOD)


@pytest.mark.parametrize(("labels", "message"), [
    ([0, 1, 4], "expected labels from 0 to 3 in c, found 4"),
    ([0, -1, 2], "expected labels from 0 to 3 in c, found -1"),
    ([0.0, 1.0, 2.0], "expected whole numbers for the labels c, found dtype float64; convert them "
     "by c.astype(int)"),
    ([True, False, True], "expected whole numbers for the labels c, found dtype bool"),
])
def test_wrong_labels(labels: list[Any], message: str) -> None:
    """Labels are whole numbers from 0 to the number of classes less 1."""
    made = kernel(tn.gather(Y, c))
    made(Y=np.zeros((3, 4)), c=[0, 1, 3])
    with pytest.raises(InvalidInput) as error:
        made(Y=np.zeros((3, 4)), c=labels)
    assert message in str(error.value)


def test_other_sizes_that_do_not_fit() -> None:
    """Fixed sizes, slices that reach too far, negative sizes and broken symmetry are refused."""
    (w,) = (rm.tensors("w[3]"),)
    m = rm.dims("m")
    z = rm.tensors("z[n]")
    for node, given, message in (
        (rm.sum(w), {"w": np.zeros(4)}, "expected w of shape (3,), found (4,): 3 is 3"),
        (X[2], {"X": np.zeros((2, 3))}, "entries 2 to 2 are chosen of an axis of size n = 2"),
        (z[:m], {"z": np.zeros(2), "m": 3}, "entries 0 to 2 are chosen of an axis of size n = 2"),
        (z[3:], {"z": np.zeros(2)}, "the size n - 3 is -1 where"),
        (S @ theta, {"S": np.array([[0.0, 1.0], [2.0, 0.0]]), "theta": np.zeros(2)},
         "S was declared symmetric, but the array is not"),
    ):
        with pytest.raises(InvalidInput) as error:
            kernel(node)(**given)
        assert message in str(error.value)


def test_what_no_kernel_can_be_made_of() -> None:
    """Nothing, names that are none, sizes that are none, and what is no tensor are refused."""
    for wrong, options in (
        ({}, {}), ({"": y}, {}), ({1: y}, {}), (y, {"name": "np"}), (y, {"name": "a b"}),
        (y, {"name": "lambda"}), (y, {"sizes": {"n": 0}}), (y, {"sizes": {"n": 2.5}}),
        (y, {"arguments": [X @ theta]}), (y, {"name": 3}),
    ):
        with pytest.raises(InvalidInput):
            kernel(wrong, **options)
    with pytest.raises(DeclarationError):
        kernel("y")
    with pytest.raises(DeclarationError):
        kernel({"value": 0.5})


# --- names and outputs ---------------------------------------------------------------------------


def test_results_share_no_memory_with_each_other() -> None:
    """The same expression twice, its transpose and its rows are apart."""
    product = X.T @ X
    found = kernel({"a": product, "b": product, "t": product.T, "r": product[0], "X": X, "x": X})(
        X=np.arange(6.0).reshape(2, 3)
    )
    arrays = list(found.values())
    for i, one in enumerate(arrays):
        assert not any(np.shares_memory(one, other) for other in arrays[i + 1:])


def test_constant_results_have_their_shape() -> None:
    """A constant Hessian takes its sizes from further arguments, or as keywords."""
    node = rm.hessian(rm.sum(theta), theta)
    assert kernel(node).arguments == ("d",)
    np.testing.assert_array_equal(kernel(node)(d=2), np.zeros((2, 2)))
    found = kernel(node, arguments=[theta])(theta=np.ones(3, np.float32))
    np.testing.assert_array_equal(found, np.zeros((3, 3), np.float32))
    assert found.dtype == np.float32
    assert kernel(tn.as_tensor(rm.scalar("lambda") ** 2))(**{"lambda": 3}) == 9.0


def test_awkward_names() -> None:
    """Tensors and sizes may be called like modules, functions, keywords and temporaries."""
    names = ("np", "lambda_", "sum", "sigmoid", "out", "Z1", "range", "quotients", "self", "p")
    declared = rm.tensors(" ".join(f"{name}[print]" for name in names))
    node = rm.sum(rm.outer(rm.sigmoid(declared[0]) * declared[1], rm.tanh(declared[2])) ** 2)
    for one in declared[3:]:
        node = node + rm.sum(one**2) * rm.scalar("class")
    root = rm.gradient(node, declared[0])
    made = kernel({"np": root, "value": node})
    rng = np.random.default_rng(0)
    given = {name: rng.standard_normal(4) for name in names}
    found = made(**given, **{"class": 2.0})
    for key, wanted in (("np", root), ("value", node)):
        exact = evaluate(wanted, {**given, "class": 2.0}, {"print": 4}).astype(float)
        np.testing.assert_allclose(found[key], exact, rtol=1e-13)


def test_no_text_of_a_user_is_executed() -> None:
    """Names of results are data: quotes, line breaks and marks in them stay text."""
    awkward = ('"]; raise SystemExit #', "a'b", "\n    import os", "\u00a7Z\u00a71\u00a7", "x y")
    made = kernel(dict.fromkeys(awkward, rm.outer(y, y)))
    assert made.outputs == awkward
    assert list(made(y=np.ones(2))) == list(awkward)


def test_kernels_are_registered_and_made_once() -> None:
    """``Tensor.kernel`` gives the same object again, with options another one."""
    made = LEAST_SQUARES.kernel()
    assert isinstance(made, Kernel)
    assert made is LEAST_SQUARES.kernel() is kernel(LEAST_SQUARES)
    other = LEAST_SQUARES.kernel(name="loss")
    assert "def loss(X, theta, y, lambda_):" in other.source
    assert (made.arguments, made.outputs) == (("X", "theta", "y", "lambda"), ())
    assert repr(made) == "<kernel of X, theta, y, lambda>"


def test_work_is_shared() -> None:
    """Value, gradient and product with the Hessian compute X theta once, and the network's pass."""
    made = kernel({
        "value": LOGISTIC, "gradient": rm.gradient(LOGISTIC, theta),
        "along": rm.hessian_vector(LOGISTIC, theta, v), "hessian": rm.hessian(LOGISTIC, theta),
    })
    assert made.source.count("X @ theta") == 1
    slopes = {"W1": rm.gradient(NETWORK, W1), "b1": rm.gradient(NETWORK, b1)}
    both = kernel({"value": NETWORK, **slopes})
    assert both.source.count("X @ W1") == both.source.count("np.exp(") == 1
    assert both.source.count(" @ ") == 4
    assert kernel(A @ A @ theta).source.count("@") == 2
    assert (d, W.shape[0]) == (W.shape[0], d)
