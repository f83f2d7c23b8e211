"""Layers: the output is torch's, and the backward pass is exactly the vector-Jacobian product."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from objective_breaks import BREAKS
from objective_exact import Undecided, at, precision, same
from objective_judge import Judge
from objective_points import Point, derived, kind_of_number, point_of, some, written_out
from sympy import Rational
from torch.nn import functional

from refmath import objectives
from refmath.errors import UnknownName
from refmath.objective import Layer
from refmath.tensor import dot
from refmath.tensor.evaluate import evaluate

Values = dict[str, Any]
LAYERS = list(objectives.LAYERS)
ALL = [(name, {}) for name in LAYERS] + [
    ("dropout", {"scaling": "none"}), ("dropout", {"scaling": "testing"}),
]


def with_upstream(layer: Layer, seed: int) -> Point:
    """A random point with an upstream gradient, in symbols where the gradient flows."""
    point = point_of(layer, layer.flowing, {}, seed)
    shape = derived(layer.output, point, kind_of_number(layer.output, point)).shape
    entries = np.random.default_rng(seed).integers(-64, 65, shape)
    upstream = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        upstream[index] = Rational(int(entries[index]), 16)
    extra = {layer.upstream_name: upstream}
    return replace(
        point, values={**point.values, **extra}, symbols={**point.symbols, **extra}
    )


def wrong_entries(layer: Layer, seed: int) -> list[str]:
    """Where the backward pass differs from SymPy's derivative of the output times upstream."""
    point = with_upstream(layer, seed)
    total = written_out(dot(layer.output, layer.upstream), point)[()]
    algebra = kind_of_number(layer.output, point)
    places, known = point.places(algebra), {}
    out = []
    for name, node in layer.backward().items():
        ours = derived(node, point, algebra)
        for index in some(list(np.ndindex(ours.shape)), 8, seed):
            theirs = at(total.diff(point.symbols[name][index]), places, algebra, known)
            if not same(ours[index], theirs):
                out.append(f"{name}{list(index)}")
    return out


@pytest.mark.parametrize(("name", "settings"), ALL)
def test_the_backward_pass_is_the_vector_jacobian_product(
    name: str, settings: dict[str, str]
) -> None:
    """By every input and parameter, against SymPy's derivative, at a random rational point."""
    layer = objectives.get_layer(name).vary(**settings)
    with precision():
        for seed in range(20):
            try:
                assert wrong_entries(layer, seed) == []
                return
            except Undecided:
                continue
    pytest.fail("every point is at a kink")


SIZES: dict[str, dict[str, int]] = {"average_pool": {"P": 2, "Q": 2}}
"""Windows of a power of two entries, so that means are exact."""

TORCH: dict[str, Any] = {
    "dense": lambda v: functional.linear(v["X"], v["W"], v["b"]),
    "dense_of_images": lambda v: functional.linear(
        v["X"].flatten(1), v["W"].flatten(1), v["b"]),
    "convolution": lambda v: functional.conv2d(v["X"], v["K"], v["b"]),
    "strided_convolution": lambda v: functional.conv2d(
        v["X"], v["K"], v["b"], stride=2, padding=1),
    "average_pool": lambda v: functional.avg_pool2d(v["X"], 2, stride=2),
    "max_pool": lambda v: functional.max_pool2d(v["X"], (3, 2), stride=2),
    "concatenation": lambda v: torch.cat([v["A"], v["B"]], dim=1),
    "dropout": lambda v: v["X"] * v["M"] / v["keep"],
    "relu": lambda v: functional.relu(v["X"]),
    "softmax": lambda v: functional.softmax(v["X"], dim=1),
    "log_softmax": lambda v: functional.log_softmax(v["X"], dim=1),
    "sigmoid": lambda v: torch.sigmoid(v["X"]),
    "tanh": lambda v: torch.tanh(v["X"]),
}
ROUNDED = ("softmax", "log_softmax", "sigmoid", "tanh")


