"""Tensors whose sizes are expressions."""

from typing import Any

from refmath.tensor import Tensor
from refmath.tensor.build import variable
from refmath.tensor.sizes import as_size

__all__ = ["tensor_of"]


def tensor_of(name: str, *sizes: Any) -> Tensor:
    """A variable whose sizes may be sums and products of those of ``dims``."""
    return variable(name, [as_size(s) for s in sizes])
