"""Printed formulas: as a textbook has them, and meaning what was derived."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from notation_balls import UndecidedError
from notation_cases import SIZES, differences
from notation_textbook import textbook
from sympy import S

import refmath as rm
from refmath import tensor as tn
from refmath.emit.tensor.notation import contraction, fractions, latex, text
from refmath.emit.tensor.notation import formula as formulas
from refmath.emit.tensor.notation.affine import Relations
from refmath.emit.tensor.notation.given import given
from refmath.emit.tensor.notation.tree import Dot, Transpose
from refmath.tensor import gradient, hessian

GOLDEN = Path(__file__).parent / "golden" / "formulas.txt"
ACCEPT = "REFMATH_ACCEPT=1 pytest tests/emit/tensor/test_printing.py"
CASES = textbook()
EACH = pytest.mark.parametrize("name", CASES)
FORMS = ("text", "latex", "indices")

WANTED = {
    "least squares": "1/n ||X theta - y||**2 + lambda ||theta||**2",
    "least squares gradient": "2/n X' (X theta - y) + 2 lambda theta",
    "least squares Hessian": "2/n X' X + 2 lambda I",
    "logistic": "1/n (sum(softplus(X theta)) - y' X theta)",
    "logistic gradient": "1/n X' (p - y)\nwhere p = sigmoid(X theta)",
    "logistic Hessian": "1/n X' diag(p*(1 - p)) X\nwhere p = sigmoid(X theta)",
    "cross-entropy": "-1/n (y' log(p) + (1 - y)' log(1 - p))\nwhere p = sigmoid(X theta)",
    "cross-entropy gradient": "1/n X' (p - y)\nwhere p = sigmoid(X theta)",
    "cross-entropy Hessian": "1/n X' diag(p*(1 - p)) X\nwhere p = sigmoid(X theta)",
    "softmax": "-1/n sum(Y * log_softmax(X W))",
    "softmax gradient": "1/n X' (diag(Y 1) P - Y)\nwhere P = softmax(X W)",
    "labels gradient": "1/n X' (P - onehot(c))\nwhere P = softmax(X W)",
    "Poisson gradient": "X' (exp(X theta) - y)",
    "lasso gradient": "2 X' (X theta - y) + lambda sign(theta)",
    "norm": "||X theta - y||",
    "norm gradient": "X' (X theta - y) / ||X theta - y||",
    "norm Hessian": "X' (I - r r' / s**2) X / s\nwhere r = X theta - y\n      s = ||r||",
    "logdet gradient": "inv(A)'",
    "quadratic": "x' A x",
    "quadratic gradient": "A x + A' x",
    "quadratic Hessian": "A + A'",
    "quadratic by A": "x x'",
    "symmetric gradient": "S x - b",
    "symmetric Hessian": "S",
    "trace": "tr(A B)",
    "trace gradient": "B'",
    "trace of three": "(B + B') A",
    "inverse gradient": "-inv(A)' B' inv(A)'",
    "normal gradient": "1/2 inv(S) - 1/4 inv(S) (A + A') inv(S)",
    "Rayleigh gradient": "2 (S x - (x' S x) x / ||x||**2) / ||x||**2",
    "factors G": "(G W' - C) W",
    "factors W": "(G W' - C)' G",
    "attention": "S U\nwhere S = softmax(1/sqrt(k) Q P')",
    "outer": "x v'",
    "sum": "sum(x)",
    "mean": "1/(d n) sum(X)",
    "mean of rows": "1/n X' 1",
    "row sums": "X 1",
    "broadcast": "X + 1 theta'",
    "broadcast alone": "1 theta'",
    "columns scaled": "X diag(theta)",
    "rows scaled": "diag(y) X",
    "identity": "2 I",
    "zeros": "0",
    "tail": "x[1:]",
    "column": "X[:, -1]",
    "log-sum-exp": "logsumexp(X, axis=1)",
    "softmax Jacobian": "(diag(p) - p p') A\nwhere p = softmax(A x)",
    "maximum gradient": "X' onehot(argmax(X W, axis=1))",
    "convolution": "g[i] = sum_a signal[i + a] f[a]",
    "batch W1": """X' delta1