def by_torch(layer: Layer, values: Values, upstream: Any) -> tuple[Any, dict[str, Any]]:
    """Torch's output, and its gradients by what flows."""
    given = {
        k: torch.tensor(v, dtype=torch.float64, requires_grad=k in layer.flowing)
        for k, v in values.items()
    }
    out = TORCH[layer.name](given)
    out.backward(torch.tensor(upstream))
    return out.detach().numpy(), {k: given[k].grad.numpy() for k in layer.flowing}


@pytest.mark.parametrize("name", [n for n in LAYERS if n not in ROUNDED])
def test_forward_and_backward_are_torch_s_exactly(name: str) -> None:
    """On small whole numbers every operation is exact, so the doubles are equal."""
    layer = objectives.get_layer(name)
    sizes = layer.default_sizes(SIZES.get(name))
    rng = np.random.default_rng(3)
    values = layer.example(sizes)
    for key in layer.flowing:
        values[key] = rng.integers(-3, 4, np.shape(values[key])).astype(float)
    if name == "dropout":
        values["keep"] = 0.5
    shape = evaluate(layer.output, values, sizes).shape
    upstream = rng.integers(-3, 4, shape).astype(float)
    output, gradients = by_torch(layer, values, upstream)
    assert np.array_equal(evaluate(layer.output, values, sizes).astype(float), output)
    for key, node in layer.backward().items():
        ours = evaluate(node, {**values, "G": upstream}, sizes).astype(float)
        assert np.array_equal(ours, gradients[key]), key


@pytest.mark.parametrize("name", ROUNDED)
def test_forward_and_backward_are_torch_s_within_rounding(name: str) -> None:
    """Functions that are rounded: torch's results lie within the derived bound of the truth."""
    layer = objectives.get_layer(name)
    sizes = layer.default_sizes()
    values = layer.example(sizes)
    upstream = np.random.default_rng(4).standard_normal(values["X"].shape)
    output, gradients = by_torch(layer, values, upstream)
    judge = Judge(layer.output, sizes, {**values, "G": upstream})
    assert judge.excess(layer.output, output, 1) <= 1
    assert judge.excess(layer.backward("X"), gradients["X"], 1) <= 1
    assert judge.excess(layer.backward("X"), gradients["X"] * (1 + 2**-30), 1) > 1


def test_padding_and_stride_are_told_apart() -> None:
    """A convolution of another stride or padding has another output on the same images."""
    plain, strided = (objectives.get_layer(n) for n in ("convolution", "strided_convolution"))
    sizes = {"N": 1, "C": 1, "O": 1, "P": 3, "Q": 3}
    values = plain.example({**sizes, "h": 1, "v": 1})
    same_images = strided.example({**sizes, "h": 1, "v": 1})
    assert values["X"].shape == (1, 1, 3, 3)
    assert same_images["X"].shape == (1, 1, 1, 1)
    values["X"] = np.pad(same_images["X"], ((0, 0), (0, 0), (1, 1), (1, 1)))
    given = {k: v for k, v in values.items() if k != "X"}
    one = evaluate(plain.output, values, {**sizes, "h": 1, "v": 1})
    two = evaluate(strided.output, {**given, "X": same_images["X"]}, {**sizes, "h": 1, "v": 1})
    assert one.tolist() == two.tolist()


@pytest.mark.parametrize(("name", "wrong"), [
    ("softmax", "softmax without its off-diagonal part"),
    ("max_pool", "maximum's derivative halved"),
    ("dense", "a factor's part is missing"),
    ("concatenation", "a term's part is missing"),
    ("tanh", "tanh' = 1 - tanh"),
])
def test_a_wrong_backward_pass_is_found(
    name: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a wrong rule in the calculus, the comparison turns red."""
    layer = objectives.get_layer(name)
    with precision():
        assert wrong_entries(layer, 1) == []
        BREAKS[wrong][0](monkeypatch)
        assert wrong_entries(layer, 1) != []


def test_an_unknown_layer_is_named_with_the_known_ones() -> None:
    """The message lists the layers and suggests the nearest."""
    with pytest.raises(UnknownName, match=r"unknown layer 'convolutoin'.*'convolution'"):
        objectives.get_layer("convolutoin")
    with pytest.raises(UnknownName, match="variable of dense"):
        objectives.get_layer("dense").backward("theta")
