"""Single slips in a derived expression: a factor dropped, a term forgotten, a sum not taken.

They are made from the derivative itself, so that they exist for every objective.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Rational

from refmath.errors import RefmathError
from refmath.tensor import build
from refmath.tensor.node import Affine, OneHot, Product, Sum, Tensor, Variable
from refmath.tensor.replace import replaced
from refmath.tensor.structure import transpose
from refmath.tensor.walk import nodes

__all__ = ["Edit", "edits", "spoken"]

_LONG = 60
_WITHIN = " within a function"


@dataclass(frozen=True)
class Edit:
    """A wrong expression.

    Attributes:
        text: What is wrong, as what is said of the gradient: ``is transposed``.
        expr: The expression.
    """

    text: str
    expr: Tensor


def _term(node: Tensor) -> str:
    """A term for a sentence, without its sign."""
    scalar, _ = build.split(node)
    return spoken(build.scaled(-1, node) if scalar.could_extract_minus_sign() else node)


def spoken(node: Tensor) -> str:
    """An expression for a sentence."""
    if isinstance(node, Variable):
        return node.name
    try:
        text = node.text()
    except RefmathError:
        text = ""
    if text and len(text) <= _LONG and "\n" not in text:
        return text
    names = sorted({x.name for x in nodes(node) if isinstance(x, Variable)})
    return f"an expression in {', '.join(names)}" if names else "a constant"


def edits(expr: Tensor, sizes: Sequence[Any] = ()) -> Iterator[Edit]:
    """All single slips, likelier ones first.

    Args:
        expr: The right expression.
        sizes: Symbols of sizes, by which terms may be scaled.
    """
    seen = {expr}
    makers: tuple[Callable[[], Iterator[Edit]], ...] = (
        lambda: _turned(expr), lambda: _unsummed(expr), lambda: _terms(expr, sizes),
        lambda: _factors(expr, _backward(expr)), lambda: _uneven(expr),
        lambda: _factors(expr, _forward(expr), _WITHIN),
        lambda: _forward_terms(expr),
    )
    for make in makers:
        for edit in make():
            if edit.expr not in seen:
                seen.add(edit.expr)
                yield edit


def _backward(expr: Tensor) -> list[Tensor]:
    """The nodes that are reached through sums and products alone, the outermost first."""
    out: dict[Tensor, None] = {}
    stack = [expr]
    while stack:
        node = stack.pop(0)
        if node not in out:
            out[node] = None
            if isinstance(node, Sum | Product):
                stack += node.children
    return list(out)


def _forward(expr: Tensor) -> list[Tensor]:
    """The nodes within functions."""
    outer = set(_backward(expr))
    return [x for x in reversed(nodes(expr)) if x not in outer]


def _turned(expr: Tensor) -> Iterator[Edit]:
    """The transpose; of more axes, in reverse order."""
    if expr.rank >= 2:
        text = "is transposed" if expr.rank == 2 else "has its axes in reverse order"
        yield Edit(text, transpose(expr))


def _unsummed(expr: Tensor) -> Iterator[Edit]:
    """A sum that is not taken, or that is taken over another axis."""
    if not isinstance(expr, Product):
        return
    sizes = dict(enumerate(expr.sizes))
    own = tuple(range(expr.rank))
    for x in range(expr.rank, len(expr.sizes)):
        summed = expr.sizes[x]
        made = build.product(expr.coefficient, expr.factors, (x, *own), sizes)
        yield Edit(f"is not summed over {summed}", made)
        for place in own:
            swapped = tuple(x if i == place else i for i in own)
            made = build.product(expr.coefficient, expr.factors, swapped, sizes)
            yield Edit(f"is summed over {expr.sizes[place]} instead of {summed}", made)


def _terms(expr: Tensor, sizes: Sequence[Any]) -> Iterator[Edit]:
    """A term forgotten, with the wrong sign, or with another factor."""
    scales: list[tuple[Any, str]] = [
        (-1, "with the wrong sign"), (2, "doubled"), (Rational(1, 2), "halved"),
    ]
    scales += [(s, f"{s} times too large") for s in sizes]
    scales += [(1 / s, f"divided by {s}") for s in sizes]
    sums = [x for x in _backward(expr) if isinstance(x, Sum)]
    for whole in sums:
        for child, rest in _each(whole):
            less = build.add(rest, whole.shape)
            yield Edit(f"lacks the term {_term(child)}", replaced(expr, {whole: less}))
    for whole in sums:
        for child, rest in _each(whole):
            for scale, text in scales:
                other = build.add([*rest, build.scaled(scale, child)], whole.shape)
                yield Edit(
                    f"has the term {_term(child)} {text}", replaced(expr, {whole: other})
                )


def _each(whole: Tensor) -> Iterator[tuple[Tensor, list[Tensor]]]:
    """Every child with the others."""
    for i, child in enumerate(whole.children):
        yield child, [c for j, c in enumerate(whole.children) if j != i]


def _factors(expr: Tensor, among: Sequence[Tensor], where: str = "") -> Iterator[Edit]:
    """A factor forgotten; an index that only it has is then no longer summed over."""
    for node in among:
        if not isinstance(node, Product):
            continue
        for i, (factor, _) in enumerate(node.factors):
            if isinstance(factor, Affine):
                continue
            made = _multiplied(node, [f for j, f in enumerate(node.factors) if j != i])
            text = spoken(factor)
            if isinstance(factor, OneHot):
                text = f"that chooses the label {spoken(factor.children[0])}"
            yield Edit(f"lacks the factor {text}{where}", replaced(expr, {node: made}))


def _uneven(expr: Tensor) -> Iterator[Edit]:
    """A factor of a sum that one of its terms does not get."""
    for node in _backward(expr):
        if not isinstance(node, Product):
            continue
        for i, (whole, labels) in enumerate(node.factors):
            others = [f for j, f in enumerate(node.factors) if j != i]
            for child, rest in _each(whole) if isinstance(whole, Sum) else ():
                for factor, _ in others:
                    left = [f for f in others if f[0] is not factor]
                    short = _multiplied(node, [*left, (child, labels)])
                    full = _multiplied(node, [*others, (build.add(rest, whole.shape), labels)])
                    text = f"lacks the factor {spoken(factor)} in the term {_term(child)}"
                    yield Edit(text, replaced(expr, {node: build.add([short, full], node.shape)}))


def _multiplied(node: Product, factors: Sequence[tuple[Tensor, tuple[int, ...]]]) -> Tensor:
    """A product with other factors; an index that none of them has is not summed over."""
    sizes = {k: v for k, v in enumerate(node.sizes)
             if k < node.rank or any(k in inner for _, inner in factors)}
    return build.product(node.coefficient, factors, range(node.rank), sizes)


def _forward_terms(expr: Tensor) -> Iterator[Edit]:
    """A term forgotten within a function: a bias, for example."""
    for whole in _forward(expr):
        if isinstance(whole, Sum):
            for child, rest in _each(whole):
                yield Edit(f"lacks the term {_term(child)}{_WITHIN}",
                           replaced(expr, {whole: build.add(rest, whole.shape)}))
