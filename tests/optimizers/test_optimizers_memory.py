"""What a step writes to, what it leaves alone, and what it keeps."""

from typing import Any

import numpy as np
import pytest
from optimizer_cases import FULL, Case, advance, bits, build, drawn, label, snapshot

from refmath.errors import InvalidInput
from refmath.optimizers import SGD, Adam, Nesterov


@pytest.mark.parametrize("case", FULL, ids=label)
def test_in_place(case: Case) -> None:
    """The caller's arrays change, and the very same objects come back."""
    params = drawn(11, (2, 3), (), 0, 4)
    kept, before = list(params), bits(*params)
    opt, grads = build(case), [np.ones_like(p) for p in params]
    assert advance(opt, params, grads) is params
    assert all(a is b for a, b in zip(params, kept, strict=True))
    assert [a != b for a, b in zip(bits(*params), before, strict=True)] == [True, True, False, True]
    assert opt.state_dict()["t"] == [1, 1, 1, 1]


def test_one_array_list_and_tuple() -> None:
    """One array, a list of it and a tuple of it give the same bits and come back as given."""
    (values, g) = drawn(12, 5, 5)
    one, listed, tupled = values.copy(), [values.copy()], (values.copy(),)
    assert Adam().step(one, g) is one
    assert Adam().step(listed, (g,)) is listed
    assert Adam().step(tupled, [g]) is tupled
    assert bits(one) == bits(*listed) == bits(*tupled)


def test_scalar_gradient_of_a_0d_array() -> None:
    """A NumPy scalar, what arithmetic on 0-d arrays gives, serves as a 0-d gradient."""
    p = np.array(2.0)
    SGD(lr=0.5).step(p, 2.0 * p)
    assert p == 0.0
    assert p.shape == ()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("case", FULL, ids=label)
def test_gradients_are_only_read(case: Case, dtype: type) -> None:
    """Gradients keep their bits, and may be read-only."""
    params = drawn(13, (3, 4), 7, dtype=dtype)
    grads = drawn(14, (3, 4), 7, dtype=dtype)
    for g in grads:
        g.flags.writeable = False
    before = bits(*grads)
    opt = build(case, **({} if case[0] == "AdamW" else {"maximize": True}))
    for _ in range(2):
        advance(opt, params, grads)
    assert bits(*grads) == before


@pytest.mark.parametrize("case", FULL, ids=label)
def test_a_gradient_buffer_may_be_reused(case: Case) -> None:
    """Gradients written to one buffer have the effect of gradients in arrays of their own."""
    start, *grads = drawn(15, *[6] * 5)
    buffer, one, two = np.empty(6), start.copy(), start.copy()
    first, second = build(case), build(case)
    for g in grads:
        buffer[...] = g
        advance(first, one, buffer)
        buffer[...] = np.nan
        advance(second, two, g)
    assert bits(one) == bits(two)
    assert snapshot(first) == snapshot(second)


@pytest.mark.parametrize("case", FULL, ids=label)
def test_a_gradient_may_lie_in_a_parameter(case: Case) -> None:
    """Gradients that overlap parameters are taken as they were before the step."""
    whole, other = drawn(16, 8, 8)
    views = [whole[:8], other[::-1]]
    overlapping = [other[::-1], whole[:8]]
    params = [p.copy() for p in views]
    separate = [g.copy() for g in overlapping]
    advance(build(case), views, overlapping)
    advance(build(case), params, separate)
    assert bits(*map(np.ascontiguousarray, views)) == bits(*params)

    one, shifted = whole.copy(), whole.copy()
    advance(build(case), one[1:], one[1:].copy())
    advance(build(case), shifted[1:], shifted[1:])
    assert bits(one) == bits(shifted)


def test_a_gradient_may_overlap_in_part() -> None:
    """A gradient that is the parameter's memory moved by one element is read before the write."""
    buffer = np.arange(200_001, dtype=np.float64)
    expected = buffer[1:] - buffer[:-1]
    SGD(lr=1.0).step(buffer[1:], buffer[:-1])
    np.testing.assert_array_equal(buffer[1:], expected)


def test_interleaved_parameters_are_separate() -> None:
    """Views of one buffer that share no element can be stepped together."""
    buffer = np.zeros(7)
    SGD(lr=1.0).step([buffer[::2], buffer[1::2]], [np.ones(4), np.full(3, 2.0)])
    assert buffer.tolist() == [-1.0, -2.0] * 3 + [-1.0]


@pytest.mark.parametrize("pick", [lambda a: [a, a], lambda a: [a[:3], np.zeros(2), a[2:]]])
def test_shared_parameters_are_refused(pick: Any) -> None:
    """Two parameters in the same memory raise, and nothing changes."""
    a = np.ones(6)
    params = pick(a)
    with pytest.raises(InvalidInput, match=r"params\[0\] and params\[[12]\].*share"):
        SGD().step(params, [np.ones_like(p) for p in params])
    assert (a == 1.0).all()


@pytest.mark.parametrize("case", FULL, ids=label)
def test_none_skips_a_tensor(case: Case) -> None:
    """A tensor without a gradient keeps its bits, its state and its step count."""
    a, b, *grads = drawn(17, *[4] * 8)
    both, alone = [a.copy(), b.copy()], a.copy()
    opt, single = build(case), build(case)
    for t in range(3):
        advance(opt, both, [grads[2 * t] if t != 1 else None, grads[2 * t + 1]])
        if t != 1:
            advance(single, alone, grads[2 * t])
    assert opt.state_dict()["t"] == [2, 3]
    assert bits(both[0]) == bits(alone)
    for name in opt.state_names:
        assert np.array_equal(opt.state_dict()[name][0], single.state_dict()[name][0])


def test_none_for_the_only_array() -> None:
    """None skips also a single array, and the state is there for the next step."""
    p, opt = np.ones(3), Adam()
    opt.step(p, None)
    assert (p == 1.0).all()
    assert opt.state_dict()["t"] == [0]
    assert not opt.state_dict()["m"][0].any()


def test_no_tensors() -> None:
    """An empty list of parameters is a step without effect."""
    assert Adam().step([], []) == []


def test_failing_gradient_function_changes_nothing() -> None:
    """An exception from the function for the gradients passes through a step without effect."""
    p, opt = np.ones(3), Nesterov()
    opt.step(p, lambda x: x)
    before = bits(p), snapshot(opt)

    def failing(points: np.ndarray) -> np.ndarray:
        points[...] = 7.0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        opt.step(p, failing)
    assert (bits(p), snapshot(opt)) == before
