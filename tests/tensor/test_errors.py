"""Wrong use is refused by an error of ours that says what was found and what to do.

No assertion, no error of SymPy's or Python's own reaches the user, whatever is given in place of
one argument of a public function.
"""

import inspect
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Symbol

import refmath as rm
from refmath import tensor
from refmath.errors import DeclarationError, InvalidInput, RefmathError
from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate

n, d, k = rm.dims("n d k")
X, Y, y, theta, A, W = rm.tensors("X[n,d] Y[d,n] y[n] theta[d] A[n,n] W[n,k]")
c = rm.tensors("c[n] in k")
lam = rm.scalar("lambda")
x_ = Symbol("x")

Message = tuple[Callable[[], Any], str]
SHAPES: list[Message] = [
    (lambda: X + Y, r"\+: X of shape \(n, d\) and Y of shape \(d, n\) do not fit: d and n meet"),
    (lambda: X - y, r"-: X of shape \(n, d\) and y of shape \(n,\) do not fit: d and n meet"),
    (lambda: X * Y, r"\*: X of shape .* and Y of shape .* do not fit"),
    (lambda: X / y, r"do not fit: d and n meet on axis 1"),
    (lambda: X ** y, r"\*\*: X of shape .* and y of shape"),
    (lambda: X @ y, r"@: X of shape \(n, d\) and y of shape \(n,\) do not fit: d and n meet"),
    (lambda: y @ theta, r"@: y of shape \(n,\) and theta of shape \(d,\) do not fit: n and d"),
    (lambda: X @ X, r"d and n meet"),
    (lambda: X @ lam, r"for scalars write \*, for other ranks einsum"),
    (lambda: X[None] @ y, r"@ multiplies vectors and matrices, found .* of shape \(1, n, d\)"),
    (lambda: rm.dot(X, Y), r"dot: X of shape \(n, d\) and Y of shape \(d, n\) do not fit"),
    (lambda: rm.einsum("ij,jk->ik", X, X), "index j has the sizes d and n"),
    (lambda: rm.einsum("ij->i", y), r"'ij' does not fit the shape \(n,\)"),
    (lambda: rm.einsum("ij->k", X), "index k of the result is on no operand"),
    (lambda: rm.einsum("ij->ii", X), "expected subscripts such as"),
    (lambda: rm.einsum("ij,j", X, theta), "expected subscripts such as"),
    (lambda: rm.einsum("ij,jk->ik", X), "for 1 operands"),
    (lambda: rm.einsum("i...->...", X), "expected subscripts such as"),
    (lambda: rm.sum(X, 2), r"axis 2 does not exist; the shape is \(n, d\)"),
    (lambda: rm.sum(X, -3), "axis -3 does not exist"),
    (lambda: rm.sum(lam, 0), r"axis 0 does not exist; the shape is \(\)"),
    (lambda: rm.max(X, (0, 0)), "name one axis twice"),
    (lambda: rm.mean(X, (0, -2)), "name one axis twice"),
    (lambda: rm.softmax(lam), "axis -1 does not exist"),
    (lambda: rm.transpose(X, (0,)), r"expected each axis of \(n, d\) once, found \(0,\)"),
    (lambda: rm.transpose(X, (0, 0)), "expected each axis"),
    (lambda: rm.diag(X), r"diag takes a vector or a square matrix, found shape \(n, d\)"),
    (lambda: rm.trace(X), r"found shape \(n, d\)"),
    (lambda: rm.trace(y), r"trace takes a square matrix, found shape \(n,\)"),
    (lambda: rm.inverse(X), r"expected a square matrix to take the inverse of, found .*\(n, d\)"),
    (lambda: rm.logdet(y), r"determinant of, found shape \(n,\)"),
    (lambda: rm.det(X), "square matrix"),
    (lambda: rm.inverse(rm.zeros(n, n)), "a matrix of zeros has no inverse"),
    (lambda: rm.logdet(A - A), "a matrix of zeros has no"),
    (lambda: rm.gather(X, c), r"gather: X of shape \(n, d\) does not fit .* shape \(n, k\)"),
    (lambda: rm.gather(W, y), r"expected class labels, found y; declare them as in .* in k"),
    (lambda: rm.concatenate([X, Y]), r"concatenate along axis 0: X of shape .* and Y of shape"),
    (lambda: rm.concatenate([X, X], 2), "axis 2 does not exist"),
    (lambda: rm.concatenate([]), "at least one tensor that has axes"),
    (lambda: rm.concatenate([lam, lam]), "at least one tensor that has axes"),
    (lambda: rm.where(X, Y, 0), "where: X of shape"),
    (lambda: rm.maximum(X, y), "maximum: X of shape"),
    (lambda: rm.windows(theta, 0, 3, stride=2), "windows of 3 with stride 2 do not tile .* size d"),
    (lambda: rm.windows(rm.tensors("s[4]"), 0, 5), "windows of 5 .* do not tile an axis of size 4"),
    (lambda: rm.mean(rm.tensors("Z[0]")), r"mean of no entries: Z has the shape \(0,\)"),
    (lambda: rm.max(rm.tensors("Z[0,n]"), 0), "max of no entries"),
    (lambda: rm.logsumexp(rm.zeros(n, 0), 1), "logsumexp of no entries"),
    (lambda: X[0, 0, 0], r"3 indices for the shape \(n, d\)"),
    (lambda: X[..., ...], "may contain ... once"),
    (lambda: rm.tensors("s[4]")[4], "index 4 is out of range for an axis of size 4"),
    (lambda: rm.tensors("s[4]")[-5], "index -5 is out of range"),
    (lambda: y[::2], "let the size be a multiple of 2"),
    (lambda: y[::-1], "step must be positive, found -1"),
    (lambda: y[lam], "expected a whole number, a slice, None or ... as index, found lambda"),
    (lambda: y[1.0], "expected a whole number"),
    (lambda: y[True], "expected a whole number"),
    (lambda: y["a"], "expected a whole number"),
    (lambda: y[[0, 1]], "expected a whole number"),
    (lambda: y[np.array([0, 1])], "expected a whole number"),
    (lambda: y[np.array([0, 1]), ...], "expected a whole number"),
    (lambda: y[y], "expected a whole number"),
    (lambda: y[lam:], "lambda, which is no size"),
    (lambda: y[: Symbol("n")], "n, which is no size"),
    (lambda: y[0.5:], "expected a whole number"),
    (lambda: X < Y, r"have no order; for a choice write where\(x - y, a, b\)"),
    (lambda: y >= 0, "have no order"),
]
DERIVATIVES: list[Message] = [
    (lambda: rm.gradient(X @ theta, theta), r"expected a scalar .* shape \(n,\); .* jacobian"),
    (lambda: rm.gradient(rm.sum(X), X @ theta), "expected a variable of real numbers"),
    (lambda: rm.gradient(rm.sum(X), c), "expected a variable of real numbers .* found c"),
    (lambda: rm.gradient(rm.sum(X), n), "expected a variable of real numbers .* found n"),
    (lambda: rm.gradient(rm.sum(X), lam**2), "expected a variable of real numbers"),
    (lambda: rm.gradient(rm.sum(X), "X"), "found 'X' of type str"),
    (lambda: rm.gradient(rm.sum(X), None), "found None of type NoneType"),
    (lambda: rm.gradient(rm.sum(X), [X, None]), "found None of type NoneType"),
    (lambda: rm.hessian(rm.sum(X), [X, y]), "expected a variable of real numbers .* of type list"),
    (lambda: rm.hessian(rm.sum(X), X, [y]), "of type list"),
    (lambda: rm.hessian(X, X), "expected a scalar to take the gradient of"),
    (lambda: rm.jacobian(None, X), "expected a tensor expression or an exact number, found None"),
    (
        lambda: rm.hessian_vector(rm.sum(X**2), X, y),
        r"expected a direction of the shape \(n, d\) of X, found y of shape \(n,\)",
    ),
    (lambda: rm.hessian_vector(rm.sum(X**2), lam, y), r"of the shape \(\) of .*lambda.*, found y"),
]
DECLARATIONS: list[Message] = [
    (lambda: rm.dims(""), r"no size is named; write for example dims\('n d'\)"),
    (lambda: rm.dims("2"), "expected a name such as X or theta, found '2'"),
    (lambda: rm.dims(None), "expected text with names, found None"),
    (lambda: rm.scalar("a b"), "expected a name"),
    (lambda: rm.scalar(1), "expected a name .* found 1"),
    (lambda: rm.tensors(""), "no tensor is named"),
    (lambda: rm.tensors(3), "expected text with names, found 3 of type int"),
    (lambda: rm.tensors("X[n,d] X[d]"), "X is declared twice"),
    (lambda: rm.tensors("X[n"), r"expected a tensor such as X\[n,d\], found"),
    (lambda: rm.tensors("X[n+1]"), r"expected a name such as X or theta, found 'n\+1'"),
    (lambda: rm.tensors("X[-1]"), "expected a name"),
    (lambda: rm.tensors("X[n,]"), "expected a name"),
    (lambda: rm.tensors("X[1.5]"), "expected a name"),
    (lambda: rm.tensors("n[n]"), "n is a size and a tensor"),
    (lambda: rm.tensors("X[n] n"), "n is a size and a tensor"),
    (lambda: rm.tensors("e[n] in e"), "e is a size and a tensor"),
    (lambda: rm.tensors("e in k"), r"labels need sizes; they are declared as y\[n\] in k"),
    (lambda: rm.tensors("B", symmetric="B"), r"B has no sizes; write them in brackets: B\[n,n\]"),
    (lambda: rm.tensors("e[n] in 0"), "e cannot have labels in 0"),
    (lambda: rm.tensors("B[n,d]", symmetric="B"), "not square, so it cannot be symmetric"),
    (lambda: rm.tensors("B[n,n]", symmetric="C"), "symmetric names C, which is not declared"),
    (lambda: rm.tensors("B[n,n]", symmetric=True), "expected text with names, found True"),
    (lambda: rm.eye(-1), "a size must not be negative, found -1"),
    (lambda: rm.eye(2.0), r"expected a size, found 2.0; give a whole number"),
    (lambda: rm.eye("n"), "expected a size, found 'n'"),
    (lambda: rm.eye(True), "expected a size, found True"),
    (lambda: rm.eye(None), "expected a size, found None"),
    (lambda: rm.eye(lam), r"contains lambda, which is no size; make it by dims\('lambda'\)"),
    (lambda: rm.eye(n / 2), "is not a whole number"),
    (lambda: rm.zeros((n, d)), "expected a size, found .* of type tuple"),
    (lambda: rm.ones(X), "expected a size, found X of type Variable"),
    (lambda: rm.ones(np.array([2, 3])), "expected a size"),
    (lambda: rm.map_scalar(x_ * Symbol("z"), {x_: X}), r"make it by scalar\('z'\)"),
    (lambda: rm.map_scalar(sympy.gamma(x_), {x_: X}), "gamma is not a known scalar function"),
    (lambda: rm.map_scalar(sympy.Piecewise((x_, x_ > 0)), {x_: X}), r"write where\(condition"),
    (lambda: rm.map_scalar(sympy.Integral(x_, x_), {x_: X}), "Integral is not a known"),
    (lambda: rm.map_scalar("x", {x_: X}), "expected a SymPy expression, found 'x' of type str"),
    (lambda: rm.map_scalar(x_ > 0, {x_: X}), "expected a SymPy expression"),
    (lambda: rm.map_scalar(x_, {}), r"expected tensors by symbol such as \{x: X\}"),
    (lambda: rm.map_scalar(x_, [X]), "expected tensors by symbol"),
    (lambda: rm.map_scalar(x_, {"x": X}), "expected a symbol of any real number, found 'x'"),
    (lambda: rm.map_scalar(x_, {n: X}), "expected a symbol of any real number, found n"),
    (lambda: X * sympy.MatrixSymbol("M", 2, 2), "expected a tensor expression .* MatrixSymbol"),
    (lambda: X + np.ones((2, 2)), "expected a tensor expression or an exact number, found array"),
    (lambda: np.ones((2, 2)) + X, "expected a tensor expression or an exact number, found array"),
    (lambda: np.float64(2) * X, "binary float"),
    (lambda: [1, 2] * X, r"found \[1, 2\] of type list"),
    (lambda: X / "2", "found '2' of type str"),
    (lambda: X ** None, "found None of type NoneType"),
]


