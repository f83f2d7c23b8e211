"""At a kink the derivative is the declared one, and the options that choose another work."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from refmath import objectives, tensor
from refmath.tensor import calculus
from refmath.tensor.evaluate import Floats, evaluate
from refmath.tensor.functions import step

Values = dict[str, Any]


def gradient(name: str, parameter: str, values: Values, **settings: str) -> list[Any]:
    """The entries of a gradient at given values, in doubles."""
    objective = objectives.get(name).vary(**settings)
    sizes = objective.check(values)
    found = evaluate(objective.gradient(parameter), values, sizes)
    return np.asarray(found, float).tolist()


def test_the_absolute_value_has_derivative_0_at_0() -> None:
    """L1 loss and lasso: the derivative where the argument is 0 is 0, as torch's."""
    o = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([1.0, 3.0, 2.0], dtype=torch.float64)
    torch.nn.functional.l1_loss(o, y, reduction="sum").backward()
    assert o.grad is not None
    ours = gradient("absolute_error", "o", {"o": [1, 2, 3], "y": [1, 3, 2]}, reduction="sum")
    assert ours == [0, -1, 1] == o.grad.tolist()
    assert gradient("lasso_penalty", "theta", {"theta": [0, -2], "lambda": 0.5}) == [0, -0.5]


def test_a_distance_has_derivative_0_where_it_is_0() -> None:
    """The norm of 0 has gradient 0, and so do rows that are 0; torch's norm agrees."""
    assert gradient("distance", "o", {"o": [1, 2], "y": [1, 2]}) == [0, 0]
    values = {"O": [[1, 2], [1, 6]], "Y": [[1, 2], [1, 2]]}
    o = torch.tensor(values["O"], dtype=torch.float64, requires_grad=True)
    torch.linalg.vector_norm(o - torch.tensor(values["Y"]), dim=1).sum().backward()
    assert o.grad is not None
    assert gradient("distance", "O", values, targets="sum") == [[0, 0], [0, 1]]
    assert o.grad.tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize(("kink", "slope"), [("zero", 0.0), ("one", 1.0), ("half", 0.5)])
@pytest.mark.parametrize("labels", ["signs", "bits"])
def test_the_hinge_has_the_slope_that_was_chosen(kink: str, slope: float, labels: str) -> None:
    """At margin exactly 1 the derivative by the score is -y times the chosen sub-gradient."""
    values: Values = {"s": [1, -1, 0.5, 2]}
    values |= {"y": [1, -1, 1, 1]} if labels == "signs" else {"b": [1, 0, 1, 1]}
    found = gradient("hinge", "s", values, kink=kink, labels=labels, reduction="sum")
    assert found == [-slope, slope, -1, 0]


PEERS = {
    "zero": lambda s, y: jnp.sum(jax.nn.relu(1 - y * s)),
    "half": lambda s, y: jnp.sum(jnp.maximum(1 - y * s, 0)),
}


@pytest.mark.parametrize("kink", PEERS)
def test_jax_has_both_sub_gradients_of_the_hinge(kink: str) -> None:
    """Relu has 0 at the kink, maximum 1/2."""
    s, y = jnp.array([1.0, -1.0, 0.5, 2.0]), jnp.array([1.0, -1.0, 1.0, 1.0])
    values = {"s": s.tolist(), "y": y.tolist()}
    ours = gradient("hinge", "s", values, kink=kink, reduction="sum")
    assert ours == jax.grad(PEERS[kink])(s, y).tolist()


def test_torch_s_clamp_has_sub_gradient_1() -> None:
    """clamp(min=0) hands the whole derivative on where its argument is 0."""
    s = torch.tensor([1.0, -1.0, 0.5, 2.0], requires_grad=True)
    y = torch.tensor([1.0, -1.0, 1.0, 1.0])
    torch.clamp(1 - y * s, min=0).sum().backward()
    assert s.grad is not None
    values = {"s": [1, -1, 0.5, 2], "y": [1, -1, 1, 1]}
    assert gradient("hinge", "s", values, kink="one", reduction="sum") == s.grad.tolist()


def test_the_squared_hinge_has_no_kink_in_its_derivative() -> None:
    """All three ways of writing it have the derivative 0 at margin 1."""
    values = {"s": [1, -1], "y": [1, -1]}
    for kink in ("zero", "one", "half"):
        assert gradient("squared_hinge", "s", values, kink=kink) == [0, 0]


def test_huber_s_second_derivative_at_delta_is_the_square_s() -> None:
    """Where |o - y| = delta the slope is delta from both sides, the curvature the square's."""
    huber = objectives.get("huber").vary(reduction="sum")
    values = {"o": [0.5, -0.5, 1.0], "y": [0, 0, 0], "delta": 0.5}
    sizes = huber.check(values)
    assert evaluate(huber.gradient("o"), values, sizes).tolist() == [0.5, -0.5, 0.5]
    bend = evaluate(huber.hessian("o"), values, sizes).astype(float)
    assert np.diag(bend).tolist() == [1, 1, 0]


