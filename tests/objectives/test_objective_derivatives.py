"""Derivatives of every objective are exactly those of the expression written out in full.

The reference is SymPy's own differentiation of the scalar expression in one symbol an entry. Both
sides are evaluated at random rational points: rational functions exactly, others in balls of 300
bits to 60 digits. Where it is cheap, the difference is brought to its normal form as well, which
decides equality for all values.
"""

from collections.abc import Iterator

import pytest
import sympy
from objective_exact import normal_form, precision
from objective_points import differences, point_of, sizes_of, written_out

from refmath import objectives

SLOW = ("inception", "network_4", "network_5", "osborne_1", "osborne_2", "watson")
"""Where SymPy takes long: there, two entries of each derivative are compared."""


def variants() -> Iterator[tuple[str, dict[str, str]]]:
    """Every objective in its canonical form, and with every other option of one axis."""
    for name, objective in objectives.ALL.items():
        yield name, {}
        for axis in objective.axes:
            for option in list(axis.options)[1:]:
                if option != "half_squares" or name == "beale":  # half of what is tested anyway
                    yield name, {axis.name: option}


def named(value: object) -> str:
    """A test's name."""
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "canonical"
    return str(value)


@pytest.mark.parametrize(("name", "settings"), list(variants()), ids=named)
def test_derivatives_are_those_of_the_expression_written_out(
    name: str, settings: dict[str, str]
) -> None:
    """First and second derivatives by every parameter, at a random rational point."""
    objective = objectives.get(name).vary(**settings)
    first, second = (2, 2) if name in SLOW else (6, 4)
    with precision():
        assert differences(objective, sizes_of(objective), first, second) == []


BATCHED = [
    name for name in (*objectives.GROUPS["losses"], *objectives.GROUPS["models"])
    if "n" in objectives.get(name).default_sizes()
]


@pytest.mark.parametrize("name", BATCHED)
def test_a_batch_of_one_has_the_derivatives_too(name: str) -> None:
    """With a single example no axis is mistaken for another or dropped."""
    objective = objectives.get(name)
    with precision():
        assert differences(objective, {**sizes_of(objective), "n": 1}, 2, 1) == []


COMBINED: list[tuple[str, dict[str, str]]] = [
    ("cross_entropy", {"weights": "classes", "label_smoothing": "yes", "ignored": "yes"}),
    ("cross_entropy", {"weights": "classes", "targets": "rows", "label_smoothing": "yes"}),
    ("cross_entropy", {"weights": "rows", "targets": "rows", "ignored": "yes"}),
    ("logistic_loss", {"pos_weight": "yes", "label_smoothing": "yes", "weights": "weights"}),
    ("logistic_loss", {"labels": "signs", "pos_weight": "yes", "label_smoothing": "yes"}),
    ("squared_error", {"targets": "matrix", "reduction": "rows", "weights": "weights"}),
    ("hinge", {"labels": "bits", "power": "two", "kink": "half", "weights": "count"}),
    ("least_squares", {"weights": "weights", "penalty": "elastic_net", "intercept": "yes"}),
    ("logistic_regression", {"labels": "signs", "penalty": "half_ridge", "intercept": "yes"}),
    ("softmax_regression", {"weights": "weights", "penalty": "ridge", "intercept": "yes"}),
    ("feature_regression", {"features": "cosines", "loss": "cross_entropy"}),
    ("feature_regression", {"features": "squares", "loss": "hinge"}),
    ("two_layer_network", {"activation": "tanh", "factor": "half"}),
    ("network_3", {"loss": "cross_entropy", "bias": "no"}),
]


@pytest.mark.parametrize(("name", "settings"), COMBINED, ids=named)
def test_derivatives_with_several_options(name: str, settings: dict[str, str]) -> None:
    """Options that act on each other, such as smoothing with weights and ignored examples."""
    objective = objectives.get(name).vary(**settings)
    with precision():
        assert differences(objective, sizes_of(objective)) == []


PROVED = [
    ("squared_error", {"targets": "matrix"}, {"n": 2, "k": 3}),
    ("least_squares", {"penalty": "ridge"}, {"n": 3, "d": 2}),
    ("weighted_least_squares", {}, {"n": 3, "d": 2}),
    ("gaussian_likelihood", {"prior": "gaussian"}, {"n": 2, "d": 3}),
    ("quadratic", {}, {"n": 3}),
    ("kl_divergence", {}, {"n": 2, "k": 3}),
    ("cross_entropy", {}, {"n": 1, "k": 3}),
    ("cross_entropy", {"targets": "rows"}, {"n": 2, "k": 2}),
    ("binary_cross_entropy", {}, {"n": 2}),
    ("logistic_loss", {}, {"n": 2}),
    ("rosenbrock", {}, {"n": 3}),
    ("beale", {}, {}),
    ("wood", {}, {}),
    ("broyden_tridiagonal", {}, {"n": 3}),
]


@pytest.mark.parametrize(("name", "settings", "sizes"), PROVED, ids=named)
def test_derivatives_are_equal_for_all_values(
    name: str, settings: dict[str, str], sizes: dict[str, int]
) -> None:
    """The difference of both derivatives has the normal form 0, with every value a symbol."""
    objective = objectives.get(name).vary(**settings)
    real = [k for k, x in objective.in_force.items() if not x.is_labels]
    point = point_of(objective, tuple(real), sizes)
    expr = written_out(objective.expr, point)[()]
    for parameter in objective.parameters:
        gradient = written_out(objective.gradient(parameter), point)
        hessian = written_out(objective.hessian(parameter), point)
        entries = point.symbols[parameter]
        places = sorted({(0,) * entries.ndim, tuple(s - 1 for s in entries.shape)})
        for place in places:
            slope = expr.diff(entries[place])
            assert normal_form(gradient[place] - slope) == 0
            for other in places:
                second = slope.diff(entries[other])
                assert normal_form(hessian[place + other] - second) == 0


def test_the_normal_form_tells_different_functions_apart() -> None:
    """A difference that is not 0 for all values does not get the normal form 0."""
    x, y = sympy.symbols("x y", real=True)
    assert normal_form(sympy.exp(x - sympy.log(sympy.exp(x) + 1)) - 1 / (1 + sympy.exp(-x))) == 0
    assert normal_form((x**2 - y**2) / (x - y) - x - y) == 0
    assert normal_form(sympy.tanh(x + y) - sympy.tanh(x - y)) != 0
    assert normal_form((x + y) ** 2 - x**2 - y**2) != 0
