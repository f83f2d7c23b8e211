"""Declarations: every mistake is found when an objective is built; examples fit their domains."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from objective_exact import Rationals
from objective_points import derived, point_of
from sympy import Float, Integer, Symbol, sqrt

from refmath import objectives
from refmath.errors import DeclarationError, InvalidInput, UnknownName
from refmath.objective import (
    Axis,
    Declaration,
    Input,
    Layer,
    Minimum,
    Objective,
    activation,
    given,
    parameter,
)
from refmath.tensor import Tensor, dims, dot, scalar, tensors
from refmath.tensor import sum as sum_of
from refmath.tensor.build import is_zero, variable

x, y, c, w = tensors("x[n] y[n] c[n] in k w[k]")
A = tensors("A[n,k]")
lam = scalar("lambda")
ALL: dict[str, Declaration] = {**objectives.ALL, **objectives.LAYERS}


def mine(**options: Any) -> Objective:
    """A small objective of one's own."""
    full: dict[str, Any] = {
        "name": "mine", "title": "Mine", "source": "here",
        "inputs": (parameter(x, "unknowns"), given(y, "data")),
        "formula": lambda: sum_of((x - y) ** 2),
        **options,
    }
    return Objective(**full)


def starting(values: Any) -> Objective:
    """One that starts somewhere."""
    return mine(start={"x": values})


