"""Saving, restoring and forgetting the state."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from optimizer_cases import FULL, Case, advance, bits, build, drawn, label, snapshot

from refmath.errors import InvalidInput
from refmath.optimizers import SGD, Adam, AdamW, NAdam, Nesterov, Optimizer, RMSProp

SHAPES: tuple[Any, ...] = ((2, 3), (), 0, 5)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("via", ["load", "pickle", "deepcopy"])
@pytest.mark.parametrize("case", FULL, ids=label)
def test_four_and_four_are_eight(case: Case, via: str, dtype: type) -> None:
    """Four steps, saved and restored, and four more give the bits of eight steps."""
    params = drawn(20, *SHAPES, dtype=dtype)
    other = [p.copy() for p in params]
    grads = [drawn(21 + t, *SHAPES, dtype=dtype) for t in range(8)]
    grads[1][0] = None
    one, two = build(case), build(case)
    for g in grads:
        advance(one, params, g)
    for g in grads[:4]:
        advance(two, other, g)
    if via == "load":
        saved, two = two.state_dict(), build(case)
        two.load_state_dict(saved)
    else:
        two = pickle.loads(pickle.dumps(two)) if via == "pickle" else copy.deepcopy(two)
    for g in grads[4:]:
        advance(two, other, g)
    assert bits(*params) == bits(*other)
    assert snapshot(one) == snapshot(two)


def _stepped(opt: Optimizer) -> tuple[Optimizer, list[np.ndarray]]:
    params = [np.ones((2, 3)), np.ones(4, np.float32)]
    opt.step(params, [np.ones_like(p) for p in params])
    return opt, params


def test_state_dict_names_and_types() -> None:
    """The state has the step counts and the rule's names, with the parameters' shapes."""
    saved = _stepped(NAdam())[0].state_dict()
    assert list(saved) == ["t", "m", "v", "P"]
    assert saved["t"] == [1, 1]
    assert [(a.shape, a.dtype) for a in saved["m"]] == [((2, 3), float), ((4,), np.float32)]
    assert [type(x) for x in saved["P"]] == [float, float]
    assert SGD().state_dict() == {"t": []}


def test_state_is_copied_both_ways() -> None:
    """Changing what was saved, or what was loaded from, does not change an optimizer."""
    opt, _ = _stepped(Adam())
    saved = opt.state_dict()
    other = Adam()
    other.load_state_dict(saved)
    before = snapshot(opt)
    saved["m"][0][...] = np.nan
    saved["t"][0] = 99
    assert snapshot(opt) == snapshot(other) == before


def test_state_of_half_precision_is_single() -> None:
    """States of float16 parameters are float32."""
    opt = Adam()
    opt.step(np.ones(3, np.float16), np.ones(3, np.float16))
    assert opt.state_dict()["m"][0].dtype == np.float32


def test_names_follow_the_options() -> None:
    """An instance's state_names are what it keeps; a class's are what it may keep."""
    assert RMSProp.state_names == ("r", "c", "b")
    assert RMSProp().state_names == ("r",)
    assert RMSProp(momentum=0.5).state_names == ("r", "b")
    assert RMSProp(centered=True).state_names == ("r", "c")
    assert Adam.state_names == Adam(amsgrad=True).state_names == ("m", "v", "vmax")
    assert Adam().state_names == ("m", "v")


def test_reset_forgets() -> None:
    """After reset a step is a first one, also on other parameters."""
    opt, _ = _stepped(Adam())
    opt.reset()
    assert opt.state_dict() == {"t": [], "m": [], "v": []}
    p, q = np.ones(7), np.ones(7)
    opt.step(p, q)
    Adam().step(q, q.copy())
    assert bits(p) == bits(q)


def test_loading_an_unused_state_resets() -> None:
    """What was saved before a first step restores that."""
    opt, _ = _stepped(NAdam())
    opt.load_state_dict(NAdam().state_dict())
    assert opt.state_dict() == NAdam().state_dict()


def test_looking_ahead_after_an_unused_state() -> None:
    """A state without velocities looks ahead to the parameter itself."""
    fresh, loaded = Nesterov(lr=0.1), Nesterov(lr=0.1)
    loaded.load_state_dict(fresh.state_dict())
    p, q = np.ones(3), np.ones(3)
    for _ in range(3):
        fresh.step(p, np.sin)
        loaded.step(q, np.sin)
    assert bits(p) == bits(q)


def _without(d: dict[str, Any], name: str) -> dict[str, Any]:
    return {k: v for k, v in d.items() if k != name}


BAD_STATES: list[tuple[str, Any]] = [
    ("names", lambda d: _without(d, "v")),
    ("names", lambda d: d | {"x": []}),
    ("mapping", lambda d: list(d)),
    ("list", lambda d: d | {"t": 3}),
    ("number of steps", lambda d: d | {"t": [1, -1]}),
    ("number of steps", lambda d: d | {"t": [1, 1.5]}),
    ("number of steps", lambda d: d | {"t": [1, True]}),
    ("2 entries", lambda d: d | {"m": d["m"][:1]}),
    ("3 entries|found 3", lambda d: d | {"t": [1, 1, 1]}),
    ("finite float", lambda d: d | {"P": [1.0, np.nan]}),
    ("finite float", lambda d: d | {"P": [1.0, "1"]}),
    ("ndarray", lambda d: d | {"m": [d["m"][0], [0.0] * 4]}),
    ("float16", lambda d: d | {"m": [d["m"][0], d["m"][1].astype(np.float16)]}),
    ("shape", lambda d: d | {"m": [d["m"][0].T, d["m"][1]]}),
    ("float64", lambda d: d | {"m": [d["m"][0], d["m"][1].astype(float)]}),
]


@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize(("text", "spoil"), BAD_STATES)
def test_bad_state_is_refused(text: str, spoil: Any, used: bool) -> None:
    """A state that does not fit raises, says why, and changes nothing."""
    source, _ = _stepped(NAdam())
    opt = _stepped(NAdam())[0] if used else NAdam()
    before = snapshot(opt)
    with pytest.raises(InvalidInput, match=text):
        opt.load_state_dict(spoil(source.state_dict()))
    assert snapshot(opt) == before


def test_state_of_other_tensors_is_refused() -> None:
    """A state of another number of tensors does not load into an optimizer that has stepped."""
    opt, _ = _stepped(SGD())
    with pytest.raises(InvalidInput, match=r"expected 2 tensors.*found 1.*reset\(\)"):
        opt.load_state_dict({"t": [4]})


@pytest.mark.parametrize(
    "params",
    [
        [np.ones((2, 3))],
        [np.ones((3, 2)), np.ones(4, np.float32)],
        [np.ones((2, 3)), np.ones(4)],
    ],
)
@pytest.mark.parametrize("restored", [True, False])
@pytest.mark.parametrize("make", [Adam, AdamW])
def test_other_parameters_are_refused(
    make: type[Adam], restored: bool, params: list[np.ndarray]
) -> None:
    """Parameters of another number, shape or dtype than the state's raise and stay as they are."""
    opt, _ = _stepped(make())
    if restored:
        saved, opt = opt.state_dict(), make()
        opt.load_state_dict(saved)
    before = snapshot(opt), bits(*params)
    with pytest.raises(InvalidInput, match=r"expected .* found .*reset\(\)"):
        opt.step(params, [np.ones_like(p) for p in params])
    assert (snapshot(opt), bits(*params)) == before