@pytest.mark.parametrize(("wrong", "message"), SHAPES, ids=[m for _, m in SHAPES])
def test_shapes(wrong: Any, message: str) -> None:
    """The error names the operands, their shapes, and what meets."""
    with pytest.raises(RefmathError, match=message):
        wrong()


@pytest.mark.parametrize(("wrong", "message"), DERIVATIVES, ids=[m for _, m in DERIVATIVES])
def test_derivatives(wrong: Any, message: str) -> None:
    """The error says what one may differentiate, and by what."""
    with pytest.raises(RefmathError, match=message):
        wrong()


@pytest.mark.parametrize(("wrong", "message"), DECLARATIONS, ids=[m for _, m in DECLARATIONS])
def test_declarations(wrong: Any, message: str) -> None:
    """The error shows what was given and how it is written."""
    with pytest.raises(RefmathError, match=message):
        wrong()


VALID: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "as_tensor": ((X,), {}), "concatenate": (([X, X], 0), {}), "det": ((A,), {}),
    "diag": ((y,), {}), "dims": (("n d",), {}), "dot": ((X, X), {}),
    "einsum": (("ij,j->i", X, theta), {}), "eye": ((n,), {}), "gather": ((W, c), {}),
    "gradient": ((rm.sum(X**2), X), {}), "hessian": ((rm.sum(X**2), X, X), {}),
    "hessian_vector": ((rm.sum(X**2), X, X), {}), "indexed": ((X, 0), {}),
    "inverse": ((A,), {}), "jacobian": ((X, X), {}), "kinks": ((X,), {}),
    "log_softmax": ((X, 0), {}), "logdet": ((A,), {}), "logsumexp": ((X, 0, True), {}),
    "map_scalar": ((x_**2, {x_: X}), {}),
    "matmul": ((X, theta), {}), "max": ((X, 0, True), {}), "maximum": ((X, X), {}),
    "mean": ((X, 0, True), {}), "min": ((X, 0, True), {}), "minimum": ((X, X), {}),
    "minus": ((X, X), {}), "norm": ((X, 0), {}), "nodes": ((X,), {}), "ones": ((n, d), {}),
    "outer": ((X, y), {}), "over": ((X, X), {}), "plus": ((X, X), {}), "power": ((X, 2), {}),
    "scalar": (("lambda",), {}), "softmax": ((X, 0), {}), "sum": ((X, 0, True), {}),
    "tensors": (("X[n,d]",), {"symmetric": ""}), "times": ((X, X), {}), "trace": ((A,), {}),
    "transpose": ((X, (1, 0)), {}), "variables": ((X,), {}), "where": ((X, X, X), {}),
    "windows": ((y, 0, 3), {"stride": 1, "padding": 0, "dilation": 1}), "zeros": ((n, d), {}),
}
FUNCTIONS = sorted(
    name for name, value in vars(tensor).items()
    if inspect.isfunction(value) and not name.startswith("_")
)
WRONG = (None, "x", "", 0.5, float("nan"), True, -7, [1], (), {}, np.ones(2), np.float32(1),
         Fraction, x_, n, lam, n / 2, sympy.oo, sympy.S.true, sympy.Matrix([1]), X, c, A,
         slice(None), print)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_anything_in_place_of_an_argument(name: str) -> None:
    """Either it makes sense and gives a result, or an error of ours says what was found."""
    function = getattr(tensor, name)
    args, options = VALID.get(name, ((X,), {}))
    assert function(*args, **options) is not None
    for wrong in WRONG:
        for place in range(len(args)):
            changed = (*args[:place], wrong, *args[place + 1:])
            refused_or_done(function, changed, options)
        for key in options:
            refused_or_done(function, args, {**options, key: wrong})


