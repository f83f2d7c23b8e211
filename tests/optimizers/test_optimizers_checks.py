"""Bad input raises, says what, why and the cure, and changes nothing."""

import inspect
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from optimizer_cases import FULL, Case, bits, build, label, looks_ahead, snapshot

from refmath import optimizers
from refmath.errors import InvalidInput, RefmathError
from refmath.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer

CLASSES = [
    c
    for c in vars(optimizers).values()
    if isinstance(c, type) and issubclass(c, Optimizer) and c is not Optimizer
]
BELOW_ONE = {"momentum", "rho", "beta1", "beta2"}
NUMBERS = {
    "lr", "eps", "weight_decay", "initial_accumulator", "lr_decay", "momentum_decay", "dampening",
} | BELOW_ONE  # fmt: skip
PAIRS = [(c, name) for c in CLASSES for name in inspect.signature(c).parameters]


@pytest.mark.parametrize("value", [-1e-9, np.nan, np.inf, -np.inf, "0.1", None, 1j, True, [0.1]])
@pytest.mark.parametrize(("make", "name"), [p for p in PAIRS if p[1] in NUMBERS], ids=str)
def test_bad_number(make: type[Optimizer], name: str, value: Any) -> None:
    """A number outside its domain, not finite or not real raises with name=value and domain."""
    with pytest.raises(InvalidInput, match=r"=.* is outside \[0, (1|oo)[\])]: ") as caught:
        make(**{name: value})
    assert str(caught.value).startswith(f"{name}={value!r} is outside ")


@pytest.mark.parametrize(("make", "name"), [p for p in PAIRS if p[1] in BELOW_ONE], ids=str)
def test_one_is_outside(make: type[Optimizer], name: str) -> None:
    """Shares kept per step are below 1."""
    with pytest.raises(InvalidInput, match=rf"^{name}=1.0 is outside \[0, 1\): "):
        make(**{name: 1.0})
    make(**{name: 1.0 - 2.0**-53})
    make(**{name: 0})


@pytest.mark.parametrize("value", [1, 0, "yes", None])
@pytest.mark.parametrize(
    ("make", "name"), [p for p in PAIRS if p[1] not in NUMBERS | {"form"}], ids=str
)
def test_bad_flag(make: type[Optimizer], name: str, value: Any) -> None:
    """A switch takes a bool only."""
    with pytest.raises(InvalidInput, match=rf"^{name}=.*bool"):
        make(**{name: value})


