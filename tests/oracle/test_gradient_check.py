"""Checking gradients: how functions are called, what is said of them, and what is refused."""

import json
import re
from typing import Any

import gradient_subjects as subjects
import numpy as np
import pytest
import torch
from gradient_subjects import RIDGE, SOFTMAX, X, n, theta, y

import refmath as rm
from refmath import check_gradient, check_hessian, objectives
from refmath.errors import InvalidInput
from refmath.oracle.gradient.cases import PROBES, GradientCase
from refmath.oracle.report import Report, Result

FEW = {"examples": 2 * len(PROBES)}


def verdict(subject: Any, objective: Any, wrt: Any = None, **options: Any) -> str:
    """The verdict in float64, on fewer cases."""
    chosen = {"dtypes": ["float64"], **FEW, **options}
    return check_gradient(subject, objective, wrt, **chosen).verdict


# --- how functions are called -------------------------------------------------------------------

def test_by_name_and_by_position() -> None:
    """Arguments go by their names; a record's also in their declared order; or as told."""
    loss = objectives.get("least_squares")

    def other(inputs: Any, targets: Any, parameters: Any) -> Any:
        return 2 / len(targets) * inputs.T @ (inputs @ parameters - targets)

    assert verdict(subjects.ridge, RIDGE, "theta") == "CONFORMS"
    assert verdict(lambda theta, lam, y, X: subjects.ridge(X, y, theta, lam), RIDGE, "theta") == (
        "CONFORMS"
    )
    assert verdict(lambda **given: 2 / len(given["y"]) * given["X"].T @ (
        given["X"] @ given["theta"] - given["y"]), loss) == "CONFORMS"
    assert verdict(other, loss) == "CONFORMS"
    assert verdict(lambda *given: other(*given), loss) == "CONFORMS"
    told = {"inputs": "X", "targets": "y", "parameters": "theta"}
    assert verdict(other, loss, argnames=told) == "CONFORMS"
    assert verdict(lambda t, x, r: other(x, r, t), loss, argnames="theta X y") == "CONFORMS"
    assert verdict(lambda t, x, r: other(x, r, t), loss, argnames=["X", "y", "theta"]) != "CONFORMS"


def test_an_argument_that_is_not_used_may_be_left_out() -> None:
    """A gradient that does not need a variable need not take it."""
    assert verdict(lambda y: np.ones_like(y) / len(y), rm.sum(y + theta.shape[0] * 0) / n, "y") == (
        "CONFORMS"
    )
    linear = rm.sum(y * rm.tensors("u[n]"))
    assert verdict(lambda u: u, linear, "y") == "CONFORMS"


@pytest.mark.parametrize("made", [
    lambda found: found, list, lambda found: dict(zip(("W", "b"), found, strict=True)),
    lambda found: {"b": found[1], "W": found[0]},
], ids=["tuple", "list", "dict", "dict in another order"])
def test_several_parameters(made: Any) -> None:
    """A tuple or list in the order of wrt, or a dict by name."""
    assert verdict(lambda X, W, b, c: made(subjects.softmax_gradient(X, W, b, c)), SOFTMAX,
                   "W, b") == "CONFORMS"
    swapped = verdict(lambda X, W, b, c: subjects.softmax_gradient(X, W, b, c)[::-1], SOFTMAX,
                      "b W")
    assert swapped == "CONFORMS"


def test_loss_and_gradient() -> None:
    """A pair of both is compared in both; the loss by itself too."""

    def both(X: Any, y: Any, theta: Any, lam: Any) -> Any:
        return subjects.ridge_loss(X, y, theta, lam), subjects.ridge(X, y, theta, lam)

    def wrong(X: Any, y: Any, theta: Any, lam: Any) -> Any:
        return 2 * subjects.ridge_loss(X, y, theta, lam), subjects.ridge(X, y, theta, lam)

    assert verdict(both, RIDGE, "theta") == "CONFORMS"
    assert verdict(subjects.ridge_loss, RIDGE, "theta") == "CONFORMS"
    found = check_gradient(wrong, RIDGE, "theta", dtypes=["float64"])
    assert found.diagnosis == ["the expression, but the value is 2 times as large"]
    assert found.first_deviation is not None
    assert found.first_deviation.quantity == "value"


