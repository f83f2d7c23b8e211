"""What stands in tensor expressions: their nodes, variables, names, and declared derivatives."""

from collections.abc import Iterator
from typing import Any

from refmath.errors import DeclarationError
from refmath.tensor.declare import as_tensor
from refmath.tensor.functions import KINKS
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Map,
    Product,
    Reduce,
    Tensor,
    Variable,
    is_placeholder,
)
from refmath.tensor.sizes import is_dimension, shown

__all__ = ["check_names", "kinks", "nodes", "variables"]


def nodes(*roots: Any) -> list[Tensor]:
    """All nodes of some expressions, each after what it is made of."""
    out: dict[Tensor, None] = {}
    stack: list[tuple[Tensor, bool]] = [(as_tensor(r), False) for r in reversed(roots)]
    while stack:
        node, done = stack.pop()
        if node in out:
            continue
        if done:
            out[node] = None
        else:
            stack.append((node, True))
            stack += [(c, False) for c in reversed(node.children)]
    return list(out)


def variables(*roots: Any) -> list[Variable]:
    """The variables of some expressions, by name.

    Raises:
        DeclarationError: One name stands for two things.
    """
    check_names(*map(as_tensor, roots))
    found = [x for x in nodes(*roots) if isinstance(x, Variable)]
    return sorted(found, key=lambda x: x.name)


def kinks(*roots: Any) -> list[str]:
    """What was declared where the expressions have no derivative."""
    found: dict[str, None] = {}
    for node in nodes(*roots):
        scalar = _scalar_part(node)
        if scalar is not None:
            for kind, text in KINKS.items():
                if scalar.has(kind):
                    found[text] = None
        elif isinstance(node, FirstMax) or (isinstance(node, Reduce) and node.kind == "max"):
            found["where several entries are largest, the maximum's derivative is the first's"] = (
                None
            )
    return list(found)


def _scalar_part(node: Tensor) -> Any:
    """The scalar expression that stands in a node, or None."""
    if isinstance(node, Map):
        return node.expr
    return node.coefficient if isinstance(node, Product) else None


def check_names(*roots: Any) -> None:
    """Refuse expressions in which one name stands for two things.

    Args:
        roots: Expressions, and scalar symbols.

    Raises:
        DeclarationError: A name is that of two tensors, or of a tensor, a scalar and a size.
    """
    known: dict[str, str] = {}
    for name, meaning in _meanings(*roots):
        if known.setdefault(name, meaning) != meaning:
            raise DeclarationError(
                f"{name} is {known[name]} and {meaning} in one expression; give one of them "
                "another name"
            )


def _meanings(*roots: Any) -> Iterator[tuple[str, str]]:
    symbols = {x for x in roots if not isinstance(x, Tensor)}
    for node in nodes(*(x for x in roots if isinstance(x, Tensor))):
        for size in node.shape:
            symbols |= size.free_symbols
        if isinstance(node, Variable):
            labels = "" if node.classes is None else f" of labels in {node.classes}"
            kind = "a symmetric tensor" if node.symmetric else "a tensor"
            yield node.name, f"{kind} of shape {shown(node.shape)}{labels}"
        elif isinstance(node, Product):
            symbols |= node.coefficient.free_symbols
        elif isinstance(node, Map):
            symbols |= {s for s in node.expr.free_symbols if not is_placeholder(s)}
        elif isinstance(node, Affine):
            symbols |= node.offset.free_symbols
    for symbol in sorted(symbols, key=str):
        yield symbol.name, "a size" if is_dimension(symbol) else "a scalar"