def refused_or_done(function: Any, args: Any, options: Any) -> None:
    """Anything but an error of ours goes on to the test; an error is a sentence."""
    try:
        found = function(*args, **options)
        said = "a result"
    except RefmathError as error:
        found, said = None, str(error)
    assert re.search(r"\w+ \w+", said)
    if isinstance(found, Tensor):
        assert all(s.is_integer for s in found.shape)


@pytest.mark.parametrize("wrong", [w for w in WRONG if not isinstance(w, Tensor)], ids=repr)
@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**", "@", "[]"])
def test_anything_beside_an_operator(operator: str, wrong: Any) -> None:
    """The same of operators, on either side."""
    left = {
        "+": lambda: X + wrong, "-": lambda: X - wrong, "*": lambda: X * wrong,
        "/": lambda: X / wrong, "**": lambda: X**wrong, "@": lambda: X @ wrong,
        "[]": lambda: X[wrong],
    }[operator]
    right = {
        "+": lambda: wrong + X, "-": lambda: wrong - X, "*": lambda: wrong * X,
        "/": lambda: wrong / X, "**": lambda: wrong**X, "@": lambda: wrong @ X,
        "[]": lambda: X[0, wrong],
    }[operator]
    refused_or_done(left, (), {})
    if wrong is not sympy.S.true:  # SymPy's truth values refuse every operator themselves
        refused_or_done(right, (), {})


