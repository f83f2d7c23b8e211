"""The names that stand in a formula: tensors, scalars and sizes."""

from dataclasses import dataclass
from typing import Any

from refmath.tensor.node import Affine, Map, Product, Tensor, Variable, is_placeholder
from refmath.tensor.sizes import is_dimension
from refmath.tensor.walk import nodes

__all__ = ["Given", "given"]


@dataclass(frozen=True)
class Given:
    """A name that stands in a formula and is not defined in it.

    Attributes:
        name: The name.
        kind: ``tensor``, ``labels``, ``scalar`` or ``size``.
        shape: The sizes of a tensor's axes.
        classes: For labels the number of classes.
        symmetric: Whether it is a symmetric matrix.
    """

    name: str
    kind: str
    shape: tuple[Any, ...] = ()
    classes: Any = None
    symmetric: bool = False


def given(*roots: Tensor) -> list[Given]:
    """All names that stand in expressions: tensors first, then scalars, then sizes."""
    tensors: dict[str, Given] = {}
    symbols: set[Any] = set()
    for node in nodes(*roots):
        sizes = [*node.shape, *(node.sizes if isinstance(node, Product) else ())]
        if isinstance(node, Variable):
            kind = "tensor" if node.classes is None else "labels"
            tensors[node.name] = Given(node.name, kind, node.shape, node.classes, node.symmetric)
            sizes += [] if node.classes is None else [node.classes]
        elif isinstance(node, Product):
            sizes.append(node.coefficient)
        elif isinstance(node, Map):
            symbols |= {s for s in node.expr.free_symbols if not is_placeholder(s)}
        elif isinstance(node, Affine):
            sizes.append(node.offset)
        symbols = symbols.union(*(s.free_symbols for s in sizes))
    rest = sorted((is_dimension(s), s.name) for s in symbols)
    scalars = [Given(name, "size" if size else "scalar") for size, name in rest]
    return [*sorted(tensors.values(), key=lambda x: x.name), *scalars]
