"""Makes nodes in their normal form: the only place that tensor expressions come from."""

from collections.abc import Sequence
from typing import Any

from sympy import sympify

from refmath.errors import DeclarationError
from refmath.tensor.collect import add as add
from refmath.tensor.collect import elementwise as elementwise
from refmath.tensor.contract import constant as constant
from refmath.tensor.contract import product as product
from refmath.tensor.contract import scaled as scaled
from refmath.tensor.contract import split as split
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Inverse,
    LogDet,
    OneHot,
    Product,
    Reduce,
    Tensor,
    Variable,
)
from refmath.tensor.sizes import Size, shown

__all__ = [
    "add", "affine", "constant", "delta", "elementwise", "first_max", "inverse", "is_zero",
    "log_det", "one_hot", "product", "reduce", "scaled", "split", "variable",
]


def variable(
    name: str, shape: Sequence[Size], classes: Any = None, symmetric: bool = False
) -> Tensor:
    """A named tensor."""
    return Variable(tuple(shape), (), name, classes, symmetric)


def affine(coefficients: Sequence[int], offset: Any, sizes: Sequence[Size]) -> Tensor:
    """1 where the indices times the coefficients add up to the offset, else 0."""
    return Affine(tuple(sizes), (), tuple(coefficients), sympify(offset, strict=True))


def delta(size: Size) -> Tensor:
    """The identity matrix."""
    return affine((1, -1), 0, (size, size))


def is_zero(node: Tensor) -> bool:
    """Whether a node is the constant 0."""
    return isinstance(node, Product) and node.coefficient == 0


def reduce(kind: str, node: Tensor, axes: Sequence[int]) -> Tensor:
    """The maximum or log-sum-exp over some axes."""
    axes = tuple(sorted(axes))
    shape = tuple(s for i, s in enumerate(node.shape) if i not in axes)
    return Reduce(shape, (node,), kind, axes) if axes else node


def first_max(node: Tensor, axes: Sequence[int]) -> Tensor:
    """1 at the first maximum over some axes, else 0."""
    return FirstMax(node.shape, (node,), tuple(sorted(axes)))


def one_hot(labels: Tensor) -> Tensor:
    """Zeros and ones from class labels."""
    if not isinstance(labels, Variable) or labels.classes is None:
        raise DeclarationError(
            f"expected class labels, found {labels!r}; declare them as in tensors('y[n] in k')"
        )
    return OneHot((*labels.shape, labels.classes), (labels,))


def _square(node: Tensor, what: str) -> None:
    if node.rank != 2 or node.shape[0] != node.shape[1]:
        raise DeclarationError(
            f"expected a square matrix to take the {what} of, found shape {shown(node.shape)}"
        )
    if is_zero(node):
        raise DeclarationError(f"a matrix of zeros has no {what}")


def inverse(node: Tensor) -> Tensor:
    """The inverse of a square matrix."""
    _square(node, "inverse")
    scalar, core = split(node)
    if isinstance(core, Inverse):
        return scaled(1 / scalar, core.children[0])
    if isinstance(core, Affine) and core.is_delta:
        return scaled(1 / scalar, core)
    found = Inverse(node.shape, (core,))
    return found if scalar == 1 else scaled(1 / scalar, found)


def log_det(node: Tensor) -> Tensor:
    """The logarithm of the absolute value of the determinant."""
    _square(node, "logarithm of the determinant")
    return LogDet((), (node,))
