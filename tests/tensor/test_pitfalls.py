"""What tensor calculus gets wrong elsewhere: right here, or refused with the cure.

Silent zeros, captured indices, lost shapes, swallowed NaN, branches not taken, kinks, binary
floats, and names that mean two things.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import DiracDelta, Float, Heaviside, Rational, Symbol
from tensor_cases import SIZES, random_values
from tensor_numbers import Rationals, agree

import refmath as rm
from refmath.errors import DeclarationError, InvalidInput, RefmathError
from refmath.tensor import (
    Tensor,
    absolute,
    as_tensor,
    hessian_vector,
    nodes,
    over,
    power,
    times,
)
from refmath.tensor.evaluate import evaluate

n, d, k = rm.dims("n d k")
X, y, theta, A, S, W = rm.tensors("X[n,d] y[n] theta[d] A[n,n] S[n,n] W[d,k]", symmetric="S")
c = rm.tensors("c[n] in k")
lam = rm.scalar("lambda")
nan, inf = float("nan"), float("inf")


def doubles(node: Tensor, **values: Any) -> Any:
    """Values as doubles; the sizes are those of what is given."""
    sizes = {"n": 3, "d": 2, "k": 4}
    for name, value in values.items():
        for x in (X, y, theta):
            if x.name == name:
                sizes |= {str(s): m for s, m in zip(x.shape, np.shape(value), strict=True)}
    return evaluate(node, values, sizes).astype(float)


def by_kernel(node: Tensor, **values: Any) -> Any:
    """Values of the NumPy kernel; nothing that it computes warns where its result is finite."""
    kernel = node.kernel()
    with np.errstate(all="raise" if np.isfinite(list(values.values())).all() else "ignore"):
        given = {k: v if isinstance(v, int) else np.array(v) for k, v in values.items()}
        return np.asarray(kernel(**given))


both = pytest.mark.parametrize("values", [doubles, by_kernel])
RESIDUAL = X @ theta - y
RIDGE = {
    "squares": rm.sum(RESIDUAL**2) + lam * rm.sum(theta**2),
    "products": rm.sum(RESIDUAL * RESIDUAL) + lam * (theta @ theta),
    "dot": rm.dot(RESIDUAL, RESIDUAL) + lam * rm.dot(theta, theta),
    "trace of outer": rm.trace(rm.outer(RESIDUAL, RESIDUAL)) + lam * rm.trace(
        rm.outer(theta, theta)
    ),
    "entry of a 1 by 1 matrix": (RESIDUAL[None] @ RESIDUAL[:, None])[0, 0]
    + (lam * theta[None] @ theta[:, None])[0, 0],
    "quadratic form": RESIDUAL @ rm.eye(n) @ RESIDUAL + theta @ (lam * rm.eye(d)) @ theta,
    "multiplied out": theta @ (X.T @ X) @ theta - 2 * (y @ X @ theta) + y @ y
    + lam * rm.einsum("i,i->", theta, theta),
    "negative residual": rm.sum((y - X @ theta) ** 2) - (-lam) * rm.sum((-theta) ** 2),
}


@pytest.mark.parametrize("name", RIDGE)
def test_ridge_in_every_spelling(name: str) -> None:
    """Its gradient is 2 X'(X theta - y) + 2 lambda theta, its Hessian 2 X'X + 2 lambda I."""
    J = RIDGE[name]
    values = {x.name: random_values(1)[z] for x, z in ((X, "X"), (y, "y"), (theta, "w"))}
    values["lambda"] = random_values(1)["lam"]
    m, v, t = values["X"], values["y"], values["theta"]
    sizes = {"n": SIZES["n"], "d": SIZES["d"]}
    g = evaluate(rm.gradient(J, theta), values, sizes, Rationals())
    assert agree(g, 2 * m.T @ (m @ t - v) + 2 * values["lambda"] * t)
    H = evaluate(rm.hessian(J, theta), values, sizes, Rationals())
    assert agree(H, 2 * m.T @ m + 2 * values["lambda"] * np.eye(2, dtype=int))


@pytest.mark.parametrize("name", ["products", "dot", "negative residual"])
def test_spellings_of_ridge_are_one_expression(name: str) -> None:
    """Where only products are named otherwise the expression is the same object."""
    assert RIDGE[name] is RIDGE["squares"]


def test_no_silent_zero() -> None:
    """Traces, determinants and norms have their derivatives."""
    assert rm.gradient(rm.trace(A) + 1, A) is rm.eye(n)
    assert rm.gradient(rm.logdet(A), A) is rm.inverse(A).T
    assert rm.gradient(rm.logdet(S), S) is rm.inverse(S)
    assert rm.gradient(rm.trace(A.T @ A), A) is 2 * A
    assert rm.gradient(rm.trace(A @ A), A) is 2 * A.T
    assert rm.gradient(A[0, 1], A) is rm.outer(rm.eye(n)[0], rm.eye(n)[1])


def test_softmax_has_its_part_off_the_diagonal() -> None:
    """The jacobian of softmax is diag(p) - p p'."""
    p = rm.softmax(y)
    assert rm.jacobian(p, y) is rm.diag(p) - rm.outer(p, p)
    assert rm.hessian(rm.logsumexp(y), y) is rm.diag(p) - rm.outer(p, p)


