"""Adapters: what they hand over, what they leave alone, and how a target is resolved."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np
import optax
import pytest
import torch
from jax.example_libraries import optimizers as example
from sklearn.neural_network import _stochastic_optimizers as perceptron

import refmath.optimizers
from refmath import conventions
from refmath.conventions import Convention
from refmath.errors import InvalidInput, SubjectError, UnknownName
from refmath.formats import format_of
from refmath.oracle.adapters import resolve
from refmath.oracle.subject import Configuration, Subject

RAN = [c for c in conventions.ALL if c.ran]


def _label(value: object) -> str:
    """A name without addresses: two workers must collect the same tests."""
    text = str(getattr(value, "__name__", value) if callable(value) else value)
    return text.split(" at 0x")[0][:40]


EACH = pytest.mark.parametrize("convention", RAN, ids=lambda c: c.label)
SHAPES = ((3,), (), (2, 2), (0,), (17,))


def _tensors(dtype: str, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [format_of(dtype).round(rng.standard_normal(s)) for s in SHAPES]


def _configuration(convention: Convention, dtype: str = "float64") -> Configuration:
    usual = {"eps": 2.0**-6, "lr": 0.05, "momentum": 0.75}
    hyper = {
        k: usual.get(k, float(convention.defaults.get(k, "0.5")))
        for k in convention.form({}).hyper
    }
    return Configuration(hyper, {}, dtype)


def _steps(stepper: Any, dtype: str, count: int, first: int = 0) -> list[list[np.ndarray]]:
    return [
        stepper.step(_tensors(dtype, 10 + first + k), 0.01 * (1 + first + k)) for k in range(count)
    ]


FORMATS = [
    pytest.param(c, dtype, id=f"{c.label} {dtype}") for c in RAN
    for dtype in resolve(c.target).formats
]


@pytest.mark.parametrize(("convention", "dtype"), FORMATS)
def test_results_have_shape_and_dtype(convention: Convention, dtype: str) -> None:
    """In every format: shapes are kept, values are of the format, states are one a tensor."""
    stepper = resolve(convention.target).make(
        _tensors(dtype, 0), _configuration(convention, dtype)
    )
    last = _steps(stepper, dtype, 3)[-1]
    form = format_of(dtype)
    assert [p.shape for p in last] == list(SHAPES)
    for p in last:
        assert p.dtype == form.carrier
        assert np.array_equal(form.round(p), p)
        assert np.all(np.isfinite(p))
    for name, values in stepper.state().items():
        assert [np.shape(v) for v in values] == list(SHAPES), name


@EACH
def test_nothing_given_or_returned_is_shared(convention: Convention) -> None:
    """Parameters and gradients given are left alone, and results do not change afterwards."""
    params, grads = _tensors("float64", 0), _tensors("float64", 1)
    kept = [a.copy() for a in (*params, *grads)]
    stepper = resolve(convention.target).make(params, _configuration(convention))
    first = stepper.step(grads, 0.1)
    copies = [p.copy() for p in first]
    stepper.step(grads, 0.1)
    for a, b in zip((*params, *grads, *first), (*kept, *copies), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def double() -> Iterator[None]:
    """The torch NAdam keeps its product of momenta in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@EACH
@pytest.mark.usefixtures("double")
def test_a_restored_stepper_goes_on(convention: Convention) -> None:
    """Saved and loaded into a new stepper, the next steps are the same bit for bit."""
    subject, configuration = resolve(convention.target), _configuration(convention)
    stepper = subject.make(_tensors("float64", 0), configuration)
    last = _steps(stepper, "float64", 3)[-1]
    saved = stepper.save()
    restored = subject.make(last, configuration)
    restored.load(saved)
    again = _steps(restored, "float64", 3, first=3)
    for a, b in zip(_steps(stepper, "float64", 3, first=3), again, strict=True):
        for p, q in zip(a, b, strict=True):
            np.testing.assert_array_equal(p, q)


