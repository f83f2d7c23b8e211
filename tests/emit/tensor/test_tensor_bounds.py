"""The enclosure of tensor expressions: every reasonable evaluation is inside, nothing far is."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from sympy import Rational
from tensor_orders import RandomOrder

import refmath as rm
from refmath import objectives
from refmath.emit.tensor.enclosure import Model, enclose
from refmath.formats import FORMATS
from refmath.oracle.gradient.api import gradient_task
from refmath.oracle.gradient.judge import bounds_of, held
from refmath.tensor import Tensor, variables
from refmath.tensor.evaluate import Symbols, evaluate
from refmath.tensor.functions import FUNCTIONS

TABLE = (
    "squared_error", "binary_cross_entropy", "cross_entropy", "gaussian_nll", "hinge", "huber",
    "kl_divergence", "logistic_loss", "weston_watkins", "norm_penalty", "ridge",
    "logistic_regression", "softmax_regression", "network_2", "rosenbrock", "quadratic",
)
"""Objectives whose gradients are evaluated in random orders."""

FMTS = ("float64", "float32", "float16", "bfloat16")


def audit(name: str, dtype: str, draws: int, repeats: int) -> tuple[int, int, list[float]]:
    """Entries evaluated, entries outside, and the worst use of each case, in random orders."""
    task = gradient_task(lambda **_: None, name, framework="numpy", kind="gradient")
    question = task.question
    reference = question.reference(question.asked.form.expr)
    rng = np.random.default_rng(7)
    count, outside, uses = 0, 0, []
    for number in range(draws):
        case = question.source.draw(dtype, number, 0)
        known = bounds_of(reference, case, question.model(dtype))
        worst = 0.0
        for _ in range(repeats):
            order = RandomOrder(case.values, case.sizes, dtype, rng)
            for key, node in reference.items():
                given = np.asarray(order(node), dtype=np.float64)
                inside = held(known[key], given, dtype)
                finite = np.isfinite(given)
                count += given.size
                outside += int((inside.bad & finite).sum())
                told = inside.use[finite & ~np.isnan(inside.use)]
                worst = max(worst, float(told.max(initial=0.0)))
        uses.append(worst)
    return count, outside, uses


@pytest.mark.parametrize("dtype", FMTS)
@pytest.mark.parametrize("name", TABLE)
def test_random_orders_lie_inside(name: str, dtype: str) -> None:
    """Sums in any order, distributed products, other forms of functions: all are inside."""
    count, outside, _ = audit(name, dtype, 14, 2)
    assert count > 50
    assert outside == 0


def test_the_audit_sees_a_bound_that_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fiftieth of the bound, the same evaluations are found outside."""
    spread = Model.spread
    monkeypatch.setattr(
        Model, "spread", lambda self, x, more=0: spread(self, x, more) / (50.0 if more else 1.0)
    )
    assert sum(audit(name, "float32", 14, 2)[1] for name in TABLE[:4]) > 0


def test_the_bound_is_not_vacuous() -> None:
    """Over all objectives, half of the cases use a hundredth of the bound or more."""
    uses = [u for name in TABLE for u in audit(name, "float32", 14, 2)[2]]
    assert np.median(uses) > 0.01


# --- values -------------------------------------------------------------------------------------

n, d, k = rm.dims("n d k")
X, y, theta, W = rm.tensors("X[n,d] y[n] theta[d] W[d,k]")
z = rm.tensors("z[n]")


@pytest.mark.parametrize("expr", [
    rm.sum((X @ theta - y) ** 2) / n, rm.gradient(rm.sum((X @ theta - y) ** 2) / n, theta),
    rm.inverse(X.T @ X + rm.eye(d)), rm.relu(X @ theta), rm.max(X @ W, axis=1),
    rm.einsum("ij,ij->j", X, X), X[1:] - X[:-1], rm.where(y, y**3, y / 3),
], ids=str)
def test_middles_are_the_exact_values(expr: Tensor) -> None:
    """On whole numbers the middles are what SymPy finds, exactly."""
    rng = np.random.default_rng(1)
    sizes = {"n": 3, "d": 2, "k": 4}
    values = {v.name: rng.integers(-3, 4, [sizes[s.name] for s in v.shape])
              for v in variables(expr)}
    exact = evaluate(expr, {name: np.vectorize(Rational, otypes=[object])(v)
                            for name, v in values.items()}, sizes, Symbols())
    (found,) = enclose([expr], values, sizes, Model.of("float64", exact=True))
    assert found.shape == exact.shape
    for ball, value in zip(found.value.reshape(-1), exact.reshape(-1), strict=True):
        number = Fraction(int(value.p), int(value.q))
        assert (ball * number.denominator).contains(number.numerator)
        assert float(ball.rad()) < 1e-40