@pytest.mark.parametrize(
    ("f", "second"),
    [
        (lambda x: x**3, lambda x: 6 * x),
        (rm.exp, rm.exp),
        (rm.sin, lambda x: -rm.sin(x)),
        (rm.log, lambda x: -(x**-2)),
        (rm.tanh, lambda x: -2 * rm.tanh(x) * (1 - rm.tanh(x) ** 2)),
        (lambda x: x * rm.log(x), lambda x: 1 / x),
    ],
)
def test_second_derivative_of_functions(f: Any, second: Any) -> None:
    """The Hessian of a sum of values is a diagonal matrix with the second derivatives."""
    assert rm.hessian(rm.sum(f(y)), y) is rm.diag(second(y))


def test_sums_do_not_capture_indices() -> None:
    """Sums of one variable within each other keep their own indices."""
    s = rm.sum(y)
    assert rm.gradient(s * s, y) is 2 * s * rm.ones(n)
    assert rm.gradient(rm.sum(y * rm.sum(y * s)), y) is 3 * s * s * rm.ones(n)
    assert rm.gradient(rm.sum(y**2), y) is 2 * y
    assert rm.hessian(rm.sum(y) ** 2, y) is 2 * rm.ones(n, n)
    double = rm.sum(rm.sum(X, 0)[None] * rm.sum(X, 1)[:, None])
    assert double is rm.sum(X) * rm.sum(X)


def test_deltas_are_contracted() -> None:
    """Identities vanish from products, and a trace of one is its size; no ranges are left."""
    eye = rm.eye(n)
    assert eye @ A @ eye is A
    assert rm.trace(eye) is as_tensor(n)
    assert rm.sum(eye, 0) is rm.ones(n)
    assert rm.sum(eye * A) is rm.trace(A)
    assert eye * eye is eye
    assert rm.gradient(rm.sum(y[1:] ** 2), y)[0].shape == ()
    first = doubles(rm.gradient(rm.sum(y[1:] ** 2), y), y=[1.0, 2.0, 3.0])
    assert first.tolist() == [0.0, 4.0, 6.0]


def test_product_of_entries() -> None:
    """exp(sum(log y)) has the products of the others as its gradient, minors as its Hessian."""
    J = rm.exp(rm.sum(rm.log(y)))
    v = np.array([2.0, 3.0, 5.0])
    assert doubles(rm.gradient(J, y), y=v) == pytest.approx([15, 10, 6], rel=1e-14)
    wanted = [[0, 5, 3], [5, 0, 2], [3, 2, 0]]
    assert doubles(rm.hessian(J, y), y=v) == pytest.approx(np.array(wanted), rel=1e-14, abs=1e-14)


