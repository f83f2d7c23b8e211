"""The backward pass: what every step hands back to its inputs."""

from collections.abc import Sequence
from typing import Any

from sympy import Symbol

from refmath.emit.tensor.graph.counts import Counts, cost
from refmath.emit.tensor.graph.forward import Step, taken_apart, variables_in
from refmath.emit.tensor.graph.record import Graph, GraphNode
from refmath.errors import InvalidInput
from refmath.objective import Declaration
from refmath.tensor import as_tensor, build, dot, gradient, jacobian, variables
from refmath.tensor.functions import scalar_derivative
from refmath.tensor.node import Affine, Map, Product, Reduce, Tensor, Variable, placeholder
from refmath.tensor.replace import replaced

__all__ = ["graph"]


def graph(expression: Any, wrt: Any = None) -> Graph:
    """The forward and backward pass of an expression as a computational graph.

    Products of several factors are taken apart in the order that needs fewest multiplications
    where all sizes are alike and large. Reverse accumulation: Griewank and Walther 2008, chapter 3.

    Args:
        expression: A tensor expression, or a declared objective or layer. Where it is no scalar,
            the adjoint of the result is given: ``bar_<result>``.
        wrt: A variable of real numbers to differentiate by, or a list of them. If left out, the
            tensors among the parameters of an objective, else all variables.

    Raises:
        InvalidInput: Not variables of real numbers of the expression.
    """
    if isinstance(expression, Declaration):
        if wrt is None:
            named = (expression.tensors[name] for name in expression.parameters)
            wrt = [x for x in named if isinstance(x, Tensor)] or None
        expression = expression.expr
    top = as_tensor(expression)
    chosen = _chosen(top, wrt)
    steps = taken_apart(top, [x.name for x in variables(top)])
    return _Backward(steps, chosen).graph()


def _chosen(top: Tensor, wrt: Any) -> tuple[Variable, ...]:
    known = [x for x in variables(top) if x.classes is None]
    if wrt is None:
        return tuple(known)
    asked = tuple(wrt) if isinstance(wrt, list | tuple) else (wrt,)
    for x in asked:
        if x not in known:
            names = ", ".join(k.name for k in known)
            raise InvalidInput(
                f"expected variables of real numbers of the expression, found {x!r}; they are "
                f"{names}"
            )
    return tuple(x for x in known if x in asked)


class _Backward:
    def __init__(self, steps: Sequence[Step], wrt: Sequence[Variable]) -> None:
        self._steps = steps
        self._wrt = wrt
        self._names = {s.variable.name for s in steps}
        needed = set(wrt)
        for step in steps:
            if any(x in needed for x in step.inputs):
                needed.add(step.variable)
        self._needed = needed

    def graph(self) -> Graph:
        """The graph with all adjoints."""
        last = self._steps[-1]
        parts: dict[Variable, list[Tensor]] = {}
        adjoints: dict[Variable, Tensor] = {}
        if last.variable in self._needed:
            rank = last.variable.rank
            parts[last.variable] = [self._bar(last.variable) if rank else build.constant(1)]
        for step in reversed(self._steps):
            if step.variable not in parts:
                continue
            adjoint = build.add(parts.pop(step.variable), step.variable.shape)
            adjoints[step.variable] = adjoint
            handed = adjoint if _is_free(adjoint) else self._bar(step.variable)
            for x in step.inputs:
                if x in self._needed:
                    parts.setdefault(x, []).append(_handed_back(step, x, handed))
        made = [self._node(s, adjoints.get(s.variable)) for s in self._steps]
        return Graph(tuple(made), tuple(x.name for x in self._wrt))

    def _bar(self, variable: Variable) -> Tensor:
        name = f"bar_{variable.name}"
        while name in self._names:
            name = f"bar_{name}"
        return build.variable(name, variable.shape)

    def _node(self, step: Step, adjoint: Tensor | None) -> GraphNode:
        given = step.local is step.variable
        local = {
            x.name: _local(step, x) for x in step.inputs if x in self._needed
        }
        return GraphNode(
            step.variable.name, step.op, tuple(x.name for x in step.inputs), step.variable.shape,
            step.local, local, adjoint, Counts() if given else cost(step.local),
            Counts() if adjoint is None else cost(adjoint),
        )


def _is_free(adjoint: Tensor) -> bool:
    """Whether an adjoint need not be kept, since nothing is computed for it."""
    return bool(cost(adjoint).total == 0)


def _handed_back(step: Step, x: Variable, adjoint: Tensor) -> Tensor:
    """What a step's adjoint, which may be made of its inputs, contributes to that of an input."""
    bar = build.variable("bar step", step.local.shape)
    if not isinstance(step.local, Map):
        found = gradient(dot(bar, step.local), x)
        return replaced(found, {bar: adjoint, step.local: step.variable})
    terms = []
    for child, rate in _rates(step, step.local):
        if x in variables_in(child):
            terms.append(replaced(gradient(dot(bar, child), x), {bar: adjoint * rate}))
    return build.add(terms, x.shape)


def _rates(step: Step, local: Map) -> list[tuple[Tensor, Tensor]]:
    """By argument of an elementwise function its derivative, in terms of the result if it can."""
    own = Symbol("own", real=True)
    out = []
    for k, child in enumerate(local.children):
        rate = scalar_derivative(local.expr, placeholder(k)).subs(local.expr, own)
        arguments = [*local.children, step.variable]
        change = {own: placeholder(len(local.children))}
        out.append((child, build.elementwise(rate.xreplace(change), arguments)))
    return out


def _local(step: Step, x: Variable) -> Tensor:
    """The derivative of a step by an input: an elementwise factor, or the tensor of all."""
    if isinstance(step.local, Map):
        found = [r for child, r in _rates(step, step.local) if child is x]
        if len(found) == 1:
            return found[0]
    if isinstance(step.local, Reduce):
        bar = build.variable("bar step", step.local.shape)
        return replaced(_handed_back(step, x, bar), {bar: build.constant(1, bar.shape)})
    matrix = replaced(jacobian(step.local, x), {step.local: step.variable})
    front, core = build.split(matrix)
    deltas = core.children if isinstance(core, Product) else (core,)
    if all(isinstance(c, Affine) and c.is_delta for c in deltas):
        return build.constant(front)
    return matrix