def test_exact_arithmetic_has_no_radius() -> None:
    """Under the exact model nothing is widened beyond the balls' own precision."""
    (found,) = enclose([X @ theta], {"X": np.eye(2), "theta": np.ones(2)}, {"n": 2, "d": 2},
                       Model.of("float64", exact=True))
    assert (found.radius == 0).all()


# --- kinks --------------------------------------------------------------------------------------

SLOPE = rm.gradient(rm.sum(rm.relu(X @ theta)), theta)


def test_the_declared_derivative_at_an_exact_kink() -> None:
    """Where X theta is 0 in every order, relu's derivative is asked to be 0, or what is chosen."""
    values = {"X": np.array([[1.0, 2.0]]), "theta": np.array([2.0, -1.0])}
    for kink in (0.0, 0.5, 1.0):
        model = Model.of("float32").asking(kink=kink)
        (found,) = enclose([SLOPE], values, {"n": 1, "d": 2}, model)
        assert [float(v) for v in found.value] == [kink, 2 * kink]
        assert found.radius.max() < 1e-6
        assert found.kinks
        assert found.undecided is None


def test_rounding_decides_near_a_kink() -> None:
    """Where the sign of X theta depends on the order of its sum, both sides are allowed."""
    values = {"X": np.array([[0.1, 0.2, -0.3]]), "theta": np.ones(3)}
    (found,) = enclose([SLOPE], values, {"n": 1, "d": 3}, Model.of("float64"))
    assert found.undecided.all()
    assert not found.kinks
    for side in (0.0, 1.0):
        assert not held(found, side * values["X"][0], "float64").bad.any()
    assert held(found, 1.5 * values["X"][0], "float64").bad.all()


def test_far_from_a_kink_only_one_side_is_allowed() -> None:
    """An answer of the other side is outside."""
    values = {"X": np.array([[0.1, 0.2, -0.2]]), "theta": np.ones(3)}
    (found,) = enclose([SLOPE], values, {"n": 1, "d": 3}, Model.of("float64"))
    assert found.undecided is None
    assert held(found, np.zeros(3), "float64").bad.all()


@pytest.mark.parametrize(("ties", "share"), [("first", [1, 0]), ("even", [0.5, 0.5]),
                                             ("every", [1, 1])])
def test_ties_of_a_maximum(ties: str, share: list[float]) -> None:
    """Entries that are exactly equal share the derivative as asked."""
    slope = rm.gradient(rm.max(y), y)
    model = Model.of("float64").asking(ties=ties)
    (found,) = enclose([slope], {"y": np.array([2.0, 2.0, 1.0])}, {"n": 3}, model)
    assert [float(v) for v in found.value] == [*share, 0]


# --- range --------------------------------------------------------------------------------------

def test_large_logits() -> None:
    """The stable form lies inside at 1000; the naive one is not finite, and outside."""
    p = rm.softmax(X)
    values = np.array([[1000.0, 999.0, -1000.0]])
    (found,) = enclose([p], {"X": values}, {"n": 1, "d": 3}, Model.of("float64"))
    shifted = np.exp(values - values.max())
    assert not held(found, shifted / shifted.sum(), "float64").bad.any()
    with np.errstate(all="ignore"):
        naive = np.exp(values) / np.exp(values).sum()
    assert held(found, naive, "float64").bad[0, :2].all()


def test_what_overflows_is_not_judged() -> None:
    """Where the format cannot hold what is met on the way, nothing is said."""
    (found,) = enclose([y**2], {"y": np.array([1e30], np.float32)}, {"n": 1}, Model.of("float32"))
    assert np.isnan(held(found, np.array([np.inf]), "float32").use).all()
    assert not held(found, np.array([np.inf]), "float32").bad.any()


def test_underflow_is_allowed() -> None:
    """A product that the format cannot hold may come out as 0, and as the smallest number."""
    (found,) = enclose([y * z], {"y": np.array([1e-30]), "z": np.array([1e-20])}, {"n": 1},
                       Model.of("float32"))
    for answer in (0.0, 1e-45):
        assert not held(found, np.array([answer]), "float32").bad.any()
    assert held(found, np.array([1e-30]), "float32").bad.all()


def test_a_gather_leaves_out_what_is_infinite() -> None:
    """log(0) of a class that is not the label does no harm."""
    c = rm.tensors("c[n] in d")
    expr = rm.gather(rm.log(X), c)
    (found,) = enclose([expr], {"X": np.array([[0.5, 0.0]]), "c": np.array([0])},
                       {"n": 1, "d": 2}, Model.of("float64"))
    assert not held(found, np.array([np.log(0.5)]), "float64").bad.any()
    assert held(found, np.array([0.0]), "float64").bad.all()