def test_python_protocols() -> None:
    """A tensor expression has no truth, no length and no entries: TypeError, as Python asks."""
    for use in (lambda: bool(X), lambda: len(X), lambda: list(X)):
        with pytest.raises(TypeError, match="tensor expression"):
            use()
    with pytest.raises(TypeError):
        float(X)  # type: ignore[arg-type]


def twice(first: str, second: str, symmetric: str = "") -> tuple[Any, Any]:
    """Two declarations made apart."""
    return rm.tensors(first), rm.tensors(second, symmetric=symmetric)


CLASHES = {
    "two shapes": (*twice("B[n,d]", "B[d,n]"), "B is a tensor of shape"),
    "two ranks": (*twice("B[n]", "B[n,n]"), "B is a tensor of shape"),
    "symmetric and not": (*twice("B[n,n]", "B[n,n]", "B"), "B is a .*tensor of shape"),
    "labels and numbers": (*twice("B[n]", "B[n] in k"), "of labels in k"),
    "a tensor and a scalar": (rm.tensors("B[n]"), rm.scalar("B"), "a scalar"),
    "a tensor and a size": (rm.tensors("d[n]"), rm.tensors("B[d]"), "d is a .* size|d is a tensor"),
    "a scalar and a size": (rm.tensors("B[n]"), rm.scalar("n"), "n is .*a scalar|n is a scalar"),
}


