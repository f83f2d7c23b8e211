"""NumPy kernels: laws that hold for every rule and every option of every axis."""

import ast
from typing import Any

import numpy as np
import pytest

from refmath import rules
from refmath.emit.numpy import Kernel
from refmath.errors import InvalidInput
from refmath.notation import grad, hyper, state, t
from refmath.oracle.adapters.kernel import kernel_subject
from refmath.oracle.check import Checker, Task
from refmath.rule import Rule, let

FORMS = list(rules.ALL.values()) + [
    r.vary(**{a.name: o}) for r in rules.ALL.values() for a in r.axes for o in list(a.options)[1:]
]
EACH = pytest.mark.parametrize("form", FORMS, ids=repr)
CANONICAL = pytest.mark.parametrize("form", rules.ALL.values(), ids=lambda r: r.name)
SHAPES = [(), (3,), (2, 3), (0,), (1, 1)]
DTYPES = [np.float16, np.float32, np.float64]


def two_steps(form: Rule, theta: Any, grads: list[Any], **hyper: float) -> dict[str, Any]:
    """The states after two steps."""
    kernel = form.kernel()
    states = kernel.start(theta, **hyper)
    for number, g in enumerate(grads, 1):
        states = kernel(**states, **{kernel.gradient: g}, t=number, **hyper)
    return states


@EACH
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.__name__)
def test_shape_and_dtype_are_kept(form: Rule, dtype: Any) -> None:
    """Parameter and array states keep shape and dtype, from 0-d arrays to empty ones."""
    for shape in SHAPES:
        theta = np.full(shape, 0.5, dtype)
        grads = [np.full(shape, 1.5, dtype), np.full(shape, -0.25, dtype)]
        for name, value in two_steps(form, theta, grads).items():
            if name not in form.recurrence.scalars:
                assert (np.shape(value), value.dtype) == (shape, theta.dtype), name


@EACH
def test_a_nan_stays_in_its_coordinate(form: Rule) -> None:
    """A NaN in one coordinate of a gradient makes exactly that coordinate NaN, for good."""
    theta = np.array([0.5, -1.0, 2.0])
    clean = [np.array([1.5, 0.25, -2.0]), np.array([-0.75, 3.0, 0.5])]
    dirty = [np.array([1.5, np.nan, -2.0]), clean[1]]
    with np.errstate(invalid="ignore"):
        expected, found = (two_steps(form, theta, g)["theta"] for g in (clean, dirty))
    np.testing.assert_array_equal(np.isnan(found), [False, True, False])
    np.testing.assert_array_equal(found[[0, 2]], expected[[0, 2]])


@EACH
def test_nothing_is_raised_where_the_result_is_finite(form: Rule) -> None:
    """Coordinates that come out finite are computed without a floating-point warning."""
    theta = np.array([0.5, 0.0, 2.0, -1.0])
    grads = [np.array([1.5, 0.0, 0.0, -3.0]), np.array([0.75, 0.0, 1.0, 0.5])]
    with np.errstate(all="ignore"):
        free = two_steps(form, theta, grads)
        finite = np.all([np.isfinite(free[s]) & np.ones(4, bool) for s in free], axis=0)
    assert finite[[0, 3]].all() or form.settings.get("centered") == "unclamped"
    with np.errstate(all="raise"):
        strict = two_steps(form, theta[finite], [g[finite] for g in grads])
    np.testing.assert_array_equal(strict["theta"], free["theta"][finite])


@EACH
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_kernel_conforms_to_its_own_rule(form: Rule, dtype: str) -> None:
    """Parameters and states of the kernel lie within the certified enclosure of the formula."""
    subject = kernel_subject(form.recurrence, repr(form))
    result = Checker(Task(subject, lambda _: form, form.name, None, examples=12), dtype).result()
    assert result.verdict == "CONFORMS", result.summary()
    assert 0.0 < result.worst <= 1.0
    assert result.scalars == "float64"


@EACH
def test_the_source_is_the_algorithm_box(form: Rule) -> None:
    """The source is straight-line: one assignment for each declared step, and a return."""
    kernel, rec = form.kernel(), form.recurrence
    (function,) = ast.parse(kernel.source).body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == form.name
    *steps, last = function.body
    assert isinstance(last, ast.Return)
    assert all(isinstance(s, ast.Assign) and len(s.targets) == 1 for s in steps)
    targets = [ast.unparse(s.targets[0]) for s in steps]
    assert [n.removesuffix("_new") for n in targets] == [s.name for s in rec.steps]
    arguments = [a.arg for a in function.args.args]
    assert arguments == [kernel.gradient, *kernel.states, "t", *kernel.hyper]
    assert not any(isinstance(n, ast.For | ast.While | ast.If) for n in ast.walk(function))


@CANONICAL
def test_arguments_are_not_changed(form: Rule) -> None:
    """A kernel leaves its arguments alone."""
    kernel = form.kernel()
    states = kernel.start(np.array([1.0, -2.0]))
    g = np.array([0.5, 4.0])
    kept = {n: np.copy(v) for n, v in states.items()}
    kernel(**states, **{kernel.gradient: g})
    for name, value in states.items():
        np.testing.assert_array_equal(value, kept[name])
    np.testing.assert_array_equal(g, [0.5, 4.0])


