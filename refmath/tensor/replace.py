"""Tensor expressions with some of their parts replaced, in their normal form again."""

from collections.abc import Mapping, Sequence
from typing import Any

from refmath.tensor import build
from refmath.tensor.node import (
    FirstMax,
    Inverse,
    LogDet,
    Map,
    Product,
    Reduce,
    Sum,
    Tensor,
)
from refmath.tensor.walk import nodes

__all__ = ["remade", "replaced"]


def replaced(
    root: Tensor, change: Mapping[Tensor, Tensor], scalars: Mapping[Any, Any] | None = None
) -> Tensor:
    """An expression with some nodes, and scalar symbols, replaced.

    Args:
        root: The expression.
        change: What stands for nodes, of the same shapes.
        scalars: SymPy expressions that stand for scalar parameters.
    """
    done: dict[Tensor, Tensor] = {}
    for node in nodes(root):
        if node in change:
            done[node] = change[node]
            continue
        children = tuple(done[c] for c in node.children)
        same = children == node.children and not scalars
        done[node] = node if same else remade(node, children, scalars)
    return done[root]


def remade(
    node: Tensor, children: Sequence[Tensor], scalars: Mapping[Any, Any] | None = None
) -> Tensor:
    """A node of the same kind with other children of the same shapes."""
    change = dict(scalars or {})
    match node:
        case Sum():
            return build.add(children, node.shape)
        case Product():
            factors = list(zip(children, node.labels, strict=True))
            sizes = dict(enumerate(node.sizes))
            return build.product(
                node.coefficient.subs(change), factors, range(node.rank), sizes
            )
        case Map():
            return build.elementwise(node.expr.subs(change), children)
        case Reduce():
            return build.reduce(node.kind, children[0], node.axes)
        case FirstMax():
            return build.first_max(children[0], node.axes)
        case Inverse():
            return build.inverse(children[0])
        case LogDet():
            return build.log_det(children[0])
    assert tuple(children) == node.children, node
    return node