@pytest.mark.parametrize(
    ("J", "wanted"),
    [
        (rm.sum(theta**2), 2 * np.eye(2)),
        (rm.sum(theta), np.zeros((2, 2))),
        (as_tensor(7), np.zeros((2, 2))),
        (theta[0] * theta[1], np.array([[0, 1], [1, 0]])),
        (rm.sum(y) ** 2 + theta[0], np.zeros((2, 2))),
    ],
)
def test_constant_hessians_keep_their_shape(J: Tensor, wanted: Any) -> None:
    """A Hessian that depends on nothing is a matrix all the same."""
    H = rm.hessian(J, theta)
    assert H.shape == (d, d)
    found = doubles(H, y=[1.0, 2.0, 3.0], theta=[1.0, 2.0])
    assert found.shape == (2, 2)
    assert (found == wanted).all()


SPREADS = {
    "relu": rm.relu(y), "step": rm.step(y), "sign": rm.sign(y), "abs": absolute(y),
    "maximum": rm.maximum(y, 0), "maximum of two": rm.maximum(y, 1 - y),
    "minimum": rm.minimum(y, 3), "where": rm.where(y, 1, 2), "max": rm.max(y), "min": rm.min(y),
    "exp": rm.exp(y), "log": rm.log(y**2 + 1), "sqrt": rm.sqrt(y), "sigmoid": rm.sigmoid(y),
    "softplus": rm.softplus(y), "erf": rm.erf(y), "tanh": rm.tanh(y), "norm": rm.norm(y),
    "logsumexp": rm.logsumexp(y), "softmax": rm.softmax(y), "product": y * rm.sum(y),
    "sum": rm.sum(y), "power": y**3, "dot": y @ y,
}


@both
@pytest.mark.parametrize("name", SPREADS)
def test_nan_in_nan_out(name: str, values: Any) -> None:
    """An entry that is not a number makes everything that depends on it so, and nothing else."""
    found = values(SPREADS[name], y=[nan, 0.25, 0.5])
    if name in ("softmax", "product") or found.ndim == 0:
        assert np.isnan(found).all()
    else:
        assert np.isnan(found).tolist() == [True, False, False]


@both
def test_what_is_not_chosen_has_no_influence(values: Any) -> None:
    """Slices, windows, joined parts, gathered rows and diagonals keep a NaN in its place."""
    v = [nan, 1.0, 2.0]
    assert values(y[1:], y=v).tolist() == [1, 2]
    assert values(y[2], y=v) == 2
    assert np.isnan(values(rm.concatenate([y[1:], y]), y=v)).tolist() == [0, 0, 1, 0, 0]
    assert np.isnan(values(rm.windows(y, 0, 2), y=v)).tolist() == [[1, 0], [0, 0]]
    assert np.isnan(values(rm.diag(y), y=v)).tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_a_gathered_row_keeps_a_nan_in_its_place() -> None:
    """Only the entries at the labels have an influence."""
    picked = evaluate(rm.gather(X, rm.tensors("e[n] in d")), {
        "X": [[nan, 1.0], [2.0, nan], [3.0, 4.0]], "e": [1, 0, 0]
    }, {"n": 3, "d": 2}).astype(float)
    assert picked.tolist() == [1, 2, 3]


@both
@pytest.mark.parametrize("v", [-1.0, 0.0, -inf, -1e300])
def test_the_branch_not_taken(v: float, values: Any) -> None:
    """Where log is not taken neither it nor its derivatives have an influence."""
    J = rm.sum(rm.where(y, rm.log(y) + rm.sqrt(y), 3 * y))
    at = {"y": [v, 2.0, 4.0]}
    assert values(rm.gradient(J, y), **at)[0] == 3
    assert values(rm.hessian(J, y), **at)[0].tolist() == [0, 0, 0]
    if np.isfinite(v):
        assert np.isfinite(values(J, **at))


def test_relu_at_0() -> None:
    """Its derivative at 0 is 0, so is its second derivative everywhere; both are declared."""
    at = {"y": [-1.0, 0.0, 2.0]}
    J = rm.sum(rm.relu(y))
    assert doubles(rm.gradient(J, y), **at).tolist() == [0, 0, 1]
    assert rm.hessian(J, y) is rm.zeros(n, n)
    assert rm.kinks(J) == ["relu(x) has derivative 0 at x = 0"]
    assert rm.gradient(rm.sum(rm.maximum(y, 0)), y) is rm.gradient(J, y)
    assert rm.gradient(rm.sum(rm.maximum(0, y)), y) is rm.gradient(J, y)


