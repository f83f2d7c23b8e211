"""The record of a quasi-Newton formula: what it is in index form, and the laws it obeys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from refmath.errors import DeclarationError
from refmath.tensor import Tensor, nodes

__all__ = ["Formula"]


@dataclass(frozen=True)
class Formula:
    """One formula of a quasi-Newton method.

    Attributes:
        name: Lower case with underscores.
        title: For people.
        source: Book or paper with section or equation.
        build: Makes the expression.
        doc: Its variables, in words.
        condition: What must hold for it to be defined.
        laws: Expressions that are 0 wherever it is defined, by the name of the law; made from the
            expression.
    """

    name: str
    title: str
    source: str
    build: Callable[[], Tensor]
    doc: Mapping[str, str]
    condition: str
    laws: Mapping[str, Callable[[Tensor], Tensor]] = field(default_factory=dict)

    @cached_property
    def expr(self) -> Tensor:
        """The expression.

        Raises:
            DeclarationError: It has a variable without words, or words without a variable.
        """
        found = self.build()
        names = {x.name for x in nodes(found) if hasattr(x, "name")}
        if names != set(self.doc):
            raise DeclarationError(
                f"{self.name}: expected words for {', '.join(sorted(names))}, found them for "
                f"{', '.join(sorted(self.doc))}"
            )
        return found

    def law(self, name: str, expr: Tensor | None = None) -> Tensor:
        """What is 0 if the law holds, of this expression or of another of the same shape."""
        return self.laws[name](self.expr if expr is None else expr)

    def kernel(self) -> Any:
        """The formula as a NumPy function of its variables."""
        return self.expr.kernel()

    def text(self) -> str:
        """The formula in plain text."""
        return self.expr.text()

    def latex(self) -> str:
        """The formula in LaTeX."""
        return self.expr.latex()

    def __repr__(self) -> str:
        return f"<{self.title}>"