@pytest.mark.parametrize("framework", ["keras", "optax", "jax"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_global_settings_are_left_alone(framework: str, dtype: str) -> None:
    """Neither JAX's float64 switch nor Keras's float type is changed for the user."""
    before = jax.config.jax_enable_x64, keras.config.floatx()
    for convention in conventions.find(framework)[:3]:
        stepper = resolve(convention.target).make(
            _tensors(dtype, 0), _configuration(convention, dtype)
        )
        _steps(stepper, dtype, 1)
        assert (jax.config.jax_enable_x64, keras.config.floatx()) == before


def test_torch_nadam_is_not_restored_exactly() -> None:
    """What its convention notes: loading rounds, or widens, the product of momenta."""
    convention = conventions.find("torch", optimizer="NAdam")[0]
    subject, configuration = resolve(convention.target), _configuration(convention)
    stepper = subject.make(_tensors("float64", 0), configuration)
    restored = subject.make(_steps(stepper, "float64", 3)[-1], configuration)
    restored.load(stepper.save())
    one, two = (_steps(s, "float64", 1, first=3)[0][0] for s in (stepper, restored))
    assert 0 < np.abs(one - two).max() < 1e-8


SKIPPING = [c for c in RAN if resolve(c.target).skips]


@pytest.mark.parametrize("convention", SKIPPING, ids=lambda c: c.label)
def test_a_tensor_without_gradient_rests(convention: Convention) -> None:
    """It goes on later as if the skipped step had not been."""
    subject, configuration = resolve(convention.target), _configuration(convention)
    params = [np.array([1.0, -2.0]), np.array([0.5])]
    one, two = subject.make(params, configuration), subject.make(params, configuration)
    g, h = np.array([0.3, -0.7]), np.array([2.0])
    skipped = one.step([g, None], 0.1)
    np.testing.assert_array_equal(skipped[1], params[1])
    after = one.step([g, h], 0.1)
    np.testing.assert_array_equal(after[1], two.step([g, h], 0.1)[1])


@pytest.mark.parametrize(
    "convention", [c for c in RAN if resolve(c.target).groups], ids=lambda c: c.label
)
def test_a_rate_for_each_tensor(convention: Convention) -> None:
    """A list of rates is used tensor by tensor."""
    subject, configuration = resolve(convention.target), _configuration(convention)
    params = [np.array([1.0, -2.0]), np.array([0.5])]
    grads = [np.array([0.3, -0.7]), np.array([2.0])]
    both = subject.make(params, configuration).step(grads, [0.1, 0.2])
    for i, lr in enumerate((0.1, 0.2)):
        alone = subject.make(params, configuration).step(grads, lr)
        np.testing.assert_array_equal(both[i], alone[i])


def test_lookahead_gets_the_gradient_function() -> None:
    """The package's Nesterov asks for gradients at the point ahead, theta + momentum * v."""
    subject = resolve("refmath.optimizers:Nesterov")
    assert subject.takes_gradient_function
    asked = []

    def gradient(params: list[np.ndarray]) -> list[np.ndarray]:
        asked.append(params[0].copy())
        return [2.0 * params[0]]

    configuration = Configuration({"lr": 0.25, "momentum": 0.5})
    stepper = subject.make([np.array([1.0])], configuration)
    first = stepper.step(gradient, 0.25)
    stepper.step(gradient, 0.25)
    assert [float(a[0]) for a in asked] == [1.0, 0.25]
    assert float(first[0][0]) == 0.5


def test_shifted_form_is_given_the_function_too() -> None:
    """Its gradients are those at the parameters themselves."""
    configuration = Configuration({"lr": 0.25, "momentum": 0.5}, {"form": "shifted"})
    stepper = resolve("refmath.optimizers:Nesterov").make([np.array([1.0])], configuration)
    assert float(stepper.step(lambda p: [2.0 * p[0]], 0.25)[0][0]) == 0.25


OBJECTS: list[tuple[Any, str]] = [
    (torch.optim.Adam, "torch.optim:Adam"),
    (keras.optimizers.Nadam, "keras.optimizers:Nadam"),
    (optax.adam, "optax:adam"),
    (optax.nadamw, "optax:nadamw"),
    (example.rmsprop_momentum, "jax.example_libraries.optimizers:rmsprop_momentum"),
    (perceptron.AdamOptimizer, "sklearn.neural_network._stochastic_optimizers:AdamOptimizer"),
    (refmath.optimizers.SGD, "refmath.optimizers:GradientDescent"),
]


@pytest.mark.parametrize(("found", "target"), OBJECTS, ids=_label)
def test_an_object_is_recognised(found: Any, target: str) -> None:
    """An optimizer itself stands for the target that names it."""
    subject = resolve(found)
    assert subject.name == target
    assert subject.convention is conventions.for_target(target)


@pytest.mark.parametrize(
    ("short", "target"),
    [
        ("sklearn:adam", "sklearn.neural_network._stochastic_optimizers:AdamOptimizer"),
        ("torch:Adam", "torch.optim:Adam"),
        ("jax:sgd", "jax.example_libraries.optimizers:sgd"),
        ("torch.optim.adam:Adam", "torch.optim:Adam"),
    ],
)
def test_other_names_for_a_target(short: str, target: str) -> None:
    """A framework's name may stand for its module, and any module that holds it will do."""
    subject = resolve(short)
    assert subject.name == short
    assert subject.convention is conventions.for_target(target)


def test_a_subject_is_itself() -> None:
    """What is resolved already is returned."""
    subject = resolve("torch.optim:SGD")
    assert resolve(subject) is subject


class _Derived(torch.optim.Adam):
    pass


class _OfTheBase(torch.optim.Optimizer):
    def __init__(self, params: Any, lr: float, eps: float, lr_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr})

    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                p.data.sub_(group["lr"] * p.grad)


def test_a_derived_class_is_driven_like_its_base() -> None:
    """A class derived from a known optimizer takes that one's convention."""
    subject = resolve(_Derived)
    assert subject.convention is conventions.for_target("torch.optim:Adam")
    assert subject.name.endswith(":_Derived")


def test_an_unknown_optimizer_is_driven_by_a_named_convention() -> None:
    """A class of the framework's own base needs to be told which arguments it takes."""
    with pytest.raises(InvalidInput, match="torch has no convention for _OfTheBase; there are"):
        resolve(_OfTheBase)
    subject = resolve(_OfTheBase, "torch:Adagrad")
    stepper = subject.make([np.array([1.0])], Configuration({"lr": 0.5, "eps": 1e-3}))
    assert float(stepper.step([np.array([1.0])], 0.25)[0][0]) == 0.75


ERRORS: list[tuple[Any, type[Exception], str]] = [
    ("torch.optim:Muon", InvalidInput, "torch has no convention for Muon; there are SGD, Adagrad"),
    ("torch.optim:Adm", UnknownName, "Did you mean 'Adam'?"),
    ("torch.optim.Adam", InvalidInput, "write torch.optim:Adam"),
    ("mine.py", InvalidInput, "mine.py:make"),
    (":make", InvalidInput, "expected MODULE:NAME or FILE.py:NAME, found ':make'"),
    ("no_such_module:make", InvalidInput, "there is no module 'no_such_module' to import"),
    ("no_such_dir/mine.py:make", InvalidInput, "there is no file 'no_such_dir/mine.py'"),
    ("tensorflow:AdamOptimizer", InvalidInput, "does not run it: write a factory"),
    ("math:pi", InvalidInput, "math:pi: expected a class or function"),
    (3, InvalidInput, "an instance of int"),
    (lambda params: params, InvalidInput, "expected make(params, hyper) -> step"),
    (optax.lion, InvalidInput, "optax has no convention for lion"),
]


@pytest.mark.parametrize(("target", "kind", "message"), ERRORS, ids=_label)
def test_a_wrong_target_is_answered_with_the_cure(
    target: Any, kind: type[Exception], message: str
) -> None:
    """Each message says what was found and what to do."""
    with pytest.raises(kind) as error:
        resolve(target)
    assert message in str(error.value)


@pytest.mark.parametrize("convention", ["torhc", "torch:Adm"])
def test_a_wrong_convention_is_refused(convention: str) -> None:
    """Even where it is not needed."""
    with pytest.raises(UnknownName, match=r"Did you mean '(torch|Adam)'"):
        resolve("torch.optim:Adam", convention)


def _file(folder: Path, text: str) -> str:
    path = folder / "mine.py"
    path.write_text(text)
    return f"{path}:make"


def test_a_file_is_imported(tmp_path: Path) -> None:
    """A factory in a file is a subject, and the file may import its neighbours."""
    (tmp_path / "neighbour_of_mine.py").write_text("RATE = 2.0\n")
    target = _file(tmp_path, (
        "from neighbour_of_mine import RATE\n"
        "def make(params, hyper):\n"
        "    return lambda grads, lr: [p - RATE * lr * g for p, g in zip(params, grads)]\n"
    ))
    stepper = resolve(target).make([np.array([1.0])], Configuration({"lr": 0.1}))
    assert float(stepper.step([np.array([1.0])], 0.25)[0][0]) == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0\n", "raised ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)\n", "raised SystemExit: 3"),
        ("import no_such_module\n", "raised ModuleNotFoundError: No module named"),
        ("def broken(\n", "raised SyntaxError"),
    ],
)
def test_a_module_that_raises_is_the_subjects_failure(
    tmp_path: Path, text: str, message: str
) -> None:
    """An exception within the module is not bad usage; it is named."""
    with pytest.raises(SubjectError) as error:
        resolve(_file(tmp_path, text))
    assert error.value.kind == "raised"
    assert message in str(error.value)


