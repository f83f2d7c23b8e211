"""The training loop: its updates, its epochs, when it ends, and what it records."""

import copy
import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from training_cases import MINIMIZERS, RULES, regression

from refmath import objectives
from refmath.closed_form import critical_rate, optimal_rate
from refmath.optimizers import LBFGS, SGD, Adam, Momentum
from refmath.training import Batches, Dataset, Model, Stop, train


def by_hand(rule: Any, size: int | None, epochs: int, seed: int = 0) -> np.ndarray:
    """The parameters after a plain loop, without anything that training adds."""
    model, data = regression()
    rule = copy.deepcopy(rule)
    theta = model.start(seed)["theta"]
    rng = np.random.default_rng((seed, 1))
    for _ in range(epochs):
        for indices in Batches(len(data), size).epoch(rng):
            def gradient(at: Any, indices: Any = indices) -> Any:
                X, y = data["X"][indices], data["y"][indices]
                return model({"theta": at}, {"X": X, "y": y})[1]["theta"]

            ahead = rule.hyper.get("form") == "lookahead"
            rule.step(theta, gradient if ahead else gradient(theta))
    return theta


@pytest.mark.parametrize("size", [1, 3, 10, None], ids=["online", "3", "10", "full"])
@pytest.mark.parametrize("name", RULES)
def test_updates_are_those_of_the_rule(name: str, size: int | None) -> None:
    """Every rule, online, on mini-batches and on the full batch: bit for bit a plain loop."""
    model, data = regression()
    found = train(model, RULES[name], data, batch_size=size, epochs=3)
    assert np.array_equal(found.params["theta"], by_hand(RULES[name], size, 3))
    assert found.updates == 3 * Batches(10, size).count
    assert (found.epochs, found.evaluations) == (3, 30)


def test_the_optimizer_and_the_start_are_left_alone() -> None:
    """A run steps a fresh copy: the same optimizer gives the same run twice."""
    model, data = regression()
    adam, start = Adam(lr=0.1), {"theta": np.ones(3)}
    first, second = (train(model, adam, data, start, batch_size=3, epochs=2) for _ in range(2))
    assert np.array_equal(first.params["theta"], second.params["theta"])
    assert adam.state_dict()["t"] == []
    assert start["theta"].tolist() == [1, 1, 1]


def test_the_history_is_what_happened() -> None:
    """Loss, gradient and step of gradient descent on 3 theta^2 from 1, lr 1/4: by hand."""
    def loss(params: Any, batch: Any) -> Any:
        return 3 * params["x"] ** 2, {"x": 6 * params["x"]}

    found = train(loss, SGD(lr=0.25), params={"x": np.array(1.0)}, updates=3)
    assert found.params["x"] == -0.125
    assert found.history.loss == [3.0, 0.75, 0.1875]
    assert found.history.gradient == [6.0, 3.0, 1.5]
    assert found.history.step == [1.5, 0.75, 0.375]
    assert found.history.rate == [0.25] * 3


def test_an_epoch_records_its_mean_loss() -> None:
    """At a fixed point the epoch's loss is the full loss, with a smaller last batch too."""
    model, data = regression(7)
    start = model.start()
    found = train(model, SGD(lr=0.0), data, start, batch_size=3, epochs=2,
                  evaluate=lambda p: {"double": 2 * model.value(p, data)})
    full = model.value(start, data)
    assert [e["epoch"] for e in found.history.epochs] == [1, 2]
    assert [e["passes"] for e in found.history.epochs] == [1, 2]
    for record in found.history.epochs:
        # Three batches, each a mean of at most 3 squares: the rounding of a few operations.
        assert record["loss"] == pytest.approx(full, rel=1e-14, abs=0)
        assert record["double"] == 2 * full
    plain = float(np.mean(found.history.loss[:3]))
    assert abs(plain - full) > 1e-3  # batches that are not weighted are told apart


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_schedule_is_followed(rates: list[float]) -> None:
    """Update t has the learning rate schedule(t), t = 0, 1, ...: exactly gradient descent's."""
    def loss(params: Any, batch: Any) -> Any:
        return params["x"], {"x": np.array(1.0)}

    found = train(loss, SGD(lr=9.0), params={"x": np.array(0.0)}, updates=len(rates),
                  schedule=rates.__getitem__)
    expected = 0.0
    for rate in rates:
        expected -= rate
    assert found.params["x"] == expected
    assert found.history.rate == rates


