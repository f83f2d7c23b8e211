"""Every convention that was run: the framework computes what the convention says."""

import inspect
from collections.abc import Iterator
from typing import Any

import jax
import keras
import numpy as np
import optax
import pytest
import sklearn
import torch
from convention_cases import deviation, hyper_of, inputs, reference, run

import refmath
from refmath import conventions, rules
from refmath.conventions import Convention
from refmath.errors import UnknownName
from refmath.oracle.adapters import resolve
from refmath.oracle.adapters.load import load
from refmath.oracle.subject import Configuration

# In float64 ten steps of a dozen operations keep far within this; a wrong form is beyond 1e-6.
BOUND = 1e-11
PEERS = (jax, keras, optax, sklearn, torch)
RAN = [c for c in conventions.ALL if c.ran]
CASES = [
    pytest.param(c, place, id="-".join((c.label, *map("=".join, place.items()))))
    for c in RAN
    for place in c.positions(2)
]
EACH = pytest.mark.parametrize("convention", conventions.ALL, ids=lambda c: c.label)
EACH_RAN = pytest.mark.parametrize("convention", RAN, ids=lambda c: c.label)


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    """The torch NAdam keeps its product of momenta in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def _stepper_of(convention: Convention, place: dict[str, str]) -> Any:
    hyper = hyper_of(convention.form(place), convention)
    return resolve(convention.target).make(inputs()[0], Configuration(hyper, place, "float64"))


@pytest.mark.parametrize(("convention", "place"), CASES)
def test_peer_computes_its_convention(convention: Convention, place: dict[str, str]) -> None:
    """In every position the parameters follow the kernel, and so does the state it shows."""
    form = convention.form(place)
    stepper = _stepper_of(convention, place)
    path, states = reference(form, hyper_of(form, convention))
    assert deviation(run(stepper.step), path) < BOUND
    for name, values in stepper.state().items():
        for found, expected in zip(values, states[name], strict=True):
            np.testing.assert_allclose(found, expected, rtol=BOUND, atol=BOUND)


@pytest.mark.parametrize(
    "convention", [c for c in RAN if c.form({}) != rules.get(c.rule)], ids=lambda c: c.label
)
def test_peer_is_told_from_the_canonical_form(convention: Convention) -> None:
    """Where a framework's form is not the canonical one, the same comparison rejects that one."""
    canonical = rules.get(convention.rule)
    path, _ = reference(canonical, hyper_of(canonical, convention))
    assert deviation(run(_stepper_of(convention, {}).step), path) > 1e-6


@EACH
def test_convention_resolves(convention: Convention) -> None:
    """Every position is a rule whose hyperparameters all have a name or a value."""
    convention.check()


@EACH
def test_names_are_in_use(convention: Convention) -> None:
    """No name, default or switch position is told that no position needs."""
    used = {key for place in convention.positions(2) for key in convention.form(place).hyper}
    assert set(convention.names) <= used
    assert set(convention.defaults) <= used
    reached = {(s, o) for place in convention.positions(2) for s, o in place.items()}
    for switch in convention.switches:
        for option in switch.choices:
            assert option == switch.default or (switch.name, option) in reached


@EACH
def test_only_what_ran_has_a_target(convention: Convention) -> None:
    """A target can be imported; what was only read has none, and says which version was read."""
    assert bool(convention.target) == convention.ran
    assert convention.version


def test_labels_are_unique() -> None:
    """Framework and optimizer name a convention."""
    labels = [c.label for c in conventions.ALL]
    assert len(set(labels)) == len(labels)


def _default_of(signature: inspect.Signature, name: str) -> Any:
    whole, _, place = name.partition(".")
    value = signature.parameters[whole].default
    return value[int(place)] if place else value


@EACH_RAN
def test_defaults_are_the_signatures(convention: Convention) -> None:
    """A default is told exactly where the framework has one, with its value; None counts as off."""
    signature = inspect.signature(load(convention.target))
    for key, name in convention.names.items():
        default = _default_of(signature, name)
        if default is None:
            assert float(convention.defaults.get(key, "0")) == 0.0
        elif default is inspect.Parameter.empty:
            assert key not in convention.defaults
        else:
            assert float(convention.defaults[key]) == float(default), key


@EACH_RAN
def test_switches_are_arguments(convention: Convention) -> None:
    """What a position passes is an argument, and not the framework's default of it."""
    parameters = inspect.signature(load(convention.target)).parameters
    for switch in convention.switches:
        for option, choice in switch.choices.items():
            for name, value in choice.arguments.items():
                assert name in parameters
                assert option == switch.default or parameters[name].default != value


def test_own_version() -> None:
    """The conventions of this package are those of this version."""
    own = conventions.find("refmath")
    assert {c.version for c in own} == {refmath.__version__}


def test_find() -> None:
    """Conventions are found by framework, rule (switches included) and optimizer."""
    assert [c.optimizer for c in conventions.find("torch", rule="nesterov")] == ["SGD"]
    assert [c.optimizer for c in conventions.find("optax", rule="nadam")] == [
        "nadam", "nadamw", "adam", "adamw"
    ]
    assert conventions.find("keras", optimizer="Adam")[0].target == "keras.optimizers:Adam"
    assert conventions.for_target("optax:adam") is conventions.find("optax", optimizer="adam")[0]
    assert conventions.for_target("optax:nothing") is None
    assert conventions.frameworks()[0] == "refmath"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"framework": "torhc"}, "unknown framework 'torhc'. Did you mean 'torch'?"),
        ({"framework": "torch", "rule": "amsgrad"}, "unknown rule of torch 'amsgrad'"),
        ({"framework": "keras", "optimizer": "Adm"}, "Did you mean 'Adam'?"),
    ],
)
def test_find_helps(arguments: dict[str, str], message: str) -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(UnknownName) as error:
        conventions.find(**arguments)
    assert message in str(error.value)
