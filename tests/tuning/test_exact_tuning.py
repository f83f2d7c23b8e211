"""Exact learning rates and momenta, and the limits of stability, on quadratics."""

import cmath
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refmath import objectives
from refmath.closed_form import critical_rate_heavy_ball, critical_rate_nesterov
from refmath.errors import InvalidInput, UnknownName
from refmath.objectives.problems import quadratic_with_spectrum
from refmath.optimizers import SGD, Momentum, Nesterov
from refmath.training import Model, train
from refmath.tuning import exact, factor, jury, stable
from refmath.tuning.stability import METHODS, coefficients

POSITIVE = st.fractions(Fraction(1, 50), 8, max_denominator=50)
SHARE = st.fractions(0, Fraction(49, 50), max_denominator=50)
RULES = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov}


@pytest.mark.parametrize("method", METHODS)
@given(lr=POSITIVE, momentum=SHARE, curvature=POSITIVE)
def test_jury_is_the_published_limit(
    method: str, lr: Fraction, momentum: Fraction, curvature: Fraction
) -> None:
    """In exact fractions Jury's four numbers are positive just below the closed form's limit."""
    form = {"momentum": critical_rate_heavy_ball, "nesterov": critical_rate_nesterov}[method]
    symbols = {s.name: s for s in form.results["lr"].free_symbols}
    at = {symbols["momentum"]: momentum, symbols["lambda_max"]: curvature}
    limit = form.results["lr"].subs(at)
    below = bool(lr < limit)
    assert stable(method, lr, momentum, curvature) == below
    limit = Fraction(int(limit.p), int(limit.q))
    assert not stable(method, limit, momentum, curvature)
    assert min(jury(method, limit, momentum, curvature)) == 0


@pytest.mark.parametrize("method", METHODS)
@given(lr=POSITIVE, momentum=SHARE, curvature=POSITIVE)
def test_the_factor_is_the_larger_root(
    method: str, lr: Fraction, momentum: Fraction, curvature: Fraction
) -> None:
    """The factor is the larger modulus of the two roots, and below 1 where Jury says so."""
    found = float(factor(method, lr, momentum, curvature))
    p, q = (complex(float(x)) for x in coefficients(method, lr, momentum, curvature))
    root = cmath.sqrt(p * p - 4 * q)
    largest = max(abs(p + root), abs(p - root)) / 2
    # Near a double root the root of the discriminant magnifies its rounding to its square root.
    assert abs(found - largest) <= 1e-7 * (1 + largest)
    if abs(found - 1) > 1e-7:
        assert (found < 1) == stable(method, lr, momentum, curvature)


@pytest.mark.parametrize("method", METHODS)
def test_the_polynomial_is_that_of_the_optimizer(method: str) -> None:
    """Iterates of the numeric optimizer satisfy theta[t+1] = p theta[t] - q theta[t-1]."""
    model = Model(quadratic_with_spectrum([3], seed=1))
    best = float(model.objective.minimum.at["x"][0])
    lr, momentum = 0.25, 0.5
    points = [np.array([best + 4.0])]

    def watch(position: Any) -> None:
        points.append(position.params["x"].copy())

    rule = RULES[method](lr=lr, momentum=momentum)
    train(model, rule, params={"x": points[0]}, updates=6, callback=watch)
    away = [float(x[0]) - best for x in points]
    p, q = coefficients(method, lr, momentum, 3.0)
    for before, now, after in zip(away, away[1:], away[2:], strict=False):
        assert after == p * now - q * before  # every number here is dyadic: nothing is rounded


@pytest.mark.parametrize("rule", RULES)
def test_the_best_parameters_have_the_least_factor(rule: str) -> None:
    """No pair of a fine grid contracts faster over the whole spectrum than the exact best one."""
    objective = quadratic_with_spectrum([1, 5, 25])
    model = Model(objective)
    found = exact(objective, model.constants, rule)
    assert found.lowest == pytest.approx(1, rel=1e-12)
    assert found.highest == pytest.approx(25, rel=1e-12)
    method = "nesterov" if rule == "nesterov" else "momentum"
    ends = np.array([1.0, 25.0])[:, None, None]
    shares = np.zeros(1) if rule == "sgd" else np.linspace(0, 0.98, 99)
    rates = np.linspace(1e-3, 0.3, 300)
    grid = factor(method, rates[None, :, None], shares[None, None, :], ends).max(axis=0)
    at_best = factor(method, found.best["lr"], found.best.get("momentum", 0.0), ends).max()
    assert at_best == pytest.approx(found.best["rate"], abs=1e-7)
    assert grid.min() >= at_best - 1e-7
    assert grid.min() <= at_best + 0.05


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("side", "ends"), [(0.95, "updates"), (1.1, "diverged")])
def test_the_limit_holds_for_the_optimizer(rule: str, side: float, ends: str) -> None:
    """Each optimizer converges 5% below its limit and overflows 10% above it."""
    objective = quadratic_with_spectrum([2, 8])
    model = Model(objective)
    share = {} if rule == "sgd" else {"momentum": 0.5}
    limit = exact(objective, model.constants, rule, **share).limit
    found = train(model, RULES[rule](lr=side * limit, **share), updates=2500)
    assert found.reason.name == ends
    if ends == "updates":
        assert found.history.gradient[-1] < 1e-9


def test_the_momentum_of_the_limit() -> None:
    """The limit is 2(1 + mu)/L: with the best momentum by default, with another if asked for."""
    objective = quadratic_with_spectrum([1, 4])
    values = Model(objective).constants
    assert exact(objective, values, "momentum", momentum=0.5).limit == pytest.approx(0.75)
    best = exact(objective, values, "momentum")
    assert best.limit == pytest.approx(2 * (1 + best.best["momentum"]) / 4)
    assert exact(objective, values).limit == pytest.approx(0.5)


def test_least_squares_from_data() -> None:
    """The Hessian of the mean of squares is 2X'X/n."""
    X = np.random.default_rng(0).normal(size=(30, 4))
    found = exact(objectives.get("least_squares"), {"X": X, "y": np.zeros(30)})
    values = np.linalg.eigvalsh(2 * X.T @ X / 30)
    assert found.limit == pytest.approx(2 / values[-1], rel=1e-12)
    assert found.best["lr"] == pytest.approx(2 / (values[0] + values[-1]), rel=1e-12)


def test_a_flat_direction_has_a_limit_but_no_best_rate() -> None:
    """With dependent columns the smallest eigenvalue is 0."""
    X = np.ones((5, 2))
    found = exact(objectives.get("least_squares"), {"X": X, "y": np.zeros(5)})
    assert (found.lowest, found.best, found.condition) == (0, {}, float("inf"))
    assert found.limit == pytest.approx(0.5)


@pytest.mark.parametrize(("change", "error", "words"), [
    ({"rule": "adam"}, UnknownName, "sgd"),
    ({"objective": "logistic_regression"}, InvalidInput, "not quadratic"),
    ({"values": {}}, InvalidInput, "depends on"),
    ({"values": {"A": -np.eye(2)}, "objective": "quadratic"}, InvalidInput, "not convex"),
    ({"values": {"A": np.diag([4.0, -1.0])}, "objective": "quadratic"}, InvalidInput, "value -1,"),
], ids=["rule", "objective", "values", "concave", "saddle"])
def test_refused(change: dict[str, Any], error: type[Exception], words: str) -> None:
    """What has no exact answer is refused with the reason."""
    given = {"objective": "least_squares", "values": {"X": np.eye(2)}, "rule": "sgd", **change}
    with pytest.raises(error, match=words):
        exact(objectives.get(given["objective"]), given["values"], given["rule"])