where Z1 = X W1 + 1 b1'
      H1 = relu(Z1)
      Z2 = H1 W2 + 1 b2'
      H2 = relu(Z2)
      Z3 = H2 W3 + 1 b3'
      delta3 = 2/n (relu(Z3) - T) * step(Z3)
      delta2 = (delta3 W3') * step(Z2)
      delta1 = (delta2 W2') * step(Z1)""",
    "network W3": """delta3 h2'
where h2 = relu(W2 relu(W1 x))
      z3 = W3 h2
      delta3 = 2 (relu(z3) - T) * step(z3)""",
    "softmax Hessian": """H[i,j,l,p] = 1/n sum_a X[a,i] X[a,l] P[a,j] u[a] ([j = p] - P[a,p])
where u = Y 1
      P = softmax(X W)""",
}
"""What a mathematician writes."""


def shown() -> str:
    """What the golden file holds."""
    parts = [f"# Generated from the expressions of notation_textbook. Accept a change: {ACCEPT}\n"]
    for name, node in CASES.items():
        parts.append(f"\n## {name}\n{node.text()}\n\n{node.latex()}\n\n{node.indices()}\n")
    return "".join(parts)


@pytest.mark.parametrize("name", WANTED)
def test_formulas_read_as_in_a_textbook(name: str) -> None:
    """The text is what a mathematician would write."""
    assert CASES[name].text() == WANTED[name]


def test_formulas_read_as_accepted() -> None:
    """Text, LaTeX and index notation print as in the golden file; a change can be accepted."""
    new = shown()
    if os.environ.get("REFMATH_ACCEPT"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(new, "utf-8")
    old = GOLDEN.read_text("utf-8") if GOLDEN.exists() else ""
    diff = unified_diff(old.splitlines(), new.splitlines(), "accepted", "now", lineterm="")
    assert old == new, "\n".join(["", *diff, f"to accept: {ACCEPT}"])


@pytest.mark.parametrize("form", FORMS)
@EACH
def test_formulas_mean_the_expression(name: str, form: str) -> None:
    """Read by its grammar, a formula has the value of the expression it was printed from."""
    node = CASES[name]
    printed = getattr(node, form)()
    assert differences(node, printed, SIZES, seed=1, latex=form == "latex") == [], printed


LATEX = {
    "least squares gradient": r"\frac{2}{n} X^\top \left(X \theta - y\right) + 2 \lambda \theta",
    "least squares Hessian": r"\frac{2}{n} X^\top X + 2 \lambda I",
    "logdet gradient": r"A^{-\top}",
    "quadratic": r"x^\top A x",
    "norm gradient": r"\frac{X^\top \left(X \theta - y\right)}{\left\|X \theta - y\right\|}",
    "broadcast": r"X + \mathbf{1} \theta^\top",
    "inner product": r"\mathbf{1}^\top \left(A \odot B\right) \mathbf{1}",
    "row sums": r"X \mathbf{1}",
    "logistic Hessian": "\\begin{aligned}\n"
    r"& \frac{1}{n} X^\top \operatorname{diag}\left(p \odot \left(\mathbf{1} - p\right)\right) X \\"
    "\n"
    r"& \text{where } p = \sigma\left(X \theta\right)"
    "\n\\end{aligned}",
    "convolution": r"g_{i} = \sum_{a} \mathrm{signal}_{i + a} f_{a}",
    "logdet Hessian": r"H_{ijkl} = -\left(A^{-1}\right)_{jk} \left(A^{-1}\right)_{li}",
}


@pytest.mark.parametrize("name", LATEX)
def test_latex_reads_as_in_a_textbook(name: str) -> None:
    """The LaTeX is what a mathematician would write."""
    assert CASES[name].latex() == LATEX[name]


def wrongly(function: Callable[..., Any], wrong: Callable[..., Any]) -> Callable[..., Any]:
    """A function with something wrong done to its result."""
    return lambda *args, **options: wrong(function(*args, **options), *args)


def _without_transposes(shown: Any, self: Any, x: Any) -> Any:
    return self._shown(x.children[0]) if isinstance(x, Transpose) else shown


def _reversed(shown: Any, self: Any, x: Any) -> Any:
    turned = isinstance(x, Dot) and x.rank == 2
    return (" ".join(reversed(shown[0].split(" "))), shown[1]) if turned else shown


WRONG: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "transposes dropped": (text.TextPrinter, "_printed", _without_transposes),
    "products turned round": (text.TextPrinter, "_printed", _reversed),
    "brackets dropped": (text, "_bracketed", lambda _, shown, level: shown[0]),
    "signs dropped": (text, "parts_of", lambda parts, x: parts._replace(negative=False)),
    "coefficients dropped": (text, "parts_of", lambda parts, x: parts._replace(number=S.One)),
    "denominators dropped": (text, "parts_of", lambda parts, x: parts._replace(below=())),
    "sizes never shown": (formulas, "sized", lambda _, x, *rest: x),
    "matrices never turned": (contraction, "_turned", lambda _, part, order: part.tree),
    "ranges forgotten": (Relations, "_limits", lambda *_: (None, None)),
    "axes swapped": (text, "axes_shown", lambda axes, x: tuple(1 - a for a in axes)),
    "LaTeX: signs dropped": (latex, "parts_of", lambda parts, x: parts._replace(negative=False)),
    "LaTeX: brackets dropped": (latex, "_bracketed", lambda _, shown, level: shown[0]),
    "LaTeX: elementwise powers": (fractions, "power", lambda found, base, e: base),
}


def disagrees(name: str, form: str) -> bool:
    """Whether a formula cannot be read, or means something else."""
    node = CASES[name]
    try:
        printed = getattr(node, form)()
        return differences(node, printed, SIZES, seed=1, latex=form == "latex") != []
    except UndecidedError:
        return False
    except (AssertionError, KeyError, IndexError):
        return True


@pytest.mark.parametrize("rule", WRONG)
def test_a_wrong_rule_is_seen(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one printing rule wrong, some formula no longer means its expression."""
    names = [n for n in CASES if "network" not in n and "batch" not in n]
    form = "latex" if rule.startswith("LaTeX") else "text"
    owner, function, wrong = WRONG[rule]
    monkeypatch.setattr(owner, function, wrongly(getattr(owner, function), wrong))
    found = next((name for name in names if disagrees(name, form)), None)
    assert found is not None
    monkeypatch.undo()
    assert not disagrees(found, form)


SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from notation_textbook import textbook, matrices, notations
{before}
for name, node in textbook().items():
    print(name, node.text(), node.latex(), node.indices(), sep="\\n")
"""


def test_formulas_do_not_depend_on_the_run() -> None:
    """The same formulas whatever was built before, and however Python hashes strings."""
    printed = []
    for seed, before in (("1", ""), ("2", "kept = list(notations()), list(matrices())[::-1]")):
        code = SCRIPT.format(folder=str(Path(__file__).parent), before=before)
        answer = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        printed.append(answer.stdout)
    assert printed[0] == printed[1]
    assert printed[0].count("\n") > 500


def test_names_do_not_collide() -> None:
    """Definitions and indices get names that no tensor, scalar or size has."""
    p = rm.dims("p")
    X, W, z, Z, i, j = rm.tensors("g[p,P] H[P,I] q[p] Q[p,I] i[I] G[a]")
    s = rm.scalar("s")
    loss = -tn.sum(Z * tn.log_softmax(X @ W + i)) / p + s * tn.sum(j[1:] * j[:-1]) * tn.sum(z)
    for by in (W, i, j):
        for node in (gradient(loss, by), hessian(loss, by)):
            sizes = {"p": 3, "P": 2, "I": 4, "a": 3}
            names = {x.name for x in given(node)}
            for form in FORMS:
                printed = getattr(node, form)()
                found = differences(node, printed, sizes, latex=form == "latex")
                assert found == [], printed
            defined = re.findall(r"^(?:where |      )(\w+)", node.text(), re.MULTILINE)
            assert not names & set(defined)


def test_given_names_are_listed() -> None:
    """The names in a formula, with what they are: for a list of shapes."""
    node = CASES["labels"] + rm.scalar("mu") * tn.trace(rm.tensors("S[d,d]", symmetric="S"))
    found = {x.name: (x.kind, x.shape, x.classes, x.symmetric) for x in given(node)}
    n, d, k = rm.dims("n d k")
    assert found == {
        "S": ("tensor", (d, d), None, True), "W": ("tensor", (d, k), None, False),
        "X": ("tensor", (n, d), None, False), "c": ("labels", (n,), k, False),
        "mu": ("scalar", (), None, False), "d": ("size", (), None, False),
        "k": ("size", (), None, False), "n": ("size", (), None, False),
    }


def test_notebooks_show_the_formula() -> None:
    """A notebook shows the LaTeX."""
    node: Any = CASES["least squares Hessian"]
    assert node._repr_latex_() == r"$\displaystyle \frac{2}{n} X^\top X + 2 \lambda I$"


def test_deep_networks_print() -> None:
    """Forty layers are named layer by layer; nothing recurs too deeply."""
    X, W, b = rm.tensors("X[n,d] W[d,d] b[d]")
    out = X
    for _ in range(40):
        out = tn.tanh(out @ W + b)
    printed = gradient(tn.sum(out**2), b).text()
    names = re.findall(r"^(?:where |      )(\w+) = ", printed, re.MULTILINE)
    assert len(names) == len(set(names))
    assert {f"H{layer}" for layer in range(1, 41)} <= set(names)
    assert {f"delta{layer}" for layer in range(2, 41)} <= set(names)
