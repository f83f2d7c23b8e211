"""The first-order optimizers as methods: their own steps, and a driver that adds no others."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from minimize_problems import logistic, quadratic
from scipy.optimize import minimize, rosen, rosen_der

from refmath import optimizers
from refmath.optimizers import LBFGS, SGD, Adam, Momentum, Nesterov, Optimizer

Array = np.ndarray
CLASSES = {
    c.__name__: c
    for c in vars(optimizers).values()
    if isinstance(c, type) and issubclass(c, Optimizer) and c is not Optimizer
}
RATES = {"Adadelta": 1.0, "AdaGrad": 0.5, "GradientDescent": 0.05, "Momentum": 0.02}
EACH = pytest.mark.parametrize("name", CLASSES)
PROBLEM = quadratic(5, 4, 10.0)


def make(name: str) -> Optimizer:
    """An optimizer with a learning rate that suits the problem."""
    return CLASSES[name](lr=RATES.get(name, 0.02))


@EACH
def test_the_points_are_those_of_its_steps(name: str) -> None:
    """Bit for bit what `step` gives, from the start on, with the gradient where it wants it."""
    points: list[Array] = []
    options = {"maxiter": 25, "gtol": 0.0}
    minimize(
        PROBLEM.fun, PROBLEM.x0, jac=PROBLEM.jac, method=make(name), callback=points.append,
        options=options,
    )  # fmt: skip
    own, x, expected = make(name), PROBLEM.x0.copy(), []
    for _ in range(25):
        own.step(x, PROBLEM.jac if own.hyper.get("form") == "lookahead" else PROBLEM.jac(x))
        expected.append(x.copy())
    assert [p.tolist() for p in points] == [x.tolist() for x in expected]


@EACH
def test_it_finds_the_minimum(name: str) -> None:
    """Of a well-conditioned quadratic: 99 of 100 parts of the possible decrease, or success.

    Some rules do not come to rest at a constant learning rate.
    """
    options = {"gtol": 1e-3, "maxiter": 3000}
    result = minimize(PROBLEM.fun, PROBLEM.x0, jac=PROBLEM.jac, method=make(name), options=options)
    least = minimize(PROBLEM.fun, PROBLEM.x0, jac=PROBLEM.jac, method=LBFGS()).fun
    first = PROBLEM.fun(PROBLEM.x0)
    assert first - result.fun > 0.99 * (first - least)
    assert result.success == (np.abs(PROBLEM.jac(result.x)).max() <= 1e-3)
    assert result.fun == PROBLEM.fun(result.x)


@EACH
def test_its_own_state_is_left_alone(name: str) -> None:
    """A run neither reads nor changes the state of the optimizer that it is given."""
    opt, fresh = make(name), make(name)
    x = np.ones(3)
    opt.step(x, (lambda p: p) if opt.hyper.get("form") == "lookahead" else x.copy())
    before = repr(opt.state_dict())
    results = [
        minimize(PROBLEM.fun, PROBLEM.x0, jac=PROBLEM.jac, method=o, options={"maxiter": 5})
        for o in (opt, opt, fresh)
    ]
    assert repr(opt.state_dict()) == before
    assert len({r.x.tobytes() for r in results}) == 1


def test_momentum_comes_back_to_its_best() -> None:
    """A run that is cut off while it overshoots ends at the least value of its iterates."""
    values: list[float] = [float(rosen([-1.2, 1.0]))]

    def watch(xk: Array) -> None:
        values.append(float(rosen(xk)))

    result = minimize(
        rosen, [-1.2, 1.0], jac=rosen_der, method=Adam(lr=0.5), callback=watch,
        options={"maxiter": 4},
    )  # fmt: skip
    assert values[-1] > min(values)
    assert result.fun == min(values)
    assert result.fun == rosen(result.x)


def test_looking_ahead_computes_gradients_ahead_only() -> None:
    """While the gradient ahead is large it stands for the one at the iterate."""
    where: list[Array] = []

    def jac(x: Array) -> Array:
        where.append(x.copy())
        return np.asarray(rosen_der(x))

    options: dict[str, Any] = {"maxiter": 20}
    points: list[Array] = [np.array([-1.2, 1.0])]
    result = minimize(
        rosen, points[0], jac=jac, method=Nesterov(lr=1e-3), options=options, callback=points.append
    )
    # the start, where the first point ahead is too, 19 points ahead, and the best point
    assert result.njev == len(where) == 21
    seen = {p.tobytes() for p in points}
    assert sum(w.tobytes() in seen for w in where) == 2
    shifted = minimize(
        rosen, points[0], jac=rosen_der, method=Nesterov(lr=1e-3, form="shifted"), options=options
    )
    assert shifted.njev == 21


def test_a_small_gradient_ahead_is_not_enough() -> None:
    """The run stops only where the gradient at the iterate is small too."""
    result = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method=Nesterov(lr=1e-3))
    assert result.success
    assert np.abs(rosen_der(result.x)).max() <= 1e-5


def test_tolerances() -> None:
    """A rise of the function is no small reduction; a short step counts if it is asked for."""
    options = {"gtol": 0.0, "ftol": 1e-9, "maxiter": 5000}
    values: list[float] = []
    result = minimize(
        rosen, [-1.2, 1.0], jac=rosen_der, method=Momentum(lr=1e-3), options=options,
        callback=lambda x: values.append(float(rosen(x))),
    )  # fmt: skip
    assert result.success
    assert any(b > a for a, b in pairwise(values))
    assert 0 <= values[-2] - values[-1] <= 1e-9
    short = minimize(
        rosen, [-1.2, 1.0], jac=rosen_der, method=SGD(lr=1e-3),
        options={"gtol": 0.0, "xrtol": 1e-3},
    )  # fmt: skip
    assert "xrtol" in short.message


def test_tol_is_gtol() -> None:
    """SciPy's tol stands for the tolerance on the gradient."""
    problem = logistic(3, 60, 8, 1e-1)
    result = minimize(problem.fun, problem.x0, jac=problem.jac, method=Adam(lr=0.05), tol=1e-3)
    assert result.success
    assert 1e-5 < np.abs(result.jac).max() <= 1e-3
