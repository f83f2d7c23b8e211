"""The forward pass: an expression taken apart into named steps of at most two factors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refmath.emit.tensor.graph.counts import is_view
from refmath.emit.tensor.graph.plan import Indices, is_indicator, pairs, reduced
from refmath.tensor import build, nodes
from refmath.tensor.node import (
    Map,
    Product,
    Reduce,
    Sum,
    Tensor,
    Variable,
    is_placeholder,
    placeholder,
)
from refmath.tensor.replace import remade

__all__ = ["Forward", "Step", "taken_apart", "variables_in"]


@dataclass(frozen=True)
class Step:
    """A quantity and how it is computed from earlier ones.

    Attributes:
        variable: What stands for it.
        local: Its expression in earlier variables; itself if it is given.
    """

    variable: Variable
    local: Tensor

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """What it is computed from."""
        return () if self.local is self.variable else variables_in(self.local)

    @property
    def op(self) -> str:
        """What is done, in a word."""
        if self.local is self.variable:
            return "given"
        match self.local:
            case Variable():
                return "copy"
            case Map(expr=expr):
                if expr.is_Pow:
                    return "power"
                return str(expr.func.__name__) if expr.is_Function else "elementwise"
            case Sum():
                return "add"
            case Reduce(kind=kind):
                return kind
            case Product():
                return _product_word(self.local)
        return type(self.local).__name__.lower()


def _product_word(node: Product) -> str:
    real = sum(not is_indicator(c) for c in node.children)
    if real > 1:
        return "product"
    if real < len(node.children):
        return "choose"
    inner = any(x >= node.rank for labels in node.labels for x in labels)
    return "sum" if inner else "scale"


def variables_in(node: Tensor) -> tuple[Variable, ...]:
    """The variables of an expression in the order in which they stand."""
    return tuple(x for x in nodes(node) if isinstance(x, Variable))


class Forward:
    """Takes an expression apart.

    Attributes:
        steps: What is given and computed, in order.
    """

    def __init__(self, taken: Sequence[str]) -> None:
        self.steps: list[Step] = []
        self._taken = set(taken)
        self._local: dict[Tensor, Tensor] = {}
        self._steps_by_local: dict[Tensor, Variable] = {}
        self._count = 0

    def run(self, top: Tensor) -> None:
        """Add the steps of an expression; the last one is its result."""
        for node in nodes(top):
            self._local[node] = self._reached(node, node is top)

    def _reached(self, node: Tensor, is_top: bool) -> Tensor:
        """What stands for a node in later steps."""
        if isinstance(node, Variable):
            self.steps.append(Step(node, node))
            return self._named(node) if is_top else node
        children = [self._local[c] for c in node.children]
        if isinstance(node, Product) and len(_real(node)) > 1:
            return self._multiplied(node, children)
        if isinstance(node, Sum):
            children = self._with_known_sums(node)
        found = (
            self._elementwise(node.expr, children) if isinstance(node, Map)
            else remade(node, children)
        )
        return self._named(found) if is_top else self._held(found)

    def _held(self, found: Tensor) -> Tensor:
        """A quantity that later steps can use: a variable, entries of one, or a constant."""
        if is_indicator(found) or isinstance(found, Variable) or not variables_in(found):
            return found
        if is_view(found) and any(isinstance(c, Variable) for c in found.children):
            return found
        front, core = build.split(found)
        return build.scaled(front, self._named(core)) if front == -1 else self._named(found)

    def _elementwise(self, expr: Any, children: Sequence[Tensor]) -> Tensor:
        """A scalar function of tensors, with the functions and sums inside it as own steps."""
        change: dict[Any, Any] = {}
        arguments = list(children)
        for part in _inner(expr):
            change[part] = placeholder(len(arguments))
            arguments.append(self._held(self._elementwise(part, children)))
        return build.elementwise(expr.xreplace(change), arguments)

    def _named(self, local: Tensor) -> Variable:
        if local in self._steps_by_local:
            return self._steps_by_local[local]
        self._count += 1
        while f"z{self._count}" in self._taken:
            self._count += 1
        variable = build.variable(f"z{self._count}", local.shape)
        assert isinstance(variable, Variable)
        self.steps.append(Step(variable, local))
        self._steps_by_local[local] = variable
        return variable

    def _with_known_sums(self, node: Sum) -> list[Tensor]:
        """The terms of a sum, with sums of some of them that are known already in their place."""
        rest = list(node.children)
        found: list[Tensor] = []
        for other, local in self._local.items():
            if not isinstance(other, Sum) or other.shape != node.shape:
                continue
            for sign in (1, -1):
                terms = [build.scaled(sign, x) for x in other.children]
                if all(x in rest for x in terms):
                    rest = [x for x in rest if x not in terms]
                    found.append(build.scaled(sign, local))
        return [*found, *(self._local[x] for x in rest)]

    def _multiplied(self, node: Product, children: Sequence[Tensor]) -> Tensor:
        """A product of several factors, two at a time; what chooses entries comes last."""
        indices = Indices.of(node)
        factors = list(zip(children, node.labels, strict=True))
        real = [factors[i] for i in _real(node)]
        rest = [f for i, f in enumerate(factors) if i not in _real(node)]
        choosing = {x for _, labels in rest for x in labels}
        out = frozenset({*range(node.rank), *choosing})
        held = [frozenset(labels) for _, labels in real]
        for i, kept in enumerate(reduced(held, out)):
            if kept != held[i]:
                real[i] = self._joined([real[i]], tuple(sorted(kept)), indices.sizes)
        steps = pairs([frozenset(labels) for _, labels in real], out, indices)
        for step in steps[:-1]:
            pair = [real[step.left], real[step.right]]
            real.append(self._joined(pair, step.out, indices.sizes))
        last = [real[steps[-1].left], real[steps[-1].right], *rest]
        sizes = dict(enumerate(node.sizes))
        return self._named(build.product(node.coefficient, last, range(node.rank), sizes))

    def _joined(
        self, factors: Sequence[tuple[Tensor, tuple[int, ...]]], out: tuple[int, ...],
        sizes: Mapping[Any, Any],
    ) -> tuple[Tensor, tuple[int, ...]]:
        return self._named(build.product(1, factors, out, sizes)), out


def _inner(expr: Any) -> list[Any]:
    """The outermost functions inside a scalar expression, and the sum that it is a power of."""
    if expr.is_Pow and expr.base.is_Add and expr.exp.is_Rational:
        return [expr.base]
    found: dict[Any, None] = {}
    pending = list(expr.args)
    while pending:
        part = pending.pop(0)
        if not any(is_placeholder(s) for s in part.free_symbols):
            continue
        if part.is_Function or (part.is_Pow and not part.exp.is_Integer):
            found[part] = None
        else:
            pending += part.args
    return list(found)


def _real(node: Product) -> list[int]:
    """The numbers of the factors that are more than choices."""
    return [i for i, c in enumerate(node.children) if not is_indicator(c)]


def taken_apart(top: Tensor, taken: Sequence[str]) -> list[Step]:
    """The steps that compute an expression, what is given first.

    Args:
        top: The expression.
        taken: Names that no step may get.
    """
    forward = Forward(taken)
    forward.run(top)
    return sorted(forward.steps, key=lambda s: s.local is not s.variable)
