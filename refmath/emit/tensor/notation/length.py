"""How long a piece of notation is to read, and how many layers of functions it has."""

from refmath.emit.tensor.notation.pushed import WHOLE
from refmath.emit.tensor.notation.tree import (
    Add,
    Alias,
    Call,
    Dot,
    Entry,
    Eye,
    Fill,
    Name,
    Notation,
    Power,
    Scaled,
    Sigma,
    Times,
)

__all__ = ["Measure", "is_elementwise"]

_ACTIVATIONS = ("softmax", "log_softmax")


def is_elementwise(x: Notation) -> bool:
    """Whether a piece is a function of entries (softmax counts as one)."""
    return isinstance(x, Call) and (x.name not in WHOLE or x.name in _ACTIVATIONS)


class Measure:
    """Measures pieces, each once."""

    def __init__(self) -> None:
        self._length: dict[Notation, int] = {}
        self._depth: dict[Notation, int] = {}
        self._products: dict[Notation, bool] = {}

    def take(self, x: Notation) -> None:
        """Measure a piece whose children have been measured."""
        self.length(x)
        self.depth(x)

    def length(self, x: Notation) -> int:
        """About the number of characters of the text."""
        if x not in self._length:
            self._length[x] = self._own(x) + sum(self.length(c) for c in x.children)
        return self._length[x]

    def _own(self, x: Notation) -> int:
        if isinstance(x, Name):
            return len(x.name)
        if isinstance(x, Alias):
            return 2
        if isinstance(x, Fill | Eye):
            return 1
        if isinstance(x, Scaled):
            return 0 if x.coefficient == -1 else len(str(x.coefficient)) + 1
        if isinstance(x, Call):
            return len(x.name) + 2
        if isinstance(x, Entry):
            return 2 * len(x.at) + 1
        if isinstance(x, Dot | Times):
            sums = sum(isinstance(c, Add) for c in x.children)
            return len(x.children) - 1 + 2 * sums
        if isinstance(x, Add):
            return 3 * (len(x.children) - 1)
        return 3 if isinstance(x, Power) else 1

    def depth(self, x: Notation) -> int:
        """The number of functions of matrix products within each other."""
        if x not in self._depth:
            inner = max((self.depth(c) for c in x.children), default=0)
            self._depth[x] = inner + (is_elementwise(x) and self.has_product(x))
        return self._depth[x]

    def has_product(self, x: Notation) -> bool:
        """Whether there is a matrix product in a piece, or a sum over an index."""
        if x not in self._products:
            own = isinstance(x, Dot) or (isinstance(x, Sigma) and x.over == "sum")
            self._products[x] = own or any(self.has_product(c) for c in x.children)
        return self._products[x]
