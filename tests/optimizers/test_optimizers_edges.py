"""NaN, infinity, zero denominators, half precision and the ends of the number range."""

from typing import Any

import numpy as np
import pytest
from optimizer_cases import CASES, FULL, Case, advance, bits, build, drawn, label

DTYPES = [np.float16, np.float32, np.float64]
WITH_EPS = [case for case in CASES if "eps" in build(case).hyper]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=label)
def test_nan_stays_in_its_coordinate(case: Case, dtype: type) -> None:
    """A NaN in one gradient is a NaN in that coordinate for good; the others keep their bits."""
    start, *grads = drawn(30, *[7] * 4, dtype=dtype)
    clean, spoilt = start.copy(), start.copy()
    one, two = build(case), build(case)
    for t, g in enumerate(grads):
        advance(one, clean, g)
        g[3] = np.nan if t == 0 else g[3]
        advance(two, spoilt, g)
        assert np.isnan(spoilt[3])
        assert bits(np.delete(clean, 3)) == bits(np.delete(spoilt, 3))


@pytest.mark.parametrize("eps", [0.0, 1e-8])
@pytest.mark.parametrize("case", WITH_EPS, ids=label)
def test_nan_is_not_taken_for_a_zero_denominator(case: Case, eps: float) -> None:
    """With and without eps a NaN gradient gives a NaN, on the first step and on a later one."""
    opt, theta = build(case, eps=eps), np.zeros(3)
    advance(opt, theta, np.array([np.nan, 0.0, 1.0]))
    assert np.isnan(theta).tolist() == [True, False, False]
    advance(opt, theta, np.array([0.0, np.nan, 1.0]))
    assert np.isnan(theta).tolist() == [True, True, False]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=label)
def test_infinity_is_not_hidden(case: Case, dtype: type) -> None:
    """An infinite gradient makes its coordinate, and no other, infinite or NaN; nothing warns."""
    opt, theta = build(case), np.zeros(3, dtype)
    advance(opt, theta, np.array([np.inf, 1.0, -np.inf], dtype))
    assert np.isfinite(theta).tolist() == [False, True, False]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", WITH_EPS, ids=label)
def test_zero_denominator_does_not_move(case: Case, dtype: type) -> None:
    """With g = 0 and eps = 0 a coordinate stays, also after it has stayed before."""
    case = (case[0], {k: v for k, v in case[1].items() if k != "initial_accumulator"})
    opt = build(case, eps=0.0, weight_decay=0.0)
    theta = np.array([1.5, -2.5, 0.0], dtype)
    for _ in range(3):
        advance(opt, theta, np.array([0.0, 1.0, -0.0], dtype))
        assert theta[0] == 1.5
        assert theta[2] == 0.0
        assert np.isfinite(theta[1])
    assert (theta[1] != -2.5) == (case[0] != "Adadelta")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=label)
def test_zero_gradient_stays_finite(case: Case, dtype: type) -> None:
    """With g = 0 and eps as it is (1e-8 is 0 in float16) all stays finite, without warnings."""
    opt, theta = build(case), np.array([1.0, 0.0, -3.0], dtype)
    for _ in range(3):
        advance(opt, theta, np.zeros(3, dtype))
        assert np.isfinite(theta).all()


@pytest.mark.parametrize("case", FULL, ids=label)
def test_half_precision_is_single_rounded_once(case: Case) -> None:
    """A float16 step has the bits of the float32 step rounded to float16."""
    start, *grads = drawn(31, *[33] * 5, dtype=np.float16)
    half, single = start.copy(), start.astype(np.float32)
    one, two = build(case), build(case)
    for g in grads:
        if case[1].get("form") == "lookahead":
            # The point ahead is handed out in float16; a constant gradient leaves it unused.
            one.step(half, lambda _, g=g: g)
            two.step(single, lambda _, g=g: g.astype(np.float32))
        else:
            one.step(half, g)
            two.step(single, g.astype(np.float32))
        single[...] = single.astype(np.float16)
        assert bits(half) == bits(single.astype(np.float16))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=label)
def test_ends_of_the_range_do_not_warn(case: Case, dtype: type) -> None:
    """Overflow and underflow inside a step show in its result only."""
    info = np.finfo(dtype)
    g = np.array([info.max, -info.max, info.tiny, info.smallest_subnormal, 0.0], dtype)
    opt, theta = build(case), np.ones(5, dtype)
    for lr in (None, 1e300, 1e-300):
        advance(opt, theta, g, lr=lr)
    assert theta.shape == (5,)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("more", [{}, {"eps_inside": False}, {"momentum": 0.5}], ids=str)
def test_rounded_variance_is_not_negative(more: dict[str, Any], dtype: type) -> None:
    """Under constant gradients, where r - c * c rounds below 0, centered RMSProp stays real."""
    (g,) = drawn(32, 200, dtype=dtype)
    theta, opt = np.zeros_like(g), build(("RMSProp", {"centered": True, "eps": 0.0} | more))
    below = False
    for _ in range(400):
        opt.step(theta, g)
        state = opt.state_dict()
        below |= bool((state["r"][0] < state["c"][0] ** 2).any())
        assert np.isfinite(theta).all()
    assert below


def test_initial_accumulator_beyond_the_dtype() -> None:
    """An initial accumulator too large for float32 is infinite there, and does not warn."""
    opt, theta = build(("AdaGrad", {"initial_accumulator": 1e300})), np.ones(2, np.float32)
    opt.step(theta, np.ones(2, np.float32))
    assert (theta == 1.0).all()
    assert np.isinf(opt.state_dict()["r"][0]).all()


def test_decay_smaller_than_rounding_of_one() -> None:
    """A decoupled decay below half an ulp of 1 still acts through the sum with the step."""
    opt = build(("AdamW", {"lr": 1.0, "weight_decay": 2.0**-25, "beta1": 0.0, "beta2": 0.0}))
    theta = np.full(1, 2.0**24, np.float32)
    opt.step(theta, np.ones(1, np.float32))
    assert theta == np.float32(2.0**24 - 1.5)


def test_an_even_learning_rate_of_zero() -> None:
    """With a learning rate of 0 the state advances and the parameters stay."""
    opt, theta = build(("Adam", {"lr": 0.0})), np.ones(2)
    opt.step(theta, np.ones(2))
    assert (theta == 1.0).all()
    assert opt.state_dict()["m"][0].all()