# ------------------------------------------------------------------------ why it ends

def test_each_criterion_is_named() -> None:
    """On x^2/2 with lr 1/2 the gradient halves: the update at which each criterion fires."""
    def loss(params: Any, batch: Any) -> Any:
        return params["x"] ** 2 / 2, {"x": params["x"].copy()}

    def run(**limits: Any) -> tuple[str, int]:
        found = train(loss, SGD(lr=0.5), params={"x": np.array(1.0)},
                      **{"updates": 50, **limits})
        return found.reason.name, found.updates

    assert run(gradient=0.25) == ("gradient", 3)  # 1, 1/2, 1/4
    assert run(step=0.25) == ("step", 2)  # 1/2, 1/4
    assert run(change=0.1) == ("change", 3)  # 1/2, 1/8, 1/32: differences 3/8, 3/32
    assert run(loss=0.125) == ("loss", 2)
    assert run(updates=4) == ("updates", 4)
    assert run(epochs=4) == ("epochs", 4)
    assert run(evaluations=4) == ("evaluations", 4)
    assert run(seconds=0) == ("seconds", 0)
    assert run(gradient=0.2499) == ("gradient", 4)
    assert run(step=0, change=0, gradient=0) == ("updates", 50)


def test_small_steps_do_not_mean_convergence() -> None:
    """With steps 1/t the criterion on the step ends a run far from any minimum."""
    def loss(params: Any, batch: Any) -> Any:
        return -params["x"], {"x": np.array(-1.0)}

    found = train(loss, SGD(), params={"x": np.array(0.0)}, updates=10**4, step=1 / 999.5,
                  schedule=lambda t: 1 / (t + 1))
    assert (found.reason.name, found.updates) == ("step", 1000)
    assert found.history.gradient[-1] == 1


@pytest.mark.parametrize(("factor", "ends"), [("0.99", "updates"), ("1.05", "diverged")])
def test_the_exact_limit_separates_convergence_from_divergence(factor: str, ends: str) -> None:
    """Gradient descent on a quadratic converges 1% below 2/L and diverges 5% above it."""
    model = Model(objectives.problems.quadratic_with_spectrum([1, 4, 9]))
    rate = critical_rate(lambda_max=9.0) * float(factor)
    found = train(model, SGD(lr=rate), updates=5000)
    assert found.reason.name == ends
    if ends == "updates":
        best = float(model.objective.minimal_value(model.objective.minimum))
        assert model.value(found.params, None) - best < 1e-9


def test_a_diverged_run_keeps_its_last_finite_parameters() -> None:
    """An update whose gradient is not finite is not made."""
    def loss(params: Any, batch: Any) -> Any:
        bad = params["x"] < 0.3
        return (math.nan if bad else 1.0), {"x": np.array(1.0)}

    found = train(loss, SGD(lr=0.25), params={"x": np.array(1.0)}, updates=10)
    assert (found.reason.name, found.updates) == ("diverged", 3)
    assert found.params["x"] == 0.25
    assert "loss is not finite at update 3" in str(found.reason)


def test_the_best_rate_contracts_as_claimed() -> None:
    """At 2/(L + mu) the gradient shrinks by (kappa - 1)/(kappa + 1) each step in the long run."""
    model = Model(objectives.problems.quadratic_with_spectrum([1, 9]))
    best = optimal_rate(lambda_min=1.0, lambda_max=9.0)
    found = train(model, SGD(lr=best["lr"]), updates=60)
    norms = found.history.gradient
    # Both eigen-directions have the factor 0.8, so every step has: rounding is all that differs.
    assert np.allclose(np.divide(norms[1:], norms[:-1]), best["rate"], rtol=1e-9, atol=0)