FAULTS: dict[str, tuple[Callable[[], Any], str]] = {
    "no name": (lambda: mine(name=""), "a declaration has no name; give it one: ''"),
    "no source": (lambda: mine(source=" "), "has no source; give it one: 'mine'"),
    "an undeclared variable": (
        lambda: mine(inputs=(parameter(x, "unknowns"),)),
        "y is used but not among the inputs; add for example given(y, 'what it is')"),
    "an undeclared scalar": (
        lambda: mine(formula=lambda: lam * sum_of((x - y) ** 2)),
        "lambda is used but not among the inputs"),
    "another tensor of the same name": (
        lambda: mine(inputs=(parameter(tensors("x[m]"), "unknowns"), given(y, "data"))),
        "x is used but not among the inputs"),
    "an input twice": (
        lambda: mine(inputs=(parameter(x, "unknowns"), given(x, "again"), given(y, "data"))),
        "x is declared twice; rename one"),
    "nothing to optimize": (
        lambda: mine(inputs=(given(x, "unknowns"), given(y, "data"))),
        "nothing is optimized; declare one input by parameter(theta, doc)"),
    "a formula that makes no tensor": (
        lambda: mine(formula=lambda: 3), "the formula made 3, which is no tensor expression"),
    "a formula with other arguments than axes": (
        lambda: mine(formula=lambda factor: sum_of((x - y) ** 2) * factor),
        "the formula takes ['factor'], the axes are []; name them alike, in one order"),
    "an axis without options": (
        lambda: mine(axes=(Axis("factor", {}),)), "axis 'factor' has no options; give it"),
    "two axes of one name": (
        lambda: mine(axes=(Axis("a", {"b": 1}), Axis("a", {"b": 2}))),
        "two axes are called 'a'; rename one"),
    "a size that does not occur": (lambda: mine(sizes={"m": 3}), "m is no size; the sizes are n"),
    "a start without a parameter": (
        lambda: mine(start={"y": [1, 2, 3]}), "the start has no value for x"),
    "a start of another shape": (
        lambda: starting([1, 2]), "mine: x: expected values of shape (3,), found shape (2,)"),
    "a ragged start": (
        lambda: mine(
            inputs=(parameter(A, "unknowns"),), formula=lambda: sum_of(A),
            sizes={"n": 2, "k": 2}, start={"A": [[1, 2], [3]]}),
        "expected values of shape (2, 2)"),
    "a float": (
        lambda: starting([0.1, 1, 1]), "expected an exact real number, found 0.1 of type float"),
    "SymPy's float": (lambda: starting([Float("0.1"), 1, 1]), "expected an exact real number"),
    "a start that is no number": (lambda: starting(["far", 1, 1]), "expected a finite number"),
    "an imaginary start": (lambda: starting([sqrt(-1), 1, 1]), "expected an exact real number"),
    "a symbol as a start": (lambda: starting([Symbol("a"), 1, 1]), "exact real number, found a"),
    "a start that depends on no size": (
        lambda: starting(lambda m: [1] * m), "a function of m, which is no size; the sizes are n"),
    "a minimiser of another shape": (
        lambda: mine(minima=(Minimum(0, {"x": [1]}),)), "expected values of shape (3,)"),
    "a minimum without a value": (lambda: Minimum(), "either an exact value or a printed one"),
    "a minimum with two values": (
        lambda: Minimum(0, printed="0.0"), "either an exact value or a printed one"),
    "a minimum of an unknown kind": (
        lambda: Minimum(0, kind="best"), "a minimum is global or local, found 'best'"),
    "an expression as an input": (
        lambda: given(x + 1, "data"), "make it by tensors('X[n,d]') or scalar('lambda')"),
    "a SymPy symbol of one's own as an input": (
        lambda: given(Symbol("z"), "data"), "expected a variable, found z"),
    "an input without a doc": (lambda: given(x, ""), "x has no doc; say in a few words what it is"),
    "an unknown role": (lambda: Input(x, "data", role="label"), "role 'label' is not one of"),
    "labels that are optimized": (lambda: parameter(c, "labels"), "c are class labels: given"),
    "labels with a domain": (lambda: given(c, "labels", "{0, 1}"), "without another domain"),
    "an unknown domain": (
        lambda: given(x, "data", "positive"),
        "expected a domain, found 'positive'; write 'R', an interval such as '(0, oo)'"),
    "a set of no numbers": (lambda: given(x, "data", "{a, b}"), "expected whole numbers such as"),
    "an empty interval": (lambda: given(x, "data", "(1, 0)"), "expected a domain"),
    "a layer that nothing flows through": (
        lambda: Layer(name="l", title="L", source="here", inputs=(given(x, "data"),),
                      formula=lambda: x + 1),
        "nothing flows through; declare an input by activation(X, doc)"),
    "a layer with an input named like its upstream gradient": (
        lambda: Layer(name="l", title="L", source="here",
                      inputs=(activation(tensors("G[n]"), "data"),),
                      formula=lambda: tensors("G[n]") + 1),
        "the upstream gradient is called 'G' like an input; set upstream_name"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_when_it_is_built(name: str) -> None:
    """The message says what was expected, what was found, and the cure."""
    build, message = FAULTS[name]
    with pytest.raises((DeclarationError, InvalidInput)) as caught:
        build()
    assert message in str(caught.value)


def test_a_declaration_without_fault_is_accepted() -> None:
    """The objective that every fault above departs from, with exact values of every kind."""
    assert starting(["0.1", Fraction(1, 3), sqrt(2)]).parameters == ("x",)
    assert starting(lambda n: [1] * n).standard.__doc__
    assert mine(minima=(Minimum(0, {"x": [1, 1, 1]}),)).minimum == Minimum(0, {"x": [1, 1, 1]})
    assert mine().minimum is None


UNKNOWN: list[tuple[Callable[[], Any], str]] = [
    (lambda: objectives.get("crossentropy"), "unknown objective 'crossentropy'. Did you mean "
                                             "'cross_entropy'?"),
    (lambda: objectives.get("hinge").vary(reduktion="sum"), "unknown axis of hinge 'reduktion'"),
    (lambda: objectives.get("hinge").vary(reduction="avg"),
     "unknown option of axis reduction of hinge 'avg'"),
    (lambda: objectives.get("hinge").gradient("y"), "unknown parameter of hinge 'y'"),
    (lambda: objectives.get("hinge").hessian("s", "w"), "unknown parameter of hinge 'w'"),
    (lambda: objectives.get("hinge").example({"m": 3}), "unknown size of hinge 'm'"),
]


@pytest.mark.parametrize(("ask", "message"), UNKNOWN)
def test_an_unknown_name_is_answered_with_the_known_ones(
    ask: Callable[[], Any], message: str
) -> None:
    """Objective, axis, option, parameter, size."""
    with pytest.raises(UnknownName) as caught:
        ask()
    assert message in str(caught.value)


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: objectives.get("hinge").vary(reduction="none").gradient("s"),
     "has the shape (n,), so it has no gradient; ask for its jacobian, or for a scalar by vary"),
    (lambda: objectives.get("hinge").hessian_vector(v=x), "a direction is given for no parameter"),
    (lambda: objectives.get("hinge").standard(), "s has no standard value; take example()"),
    (lambda: objectives.get("hinge").example({"n": 0}), "n must be a positive whole number"),
    (lambda: objectives.get("hinge").example({"n": True}), "whole number, found True"),
    (lambda: objectives.get("hinge").check({"s": [1.0]}), "no value is given for y"),
    (lambda: objectives.get("hinge").check({"s": [1.0], "y": [0.0]}),
     "y is outside its domain {-1, 1}: found [0.0]"),
    (lambda: objectives.get("hinge").check({"s": [1.0], "y": [1.0, 1.0]}),
     "y has the shape (n,), that is (1,); found (2,)"),
    (lambda: objectives.get("hinge").check({"s": [np.nan], "y": [1.0]}), "s is outside its domain"),
    (lambda: objectives.get("hinge").check({"s": ["a"], "y": [1.0]}), "s: expected numbers"),
    (lambda: objectives.get("huber").check({"o": [1.0], "y": [1.0], "delta": 0.0}),
     "delta is outside its domain (0, oo)"),
    (lambda: objectives.get("kl_divergence").check({"P": [[0.5, 0.25]], "Q": [[0.5, 0.5]]}),
     "P is outside its domain rows > 0 that add up to 1"),
    (lambda: objectives.get("weston_watkins").check({"S": [[1.0, 2.0]], "c": [2]}),
     "c is outside its domain {0, ..., 1}"),
    (lambda: objectives.get("quadratic").check(
        {"A": [[1.0, 2.0], [2.0, 1.0]], "b": [0.0, 0.0], "x": [0.0, 0.0]}),
     "A is outside its domain positive definite"),
]


