"""Which parts of an expression are worth a line of their own in index notation."""

from refmath.tensor.node import Affine, Inverse, Map, Product, Sum, Tensor, Variable, placeholder
from refmath.tensor.walk import nodes

__all__ = ["repeated"]

_LINE = 12
"""About what a definition costs, in characters."""


def repeated(root: Tensor) -> set[Tensor]:
    """The nodes that would otherwise be written out several times."""
    order = nodes(root)
    length: dict[Tensor, int] = {}
    for node in order:
        length[node] = _length(node, length)
    count: dict[Tensor, int] = {root: 1}
    found: set[Tensor] = set()
    for node in reversed(order):
        times = count[node]
        if _is_definable(node) and length[node] * (times - 1) > _LINE + 4 * times:
            found.add(node)
            times = 1
        for i, child in enumerate(node.children):
            uses = node.expr.count(placeholder(i)) if isinstance(node, Map) else 1
            count[child] = count.get(child, 0) + times * int(uses)
    return found


def _is_definable(node: Tensor) -> bool:
    if isinstance(node, Inverse):
        return not isinstance(node.children[0], Variable)
    return bool(node.children)


def _length(node: Tensor, known: dict[Tensor, int]) -> int:
    """About how long the entry of a node is."""
    if isinstance(node, Variable):
        return len(node.name) + 2 * node.rank + 1
    inner = sum(known[c] for c in node.children if not isinstance(c, Affine))
    if isinstance(node, Map):
        return sum(
            known[c] * int(node.expr.count(placeholder(i))) for i, c in enumerate(node.children)
        ) + 8
    factors = [c for c in node.children if not isinstance(c, Affine)]
    cut = len(factors) < len(node.children)
    if isinstance(node, Product) and len(factors) == 1 and (cut or factors[0].rank <= node.rank):
        return inner  # broadcast, transposed, or some entries
    if isinstance(node, Product):
        summed = len(node.sizes) - node.rank
        return inner + len(node.children) + 6 * bool(summed) + 2 * summed
    return inner + 3 * len(node.children) if isinstance(node, Sum) else inner + 12
