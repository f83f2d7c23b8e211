"""``refmath derive``: what is printed, and that no text ends it badly."""

import json
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import refmath as rm
from refmath.cli import main
from refmath.emit.tensor.kernel.api import kernel

RIDGE = "sum((X@theta - y)**2)/n + lambda*sum(theta**2)"
TENSORS = "X[n,d] y[n] theta[d] lambda"


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command; a traceback never appears."""
    answer = CliRunner().invoke(main, list(arguments))
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


def derive(text: str, declarations: str, *options: str) -> str:
    """What is printed of an expression that is fine."""
    status, out, err = run("derive", text, "--tensors", declarations, *options)
    assert (status, err) == (0, "")
    return out


def entry(text: str) -> str:
    """The indices of an entry under its own name: ``i,j`` of ``G[i,j] = ...``; else nothing."""
    match = re.match(r"\w+\[([^\[\]]*)\] = ", text)
    return match[1] if match else ""


def right(text: str) -> str:
    """What stands on the right of the first line."""
    first = text.splitlines()[0]
    return first.partition(" = ")[2] if entry(text) else first


# ------------------------------------------------------------ refmath derive

LECTURES: dict[str, tuple[str, str, str]] = {
    "ridge": (RIDGE, TENSORS, "theta"),
    "logistic": ("mean(softplus(-y*(X@theta + b)))", "X[n,d] y[n] theta[d] b", "theta b"),
    "softmax": ("-mean(gather(log_softmax(X@W + b), c)) + lambda*sum(W^2)",
                "X[n,d] c[n] in k W[d,k] b[k] lambda", "W b"),
    "network": (
        "-mean(gather(log_softmax(relu(relu(X@W1 + b1)@W2 + b2)@W3 + b3), c))",
        "X[n,d] c[n] in k W1[d,p] b1[p] W2[p,q] b2[q] W3[q,k] b3[k]", "W1,b1,W2,b2,W3,b3",
    ),
    "logdet": ("logdet(A)", "A[n,n]", "A"),
    "quadratic form": ("x'@A@x", "x[n] A[n,n]", "x A"),
    "norm": ("norm(X@theta - y)", "X[n,d] y[n] theta[d]", "theta"),
    "vector": ("tanh(A@x)", "x[n] A[m,n]", "x"),
    "scalar": ("exp(lambda*n)", "x[n] lambda", "lambda"),
}


def test_ridge_regression_is_printed() -> None:
    """The expression, its gradient and Hessian, under titles, and what the names are."""
    X, y, theta, lam = rm.tensors(TENSORS)
    f = rm.sum((X @ theta - y) ** 2) / rm.dims("n") + lam * rm.sum(theta**2)
    out = derive(RIDGE, TENSORS, "--wrt", "theta", "--hessian")
    assert out.splitlines() == [
        f"f = {f.text()}",
        "",
        "gradient by theta, shape (d,)",
        f"df/dtheta = {rm.gradient(f, theta).text()}",
        "",
        "Hessian by theta, shape (d, d)",
        f"d2f/dtheta2 = {rm.hessian(f, theta).text()}",
        "",
        "with",
        "  X       (n, d)",
        "  y       (n,)",
        "  theta   (d,)",
        "  lambda  scalar",
    ]


@pytest.mark.parametrize("name", LECTURES)
def test_every_form_is_that_of_the_expression(name: str) -> None:
    """Text, index notation, LaTeX, NumPy and JSON say what the methods of the result say."""
    text, declarations, wrt = LECTURES[name]
    names = wrt.replace(",", " ").split()
    f = rm.parse(text, declarations)
    by_name = {x.name: x for x in rm.tensors(declarations)} if " " in declarations else {
        "A": rm.tensors(declarations)}
    found = {x: rm.jacobian(f, by_name[x]) for x in names}
    kind = "jacobian" if f.rank else "gradient"
    shown, indices, latex, numpy = (
        derive(text, declarations, "--wrt", wrt, *option)
        for option in ([], ["--indices"], ["--latex"], ["--numpy"])
    )
    for x, expr in found.items():
        for line in (f"df/d{x} = {right(expr.text())}", f"(df/d{x})[{entry(expr.text())}] = "):
            assert (line in shown) == (bool(entry(expr.text())) == line.startswith("("))
        assert right(expr.indices()) in indices
        assert all(line in shown for line in expr.text().splitlines()[1:])
        assert all(line.partition(" = ")[2] in latex for line in expr.latex().splitlines())
    names_of = {(f"{kind}_{x}" if len(names) > 1 else kind): e for x, e in found.items()}
    source = (kernel(names_of, name="derivatives") if len(names) > 1
              else found[names[0]].kernel(name=kind)).source
    assert numpy.rstrip() == source.rstrip()
    data = json.loads(derive(text, declarations, "--wrt", wrt, "--json"))
    assert data["value"]["text"] == f.text()
    assert [d["wrt"] for d in data["derivatives"]] == [[x] for x in names]
    assert [d["text"] for d in data["derivatives"]] == [e.text() for e in found.values()]
    assert [d["shape"] for d in data["derivatives"]] == [
        [str(s) for s in e.shape] for e in found.values()
    ]
    assert {d["kind"] for d in data["derivatives"]} == {"Jacobian" if f.rank else "gradient"}
    assert data["kinks"] == rm.kinks(f, *found.values())


def test_second_derivatives_by_every_pair() -> None:
    """Two names have three Hessians, the mixed one once."""
    data = json.loads(derive("sum((A@x - b)**2)", "x[n] A[m,n] b[m]", "--wrt", "x", "--wrt", "b",
                             "--hessian", "--json"))
    x, A, b = rm.tensors("x[n] A[m,n] b[m]")
    f = rm.sum((A @ x - b) ** 2)
    seconds = {tuple(d["wrt"]): d["text"] for d in data["derivatives"] if d["kind"] == "Hessian"}
    assert seconds == {
        ("x",): rm.hessian(f, x).text(), ("x", "b"): rm.hessian(f, x, b).text(),
        ("b",): rm.hessian(f, b).text(),
    }
    assert "d2f/(dx db) = " in derive("sum((A@x - b)**2)", "x[n] A[m,n] b[m]", "--wrt", "x b",
                                      "--hessian")


def test_a_symmetric_matrix_and_kinks() -> None:
    """Symmetry simplifies the gradient; what was declared at kinks is told."""
    general, symmetric = (
        json.loads(derive("x@A@x", "x[n] A[n,n]", "--wrt", "x", "--json", "--symmetric", names))
        for names in ("", "A")
    )
    A = rm.tensors("A[n,n]", symmetric="A")
    x = rm.tensors("x[n]")
    assert symmetric["derivatives"][0]["text"] == (2 * A @ x).text()
    assert general["derivatives"][0]["text"] != symmetric["derivatives"][0]["text"]
    assert "  A  (n, n), symmetric\n" in derive("x@A@x", "x[n] A[n,n]", "--wrt", "x",
                                                "--symmetric", "A")
    out = derive("sum(relu(x))", "x[n]", "--wrt", "x")
    assert "at kinks\n  relu(x) has derivative 0 at x = 0\n" in out


def test_the_expression_alone() -> None:
    """--value needs nothing to differentiate by; with --numpy the kernel of f is printed too."""
    assert derive("y@y", "y[n] c[n] in k", "--value").startswith(f"f = {rm.parse('y@y', 'y[n]')}")
    assert "  c  (n,), labels 0, ..., k - 1\n" in derive("y@y", "y[n] c[n] in k", "--value")
    alone = derive("y@y", "y[n]", "--wrt", "y", "--numpy")
    assert "def gradient(y):" in alone
    assert "value" not in alone
    both = derive("y@y", "y[n]", "--wrt", "y", "--numpy", "--value")
    assert "def derivatives(y):" in both
    assert '"value": ' in both


def test_an_expression_may_begin_with_a_minus() -> None:
    """It is no option; and one called f is told from a tensor of that name."""
    assert derive("-f@f", "f[n]", "--wrt", "f").startswith("J = ")
    assert derive("-mean(gather(X, c))", "X[n,k] c[n] in k", "--wrt", "X").startswith("f = ")
    status, _, err = run("derive", "x@x", "--hesian", "--tensors", "x[n]", "--wrt", "x")
    assert status == 2
    assert "No such option" in err
    assert run("derive", "-h")[1] == run("derive", "--help")[1]


def test_a_tensor_has_a_jacobian() -> None:
    """What is no scalar is told to be none, with the likely cause."""
    out = derive("x'*A*x", "x[n] A[n,n]", "--wrt", "x")
    assert "f has the shape (n, n), so its derivatives are Jacobians (* is elementwise, @" in out
    assert "Jacobian by x, shape (n, n, n)" in out


def test_the_printed_function_runs() -> None:
    """The printed NumPy source needs nothing else, and computes gradient and Hessian."""
    X, y, theta = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([1.0, 0, -1]), np.ones(2)
    gradient = 2 / 3 * X.T @ (X @ theta - y) + theta
    hessian = 2 / 3 * X.T @ X + np.eye(2)
    for option, names in (([], ["gradient"]), (["--hessian"], ["derivatives"])):
        scope: dict[str, Any] = {}
        exec(derive(RIDGE, TENSORS, "--wrt", "theta", "--numpy", *option), scope)
        (name,) = names
        found = scope[name](X, theta, y, 0.5)
        parts = found if option else {"gradient": found}
        near = {"rtol": 32 * np.finfo(float).eps}  # each entry is a sum of at most 8 products
        np.testing.assert_allclose(parts["gradient"], gradient, **near)
        if option:
            np.testing.assert_allclose(parts["hessian"], hessian, **near)


# ------------------------------------------------------------ bad input

HOSTILE = {
    "import": "__import__('os').system('x')",
    "lambda": "(lambda: 0)()",
    "attribute": "theta.__class__",
    "format": 'f"{theta}"',
    "brackets": "(" * 10**6,
    "squares": "[" * 10**6,
    "brackets in reach": "(" * 19_000,
    "literal": "1e999999999",
    "tower": "9**9**9**9",
    "NUL": "\x00",
    "NUL within": "sum(theta)\x00",
    "lookalike": "\N{GREEK SMALL LETTER OMICRON}",
    "emoji": "theta + \N{SNAKE}",
    "surrogate": "\udc80",
    "unknown": "thta",
    "shapes": "X@y",
    "axis": "sum(X, axis=7)",
    "open": "sum(",
    "empty": "",
    "spaces": "   ",
    "lines": "\n\n",
    "backslashes": "\\" * 50,
    "pluses": "+" * 100_000,
    "pluses in reach": "+" * 19_999 + "y",
    "minuses": "-" * 5_000 + "y",
    "transposes": "X" + ".T" * 9_999,
    "quotes": "'" * 101,
    "deep": "exp(" * 300 + "y" + ")" * 300,
    "comment": "y # sum(y)",
    "statement": "import os",
    "shell": "$(touch x)",
    "percent": "%s%n%d",
    "markup": "[bold]y[/bold]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_answered_in_one_line(name: str) -> None:
    """Exit status 2, one line on standard error; whatever the text is."""
    status, out, err = run("derive", "--tensors", TENSORS, "--wrt", "theta", HOSTILE[name])
    assert (status, out) == (2, "")
    assert err.startswith("refmath: ")
    assert err.count("\n") == 1
    assert len(err) < 500


BAD = {
    "no declarations": (["y", "--tensors", "", "--wrt", "y"], "expected declarations such as"),
    "broken declarations": (["y", "--tensors", "y[n,", "--wrt", "y"], "found '[n,'"),
    "nothing asked": (["y", "--tensors", "y[n]"], "for example --wrt y, or ask for the expression"),
    "unknown name": (["y", "--tensors", "y[n]", "--wrt", "Y"],
                     "unknown name to differentiate by 'Y'. Did you mean 'y'?"),
    "size": (["y", "--tensors", "y[n]", "--wrt", "n"], "unknown name to differentiate by 'n'"),
    "labels": (["y", "--tensors", "y[n] in k", "--wrt", "y"], "y are class labels"),
    "not square": (["y", "--tensors", "y[n]", "--wrt", "y", "--symmetric", "y"], "not square"),
    "not declared": (["y", "--tensors", "y[n]", "--wrt", "y", "--symmetric", "A"], "A"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_questions(name: str) -> None:
    """Exit status 2 with the cure on standard error."""
    arguments, message = BAD[name]
    status, out, err = run("derive", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_an_entry_is_named_by_its_derivative() -> None:
    """Where only index notation says it, the left side is an entry of the derivative."""
    declarations = ("relu(X@A)", "X[n,d] A[d,d]", "--wrt", "X")
    text = rm.jacobian(rm.parse(*declarations[:2]), rm.tensors(declarations[1])[0]).text()
    assert entry(text)
    assert f"(df/dX)[{entry(text)}] = {right(text)}\n" in derive(*declarations)
    latex = derive(*declarations, "--latex")
    assert r"\left(\frac{\partial f}{\partial X}\right)_{" in latex
    assert latex.count(r"\begin{aligned}") == latex.count(r"\end{aligned}")


def test_what_cannot_be_derived_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too deep a recursion in a derivative is one line; a mistake of ours is not hidden."""
    def deep(*_: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr("refmath.cli_derive.jacobian", deep)
    assert run("derive", "y@y", "--tensors", "y[n]", "--wrt", "y") == (
        2, "", "refmath: the expression is nested too deeply\n")
    monkeypatch.setattr("refmath.cli_derive.jacobian", lambda *_: {}["nothing"])
    answer = CliRunner().invoke(main, ["derive", "y@y", "--tensors", "y[n]", "--wrt", "y"])
    assert isinstance(answer.exception, KeyError)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.text("xyn 0123.+-*/@^'()[]:,=<>\"\\#", max_size=12))