@pytest.mark.parametrize(("ask", "message"), WRONG)
def test_wrong_values_are_refused(ask: Callable[[], Any], message: str) -> None:
    """Shapes, domains, sizes, and questions that have no answer."""
    with pytest.raises(InvalidInput) as caught:
        ask()
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ALL)
def test_examples_fit_and_say_what_they_are(name: str) -> None:
    """Random values lie in the domains, are exact in float32 unless data, and follow the seed."""
    declaration = ALL[name]
    sizes = declaration.default_sizes()
    values = declaration.example(seed=3)
    assert declaration.check(values, sizes) == sizes
    assert len(set(sizes.values())) == len(sizes) or declaration.sizes
    again = declaration.example(seed=3)
    for key, value in values.items():
        entry = declaration.in_force[key]
        assert declaration.docs[key] == entry.doc != ""
        assert declaration.domains[key]
        assert np.array_equal(value, again[key])
        near = isinstance(declaration, Objective) and declaration.start is not None
        if entry.data is None and not near:
            assert np.array_equal(np.float32(value), value)
    other = declaration.example(seed=4)
    assert any(not np.array_equal(values[k], other[k]) for k in values)


@pytest.mark.parametrize("name", ALL)
def test_every_option_makes_an_objective_and_canonical_ones_come_first(name: str) -> None:
    """vary() with the canonical options is the same; kinks and text of notes are told."""
    declaration = ALL[name]
    assert declaration.name == name
    canonical = {a.name: a.default for a in declaration.axes}
    assert declaration.vary(**canonical) == declaration
    for axis in declaration.axes:
        assert axis.doc
        for option in axis.options:
            varied = declaration.vary(**{axis.name: option})
            assert varied.setting(axis.name) == option
            assert varied.vary(**canonical) == declaration
    assert set(declaration.notes) <= set(declaration.kinks)