def test_a_hessian() -> None:
    """A Hessian is recognised by its shape; check_hessian asks for one."""
    assert verdict(subjects.ridge_hessian, RIDGE, "theta") == "CONFORMS"
    assert check_hessian(subjects.ridge_hessian, RIDGE, "theta", **FEW).verdict == "CONFORMS"
    found = check_hessian(
        lambda X, y, theta, lam: subjects.ridge_hessian(X, y, theta, lam / 2), RIDGE, "theta",
        dtypes=["float64"],
    )
    assert len(found.diagnosis) == 1
    assert "the Hessian has the term" in found.diagnosis[0]
    assert found.diagnosis[0].endswith("halved")
    loss = check_hessian(lambda theta: torch.sum(theta**4), rm.sum(theta**4), "theta",
                         framework="torch", **FEW)
    assert loss.verdict == "CONFORMS"


def test_layers() -> None:
    """A backward pass takes the upstream gradient and returns those of its inputs."""
    def backward(X: Any, W: Any, b: Any, G: Any) -> Any:
        return {"X": G @ W, "W": G.T @ X, "b": G.sum(axis=0)}

    assert verdict(backward, "dense") == "CONFORMS"
    assert verdict(lambda X, G: G * (1 - np.tanh(X) ** 2), "tanh") == "CONFORMS"
    assert verdict(lambda X, upstream: X.T @ upstream, X @ theta, "theta") == "CONFORMS"
    assert verdict(lambda X, upstream: X.T @ (2 * upstream), X @ theta, "theta") == "DEVIATES"
    with pytest.raises(InvalidInput, match="held against its backward pass"):
        check_gradient(lambda X, G: float(np.sum(X)), "tanh")


# --- frameworks ---------------------------------------------------------------------------------

def torch_loss(X: Any, W: Any, b: Any, c: Any) -> Any:
    """PyTorch's cross entropy."""
    return torch.nn.functional.cross_entropy(X @ W + b, c)


def test_torch() -> None:
    """A loss of tensors is differentiated by autograd; a gradient of tensors is taken as it is."""
    found = check_gradient(torch_loss, SOFTMAX, "W, b", **FEW)
    assert found.verdict == "CONFORMS"
    assert {r.kind for r in found.results} == {"loss"}  # type: ignore[attr-defined]
    halves = check_gradient(torch_loss, SOFTMAX, "W, b", dtypes=["float16", "bfloat16"], **FEW)
    assert halves.verdict == "CONFORMS"

    def slope(Z: Any, c: Any) -> Any:
        one_hot = torch.nn.functional.one_hot(c, Z.shape[1])
        return (torch.softmax(Z, 1) - one_hot) / len(c)

    assert verdict(slope, "cross_entropy") == "CONFORMS"
    assert verdict(lambda Z, c: 2 * torch_loss(Z, torch.eye(Z.shape[1], dtype=Z.dtype),
                                               torch.zeros(Z.shape[1], dtype=Z.dtype), c),
                   "cross_entropy") == "DEVIATES"


def test_torch_settings_are_put_back() -> None:
    """The number of threads is the user's again after a check, and nobody's grad mode changes."""
    before = torch.get_num_threads(), torch.is_grad_enabled()
    verdict(torch_loss, SOFTMAX, "W, b")
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == before


def test_a_parameter_that_no_gradient_reaches() -> None:
    """A loss that is detached, or does not use a parameter, failed by itself."""
    detached = check_gradient(lambda theta: torch.sum(theta.detach() ** 2), rm.sum(theta**2),
                              "theta", framework="torch", kind="loss")
    assert detached.verdict == "FAILED"
    assert "does not depend on the parameters" in detached.diagnosis[0]
    unused = check_gradient(lambda X, W, b, c: torch_loss(X, W, 0.0, c), SOFTMAX, "W, b",
                            framework="torch")
    assert "no gradient reaches b" in unused.diagnosis[0]


def test_jax() -> None:
    """A loss of JAX's arrays is differentiated by JAX, in double where that is asked for."""
    import jax
    import jax.numpy as jnp

    def loss(X: Any, theta: Any, y: Any) -> Any:
        return jnp.mean((X @ theta - y) ** 2)

    def slope(X: Any, theta: Any, y: Any) -> Any:
        return 2 * jnp.matmul(X.T, X @ theta - y)

    few = {"examples": 6, "sizes": {"n": 3, "d": 2}}
    assert verdict(loss, "least_squares", **few, framework="jax") == "CONFORMS"
    found = check_gradient(slope, "least_squares", **few)
    assert found.verdict == "VARIANT"
    assert found.results[0].switch == "--vary reduction=sum"
    assert not jax.config.jax_enable_x64


# --- what is said -------------------------------------------------------------------------------

