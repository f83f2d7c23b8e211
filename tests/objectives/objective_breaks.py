"""Wrong rules of the calculus, and an objective whose derivatives show each of them."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import sympy

from refmath.tensor import build, calculus
from refmath.tensor.functions import relu, sigmoid, softplus, step
from refmath.tensor.node import Inverse, LogDet, Map, Product, Reduce, Sum

Break = Callable[[pytest.MonkeyPatch], None]
PULL_BACK, SLOPE, OWN = calculus._pull_back, calculus.scalar_derivative, calculus._own_part


def slopes(change: Callable[[Any, Any], Any]) -> Break:
    """Change what is returned for the derivative of a scalar function."""

    def wrong(expr: Any, symbol: Any) -> Any:
        return change(expr, SLOPE(expr, symbol))

    return lambda patch: patch.setattr(calculus, "scalar_derivative", wrong)


def parts(kind: Any, change: Callable[[Any, list[Any]], list[Any]]) -> Break:
    """Change what nodes of a kind hand to their children."""

    def wrong(node: Any, adjoint: Any, front: Any) -> Iterator[Any]:
        found = list(PULL_BACK(node, adjoint, front))
        yield from change(node, found) if isinstance(node, kind) else found

    return lambda patch: patch.setattr(calculus, "_pull_back", wrong)


def swapped(node: Any) -> Any:
    """The last two axes exchanged."""
    axes = tuple(range(node.rank))
    out = (*axes[:-2], axes[-1], axes[-2])
    return build.product(1, [(node, axes)], out, dict(enumerate(node.shape)))


def scaled(factor: Any) -> Callable[[Any, list[Any]], list[Any]]:
    """Every part times a scalar."""
    return lambda node, found: [(c, build.scaled(factor(node), p)) for c, p in found]


def overwritten(patch: pytest.MonkeyPatch) -> None:
    """A node that is used twice keeps only the last contribution."""
    wrong = SimpleNamespace(**{**vars(build), "add": lambda terms, shape: list(terms)[-1]})
    patch.setattr(calculus, "build", wrong)


def no_own_part(patch: pytest.MonkeyPatch) -> None:
    """A scalar in a coefficient counts as a constant."""
    patch.setattr(
        calculus, "_own_part",
        lambda node, s: None if isinstance(node, Product) else OWN(node, s),
    )


def _last_dropped(node: Any, found: list[Any]) -> list[Any]:
    return found[:-1] if len(found) > 1 else found


def _once(node: Any, found: list[Any]) -> list[Any]:
    """A tensor that is a factor twice hands its derivative on once."""
    return list({id(child): (child, part) for child, part in found}.values())


def _constant_normaliser(node: Any, found: list[Any]) -> list[Any]:
    return [] if node.kind == "logsumexp" else found


def _not_normalised(node: Any, found: list[Any]) -> list[Any]:
    if node.kind != "logsumexp":
        return found
    (child, part), = found
    exponential = build.elementwise(sympy.exp(calculus.placeholder(0)), [child])
    labels = tuple(range(part.rank))
    own = labels[part.rank - child.rank:]
    sizes = dict(enumerate(part.shape))
    return [(child, build.product(1, [(part, labels), (exponential, own)], labels, sizes))]


BREAKS: dict[str, tuple[Break, str, dict[str, str]]] = {
    "tanh' = 1 - tanh": (
        slopes(lambda e, d: d.replace(lambda x: x.is_Pow and isinstance(x.base, sympy.tanh),
                                      lambda x: x.base)),
        "two_layer_network", {"activation": "tanh"}),
    "sigmoid' = sigmoid": (
        slopes(lambda e, d: d.replace(lambda x: isinstance(x, sympy.Add) and x.has(sigmoid),
                                      lambda x: sympy.Integer(1))),
        "two_layer_network", {"activation": "sigmoid"}),
    "softplus' is step": (
        slopes(lambda e, d: d.replace(sigmoid, step) if e.has(softplus) else d),
        "logistic_loss", {}),
    "relu' = 1": (
        slopes(lambda e, d: d.replace(step, lambda x: sympy.Integer(1)) if e.has(relu) else d),
        "network_2", {}),
    "|x|' = |x|": (slopes(lambda e, d: d.replace(sympy.sign, sympy.Abs)), "lasso", {}),
    "power rule keeps the exponent": (
        slopes(lambda e, d: e if e.is_Pow else d), "binary_cross_entropy", {}),
    "inner derivative missing": (
        parts(Map, lambda node, found: [(c, c) if c.shape == p.shape else (c, p)
                                        for c, p in found]),
        "feature_regression", {"features": "tangents"}),
    "a factor's part is missing": (parts(Product, _last_dropped), "network_2", {}),
    "a square is differentiated once": (parts(Product, _once), "quadratic", {}),
    "coefficient lost": (
        parts(Product, scaled(lambda node: 1 / node.coefficient)), "least_squares", {}),
    "a term's part is missing": (parts(Sum, _last_dropped), "ridge", {}),
    "two uses, one kept": (overwritten, "cross_entropy", {}),
    "inverse transposed": (
        parts(Inverse, lambda node, found: [(c, swapped(p)) for c, p in found]),
        "gaussian_density", {}),
    "inverse without its sign": (
        parts(Inverse, scaled(lambda node: -1)), "gaussian_density", {}),
    "log det with the inverse not transposed": (
        parts(LogDet, lambda node, found: [(c, swapped(p)) for c, p in found]),
        "gaussian_density", {}),
    "softmax without its off-diagonal part": (
        parts(Reduce, _constant_normaliser), "softmax_regression", {}),
    "softmax not normalised": (parts(Reduce, _not_normalised), "cross_entropy", {}),
    "maximum's derivative halved": (
        parts(Reduce, scaled(lambda node: sympy.Rational(1, 2))), "crammer_singer", {}),
    "a scalar is a constant": (no_own_part, "gaussian_likelihood", {}),
}