def test_a_derived_objective_has_its_options_first() -> None:
    """Ridge is least squares with other canonical options, and least squares again by varying."""
    ridge, plain = objectives.get("ridge"), objectives.get("least_squares")
    assert ridge.settings == {}
    assert ridge.expr is plain.vary(reduction="sum", penalty="ridge").expr
    assert ridge.vary(reduction="mean", penalty="none").expr is plain.expr
    assert [a.name for a in ridge.axes] == [a.name for a in plain.axes]
    assert repr(ridge.vary(factor="half")) == "<objective ridge, factor='half'>"


def test_groups_hold_every_objective_once() -> None:
    """Losses, models and problems together are all of them."""
    names = [name for group in objectives.GROUPS.values() for name in group]
    assert sorted(names) == sorted(objectives.ALL)
    assert {"losses", "models", "problems"} == set(objectives.GROUPS)


@pytest.mark.parametrize(("name", "settings"), [
    ("ridge", {}), ("least_squares", {"intercept": "yes"}), ("rectified_network", {}), ("wood", {}),
])
def test_the_hessian_times_a_direction_is_the_product(name: str, settings: dict[str, str]) -> None:
    """By blocks and in full, exactly, with directions of their own."""
    objective = objectives.get(name).vary(**settings)
    names = objective.parameters
    point = point_of(objective, names, {"n": 2} if "n" in objective.default_sizes() else {})
    rng = np.random.default_rng(1)
    along = {p: whole_numbers(rng, np.shape(point.values[p])) for p in names}
    values = {**point.values, **{f"v_{p}": v for p, v in along.items()}}
    wider = replace(point, values=values)
    products = objective.hessian_vector()
    for p in names:
        total: Any = 0
        for q in names:
            block = derived(objective.hessian(p, q), point, Rationals())
            total = total + np.tensordot(block, numbers(along[q]), along[q].ndim)
        assert np.array_equal(derived(products[p], wider, Rationals()), total)
        own = derived(objective.hessian(p), point, Rationals())
        alone = derived(objective.hessian_vector(p), wider, Rationals())
        assert np.array_equal(alone, np.tensordot(own, numbers(along[p]), along[p].ndim))


def whole_numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Random whole numbers, as SymPy's."""
    out = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        out[index] = Integer(int(rng.integers(-9, 10)))
    return out


def numbers(array: Any) -> Any:
    """The same as rationals."""
    out = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        out[index] = Rationals().number(array[index])
    return out


def test_the_hessian_has_a_block_for_every_pair() -> None:
    """Mixed blocks have the shapes of both parameters, scalars included."""
    objective = objectives.get("gaussian_likelihood")
    blocks = objective.hessian()
    d = dims("d")
    assert {k: b.shape for k, b in blocks.items()} == {
        ("theta", "theta"): (d, d), ("theta", "s2"): (d,), ("s2", "theta"): (d,), ("s2", "s2"): (),
    }
    assert not any(map(is_zero, blocks.values()))
    assert blocks["theta", "s2"] is blocks["s2", "theta"]


def test_a_direction_may_be_an_expression() -> None:
    """It counts as fixed, even where it contains the parameter."""
    objective = objectives.get("sphere")
    own = objective.tensors["x"]
    product: Tensor = objective.hessian_vector("x", own**2)
    assert product is 2 * own**2
    assert objective.hessian_vector("x") is 2 * variable("v_x", own.shape)
    assert dot(product, own).rank == 0


def test_kernels_and_texts_come_from_the_expression() -> None:
    """A kernel takes the variables by name; text, LaTeX and indices are the expression's."""
    objective = objectives.get("booth")
    assert objective.kernel()(p=np.array([0.0, 0.0])) == 74
    assert objective.text() == objective.expr.text()
    assert objective.latex() == objective.expr.latex()
    assert objective.indices() == objective.expr.indices()
    assert objective.value is objective.expr