def test_any_text_is_answered(text: str) -> None:
    """Status 0 with something printed, or status 2 with one line."""
    status, out, err = run("derive", "--tensors", "x[n] y[n]", "--wrt", "x", "--", text)
    assert (status, bool(out), err.count("\n")) in ((0, True, 0), (2, False, 1))


def test_the_installed_command() -> None:
    """As a process, piped: no escape codes, no wrapped formula."""
    code = "from refmath.cli import main; main()"
    command = [sys.executable, "-c", code, "derive", RIDGE + " + 0" * 40, "--tensors", TENSORS,
               "--wrt", "theta", "--hessian"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False,
                            env={"COLUMNS": "20", "PATH": ""})
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == derive(RIDGE, TENSORS, "--wrt", "theta", "--hessian")


def test_help() -> None:
    """The command explains itself, with an example."""
    status, out, _ = run("derive", "--help")
    assert status == 0
    assert "Example: refmath derive" in out


def test_what_is_differentiated_by_has_its_name_in_latex() -> None:
    """Also a tensor of rank 3, which is shown by its entries elsewhere."""
    shown = derive("sum(X**2)", "X[a,b,c]", "--wrt", "X", "--latex")
    assert r"\left(\frac{\partial f}{\partial X}\right)_{ijk} = 2 X_{ijk}" in shown