@pytest.mark.parametrize("name", CLASHES)
def test_one_name_for_two_things(name: str) -> None:
    """It is refused at the latest when an expression is derived or evaluated."""
    a, b, message = CLASHES[name]
    J = rm.sum(a) * rm.sum(b)
    by = a if isinstance(a, Tensor) else b
    for use in (
        lambda: rm.gradient(J, by), lambda: rm.hessian(J, by), lambda: tensor.variables(J),
        lambda: evaluate(J, {"B": [1.0, 2.0], "d": [1.0, 2.0]}, {"n": 2, "d": 2}),
    ):
        with pytest.raises(DeclarationError, match=message) as error:
            use()
        assert "give one of them another name" in str(error.value)


def test_a_name_clash_with_what_one_differentiates_by() -> None:
    """The variable itself counts, also where the expression does not contain it."""
    other = rm.tensors("X[d,n]")
    with pytest.raises(DeclarationError, match="X is a tensor of shape"):
        rm.gradient(rm.sum(X), other)


EVALUATION: list[tuple[Tensor, dict[str, Any], dict[str, int], str]] = [
    (y + 1, {}, {"n": 2}, "no value is given for y"),
    (lam * y, {"y": [1, 2]}, {"n": 2}, "no value is given for the scalar lambda"),
    (y + 1, {"y": [1, 2]}, {}, "the size n is not known"),
    (y + 1, {"y": [1, 2, 3]}, {"n": 2}, r"y has the shape \(n,\), that is \(2,\); found \(3,\)"),
    (y + 1, {"y": ["a", "b"]}, {"n": 2}, "expected real numbers for y"),
    (y + 1, {"y": [1j, 0]}, {"n": 2}, "expected real numbers for y"),
    (y + 1, {"y": [1, 2]}, {"n": 2.0}, "expected a whole number from 0 as size n, found 2.0"),
    (y + 1, {"y": [1, 2]}, {"n": -2}, "expected a whole number from 0 as size n, found -2"),
    (y[5], {"y": [1, 2]}, {"n": 2}, "entries 5 to 5 are chosen of an axis of size n = 2"),
    (y[-3], {"y": [1, 2]}, {"n": 2}, "entries -1 to -1 are chosen of an axis of size n = 2"),
    (y[:5], {"y": [1, 2]}, {"n": 2}, "entries 0 to 4 are chosen of an axis of size n = 2"),
    (y[-5:], {"y": [1, 2]}, {"n": 2}, "entries -3 to 1 are chosen of an axis of size n = 2"),
    (y[5:], {"y": [1, 2]}, {"n": 2}, "the size n - 5 is -3"),
    (rm.gather(W, c), {"W": np.ones((2, 3)), "c": [0, 3]}, {"n": 2, "k": 3}, "0 to 2 .* found 3"),
    (rm.gather(W, c), {"W": np.ones((2, 3)), "c": [-1, 0]}, {"n": 2, "k": 3}, "found -1"),
    (rm.gather(W, c), {"W": np.ones((2, 3)), "c": [0.5, 0]}, {"n": 2, "k": 3}, "found 0.5"),
    (rm.gather(W, c), {"W": np.ones((2, 3)), "c": ["a", 0]}, {"n": 2, "k": 3}, "found 'a'"),
    (rm.inverse(A), {"A": np.ones((2, 2))}, {"n": 2}, "a singular matrix has no inverse"),
]


@pytest.mark.parametrize(("node", "values", "sizes", "message"), EVALUATION)
def test_values(node: Tensor, values: Any, sizes: Any, message: str) -> None:
    """A value that is missing or does not fit is named, with what was expected."""
    with pytest.raises(InvalidInput, match=message):
        evaluate(node, values, sizes)