def test_bad_form() -> None:
    """Nesterov has two forms."""
    with pytest.raises(InvalidInput, match=r"form='ahead'.*lookahead.*shifted"):
        Nesterov(form="ahead")
    with pytest.raises(InvalidInput, match="form=1"):
        Nesterov(form=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", CLASSES)
def test_keywords_and_hyper(make: type[Optimizer]) -> None:
    """Arguments are keywords; `hyper` and the repr show them all with their values."""
    signature = inspect.signature(make)
    assert {p.kind for p in signature.parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    defaults = {name: p.default for name, p in signature.parameters.items()}
    opt = make()
    assert opt.hyper == defaults
    assert ("decoupled" in defaults) == (make is not AdamW)
    assert eval(repr(opt), vars(optimizers)).hyper == opt.hyper
    opt.hyper["lr"] = 7.0
    assert opt.hyper == defaults


def test_other_real_numbers() -> None:
    """Ints, fractions and NumPy scalars are real numbers; they become floats."""
    opt = Adam(lr=1, beta1=Fraction(1, 2), eps=np.float32(0.5))  # type: ignore[arg-type]
    assert [opt.hyper[k] for k in ("lr", "beta1", "eps")] == [1.0, 0.5, 0.5]
    assert type(opt.hyper["lr"]) is float
    with pytest.raises(InvalidInput, match="lr="):
        Adam(lr=10**400)


def test_errors_are_value_errors() -> None:
    """InvalidInput is a RefmathError and a ValueError."""
    with pytest.raises(ValueError, match="lr"):
        SGD(lr=-1)
    with pytest.raises(RefmathError):
        SGD(lr=-1)


def _read_only(a: np.ndarray) -> np.ndarray:
    a.flags.writeable = False
    return a


A, B = (np.ones((2, 3)), np.ones(4))
BAD_STEPS: list[tuple[str, Any, Any, dict[str, Any]]] = [
    ("params: expected an ndarray or a list", 3.0, [A], {}),
    ("params: expected an ndarray or a list", {"a": A}, [A], {}),
    (r"params\[1\]: expected an ndarray", [A, [1.0]], [A, B], {}),
    (r"params\[1\]: expected an ndarray", [A, np.float64(1.0)], [A, B], {}),
    (r"params\[1\].*found int64", [A, np.ones(4, np.int64)], [A, B], {}),
    (r"params\[1\].*found complex128", [A, B + 0j], [A, B], {}),
    (r"params\[1\].*read-only", [A, _read_only(np.ones(4))], [A, B], {}),
    (r"params\[1\].*expected shape \(4,\)", [A, np.ones(5)], [A, np.ones(5)], {}),
    ("expected 2 tensors.*found 1", [A], [A], {}),
    ("expected 2 entries.*found 1", [A, B], [A], {}),
    ("grads: expected a list", [A, B], np.ones(2), {}),
    ("grads: expected a list", [A, B], None, {}),
    (r"grads\[1\].*expected shape \(4,\).*found \(4, 1\)", [A, B], [A, np.ones((4, 1))], {}),
    (r"grads\[1\].*float64.*found float32", [A, B], [A, B.astype(np.float32)], {}),
    (r"grads\[1\]: expected an ndarray", [A, B], [A, [1.0] * 4], {}),
    (r"lr=-1.* is outside \[0, oo\)", [A, B], [A, B], {"lr": -1.0}),
    (r"lr=nan is outside", [A, B], [A, B], {"lr": np.nan}),
    (r"lr\[1\]=inf is outside", [A, B], [A, B], {"lr": [0.1, np.inf]}),
    ("lr: expected 2 rates.*found 3", [A, B], [A, B], {"lr": [0.1] * 3}),
    ("lr='fast' is outside", [A, B], [A, B], {"lr": "fast"}),
]


def _first(opt: Optimizer) -> None:
    params = [np.ones((2, 3)), np.ones(4)]
    grads = [np.full_like(p, 0.5) for p in params]
    opt.step(params, (lambda _: grads) if looks_ahead(opt) else grads)


@pytest.mark.parametrize(("text", "params", "grads", "more"), BAD_STEPS)
@pytest.mark.parametrize("case", FULL, ids=label)
def test_bad_step(case: Case, text: str, params: Any, grads: Any, more: dict[str, Any]) -> None:
    """A step with a bad argument raises and leaves parameters and state as they were."""
    opt = build(case)
    _first(opt)
    before = snapshot(opt)
    values = bits(*(p for p in params if isinstance(p, np.ndarray))) if params != 3.0 else []
    with pytest.raises(InvalidInput, match=text):
        opt.step(params, (lambda _: grads) if looks_ahead(opt) else grads, **more)
    assert snapshot(opt) == before
    if params != 3.0:
        assert bits(*(p for p in params if isinstance(p, np.ndarray))) == values


def test_bad_first_step_allocates_nothing() -> None:
    """A refused first step binds the optimizer to nothing."""
    opt = Adam()
    with pytest.raises(InvalidInput):
        opt.step([np.ones(3)], [np.ones(4)])
    assert opt.state_dict() == {"t": [], "m": [], "v": []}
    opt.step(np.ones(5), np.ones(5))


@pytest.mark.parametrize("opt", [Momentum(), Nesterov(form="shifted"), Nesterov()], ids=repr)
def test_bad_momentum_of_one_step(opt: Momentum | Nesterov) -> None:
    """step(momentum=1.0) raises before anything, also before the gradients are asked for."""

    def gradient(_: Any) -> Any:
        raise AssertionError("called")

    p = np.ones(2)
    with pytest.raises(InvalidInput, match=r"momentum=1.0 is outside \[0, 1\)"):
        opt.step(p, gradient if looks_ahead(opt) else np.ones(2), momentum=1.0)
    assert (p == 1.0).all()


def test_function_where_arrays_are_wanted() -> None:
    """Only the lookahead form takes, and needs, a function for the gradients."""
    p = np.ones(2)
    with pytest.raises(InvalidInput, match=r"expected arrays.*form='lookahead'"):
        Nesterov(form="shifted").step(p, lambda x: x)
    with pytest.raises(InvalidInput, match=r"expected a function.*form='shifted'"):
        Nesterov().step(p, np.ones(2))
    with pytest.raises(InvalidInput, match="grads: expected an ndarray, found function"):
        SGD().step(p, lambda x: x)  # type: ignore[arg-type]
    assert (p == 1.0).all()