@both
@pytest.mark.parametrize(
    ("J", "at", "wanted"),
    [
        (rm.sum(absolute(y)), [-1.0, 0.0, 2.0], [-1, 0, 1]),
        (rm.norm(y), [0.0, 0.0, 0.0], [0, 0, 0]),
        (rm.norm(y) ** 2, [0.0, 0.0, 0.0], [0, 0, 0]),
        (rm.max(y), [2.0, 5.0, 5.0], [0, 1, 0]),
        (rm.min(y), [2.0, 2.0, 5.0], [1, 0, 0]),
        (rm.sum(rm.sign(y) + rm.step(y)), [-1.0, 0.0, 2.0], [0, 0, 0]),
        (rm.sum(rm.maximum(y, 1)), [0.0, 1.0, 2.0], [0, 0, 1]),
        (rm.sum(absolute(rm.log(y))), [0.5, 1.0, 2.0], [-2, 0, 0.5]),
        (rm.sum(y * absolute(y)), [-3.0, 0.0, 3.0], [6, 0, 6]),
    ],
)
def test_declared_derivatives(J: Tensor, at: Any, wanted: Any, values: Any) -> None:
    """At kinks the derivative is the declared one, and never half of a jump."""
    g = rm.gradient(J, y)
    given = {"y": at} if y in nodes(g) else {"n": 3}
    assert values(g, **given).tolist() == wanted
    assert rm.kinks(J)


def test_derivatives_of_kinks_by_scalars() -> None:
    """The same holds of functions of scalars that stand in front."""
    assert rm.gradient(rm.sign(lam) * rm.sum(y), lam) is as_tensor(0)
    assert rm.gradient(rm.relu(lam) * rm.sum(y), lam) is rm.step(lam) * rm.sum(y)
    assert rm.hessian(absolute(lam) * rm.sum(y), lam) is as_tensor(0)
    assert rm.kinks(rm.relu(lam) * rm.sum(y)) == ["relu(x) has derivative 0 at x = 0"]


@pytest.mark.parametrize("distribution", [DiracDelta, Heaviside])
def test_distributions_are_refused(distribution: Any) -> None:
    """They have no values to compute with; the message names what to write."""
    x = Symbol("x")
    with pytest.raises(DeclarationError, match=r"not a known scalar function; (write|it is)"):
        rm.map_scalar(distribution(x), {x: y})
    with pytest.raises(DeclarationError, match="not a known scalar function"):
        times(distribution(lam), y)


@pytest.mark.parametrize(
    "value", [0.1, Float("0.1"), np.float32(0.5), np.float64(0.1), Decimal("0.1"), 1e-3]
)
@pytest.mark.parametrize("use", [times, over, power, lambda x, v: rm.maximum(v, x)])
def test_binary_floats_are_refused(value: Any, use: Any) -> None:
    """A float is not the decimal that it prints as; the cure is an exact number."""
    with pytest.raises(DeclarationError, match=r"binary float.*Fraction\('"):
        use(y, value)


@pytest.mark.parametrize("value", [Fraction(1, 3), Rational(1, 3)])
def test_rationals_stay_exact(value: Any) -> None:
    """A third is a third: the sum of three is 1."""
    assert value * y + value * y + y * value is y
    assert evaluate(y * value, {"y": [Rational(1)] * 3}, {"n": 3}, Rationals()).shape == (3,)


def test_numbers_that_are_not_real_are_refused() -> None:
    """Infinities, NaN, imaginary numbers and roots of negative ones."""
    root = Rational(-8) ** Rational(1, 3)
    for value in (sympy.oo, sympy.nan, sympy.zoo, sympy.I, 1j, inf, nan, root):
        with pytest.raises(RefmathError, match=r"not a real number|binary float"):
            y * value
    for bad in (lambda: y / 0, lambda: 1 / (y - y), lambda: (y * 0) ** -1, lambda: rm.log(0) + y):
        with pytest.raises(RefmathError, match=r"division by 0|not a real number"):
            bad()