def test_the_smallest_case() -> None:
    """It is shrunk to one number each, and its code shows the value that was found."""
    found = check_gradient(lambda X, y, theta, lam: -subjects.ridge(X, y, theta, lam), RIDGE,
                           "theta", dtypes=["float64"])
    (result,) = found.results
    case = result.smallest_case
    assert isinstance(case, GradientCase)
    assert dict(case.sizes) == {"n": 1, "d": 1}
    assert all(np.isin(v, (0, 1)).all() for v in case.values.values())
    scope: dict[str, Any] = {"f": lambda X, y, theta, lam: -subjects.ridge(X, y, theta, lam)}
    exec(result.code(), scope)
    where, value = re.search(r"^# (found.*) is (\S+)$", result.code(), re.M).groups()
    assert repr(float(eval(where, scope))) == value
    deviation = result.first_deviation
    assert deviation is not None
    assert repr(deviation.value) == value
    assert not deviation.low <= deviation.value <= deviation.high


@pytest.mark.parametrize("framework", ["torch", "jax"])
def test_code_of_frameworks(framework: str) -> None:
    """Code for a differentiated loss runs with the framework, and shows the derivative."""
    def loss(o: Any, y: Any) -> Any:
        return ((o - y) ** 2).mean() + (o - (o.detach() if framework == "torch" else y)).sum() * 0

    def wrong(o: Any, y: Any) -> Any:
        return (((o - y) ** 2).sum() + 0 * o.sum()) / 7

    options = {"sizes": {"n": 3}, "examples": 4, "framework": framework}
    assert check_gradient(loss, "squared_error", **options).verdict == "CONFORMS"
    found = check_gradient(wrong, "squared_error", dtypes=["float32"], **options)
    code = found.results[0].code()
    scope: dict[str, Any] = {"f": wrong}
    exec(code, scope)
    where, value = re.search(r"^# ((?:found|grads)\S*) is (\S+)$", code, re.M).groups()
    assert repr(eval(where, scope).item()) == value


def test_the_data_are_json() -> None:
    """The report is plain JSON with the fields that optimizers' reports have, and its own."""
    found = check_gradient(lambda Z, c: subjects.softmax(Z), "cross_entropy", dtypes=["float32"])
    (data,) = json.loads(found.to_json(), parse_constant=pytest.fail)["subjects"]
    assert set(Result("", "", None, "", "CONFORMS").to_dict()) <= set(data)
    assert (data["objective"], data["wrt"], data["kind"]) == ("cross_entropy", ["Z"], "gradient")
    small = data["smallest_case"]
    assert small["values"]["Z"]["shape"] == [small["sizes"]["n"], small["sizes"]["k"]]
    assert all(isinstance(x, int) for x in small["values"]["c"]["values"])
    assert [float.fromhex(x) for x in small["values"]["Z"]["values"]] == [0.0] * len(
        small["values"]["Z"]["values"]
    )
    assert data["first_deviation"]["shape"] == small["values"]["Z"]["shape"]
    assert "code" in small


def test_the_text() -> None:
    """Verdict, form, how to ask for it, where it left, and the case as code."""
    text = str(check_gradient(lambda Z, c: subjects.softmax(Z) - np.eye(Z.shape[1])[c],
                              "cross_entropy", dtypes=["float64"]))
    assert "VARIANT against cross_entropy by Z" in text
    assert "behaves exactly like: Softmax cross entropy with reduction=sum" in text
    assert "if that is what you meant: --vary reduction=sum" in text
    assert "shows only with: n > 1" in text
    assert "smallest case (seed 0):" in text


def test_the_same_seed_gives_the_same_report() -> None:
    """All is a function of the seed."""
    def run(seed: int) -> Any:
        found = check_gradient(lambda y: 3 * y, rm.sum(y**2), "y", seed=seed, dtypes=["float64"])
        return [{**x, "seconds": 0} for x in found.to_dict()["subjects"]]

    assert run(3) == run(3)


def test_variants_of_the_derivative_at_a_kink() -> None:
    """1 and 1/2 at 0 are named, and asking for them gives CONFORMS; 1/3 is neither."""
    def relu(at_zero: float) -> Any:
        return lambda X, G: G * np.where(X > 0, 1.0, np.where(X < 0, 0.0, at_zero))

    for value, name in ((1.0, "one"), (0.5, "half")):
        found = check_gradient(relu(value), "relu", dtypes=["float64"])
        assert found.verdict == "VARIANT"
        assert found.results[0].switch == f"--vary kink={name}"
        assert found.results[0].needs[0] == "an argument exactly at a kink"
        assert verdict(relu(value), "relu", vary={"kink": name}) == "CONFORMS"
    assert check_gradient(relu(1 / 3), "relu", dtypes=["float64"]).verdict == "DEVIATES"


