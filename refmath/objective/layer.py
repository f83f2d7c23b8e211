"""The record of a layer: an output, and the backward pass that is derived from it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from refmath.errors import DeclarationError
from refmath.objective.declaration import Declaration
from refmath.tensor import Tensor, dot, jacobian
from refmath.tensor.build import variable

__all__ = ["Layer"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Layer(Declaration):
    """A node of a network: its output, and what an upstream gradient becomes on its way back.

    Attributes:
        upstream_name: The name of the upstream gradient, of the shape of the output.
    """

    upstream_name: str = "G"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.upstream_name in {x.name for x in self.inputs}:
            raise DeclarationError(
                f"{self.name}: the upstream gradient is called {self.upstream_name!r} like an "
                "input; set upstream_name"
            )
        if not self.flowing:
            raise DeclarationError(
                f"{self.name}: nothing flows through; declare an input by activation(X, doc)"
            )

    @property
    def output(self) -> Tensor:
        """The expression of the forward pass."""
        return self.expr

    @cached_property
    def upstream(self) -> Any:
        """The gradient of the objective by the output: a variable of the output's shape."""
        return variable(self.upstream_name, self.expr.shape)

    @property
    def flowing(self) -> tuple[str, ...]:
        """The names of the inputs and parameters that the backward pass reaches."""
        roles = ("activation", "parameter")
        return tuple(name for name, x in self.in_force.items() if x.role in roles)

    def backward(self, name: str | None = None) -> Any:
        """The upstream gradient times the layer's Jacobian, of the shape of the input.

        Args:
            name: An input or parameter; all of them by name if left out.

        Raises:
            UnknownName: No such variable.
        """
        if name is None:
            return {one: self.backward(one) for one in self.flowing}
        return jacobian(dot(self.expr, self.upstream), self._variable(name))
