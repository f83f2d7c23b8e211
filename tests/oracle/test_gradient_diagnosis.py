"""Diagnosis of gradients: each slip is caught, and named for what it is; and nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

import gradient_subjects as subjects
import numpy as np
import pytest
from gradient_subjects import RIDGE, SOFTMAX, WEIGHTED, W, X, Y, Z, c, n, theta, y

import refmath as rm
from refmath import check_gradient
from refmath.emit.tensor.enclosure import Model
from refmath.oracle.gradient.api import gradient_task
from refmath.oracle.gradient.conditions import Evidence
from refmath.oracle.gradient.diagnose import explain
from refmath.oracle.gradient.edits import edits
from refmath.oracle.gradient.judge import bounds_of, held
from refmath.oracle.gradient.rates import slips
from refmath.oracle.report import Report
from refmath.tensor import Tensor
from refmath.tensor.sizes import dimension


def report(subject: Any, objective: Any, wrt: Any = None, **options: Any) -> Report:
    """The report in float64."""
    return check_gradient(subject, objective, wrt, **{"dtypes": ["float64"], **options})


def ridge_with(change: Callable[..., Any]) -> Any:
    """The gradient of ridge regression, changed."""
    def gradient(X: Any, y: Any, theta: Any, lam: Any) -> Any:
        return change(X, y, theta, lam, X @ theta - y, len(y))

    return gradient


RIDGES: dict[str, Any] = {
    "is 1/2 times as large: the factor 2 is missing":
        lambda X, y, t, lam, r, n: X.T @ r / n + lam * t,
    "has the wrong sign": lambda X, y, t, lam, r, n: -2 * X.T @ r / n - 2 * lam * t,
    "has the term 1/n X' (X theta - y) n times too large":
        lambda X, y, t, lam, r, n: 2 * X.T @ r + 2 * lam * t,
    "lacks the term lambda theta": lambda X, y, t, lam, r, n: 2 * X.T @ r / n,
    "has the term lambda theta halved": lambda X, y, t, lam, r, n: 2 * X.T @ r / n + lam * t,
    "has the term lambda theta with the wrong sign":
        lambda X, y, t, lam, r, n: 2 * X.T @ r / n - 2 * lam * t,
    "has the term lambda theta divided by n":
        lambda X, y, t, lam, r, n: 2 * X.T @ r / n + 2 * lam * t / n,
    "lacks the term y": lambda X, y, t, lam, r, n: 2 * X.T @ (r + y) / n + 2 * lam * t,
    "is n/2 times as large": lambda X, y, t, lam, r, n: X.T @ r + n * lam * t,
    "is d times as large":
        lambda X, y, t, lam, r, n: len(t) * (2 * X.T @ r / n + 2 * lam * t),
    "lacks the factor theta":
        lambda X, y, t, lam, r, n: 2 * X.T @ r / n + 2 * lam * np.ones_like(t),
    "is 0": lambda X, y, t, lam, r, n: 0 * t,
    "is lambda times as large":
        lambda X, y, t, lam, r, n: lam * (2 * X.T @ r / n + 2 * lam * t),
    "computed in float32": lambda X, y, t, lam, r, n: subjects.ridge(
        X.astype(np.float32), y.astype(np.float32), t.astype(np.float32), np.float32(lam)),
    "computed in float16": lambda X, y, t, lam, r, n: subjects.ridge(
        X.astype(np.float16), y.astype(np.float16), t.astype(np.float16), np.float16(lam)),
}


@pytest.mark.parametrize("text", list(RIDGES))
def test_ridge(text: str) -> None:
    """Factors, terms, signs and narrower formats, each by one line."""
    found = report(ridge_with(RIDGES[text]), RIDGE, "theta")
    assert found.verdict == "DEVIATES"
    assert [text in said for said in found.diagnosis] == [True], str(found)


def softmax_with(change: Callable[..., Any]) -> Any:
    """The gradient of softmax regression, changed."""
    def gradient(X: Any, W: Any, b: Any, c: Any) -> Any:
        return change(X, W, b, c, subjects.deltas(X, W, b, c))

    return gradient


def without_maximum(X: Any, W: Any, b: Any, c: Any, _delta: Any) -> Any:
    """The exponentials overflow."""
    e = np.exp(X @ W + b)
    delta = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b))[c]) / len(c)
    return X.T @ delta, delta.sum(axis=0)


SOFTMAXES: dict[str, Any] = {
    "the gradient by W is transposed": lambda X, W, b, c, e: (e.T @ X, e.sum(axis=0)),
    "the gradient by b is not summed over n": lambda X, W, b, c, e: (X.T @ e, e),
    "the gradient by b is summed over k instead of n":
        lambda X, W, b, c, e: (X.T @ e, e.sum(axis=1)),
    "the gradient by W, b is n times as large: the factor 1/n is missing":
        lambda X, W, b, c, e: (len(c) * X.T @ e, len(c) * e.sum(axis=0)),
    "the gradient by W, b lacks the factor that chooses the label c":
        lambda X, W, b, c, e: tuple(
            (X.T @ f, f.sum(axis=0))[i] for i in range(2)
            for f in [(subjects.softmax(X @ W + b) - 1) / len(c)]),
    "is not finite: an exponential overflows; a maximum has to be taken out before it":
        without_maximum,
}


@pytest.mark.parametrize("text", list(SOFTMAXES))
def test_softmax_regression(text: str) -> None:
    """Transposes, sums over the batch, and overflow, in one output or all."""
    found = report(softmax_with(SOFTMAXES[text]), SOFTMAX, "W, b")
    assert found.verdict == "DEVIATES"
    assert [text in said for said in found.diagnosis] == [True], str(found)


def test_overflow_shows_only_at_large_inputs() -> None:
    """The report says at what inputs, and the small case has such an input."""
    found = report(softmax_with(without_maximum), SOFTMAX, "W, b").results[0]
    assert any("above 100 in size" in need for need in found.needs)
    values = found.smallest_case.values
    assert max(np.abs(values[name]).max() for name in ("W", "b")) > 100


DENOMINATORS: dict[str, Any] = {
    "is divided by n instead of the sum of w": lambda X, y, t, w, r: 2 * X.T @ (w * r) / len(w),
    "lacks the factor w": lambda X, y, t, w, r: 2 * X.T @ r / w.sum(),
}


def test_weights() -> None:
    """A denominator that counts, and a weight that is forgotten."""
    for text, change in DENOMINATORS.items():
        def gradient(X: Any, y: Any, theta: Any, w: Any, change: Any = change) -> Any:
            return change(X, y, theta, w, X @ theta - y)

        found = report(gradient, WEIGHTED, "theta", domains={"w": "[0, oo)"},
                       argnames=["X", "y", "theta", "w"])
        assert [text in said for said in found.diagnosis] == [True], str(found)


def test_two_outputs_with_two_slips() -> None:
    """Each output that is wrong gets its own line."""
    found = report(softmax_with(lambda X, W, b, c, e: (2 * X.T @ e, e)), SOFTMAX, "W, b")
    assert len(found.diagnosis) == 2
    assert "the gradient by W is 2 times as large" in found.diagnosis[0]
    assert "the gradient by b is not summed over n" in found.diagnosis[1]


def test_what_no_slip_explains_gets_no_name() -> None:
    """An arbitrary error is located, not named."""
    found = report(ridge_with(lambda X, y, t, lam, r, n: np.cos(t) + r.sum()), RIDGE, "theta")
    assert (found.verdict, found.diagnosis) == ("DEVIATES", [])
    assert found.first_deviation is not None


def test_a_slip_and_a_factor() -> None:
    """A forgotten term together with a factor is one line."""
    found = report(ridge_with(lambda X, y, t, lam, r, n: X.T @ r), RIDGE, "theta")
    assert [("lacks the term lambda theta and is n/2 times as large" in t)
            for t in found.diagnosis] == [True], str(found)


def test_only_for_a_batch_of_one() -> None:
    """A slip that shows for one size alone is told with that size."""
    def gradient(X: Any, y: Any, theta: Any, lam: Any) -> Any:
        right = subjects.ridge(X, y, theta, lam)
        return 3 * right if len(y) == 1 else right

    found = report(gradient, RIDGE, "theta")
    assert found.results[0].needs == ["n = 1"]
    assert "where n = 1 the gradient is 3 times as large" not in found.diagnosis
    assert dict(found.results[0].smallest_case.sizes)["n"] == 1


# --- every slip of a derivative -----------------------------------------------------------------

PROBES: dict[str, tuple[Tensor, str]] = {
    "ridge": (RIDGE, "theta"),
    "softmax": (-rm.sum(rm.gather(rm.log_softmax(X @ W), c)) / n, "W"),
    "network": (rm.sum((rm.tanh(X @ W) @ rm.tensors("u[k]") - y) ** 2) / n, "W"),
    "soft labels": (-rm.sum(Y * rm.log_softmax(Z)) / n, "Z"),
}


def wrong_forms(name: str) -> list[tuple[str, Mapping[str, Tensor]]]:
    """All slips of a derivative, with what is said of them."""
    expr, wrt = PROBES[name]
    task = gradient_task(lambda **_: 0, expr, wrt, kind="gradient", framework="numpy")
    question = task.question
    right = question.reference(expr)
    sizes = [dimension(s) for s in question.source.size_names]
    out: list[tuple[str, Mapping[str, Tensor]]] = [
        (e.text, {wrt: e.expr}) for e in edits(right[wrt], sizes)
    ]
    return out + [(text, made) for text, made in slips(question, expr)]


@pytest.mark.parametrize("name", list(PROBES))
def test_every_slip_is_caught_and_explained(name: str) -> None:
    """What a slip computes lies outside the right bounds, and is explained by some one line.

    The answers are the middles of the wrong expression's own bounds, rounded to double.
    """
    expr, wrt = PROBES[name]
    task = gradient_task(lambda **_: 0, expr, wrt, kind="gradient", framework="numpy")
    question = task.question
    right = question.reference(expr)
    cases = [question.source.draw("float64", i, 0) for i in range(8)]
    known = [bounds_of(right, case, question.model("float64")) for case in cases]
    for text, wrong in wrong_forms(name):
        evidence = []
        for case, bounds in zip(cases, known, strict=True):
            (found,) = bounds_of({wrt: wrong[wrt]}, case, Model.of("float64", True)).values()
            values = [float(v.mid()) for v in found.value.reshape(-1)]
            answer = np.array(values).reshape(found.shape)
            run = Evidence(case, {wrt: answer}, bounds)
            same = answer.shape == bounds[wrt].shape
            if not same or held(bounds[wrt], answer, "float64").bad.any():
                run.bad.add(wrt)
            evidence.append(run)
        assert any(e.bad for e in evidence), text
        evidence.sort(key=lambda e: not e.bad)
        said = explain(question, evidence, "float64").texts
        assert len(said) == 1, (text, said)


def test_no_slip_is_the_right_form() -> None:
    """Expressions are interned: what is the same is one object, and is never yielded."""
    g = rm.gradient(RIDGE, theta)
    found = [e.expr for e in edits(g, [dimension("n")])]
    assert g not in found
    assert len(set(found)) == len(found) > 10
