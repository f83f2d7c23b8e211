"""Numeric values of expressions that share their arguments."""

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Symbol

from refmath.errors import InvalidInput
from refmath.tensor import nodes, variables
from refmath.tensor.node import Affine, Map, Product, Tensor, is_placeholder
from refmath.tensor.sizes import is_dimension

__all__ = ["Evaluation", "check_names", "parameters"]


def parameters(*roots: Tensor) -> tuple[str, ...]:
    """The names that numbers must be given for: tensors, scalars, and sizes that no tensor has."""
    found = variables(*roots)
    symbols: set[Any] = set()
    for node in nodes(*roots):
        symbols |= _own_symbols(node)
    held = {s for v in found for s in v.shape if isinstance(s, Symbol)}
    free = {s for s in symbols if not is_placeholder(s)} - held
    return tuple(sorted({v.name for v in found} | {s.name for s in free}))


def _own_symbols(node: Tensor) -> set[Any]:
    out: set[Any] = {s for size in node.shape for s in size.free_symbols}
    if isinstance(node, Product):
        out |= node.coefficient.free_symbols
        out |= {s for size in node.sizes for s in size.free_symbols}
    elif isinstance(node, Map):
        out |= node.expr.free_symbols
    elif isinstance(node, Affine):
        out |= node.offset.free_symbols
    return out


def check_names(what: str, known: Sequence[str], values: Mapping[str, Any]) -> None:
    """Check that just the known names are given.

    Raises:
        InvalidInput: One is missing or unknown; the message lists all.
    """
    listed = ", ".join(known) or "none"
    for name in values:
        if name not in known:
            raise InvalidInput(f"{what} has no argument {name!r}; it takes {listed}")
    for name in known:
        if name not in values:
            raise InvalidInput(f"{what} needs {name}=; it takes {listed}")


class Evaluation:
    """Evaluates expressions by their kernels.

    Attributes:
        arguments: The names that numbers must be given for.
    """

    def __init__(self, what: str, *roots: Tensor) -> None:
        self.arguments = parameters(*roots)
        self._what = what
        self._extra = tuple(variables(*roots))
        self._sizes = {s.name for v in self._extra for s in v.shape if is_dimension(s)}

    def check(self, values: Mapping[str, Any]) -> None:
        """Check that just the arguments are given.

        Raises:
            InvalidInput: One is missing or unknown.
        """
        check_names(self._what, self.arguments, values)

    def __call__(self, node: Tensor, values: Mapping[str, Any]) -> Any:
        """The value of one of the expressions, or of one in the same arguments.

        Raises:
            InvalidInput: An array has the wrong shape or dtype.
        """
        kernel = node.kernel(arguments=self._extra)
        return kernel(**{name: values[name] for name in kernel.arguments})