def _python(source: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", source], capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_frameworks_are_imported_only_when_named() -> None:
    """Importing the adapters, and resolving a plain callable, loads none of them."""
    loaded = _python(
        "import sys\n"
        "from refmath.oracle.adapters import resolve\n"
        "resolve(lambda params, hyper: None)\n"
        "print({'torch', 'keras', 'jax', 'optax', 'sklearn'} & set(sys.modules))"
    )
    assert loaded.strip() == "set()"


def test_keras_on_jax() -> None:
    """The backend that the user chose is kept, and float64 is float64 on it."""
    shown = _python(
        "import numpy as np, keras, jax\n"
        "from refmath.oracle.adapters import resolve\n"
        "from refmath.oracle.subject import Configuration\n"
        "hyper = {'lr': 0.1, 'beta1': 0.5, 'beta2': 0.75, 'eps': 0.25}\n"
        "stepper = resolve('keras.optimizers:Adam').make([np.ones(1)], Configuration(hyper))\n"
        "print(keras.config.backend(), repr(float(stepper.step([np.ones(1)], 0.1)[0][0])),\n"
        "      jax.config.jax_enable_x64, keras.config.floatx())",
        KERAS_BACKEND="jax",
    )
    backend, value, x64, floatx = shown.split()
    assert (backend, x64, floatx) == ("jax", "False", "float32")
    assert float(value) == pytest.approx(1 - 0.1 * 0.5 / 0.5 * 0.5 / (0.5 + 0.25), abs=1e-15)


def test_targets_are_subjects() -> None:
    """Every convention that ran makes a subject that knows it."""
    for convention in RAN:
        subject = resolve(convention.target)
        assert isinstance(subject, Subject)
        assert subject.convention is convention
