"""The record of a computational graph: its nodes, and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import cancel

from refmath.emit.tensor.graph.counts import Counts, never_negative
from refmath.errors import UnknownName
from refmath.tensor.node import Tensor
from refmath.tensor.sizes import shown

__all__ = ["Graph", "GraphNode"]


@dataclass(frozen=True)
class GraphNode:
    """A quantity that is given or computed.

    Attributes:
        name: A variable's own name, or one made up.
        op: What is done: ``given``, ``product``, ``add``, a function's name, ...
        inputs: The names of what it is computed from.
        shape: Its sizes.
        forward: How it is computed, in variables named as the inputs; itself if it is given.
        local: By input, the derivative by that input: a factor of every entry, or the tensor of
            all derivatives.
        adjoint: The derivative of the result by it, in forward quantities and in adjoints of later
            nodes, which are called ``bar_<name>``; None if it is not needed.
        forward_counts: What the forward step costs.
        backward_counts: What the adjoint costs.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    shape: tuple[Any, ...]
    forward: Tensor
    local: Mapping[str, Tensor]
    adjoint: Tensor | None
    forward_counts: Counts
    backward_counts: Counts

    @property
    def forward_text(self) -> str:
        """How it is computed, as text."""
        return "given" if self.op == "given" else _line(self.forward)

    @property
    def local_text(self) -> dict[str, str]:
        """The local derivatives, as text."""
        return {name: _line(value) for name, value in self.local.items()}

    @property
    def adjoint_text(self) -> str:
        """Its adjoint, as text."""
        return "" if self.adjoint is None else _line(self.adjoint)


def _line(value: Tensor) -> str:
    """Text on one line, with what it defines after it."""
    first, *rest = value.text().splitlines()
    return " ".join([first, "; ".join(x.strip() for x in rest)]) if rest else first


@dataclass(frozen=True)
class Graph:
    """The forward and the backward pass of an expression.

    Attributes:
        nodes: In the order of the forward pass; the last is the result.
        wrt: The names of what is differentiated by.
    """

    nodes: tuple[GraphNode, ...]
    wrt: tuple[str, ...]

    def node(self, name: str) -> GraphNode:
        """The node of that name.

        Raises:
            UnknownName: There is none; the message lists those that exist.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise UnknownName("node", name, [x.name for x in self.nodes])

    @cached_property
    def counts(self) -> dict[str, Counts]:
        """Operations of the ``forward`` and of the ``backward`` pass, the latter by itself."""
        forward, backward = Counts(), Counts()
        for node in self.nodes:
            forward += node.forward_counts
            backward += node.backward_counts
        return {"forward": forward, "backward": backward}

    @property
    def ratio(self) -> Any:
        """Operations backward over operations forward, a rational function of the sizes."""
        return cancel(self.counts["backward"].total / self.counts["forward"].total)

    def is_cheap(self, factor: int = 4) -> bool:
        """Whether backward is proved to cost at most so many times forward, for all sizes from 1.

        Griewank and Walther 2008, chapter 4, the cheap gradient principle: 4 is their bound.
        """
        room = factor * self.counts["forward"].total - self.counts["backward"].total
        return never_negative(room.expand())

    def text(self) -> str:
        """The nodes as a table: shape, forward step, local derivatives and adjoint."""
        rows = [("node", "shape", "forward", "local derivatives", "adjoint")]
        for x in self.nodes:
            local = ", ".join(f"d/d{name} = {value}" for name, value in x.local_text.items())
            rows.append((x.name, shown(x.shape), x.forward_text, local, x.adjoint_text))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        costs = [
            f"{name}: {c.multiplications} multiplications, {c.additions} additions, "
            f"{c.functions} functions"
            for name, c in self.counts.items()
        ]
        return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], "", *costs])

    def dot(self) -> str:
        """The graph in Graphviz's language."""
        from refmath.emit.tensor.graph.drawing import dot

        return dot(self)

    def svg(self) -> str:
        """A drawing of the graph, in layers from what is given to the result."""
        from refmath.emit.tensor.graph.drawing import svg

        return svg(self)