@pytest.mark.parametrize(
    "symbol",
    [Symbol("lambda"), Symbol("lambda", positive=True), Symbol("lambda", complex=True),
     sympy.Dummy("lambda", real=True), Symbol("n"), Symbol("n", integer=True)],
)
def test_a_symbol_with_other_assumptions_is_refused(symbol: Any) -> None:
    """It is another symbol under the same name, and every derivative by it would be 0."""
    name = symbol.name
    for use in (lambda: symbol * y, lambda: y**symbol, lambda: rm.exp(symbol),
                lambda: rm.map_scalar(symbol * Symbol("x"), {Symbol("x"): y})):
        with pytest.raises(DeclarationError, match=rf"make it by scalar\('{name}'\)"):
            use()
    with pytest.raises(InvalidInput, match="expected a variable of real numbers"):
        rm.gradient(lam * rm.sum(y), symbol)


def test_a_symbol_that_claims_more_than_real_stands_for_no_tensor() -> None:
    """sqrt(x**2) is x for a positive symbol, but an entry may be negative."""
    positive, plain = Symbol("x", positive=True), Symbol("x")
    with pytest.raises(InvalidInput, match="symbol of any real number"):
        rm.map_scalar(sympy.sqrt(positive**2), {positive: y})
    assert rm.map_scalar(sympy.sqrt(plain**2), {plain: y}) is absolute(y)
    assert rm.sqrt(y**2) is absolute(y)


def test_there_is_no_derivative_by_a_size() -> None:
    """A sum over n is no differentiable function of n."""
    with pytest.raises(InvalidInput, match=r"expected a variable of real numbers.*found n"):
        rm.gradient(rm.sum(y**2) / n, n)


def test_equality_does_not_simplify() -> None:
    """Different spellings of one function are different expressions; what is collected is exact."""
    assert rm.sin(y) ** 2 + rm.cos(y) ** 2 is not rm.ones(n)
    assert rm.sum(rm.sin(y) ** 2 + rm.cos(y) ** 2 - 1) is not as_tensor(0)
    assert (y + 1) ** 2 is not y**2 + 2 * y + 1
    assert y + y - 2 * y is rm.zeros(n)
    assert y != y + 0 * X @ theta + 1
    third = sympy.sqrt(2) * sympy.sqrt(3) - sympy.sqrt(6)
    assert y * third is rm.zeros(n)
    nested = sympy.sqrt(3 + 2 * sympy.sqrt(2)) - sympy.sqrt(2) - 1
    assert y * nested is not rm.zeros(n)


def test_order_of_sums_is_kept_by_nothing() -> None:
    """An expression says what is true, not how it is rounded: any order is one object."""
    assert (y - lam) + X[:, 0] is y + (X[:, 0] - lam)
    assert 2 * (y + lam) is 2 * y + 2 * lam


def test_the_vector_of_a_hessian_product_is_held_fixed() -> None:
    """Also where it is the variable itself, or the gradient."""
    J = rm.sum(RESIDUAL**2)
    assert hessian_vector(J, theta, theta) is rm.hessian(J, theta) @ theta
    g = rm.gradient(J, theta)
    assert hessian_vector(J, theta, g) is rm.hessian(J, theta) @ g


def test_a_symmetric_matrix_has_a_symmetric_gradient() -> None:
    """However its indices are written, the gradient is the mean of both orders."""
    assert rm.gradient(rm.trace(S @ A), S) is (A + A.T) / 2
    assert rm.gradient(rm.trace(S.T @ A), S) is (A + A.T) / 2
    assert rm.gradient(rm.sum(S * A), S) is (A + A.T) / 2
    assert rm.gradient(y @ S @ y, S) is rm.outer(y, y)
    assert rm.gradient(rm.trace(S @ S), S) is 2 * S
    found = evaluate(rm.hessian(rm.trace(S @ S @ A), S), {"A": np.eye(2)}, {"n": 2}).astype(int)
    assert (found == found.transpose(1, 0, 2, 3)).all()
    assert (found == found.transpose(2, 3, 0, 1)).all()
    assert found.sum() == 8
