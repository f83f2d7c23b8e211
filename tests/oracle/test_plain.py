"""Plain callables as subjects: three shapes, told apart by their signature."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from refmath.errors import InvalidInput, SubjectError
from refmath.oracle.adapters import resolve
from refmath.oracle.adapters.plain import shape_of
from refmath.oracle.subject import Configuration

HYPER = {"lr": 0.1, "momentum": 0.5}
CONFIGURATION = Configuration(HYPER)
PARAMS = [np.array([1.0, -2.0]), np.array([[4.0]])]
GRADS = [np.array([0.5, 1.0]), np.array([[-1.0]])]
# v = momentum * v - lr * g; theta = theta + v, with lr 0.25 and then 0.5.
EXPECTED = [np.array([1 - 0.125 - 0.3125, -2 - 0.25 - 0.625]), np.array([[4 + 0.25 + 0.625]])]


def function(params: Any, hyper: Any) -> Any:
    """A factory that returns a function."""
    velocity = [np.zeros_like(p) for p in params]

    def step(grads: Any, lr: float) -> Any:
        for i, g in enumerate(grads):
            velocity[i] = hyper["momentum"] * velocity[i] - lr * g
            params[i] = params[i] + velocity[i]
        return params

    return step


def in_place(params: Any, hyper: Any, dtype: Any = None) -> Any:
    """A factory whose step updates the arrays it was given, and returns nothing."""
    assert dtype is None
    velocity = [np.zeros_like(p) for p in params]

    def step(grads: Any, lr: float) -> None:
        for p, v, g in zip(params, velocity, grads, strict=True):
            v *= hyper["momentum"]
            v -= lr * g
            p += v

    return step


class ByKeywords:
    """A class that takes the hyperparameters by name."""

    def __init__(self, params: Any, **hyper: float) -> None:
        self.params, self.hyper = params, hyper
        self.v = [np.zeros_like(p) for p in params]

    def step(self, grads: Any, lr: float) -> Any:
        self.v = [self.hyper["momentum"] * v - lr * g for v, g in zip(self.v, grads, strict=True)]
        self.params = [p + v for p, v in zip(self.params, self.v, strict=True)]
        return tuple(self.params)

    def state(self) -> Any:
        return {"v": self.v}

    def save(self) -> Any:
        return list(self.v)

    def load(self, saved: Any) -> None:
        self.v = list(saved)


class ByName(ByKeywords):
    """A class that names the hyperparameters it takes."""

    def __init__(self, params: Any, lr: float, momentum: float) -> None:
        super().__init__(params, lr=lr, momentum=momentum)


class Factory(ByKeywords):
    """A class that takes them as a dictionary."""

    def __init__(self, params: Any, hyper: Any) -> None:
        super().__init__(params, **hyper)


def update(param: Any, grad: Any, state: Any, hyper: Any) -> Any:
    """A pure update of one tensor."""
    state["v"] = hyper["momentum"] * state.get("v", 0.0) - hyper["lr"] * grad
    return param + state["v"]


def update_in_place(param: Any, grad: Any, state: Any, hyper: Any) -> None:
    """An update of one tensor in place."""
    param += update(param, grad, state, hyper) - param


SHAPES = [
    (function, "factory"), (in_place, "factory"), (Factory, "factory"),
    (ByKeywords, "keywords"), (ByName, "keywords"),
    (update, "update"), (update_in_place, "update"),
]
EACH = pytest.mark.parametrize(("call", "shape"), SHAPES, ids=lambda v: getattr(v, "__name__", v))


@EACH
def test_shape(call: Callable[..., Any], shape: str) -> None:
    """The signature tells the shape."""
    assert shape_of(call) == shape


@EACH
def test_two_steps(call: Callable[..., Any], shape: str) -> None:
    """Every shape is driven, with its own state and the learning rate of each step."""
    given = [p.copy() for p in PARAMS]
    stepper = resolve(call).make(given, CONFIGURATION)
    first = stepper.step(GRADS, 0.25)
    kept = [p.copy() for p in first]
    second = stepper.step(GRADS, 0.5)
    for found, expected in zip(second, EXPECTED, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-15)
    for a, b in zip((*first, *given), (*kept, *PARAMS), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("call", [ByKeywords, update])
def test_save_and_load(call: Callable[..., Any]) -> None:
    """What was saved goes on in a new stepper."""
    subject = resolve(call)
    stepper = subject.make(PARAMS, CONFIGURATION)
    last = stepper.step(GRADS, 0.25)
    restored = subject.make(last, CONFIGURATION)
    restored.load(stepper.save())
    for a, b in zip(restored.step(GRADS, 0.5), EXPECTED, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-15)


def test_optional_methods_are_those_of_the_callee() -> None:
    """State, saving and loading are offered where the callee offers them."""
    assert not hasattr(resolve(function).make(PARAMS, CONFIGURATION), "state")
    stepper = resolve(ByKeywords).make(PARAMS, CONFIGURATION)
    stepper.step(GRADS, 0.25)
    np.testing.assert_array_equal(stepper.state()["v"][0], -0.25 * GRADS[0])


def test_an_update_skips_and_groups() -> None:
    """Tensor by tensor, a missing gradient and a rate of one's own are the adapter's affair."""
    subject = resolve(update)
    assert subject.skips
    assert subject.groups
    result = subject.make(PARAMS, CONFIGURATION).step([None, GRADS[1]], [0.25, 0.5])
    np.testing.assert_array_equal(result[0], PARAMS[0])
    np.testing.assert_array_equal(result[1], [[4.5]])


def test_flags_are_honoured() -> None:
    """Attributes of the callable say what it can do."""

    def flagged(params: Any, hyper: Any) -> Any:
        return lambda gradient, lr: gradient(params)

    assert not resolve(flagged).takes_gradient_function
    flagged.takes_gradient_function = True  # type: ignore[attr-defined]
    flagged.skips = flagged.groups = True  # type: ignore[attr-defined]
    flagged.formats = ["float32"]  # type: ignore[attr-defined]
    subject = resolve(flagged)
    assert subject.takes_gradient_function
    assert (subject.skips, subject.groups, subject.formats) == (True, True, ("float32",))
    result = subject.make(PARAMS, CONFIGURATION).step(lambda p: [2 * a for a in p], 0.1)
    np.testing.assert_array_equal(result[1], [[8.0]])


def test_results_are_not_validated() -> None:
    """Wrong answers reach the judge as they are; one array stands for a list of one."""
    for answer in ("nothing", 3.0, [1, None]):
        stepper = resolve(lambda params, hyper, a=answer: lambda g, lr: a).make([], CONFIGURATION)
        assert stepper.step([], 0.1) == answer
    single = resolve(lambda params, hyper: lambda g, lr: params[0])
    assert isinstance(single.make(PARAMS, CONFIGURATION).step(GRADS, 0.1), list)


def test_a_factory_without_a_step() -> None:
    """What cannot be stepped is the subject's failure."""
    with pytest.raises(SubjectError, match=r"returned int; expected a function step") as error:
        resolve(lambda params, hyper: 3).make(PARAMS, CONFIGURATION)
    assert error.value.kind == "type"


def three(params: Any, hyper: Any, extra: Any) -> Any:
    """One required parameter too many."""


def alone(params: Any) -> Any:
    """No place for the hyperparameters."""


@pytest.mark.parametrize("call", [three, alone, int], ids=lambda c: c.__name__)
def test_none_of_the_shapes(call: Callable[..., Any]) -> None:
    """The error names all three shapes, and what was found."""
    with pytest.raises(InvalidInput) as error:
        resolve(call)
    for shape in ("make(params, hyper)", "Cls(params, **hyper)", "update(param, grad, state,"):
        assert shape in str(error.value)


def test_an_update_takes_no_gradient_function() -> None:
    """A gradient function is of all tensors."""

    def flagged(param: Any, grad: Any, state: Any, hyper: Any) -> Any:
        return param

    flagged.takes_gradient_function = True  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match=r"write make\(params, hyper\)"):
        resolve(flagged)