def test_ties_of_a_maximum() -> None:
    """Where several entries are largest, an even share is a variant."""
    def even(y: Any) -> Any:
        marks = (y == y.max()).astype(float)
        return marks / marks.sum()

    found = check_gradient(even, rm.max(y), "y", dtypes=["float64"])
    assert found.results[0].switch == "--vary ties=even"
    assert verdict(even, rm.max(y), "y", vary={"ties": "even"}) == "CONFORMS"
    assert verdict(lambda y: np.eye(len(y))[y.argmax()], rm.max(y), "y") == "CONFORMS"


# --- subjects that do not behave ----------------------------------------------------------------

def mutating(X: Any, y: Any, theta: Any, lam: Any) -> Any:
    """Changes its argument."""
    X -= 1
    return subjects.ridge(X + 1, y, theta, lam)


def raising(X: Any, y: Any, theta: Any, lam: Any) -> Any:
    """Raises."""
    raise ValueError("no such thing\nsecond line")


def hanging(X: Any, y: Any, theta: Any, lam: Any) -> Any:
    """Never answers."""
    while True:
        pass


BAD = {
    "mutated": (mutating, "changed its argument X"),
    "raised": (raising, "ValueError: no such thing"),
    "timeout": (hanging, "did not answer within 0.2 s"),
    "shape": (lambda X, y, theta, lam: None, "found None"),
    "type": (lambda X, y, theta, lam: np.array(["a"] * len(theta)), "does not consist of numbers"),
}


@pytest.mark.parametrize("kind", [k for k in BAD if k != "shape"])
def test_failures(kind: str) -> None:
    """A function that fails by itself is FAILED, with what it did."""
    subject, text = BAD[kind]
    found = check_gradient(subject, RIDGE, "theta", seconds=0.2)
    assert found.verdict == "FAILED"
    assert text in found.diagnosis[0]
    assert f"outcome: {kind}" in found.results[0].notes
    assert "second line" not in str(found)


def test_a_wrong_number_of_results() -> None:
    """One array where two are expected is the function's failure."""
    found = check_gradient(lambda X, W, b, c: subjects.softmax_gradient(X, W, b, c)[0], SOFTMAX,
                           "W, b")
    assert found.verdict == "FAILED"
    assert "expected 2 arrays (W, b)" in found.diagnosis[0]


def test_a_wrong_shape_deviates() -> None:
    """The right numbers in another shape are told."""
    found = check_gradient(lambda X, y, theta, lam: subjects.ridge(X, y, theta, lam)[:, None],
                           RIDGE, "theta", dtypes=["float64"])
    assert found.verdict == "DEVIATES"
    assert "has the right numbers in the shape (1, 1) instead of (1,)" in found.diagnosis[0]
    assert "has the shape (1, 1), expected is (1,)" in str(found)


def test_nothing_to_judge_is_inconclusive() -> None:
    """Where no entry has a bounded ball, nothing is said."""
    (report,) = check_gradient(lambda y: np.inf * y, rm.sum(rm.exp(y)), "y", dtypes=["float32"],
                               constants={"y": np.full(2, 1000.0)}).results
    assert report.verdict == "INCONCLUSIVE"
    assert report.unbounded


def test_the_assertion() -> None:
    """assert_gradient returns the report, or raises with the diagnosis and the code."""
    report = rm.assert_gradient(subjects.ridge, RIDGE, "theta", **FEW)
    assert isinstance(report, Report)
    with pytest.raises(AssertionError, match="the term lambda theta"):
        rm.assert_gradient(lambda X, y, theta, lam: subjects.ridge(X, y, theta, 0 * lam), RIDGE,
                           "theta")


def test_the_fixture(pytester: pytest.Pytester) -> None:
    """The pytest fixture takes its number of cases from the command line."""
    pytester.makepyfile("""
        import numpy as np

        def test_right(assert_gradient):
            found = assert_gradient(lambda o, y: 2 * (o - y) / len(y), "squared_error")
            assert found.results[0].cases == 5

        def test_wrong(assert_gradient):
            assert_gradient(lambda o, y: (o - y) / len(y), "squared_error")
    """)
    answer = pytester.runpytest_inprocess("--refmath-examples", "5", "-p", "no:randomly")
    answer.assert_outcomes(passed=1, failed=1)
    answer.stdout.fnmatch_lines(["*Squared error (L2) with factor=half*"])
