"""Names for indices and definitions that nothing in an expression has."""

from collections.abc import Collection, Iterator

from sympy import Symbol

from refmath.emit.tensor.notation.given import given
from refmath.tensor.node import Tensor

__all__ = ["Letters", "index", "reading_order"]

_OWN = "ijklpqrstuvw"
_SUMMED = "abcefghmnoxyz"


def index(name: str) -> Symbol:
    """The symbol of an index."""
    return Symbol(name, integer=True, nonnegative=True)


def reading_order(name: str) -> int:
    """Where an index stands among others."""
    pool = _OWN + _SUMMED
    return pool.index(name) if name in pool else len(pool)


class Letters:
    """Letters for indices.

    Attributes:
        taken: Names that indices must not have.
        used: Names of indices so far.
    """

    def __init__(self, root: Tensor) -> None:
        self.taken = frozenset(x.name for x in given(root))
        self.used: set[str] = set()

    def own(self, count: int) -> tuple[Symbol, ...]:
        """The indices of a tensor's own axes."""
        return self._first(_OWN, count, ())

    def summed(self, count: int, scope: Collection[str]) -> tuple[Symbol, ...]:
        """Indices to sum over, other than those in scope."""
        return self._first(_SUMMED, count, scope)

    def _first(self, pool: str, count: int, scope: Collection[str]) -> tuple[Symbol, ...]:
        found: list[Symbol] = []
        for name in _candidates(pool):
            if len(found) == count:
                break
            if name not in self.taken and name not in scope:
                found.append(index(name))
                self.used.add(name)
        return tuple(found)


def _candidates(pool: str) -> Iterator[str]:
    yield from pool
    number = 1
    while True:
        yield from (f"{x}{number}" for x in pool)
        number += 1
