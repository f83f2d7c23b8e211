"""The smallest case as code runs as it stands, whatever the shape of the callable."""

import re
from typing import Any

import numpy as np
import pytest

from refmath import rules
from refmath.oracle.api import check
from refmath.oracle.report import Report


def make(params: list[Any], hyper: dict[str, float]) -> Any:
    """A factory that returns a function; the step goes uphill."""

    def step(grads: list[Any], lr: float) -> list[Any]:
        return [p.__iadd__(lr * g) for p, g in zip(params, grads, strict=True)]

    return step


class Uphill:
    """A class with keywords, in place, returning nothing; the step goes uphill."""

    def __init__(self, params: list[Any], lr: float) -> None:
        self.params, self.lr = params, lr

    def step(self, grads: list[Any], lr: float) -> None:
        """Add the gradients."""
        for p, g in zip(self.params, grads, strict=True):
            p += lr * g


def make_object(params: list[Any], hyper: dict[str, float]) -> Uphill:
    """A factory that returns an object."""
    return Uphill(params, hyper["lr"])


def update(param: Any, grad: Any, state: dict[str, Any], hyper: dict[str, float]) -> Any:
    """An update of one tensor; the step goes uphill from the second step on."""
    state["t"] = state.get("t", 0) + 1
    return param + (-1 if state["t"] == 1 else 1) * hyper["lr"] * grad


def make_lookahead(params: list[Any], hyper: dict[str, float]) -> Any:
    """Nesterov's look-ahead without momentum in what is looked at."""
    v = [np.zeros_like(p) for p in params]

    def step(grad: Any, lr: float) -> list[Any]:
        for i, g in enumerate(grad([np.array(p) for p in params])):
            v[i] = hyper["momentum"] * v[i] - lr * g
            params[i] = params[i] + v[i]
        return params

    return step


make_lookahead.takes_gradient_function = True  # type: ignore[attr-defined]


def _run(report: Report, scope: dict[str, Any]) -> None:
    code = report.gravest.code()
    exec(compile(code, "<smallest case>", "exec"), scope)
    found = re.search(r"^# (params\S*) is (\S+)$", code, re.M)
    assert found is not None, code
    assert float(eval(found.group(1), scope)) == float(found.group(2))


@pytest.mark.parametrize(
    ("subject", "rule"),
    [(make, "sgd"), (Uphill, "sgd"), (make_object, "sgd"), (update, "sgd")],
    ids=["factory", "class", "object", "update"],
)
def test_code_of_a_callable_shows_the_printed_value(subject: Any, rule: str) -> None:
    """The code, run with the callable under its name in the code, ends at the value reported."""
    report = check(subject, rule, dtypes=["float64"])
    assert report.verdict == "DEVIATES"
    _run(report, {"make": subject, "update": subject})


def test_code_of_a_framework_shows_the_printed_value() -> None:
    """The code for a known framework's optimizer needs nothing but refmath and the framework."""
    report = check("torch.optim:RMSprop", rule=rules.rmsprop, dtypes=["float32"])
    assert report.verdict == "VARIANT"
    _run(report, {})


def test_code_of_a_gradient_function_runs() -> None:
    """A subject that asks for its gradient is handed the same function in the code."""
    report = check(make_lookahead, "nesterov", dtypes=["float64"])
    assert report.verdict != "CONFORMS"
    assert "lambda at:" in report.gravest.code()
    exec(compile(report.gravest.code(), "<smallest case>", "exec"), {"make": make_lookahead})
