"""Slips in a function's derivative: left out, or taken at the wrong point.

The function is replaced by ``rate * x + rest``, with tensors that count as constant; what is
derived then has the wrong rate in the backward pass and the right value in the forward pass.
"""

from collections.abc import Iterator
from typing import Any

from sympy import Function, Integer, Symbol

from refmath.errors import RefmathError
from refmath.oracle.gradient.edits import spoken
from refmath.oracle.gradient.question import Question
from refmath.tensor import build
from refmath.tensor.functions import scalar_derivative
from refmath.tensor.node import Map, Product, Tensor, Variable, placeholder
from refmath.tensor.replace import replaced
from refmath.tensor.walk import nodes

__all__ = ["slips", "stale"]

_RATE, _REST = "_rate", "_rest"


Slip = tuple[str, dict[str, Tensor]]
"""What is said of the gradient, and the wrong derivatives by name."""


def slips(question: Question, expr: Tensor) -> Iterator[Slip]:
    """Slips in the derivative of one function."""
    top = question.asked.scalar(expr)
    names = [n for n in question.outputs if n != "value"]
    right = question.reference(expr)
    for node in nodes(top):
        if not isinstance(node, Map):
            continue
        for part in sorted(node.expr.atoms(Function), key=str):
            if len(part.args) != 1 or not part.args[0].free_symbols:
                continue
            kind = type(part).__name__
            inner = build.elementwise(part.args[0], node.children)
            for rate, text in _rates(part):
                try:
                    made = _derived(question, top, node, part, rate, names)
                except RefmathError:
                    continue
                if any(made[n] != right[n] for n in names):
                    yield f"has the derivative of {kind} at {spoken(inner)} {text}", made


def _rates(part: Any) -> Iterator[tuple[Any, str]]:
    """Wrong derivatives of a function, as expressions in its arguments."""
    yield Integer(1), "left out"
    x = Symbol("x", real=True)
    try:
        slope = scalar_derivative(part.func(x), x)
    except RefmathError:
        return
    yield slope.xreplace({x: part}), "taken at its value instead of its argument"
    yield part, "replaced by its value"


def _derived(
    question: Question, top: Tensor, node: Map, part: Any, rate: Any, names: list[str]
) -> dict[str, Tensor]:
    shape = node.shape
    constants = [build.variable(n, shape) for n in (_RATE, _REST)]
    symbols = [placeholder(len(node.children) + i) for i in range(2)]
    argument = part.args[0]
    straight = node.expr.xreplace({part: symbols[0] * argument + symbols[1]})
    other = build.elementwise(straight, [*node.children, *constants])
    changed = replaced(top, {node: other})
    back = {
        constants[0]: build.elementwise(rate, node.children),
        constants[1]: build.elementwise(part - rate * argument, node.children),
    }
    return {n: replaced(question.derivative(changed, n), back) for n in names}


def stale(question: Question, expr: Tensor) -> Iterator[Slip]:
    """Backpropagation through parameters that have been updated already, by some steps."""
    right = question.reference(expr)
    names = [n for n in question.outputs if n != "value"]
    for rate in (1, *(Integer(1) / 10**k for k in range(1, 5)), Integer(1) / 2):
        made = dict(right)
        for n in names:
            made[n] = _with_updated(right[n], n, right, rate)
        if made != right:
            text = f"is multiplied by parameters that have been updated already, at rate {rate}"
            yield text, made


def _with_updated(slope: Tensor, own: str, right: dict[str, Tensor], rate: Any) -> Tensor:
    """Replace other parameters where they are factors of the backward pass."""
    change: dict[Tensor, Tensor] = {}
    stack, seen = [slope], {slope}
    while stack:
        node = stack.pop()
        if not isinstance(node, Product) and node is not slope:
            continue
        if isinstance(node, Product):
            factors = []
            for f, labels in node.factors:
                if isinstance(f, Variable) and f.name != own and f.name in right:
                    f = build.add([f, build.scaled(-rate, right[f.name])], f.shape)
                factors.append((f, labels))
            change[node] = build.product(
                node.coefficient, factors, range(node.rank), dict(enumerate(node.sizes))
            )
        for c in node.children:
            if c not in seen:
                seen.add(c)
                stack.append(c)
    return replaced(slope, change)
