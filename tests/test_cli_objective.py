"""``refmath objective``: what is printed of losses, models, test problems and layers."""

import json
import re

import pytest
from click.testing import CliRunner

from refmath import objectives
from refmath.cli import main


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, list(arguments))
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def right(text: str) -> str:
    """What stands on the right of the first line."""
    first = text.splitlines()[0]
    return first.partition(" = ")[2] if re.match(r"\w+\[[^\[\]]*\] = ", first) else first


def test_objectives_are_listed() -> None:
    """Without a name every loss, model, problem and layer is shown, as text and as JSON."""
    status, out, _ = run("objective")
    assert status == 0
    data = json.loads(run("objective", "--json")[1])
    known = {**objectives.LAYERS, **objectives.ALL}
    assert {d["name"] for d in data} == set(known)
    assert {d["group"] for d in data} == {*objectives.GROUPS, "layers"}
    for x in known.values():
        assert f"  {x.name} " in out
        assert x.title in out


def test_an_objective_is_shown() -> None:
    """Title, source, formula, tensors, options, and its derivatives on request."""
    model = objectives.ALL["softmax_regression"]
    status, out, _ = run("objective", model.name)
    assert status == 0
    assert out.startswith(f"{model.title}\n{model.source}\n")
    assert f"f = {model.text().splitlines()[0]}\n" in out
    assert "gradient" not in out
    for axis in model.axes:
        assert f"{axis.name}: {axis.default}*" in out
    for name in model.in_force:
        assert f"\n{name} " in out
    varied = model.vary(intercept="yes")
    status, out, _ = run("objective", model.name, "--vary", "intercept=yes", "--gradient")
    assert "intercept: no, yes*" in out
    for expr in varied.gradient().values():
        assert f" = {right(expr.text())}\n" in out
    data = json.loads(run("objective", model.name, "--hessian", "--json")[1])
    (second,) = data["derivatives"]
    assert second["text"] == model.hessian("W").text()
    assert run("objective", model.name, "--latex")[1] == f"f = {model.latex()}\n"
    source = model.kernel(name="value").source
    assert run("objective", model.name, "--numpy")[1].rstrip() == source.rstrip()


def test_a_test_problem_has_its_points() -> None:
    """Start and minimum are exact, at the sizes for which they are shown."""
    out = run("objective", "rosenbrock")[1]
    assert "start: x = (-6/5, 1), for n = 2\n" in out
    assert "global minimum: 0 at x = (1, 1), for n = 2\n" in out
    data = json.loads(run("objective", "rosenbrock", "--json")[1])
    assert data["start"]["at"] == {"x": ["-6/5", "1"]}
    assert (data["minima"][0]["value"], data["minima"][0]["at"]) == ("0", {"x": ["1", "1"]})


def test_an_unreduced_loss_has_jacobians() -> None:
    """With --vary reduction=none the derivative of a vector is shown."""
    out = run("objective", "hinge", "--vary", "reduction=none", "--gradient")[1]
    assert "Jacobian by " in out


def test_a_layer_is_shown() -> None:
    """Its backward pass takes the gradient from above; it has no Hessian."""
    dense = objectives.LAYERS["dense"]
    out = run("objective", "dense", "--gradient")[1]
    assert f"{dense.upstream_name} = dJ/df is the gradient that comes from above" in out
    for name, expr in dense.backward().items():
        assert f"dJ/d{name} = {right(expr.text())}\n" in out
    status, out, err = run("objective", "dense", "--hessian")
    assert (status, out) == (2, "")
    assert "dense is a layer and has no Hessian" in err


@pytest.mark.parametrize(("arguments", "message"), [
    (["rosenbrok"], "unknown objective or layer 'rosenbrok'. Did you mean 'rosenbrock'?"),
    (["hinge", "--vary", "reduction"], "expected --vary reduction=sum, found --vary 'reduction'"),
    (["hinge", "--vary", "reduction=summ"], "Did you mean 'sum'?"),
    (["hinge", "--vary", "reducton=sum"], "Did you mean 'reduction'?"),
])
def test_bad_questions_about_objectives(arguments: list[str], message: str) -> None:
    """Exit status 2 with a close match on standard error."""
    status, out, err = run("objective", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_help() -> None:
    """The command explains itself, with an example that works."""
    status, out, _ = run("objective", "--help")
    assert status == 0
    (example,) = re.findall(r"Example: refmath (.*)", out)
    assert run(*example.split())[0] == 0