def test_a_callback_can_end_a_run() -> None:
    """StopIteration ends it after the update; the position is what it was given."""
    model, data = regression()

    def callback(position: Any) -> None:
        if position.updates == 3:
            raise StopIteration

    found = train(model, Momentum(), data, batch_size=2, epochs=9, callback=callback)
    assert (found.reason.name, found.updates) == ("callback", 3)


# ------------------------------------------------------------------------ minimizers

@pytest.mark.parametrize("name", MINIMIZERS)
def test_a_minimizer_takes_the_full_batch(name: str) -> None:
    """L-BFGS and BFGS find the solution of the normal equations; every iteration is recorded."""
    model, data = regression()
    found = train(model, MINIMIZERS[name], data, epochs=200)
    solution = np.linalg.lstsq(data["X"], data["y"], rcond=None)[0]
    # Least curvature of this problem times the distance is at most the gradient's tolerance.
    low = np.linalg.eigvalsh(2 * data["X"].T @ data["X"] / 10)[0]
    assert found.reason.name == "minimizer"
    assert np.linalg.norm(found.params["theta"] - solution) <= 3**0.5 * 1e-5 / low
    assert found.updates == len(found.history.loss) == len(found.history.epochs)
    assert found.history.loss == sorted(found.history.loss, reverse=True)


@pytest.mark.parametrize("name", MINIMIZERS)
def test_a_minimizer_runs_as_scipy_runs_it(name: str) -> None:
    """The same point, to the last bit, as by scipy.optimize.minimize with the minimizer alone."""
    model, data = regression()

    def both(theta: Any) -> Any:
        value, slopes = model({"theta": theta}, model.batch(data))
        return value, slopes["theta"]

    alone = scipy.optimize.minimize(both, np.ones(3), jac=True, method=MINIMIZERS[name])
    found = train(model, MINIMIZERS[name], data, {"theta": np.ones(3)}, epochs=200)
    assert np.array_equal(found.params["theta"], alone.x)
    assert found.evaluations == 10 * alone.nfev


def test_a_minimizer_obeys_our_criteria() -> None:
    """A budget of iterations, or of gradients, ends it at an iterate."""
    model = Model(objectives.get("rosenbrock"))
    found = train(model, LBFGS(), updates=5)
    assert (found.reason.name, found.updates) == ("updates", 5)
    assert train(model, LBFGS(), evaluations=10, updates=99).reason.name == "evaluations"
    assert train(model, LBFGS(), loss=1.0, updates=99).reason.name == "loss"


def test_single_precision_stays_single() -> None:
    """Parameters in float32 are trained in float32, data included."""
    model, data = regression()
    found = train(model, Adam(), data, {"theta": np.ones(3, np.float32)}, batch_size=3, epochs=2)
    assert found.params["theta"].dtype == np.float32


def test_stop_can_be_a_record() -> None:
    """The criteria by name and as a record are the same."""
    model, data = regression()
    runs = [train(model, SGD(), data, stop=Stop(updates=3)), train(model, SGD(), data, updates=3)]
    assert runs[0].history == runs[1].history


def test_data_of_any_kind() -> None:
    """Arrays with more axes, labels and extra arrays; a data set knows its examples."""
    data = Dataset({"X": np.zeros((4, 2, 2)), "c": np.array([0, 1, 2, 0])}, extra=np.arange(4))
    assert len(data) == 4
    assert data.take([1, 3])["c"].tolist() == [1, 0]
    first, second = data.split(0.25, seed=1)
    assert (len(first), len(second)) == (3, 1)
    together = [*first["extra"], *second["extra"]]
    assert sorted(together) == [0, 1, 2, 3]
    assert data.digest() != first.digest()
