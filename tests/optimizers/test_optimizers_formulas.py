"""The steps are those of the formulas, to a few dozen units in the last place."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimizer_cases import CASES, Case, build, drawn, exact_path, label, looks_ahead

from refmath.optimizers import SGD, GradientDescent, Momentum, Nesterov, Optimizer, _kernels

STEPS = 6


def _path(opt: Optimizer, theta: np.ndarray, slopes: np.ndarray, curvature: float) -> np.ndarray:
    """The parameters after each step, with the gradient slopes[t] + curvature * point."""
    path = []
    for c in slopes:
        if looks_ahead(opt):
            opt.step(theta, lambda x, c=c: c + x.dtype.type(curvature) * x)
        else:
            opt.step(theta, c + theta.dtype.type(curvature) * theta)
        path.append(theta.copy())
    return np.array(path)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_step_follows_the_formula(case: Case, dtype: type) -> None:
    """Six steps of size about 1 stay within 100 ulp of the largest value of the exact path."""
    case = (case[0], {"lr": 0.5} | case[1])
    theta, slopes = drawn(1, 8, (STEPS, 8), dtype=dtype)
    start = theta.copy()
    found = _path(build(case), theta, slopes, 0.5)
    for j in range(start.size):
        exact = exact_path(
            case,
            float(start[j]),
            lambda t, x, j=j: Decimal(float(slopes[t, j])) + x / 2,
            STEPS,
        )
        scale = max(1.0, *(abs(float(x)) for x in exact))
        errors = [abs(Decimal(float(a)) - b) for a, b in zip(found[:, j], exact, strict=True)]
        assert float(max(errors)) <= 100 * np.finfo(dtype).eps * scale


@given(beta=st.floats(0.0, 1.0, exclude_max=True), t=st.integers(1, 10**6))
@settings(derandomize=True)
def test_correction_has_no_cancellation(beta: float, t: int) -> None:
    """1 - beta**t is right to 8 ulp for every beta in [0, 1) and t."""
    with localcontext() as context:
        context.prec = 80
        exact = 1 - Decimal(beta) ** t
        found = Decimal(_kernels.correction(beta, t))
        assert abs(found - exact) <= 8 * Decimal(2) ** -53 * exact


def test_sgd_is_gradient_descent() -> None:
    """SGD is another name of the same class."""
    assert SGD is GradientDescent


@pytest.mark.parametrize("lr_inside", [True, False])
def test_nesterov_forms_agree(lr_inside: bool) -> None:
    """From one start, shifted parameters are the lookahead form's points ahead."""
    (x,) = drawn(2, 5)
    y, points = x.copy(), []

    def gradient(point: np.ndarray) -> np.ndarray:
        points.append(point.copy())
        return 2.0 * point - 1.0

    ahead = Nesterov(lr=0.1, lr_inside=lr_inside)
    shifted = Nesterov(lr=0.1, lr_inside=lr_inside, form="shifted")
    for _ in range(5):
        ahead.step(x, gradient)
        np.testing.assert_allclose(y, points[-1], rtol=1e-13, atol=1e-14)
        shifted.step(y, 2.0 * y - 1.0)
    assert len(points) == 5


@pytest.mark.parametrize("lr_inside", [True, False])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_lookahead_gets_temporaries(dtype: type, lr_inside: bool) -> None:
    """The function gets new arrays of the parameters' structure, and may overwrite them."""
    params = [np.arange(6.0, dtype=dtype).reshape(2, 3), np.ones(4, dtype)]
    seen: list[np.ndarray] = []

    def gradient(points: list[np.ndarray]) -> list[np.ndarray]:
        seen.extend(points)
        grads = [np.ones_like(p) for p in points]
        for p in points:
            p[...] = np.nan
        return grads

    opt = Nesterov(lr=0.5, momentum=0.5, lr_inside=lr_inside)
    for _ in range(2):
        before = [p.copy() for p in params]
        opt.step(params, gradient)
    assert [(p.shape, p.dtype) for p in seen] == 2 * [(p.shape, p.dtype) for p in params]
    assert not any(np.shares_memory(a, b) for a in seen for b in params)
    for p, old in zip(params, before, strict=True):
        np.testing.assert_array_equal(p, old - dtype(0.75))


@pytest.mark.parametrize("make", [Momentum, lambda **h: Nesterov(form="shifted", **h)])
def test_momentum_of_one_step(make: type[Momentum]) -> None:
    """step(momentum=...) is the constructor's momentum for that step only."""
    (x, g) = drawn(4, 5, 5)
    y = x.copy()
    changing, low, high = make(momentum=0.25), make(momentum=0.25), make(momentum=0.75)
    for mu in (None, 0.75, None):
        changing.step(x, g, momentum=mu)
        fixed, other = (high, low) if mu else (low, high)
        fixed.step(y, g)
        other.step(y.copy(), g)
        other.load_state_dict(fixed.state_dict())
    np.testing.assert_array_equal(x, y)
    assert changing.hyper["momentum"] == 0.25


def test_momentum_of_one_lookahead_step() -> None:
    """The momentum of a step also sets its point ahead."""
    x, points = np.zeros(1), []
    opt = Nesterov(lr=1.0, momentum=0.0)

    def gradient(p: np.ndarray) -> np.ndarray:
        points.append(p.copy())
        return np.ones(1)

    opt.step(x, gradient)
    opt.step(x, gradient, momentum=0.5)
    assert points[1] == [-1.5]
    assert x == [-2.5]


def test_rate_of_one_step() -> None:
    """step(lr=...) replaces the constructor's rate for that step; a sequence gives one each."""
    p = [np.zeros(2), np.zeros(3), np.zeros(())]
    g = [np.ones(2), np.ones(3), np.ones(())]
    opt = GradientDescent(lr=8.0)
    opt.step(p, g, lr=1)
    opt.step(p, g, lr=[0.25, 0.5, 0.0])
    opt.step(p, g, lr=np.array([2.0, 0.0, 4.0]))
    assert [float(a.flat[0]) for a in p] == [-3.25, -1.5, -5.0]
    opt.step(p, g)
    assert [float(a.flat[0]) for a in p] == [-11.25, -9.5, -13.0]


def test_square_overflows_late() -> None:
    """(1 - beta2) * g * g is finite where it can be, though g * g is not."""
    g = np.array([1.5e154])
    opt = build(("Adam", {}))
    opt.step(np.zeros(1), g)
    assert np.isfinite(opt.state_dict()["v"][0]).all()