@CANONICAL
def test_what_is_left_out_has_its_default(form: Rule) -> None:
    """States default to their starts, t to 1, hyperparameters to the declared defaults."""
    kernel = form.kernel()
    theta, g = np.array([1.0, -2.0]), np.array([0.5, 4.0])
    defaults = {k: float(form.default(k)) for k in form.hyper}
    states = {k: v for k, v in kernel.start(theta).items() if k != "theta"}
    short = kernel(theta=theta, g=g)
    long = kernel(theta=theta, g=g, t=1, **states, **defaults)
    for name in kernel.states:
        np.testing.assert_array_equal(short[name], long[name])


def test_start_values() -> None:
    """States start where the declaration says: at 0, at 1, at epsilon, at a value."""
    theta = np.zeros((2, 3), np.float32)
    adam, rmsprop = rules.get("adam"), rules.get("rmsprop")
    for form, given, expected in (
        (adam, {}, {"m": 0.0, "v": 0.0}),
        (adam.vary(start="eps"), {"eps": 0.25}, {"m": 0.25, "v": 0.25}),
        (adam.vary(start="eps", amsgrad="raw"), {}, {"m": 1e-8, "v": 1e-8, "vmax": 1e-8}),
        (rmsprop.vary(start="one", centered="yes"), {}, {"r": 1.0, "c": 0.0}),
        (rmsprop.vary(start="value"), {"initial_accumulator": 0.125}, {"r": 0.125}),
        (rmsprop.vary(start="value"), {}, {"r": 0.0}),
    ):
        states = form.kernel().start(theta, **given)
        assert list(states) == ["theta", *expected]
        for name, value in expected.items():
            np.testing.assert_array_equal(states[name], np.full((2, 3), value, np.float32))
            assert states[name].dtype == np.float32
    assert rules.get("nadam").kernel().start(theta)["p"] == 1.0


def test_defaults_of_a_derived_rule() -> None:
    """AdamW's kernel decays by 1e-2 unless told otherwise."""
    kernel = rules.get("adamw").kernel()
    theta, g = np.array([8.0]), np.array([0.0])
    np.testing.assert_array_equal(kernel(theta=theta, g=g)["theta"], 8.0 - 1e-3 * 1e-2 * theta)
    np.testing.assert_array_equal(kernel(theta=theta, g=g, weight_decay=0)["theta"], theta)


def test_the_point_of_a_look_ahead() -> None:
    """The point is where the gradient is to be taken; for most rules the parameter itself."""
    theta, v = np.array([1.0, -2.0]), np.array([0.5, 4.0])
    nesterov = rules.get("nesterov")
    point = nesterov.kernel().point(theta=theta, v=v, momentum=0.5)
    np.testing.assert_array_equal(point, [1.25, 0.0])
    outside = nesterov.vary(rate="outside").kernel().point(theta=theta, v=v, momentum=0.5, lr=2)
    np.testing.assert_array_equal(outside, [0.5, -6.0])
    for kernel in (nesterov.vary(form="shifted").kernel(), rules.get("adam").kernel()):
        np.testing.assert_array_equal(kernel.point(theta=theta), theta)
    np.testing.assert_array_equal(nesterov.kernel().point(theta=theta), theta)


def test_wrong_arguments() -> None:
    """What is missing, unknown or of another shape is named, with what the kernel takes."""
    adam = rules.get("adam").kernel()
    theta = np.zeros(3)
    for given, message in (
        ({"theta": theta}, "the kernel of adam needs g=; give an array"),
        ({"g": theta}, "the kernel of adam needs theta=; give an array"),
        ({"theta": theta, "g": theta, "beta": 0.9},
         "the kernel of adam has no argument 'beta'; it takes g, theta, m, v, t, lr, beta1, beta2"),
        ({"theta": theta, "g": np.zeros(2)}, "needs g in the shape of theta, (3,); found (2,)"),
        ({"theta": theta, "g": 0.0}, "needs g in the shape of theta, (3,); found ()"),
        ({"theta": theta, "g": theta, "v": np.zeros((3, 1))}, "needs v in the shape of theta"),
        ({"theta": theta, "g": theta, "t": 0}, "t=0 must be at least 1: the first step is t = 1"),
    ):
        with pytest.raises(InvalidInput) as error:
            adam(**given)
        assert message in str(error.value)


def test_a_hyperparameter_without_default_is_needed() -> None:
    """Where a declaration gives no default, the caller must."""
    theta = state("theta")
    g, lr = grad("g", at=theta[t - 1]), hyper("lr", None, "[0, oo)")
    rule = Rule("plain", "Plain", "here", (let(theta[t], theta[t - 1] - lr * g[t]),), g, theta)
    with pytest.raises(InvalidInput, match="the kernel of plain needs lr=; it has no default"):
        rule.kernel()(theta=np.ones(1), g=np.ones(1))
    assert rule.kernel()(theta=np.ones(1), g=np.ones(1), lr=0.25)["theta"] == 0.75


def test_whole_numbers_become_float64() -> None:
    """A parameter of integers is taken as float64, so that no start or step is cut off."""
    kernel = rules.get("adam").vary(start="eps").kernel()
    whole, real = (kernel(theta=np.array([1, 2], d), g=np.ones(2)) for d in (int, float))
    for name in kernel.states:
        assert whole[name].dtype == np.float64
        np.testing.assert_array_equal(whole[name], real[name])


def test_a_kernel_is_made_once() -> None:
    """Asking again gives the same kernel; other options another one."""
    adam = rules.get("adam")
    assert adam.kernel() is adam.kernel()
    assert isinstance(adam.kernel(), Kernel)
    assert adam.vary(epsilon="hat").kernel() is not adam.kernel()