def test_zero_times_undefined_is_not_judged() -> None:
    """0/0 is no number: a mean over nothing is not held against 0."""
    (found,) = enclose([rm.sum(y * z) / rm.sum(z)], {"y": np.ones(2), "z": np.zeros(2)},
                       {"n": 2}, Model.of("float64"))
    assert np.isnan(held(found, np.array(0.0), "float64").use)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_inverse_and_determinant(dtype: str) -> None:
    """LAPACK's results lie inside, up to a condition number of 1e4; a singular matrix: nothing."""
    A = rm.tensors("A[d,d]")
    rng = np.random.default_rng(3)
    carrier = FORMATS[dtype].carrier
    for _ in range(20):
        q, _r = np.linalg.qr(rng.normal(size=(4, 4)))
        matrix = (q * np.geomspace(1, 1e-4, 4) @ q.T).astype(carrier)
        roots = [rm.inverse(A), rm.logdet(A)]
        found = enclose(roots, {"A": matrix}, {"d": 4}, Model.of(dtype))
        answers = [np.linalg.inv(matrix), np.linalg.slogdet(matrix)[1]]
        for bound, answer in zip(found, answers, strict=True):
            assert not held(bound, np.asarray(answer, float), dtype).bad.any()
            assert held(bound, np.asarray(answer, float) * 1.5 + 1, dtype).bad.any()
    (found, _) = enclose(roots, {"A": np.zeros((4, 4))}, {"d": 4}, Model.of(dtype))
    assert np.isinf(found.radius).all()


# --- functions ----------------------------------------------------------------------------------

ONE = {"acos": (-1, 1), "acosh": (1, 50), "asin": (-1, 1), "atanh": (-1, 1), "log": (1e-3, 1e3),
       "sqrt": (0, 1e3), "norm_root": (0, 1e3), "inverse_root": (1e-3, 1e3)}
PAIRS = {"atan2", "maximum", "minimum", "where"}


def numbers(name: str, dtype: str, count: int = 400) -> Any:
    """Arguments within the domain of a function, in a format."""
    low, high = ONE.get(name, (-30, 30))
    drawn = np.random.default_rng(5).uniform(low, high, count)
    return FORMATS[dtype].round(drawn)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - PAIRS))
def test_functions_of_numpy_and_torch(name: str, dtype: str) -> None:
    """The libraries' functions lie inside; a change by 1e-4 does not, where that is much."""
    s = rm.scalar("s")
    expr = rm.map_scalar(FUNCTIONS[name](s), {s: y})
    x = numbers(name, dtype)
    (found,) = enclose([expr], {"y": x}, {"n": x.size}, Model.of(dtype))
    given = torch.from_numpy(x)
    by_hand = {
        "inverse_root": lambda t: 1 / torch.sqrt(t), "norm_root": torch.sqrt,
        "step": lambda t: (t > 0).to(t.dtype),
        "softplus": lambda t: torch.logaddexp(t, torch.zeros_like(t)),
    }
    answer = by_hand.get(name, getattr(torch, name, None))(given).numpy().astype(float)
    assert not held(found, answer, dtype).bad.any()
    wrong = answer * (1 + 1e-4) + 1e-3
    assert held(found, wrong, dtype).bad.mean() > 0.9


def test_two_arguments() -> None:
    """Functions of two arguments, and choices with both branches computed."""
    rng = np.random.default_rng(2)
    values = {"y": rng.normal(size=50), "z": rng.normal(size=50)}
    cases = {
        rm.maximum(y, z): np.maximum, rm.minimum(y, z): np.minimum,
        rm.where(y, y, z): lambda a, b: np.where(a > 0, a, b),
        rm.map_scalar(FUNCTIONS["atan2"](rm.scalar("s"), rm.scalar("t")),
                      {rm.scalar("s"): y, rm.scalar("t"): z}): np.arctan2,
        rm.exp(y) ** z: lambda a, b: np.exp(a) ** b,
    }
    for expr, function in cases.items():
        (found,) = enclose([expr], values, {"n": 50}, Model.of("float64"))
        answer = function(values["y"], values["z"])
        assert not held(found, answer, "float64").bad.any()
        assert held(found, answer + 1e-9, "float64").bad.all()


def test_missing_and_misshapen_values() -> None:
    """What is not given, or has another shape, is refused by name."""
    with pytest.raises(rm.RefmathError, match="no value is given for theta"):
        enclose([X @ theta], {"X": np.eye(2)}, {"n": 2, "d": 2}, Model.of("float64"))
    with pytest.raises(rm.RefmathError, match="theta has the shape"):
        enclose([X @ theta], {"X": np.eye(2), "theta": np.ones(3)}, {"n": 2, "d": 2},
                Model.of("float64"))


def test_a_magnitude_is_never_below_the_value() -> None:
    """The polynomial of absolute values bounds the value, through every kind of node."""
    for name in ("cross_entropy", "gaussian_density", "network_2", "huber"):
        record = objectives.get(name)
        expr = record.expr
        sizes = record.default_sizes()
        (found,) = enclose([expr], record.example(sizes), sizes, Model.of("float64"))
        assert found.magnitude >= abs(float(found.value[()])) * (1 - 1e-12)
        assert isinstance(found.magnitude, np.ndarray)