def test_the_first_of_equal_scores_takes_the_derivative() -> None:
    """Crammer and Singer: of several classes that violate most, the first one counts."""
    values = {"S": np.array([[3.0, 0.0, 3.0, 1.0]]), "c": np.array([1])}
    objective = objectives.get("crammer_singer")
    sizes = objective.check(values, {"k": 4})
    assert evaluate(objective.gradient("S"), values, sizes).tolist() == [[1, -1, 0, 0]]


def test_the_hinge_of_several_classes_has_slope_0_at_margin_1() -> None:
    """Weston and Watkins: a class exactly at the margin contributes nothing."""
    values = {"S": np.array([[1.0, 2.0, 3.0]]), "c": np.array([1])}
    objective = objectives.get("weston_watkins")
    sizes = objective.check(values, {"k": 3})
    assert evaluate(objective.gradient("S"), values, sizes).tolist() == [[0, -1, 1]]


def test_maximum_pooling_hands_the_derivative_to_the_first_of_equal_entries() -> None:
    """In reading order of the window, as torch does."""
    layer = objectives.get_layer("max_pool")
    x = np.array([[[[1.0, 7.0, 7.0, 2.0], [7.0, 0.0, 3.0, 7.0]]]])
    upstream = np.array([[[[1.0, 10.0]]]])
    sizes = {"N": 1, "C": 1, "P": 2, "Q": 2, "h": 1, "v": 2}
    ours = evaluate(layer.backward("X"), {"X": x, "G": upstream}, sizes)
    theirs = torch.tensor(x, requires_grad=True)
    torch.nn.functional.max_pool2d(theirs, 2).backward(torch.tensor(upstream))
    assert theirs.grad is not None
    assert ours.astype(float).tolist() == theirs.grad.tolist()
    assert ours[0, 0].tolist() == [[0, 1, 10, 0], [0, 0, 0, 0]]


def test_relu_at_0_stops_the_derivative() -> None:
    """A hidden unit whose pre-activation is exactly 0 hands nothing back."""
    values: Values = {
        "X": [[1.0, 2.0]], "W1": [[2.0, -1.0], [1.0, 1.0]], "b1": [0.0, 0.0],
        "W2": [[1.0, 1.0]], "b2": [0.0], "Y": [[0.0]],
    }
    objective = objectives.get("network_2")
    assert gradient("network_2", "W1", values) == [[0, 0], [6, 12]]
    assert any("relu" in text for text in objective.kinks)


@pytest.mark.parametrize(("q", "slope"), [(0.25, 0.0), (0.2, 0.0), (0.5, -2.0)])
def test_clipped_probabilities_have_derivative_0_outside_and_at_the_edge(
    q: float, slope: float
) -> None:
    """Within [eps, 1 - eps] the logarithm's derivative, else 0."""
    values = {"q": [q], "y": [1], "eps": 0.25}
    assert gradient("binary_cross_entropy", "q", values, clip="probabilities") == [slope]


def test_every_kink_is_told() -> None:
    """An objective names a kink if and only if its expression contains a function that has one."""
    telling = {name for name, o in objectives.ALL.items() if tensor.kinks(o.expr)}
    assert {"lasso", "hinge", "crammer_singer", "network_2", "distance", "huber"} <= telling
    assert not telling & {"ridge", "cross_entropy", "rosenbrock", "beale", "logistic_loss"}
    for name in telling:
        assert set(tensor.kinks(objectives.get(name).expr)) <= set(objectives.get(name).kinks)


def test_the_last_of_equal_entries_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last of equal entries takes the derivative, the answer above is another."""
    def last(self: Any, values: Any) -> list[float]:
        place = max(i for i, x in enumerate(values) if x == max(values))
        return [float(i == place) for i in range(len(values))]

    monkeypatch.setattr(Floats, "first_largest", last)
    values = {"S": np.array([[3.0, 0.0, 3.0, 1.0]]), "c": np.array([1])}
    objective = objectives.get("crammer_singer")
    sizes = objective.check(values, {"k": 4})
    assert evaluate(objective.gradient("S"), values, sizes).tolist() == [[0, -1, 1, 0]]


def test_relu_with_slope_1_at_0_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where relu has the derivative 1 at 0, the gradient of the network above is another."""
    right = calculus.scalar_derivative

    def wrong(expr: Any, symbol: Any) -> Any:
        return right(expr, symbol).replace(step, lambda x: 1 - step(-x))

    monkeypatch.setattr(calculus, "scalar_derivative", wrong)
    values: Values = {
        "X": [[1.0, 2.0]], "W1": [[2.0, -1.0], [1.0, 1.0]], "b1": [0.0, 0.0],
        "W2": [[1.0, 1.0]], "b2": [0.0], "Y": [[0.0]],
    }
    assert gradient("network_2", "W1", values) == [[6, 12], [6, 12]]
