"""What is printed of a tensor expression: a tree of matrix and index notation.

A tree is immutable, and equal trees are one object. Vectors are columns; the transpose of a vector
is a row. Trees are made by the functions of ``compose``, which keep them in the form that is read.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from sympy import Expr

__all__ = [
    "Add", "Alias", "Bracket", "Call", "Dot", "Entry", "Eye", "Fill", "Index", "Indexed", "Name",
    "Notation", "Power", "Scaled", "Sigma", "Slice", "Times", "Transpose",
]

_KNOWN: "WeakValueDictionary[tuple[Any, ...], Notation]" = WeakValueDictionary()


@lru_cache(maxsize=4096, typed=True)
def _text(value: Any) -> str:
    """Text by which fields are told apart; SymPy's is slow to make."""
    return f"({' '.join(map(_text, value))})" if isinstance(value, tuple) else str(value)


class Notation:
    """A piece of notation.

    Attributes:
        shape: The size of each axis.
        children: The pieces it is made of.
        fields: What else it consists of.
        key: A digest by which pieces are sorted; it does not depend on when they were made.
        free: The names of the indices that it depends on.
        size: About how much there is to read.
    """

    __slots__ = ("__weakref__", "children", "fields", "free", "key", "shape", "size")
    kind: ClassVar[int] = 0
    weight: ClassVar[int] = 0
    shape: tuple[Any, ...]
    children: "tuple[Notation, ...]"
    fields: tuple[Any, ...]
    key: tuple[int, bytes]
    free: frozenset[str]
    size: int

    def __new__(
        cls, shape: tuple[Any, ...], children: "tuple[Notation, ...]" = (), *fields: Any
    ) -> "Notation":
        identity = (cls, shape, children, fields)
        known = _KNOWN.get(identity)
        if known is None:
            known = super().__new__(cls)
            known.shape, known.children, known.fields = shape, children, fields
            text = f"{cls.__name__}|{_text(shape)}|{_text(fields)}"
            digest = blake2b(text.encode(), digest_size=12)
            for child in children:
                digest.update(child.key[1])
            known.key = (cls.kind, digest.digest())
            known.free = known._free()
            known.size = cls.weight + sum(c.size for c in children)
            _KNOWN[identity] = known
        return known

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def _free(self) -> frozenset[str]:
        return frozenset().union(*(c.free for c in self.children))

    def rebuilt(self, children: "tuple[Notation, ...]") -> "Notation":
        """The same of other pieces."""
        if children == self.children:
            return self
        return type(self)(self.shape, children, *self.fields)


class Name(Notation):
    """A tensor that is given, by its name. Fields: name, whether it is symmetric."""

    __slots__ = ()
    kind = 1
    weight = 1

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.fields[0])


class Alias(Notation):
    """A tensor that is defined in a where line. Fields: its number, whether it is symmetric."""

    __slots__ = ()
    kind = 2
    weight = 1

    @property
    def number(self) -> int:
        """Which definition."""
        return int(self.fields[0])


class Fill(Notation):
    """Ones. Fields: whether the sizes are to be shown."""

    __slots__ = ()
    kind = 9
    weight = 1


class Eye(Notation):
    """The identity matrix. Fields: whether the size is to be shown."""

    __slots__ = ()
    kind = 9


class Transpose(Notation):
    """The transpose of a matrix, or a vector as a row."""

    __slots__ = ()
    kind = 3


class Dot(Notation):
    """A matrix product; its vectors are columns, or rows by ``Transpose``."""

    __slots__ = ()
    kind = 4


class Times(Notation):
    """An elementwise product; factors of rank 0 multiply everything."""

    __slots__ = ()
    kind = 5


class Add(Notation):
    """A sum; the terms may be ``Scaled``."""

    __slots__ = ()
    kind = 6


class Scaled(Notation):
    """A scalar expression times a piece. Fields: the scalar, of SymPy."""

    __slots__ = ()
    kind = 7
    weight = 1

    @property
    def coefficient(self) -> Any:
        """The scalar."""
        return self.fields[0]


class Power(Notation):
    """An elementwise power: of one child to a SymPy scalar, or to the second child."""

    __slots__ = ()
    kind = 5
    weight = 1

    @property
    def exponent(self) -> Any:
        """The exponent if it is a scalar, else None."""
        return self.fields[0]


class Call(Notation):
    """A function by name: elementwise, or of whole tensors. Fields: name, axes or None."""

    __slots__ = ()
    kind = 8
    weight = 1

    @property
    def name(self) -> str:
        """The function."""
        return str(self.fields[0])

    @property
    def axes(self) -> Any:
        """The axes that it runs over; None where it is elementwise or takes the whole."""
        return self.fields[1]


class Slice(Notation):
    """Some entries. Fields: for every axis a whole index, or (start, count, step), or None."""

    __slots__ = ()
    kind = 3
    weight = 1

    @property
    def items(self) -> tuple[Any, ...]:
        """What is taken of each axis of the child."""
        items: tuple[Any, ...] = self.fields[0]
        return items


class Index(Notation):
    """A whole number made of indices. Fields: a SymPy expression."""

    __slots__ = ()
    kind = 1
    weight = 1

    @property
    def expr(self) -> Any:
        """The number."""
        return self.fields[0]

    def _free(self) -> frozenset[str]:
        return _names(self.expr)


class Entry(Notation):
    """One entry of a tensor. Fields: for every axis a SymPy expression of indices."""

    __slots__ = ()
    kind = 1
    weight = 1

    @property
    def at(self) -> tuple[Any, ...]:
        """The index on every axis."""
        at: tuple[Any, ...] = self.fields[0]
        return at

    def _free(self) -> frozenset[str]:
        return super()._free().union(*(_names(x) for x in self.at))


class Bracket(Notation):
    """1 where a chain of relations holds, else 0. Fields: the relations between the children."""

    __slots__ = ()
    kind = 9
    weight = 1

    @property
    def relations(self) -> tuple[str, ...]:
        """``=``, ``<`` or ``<=``, one fewer than children."""
        relations: tuple[str, ...] = self.fields[0]
        return relations


class Sigma(Notation):
    """A sum, maximum or log-sum-exp over indices. Fields: kind, (index, size) pairs."""

    __slots__ = ()
    kind = 10
    weight = 1

    @property
    def over(self) -> str:
        """``sum``, ``max``, ``logsumexp`` or ``argmax``."""
        return str(self.fields[0])

    @property
    def indices(self) -> tuple[tuple[Any, Any], ...]:
        """The indices, each with its size."""
        indices: tuple[tuple[Any, Any], ...] = self.fields[1]
        return indices

    def _free(self) -> frozenset[str]:
        return super()._free() - {x.name for x, _ in self.indices}


class Indexed(Notation):
    """A tensor by its entries: the child, for every value of the indices. Fields: the indices."""

    __slots__ = ()
    kind = 2

    @property
    def indices(self) -> tuple[Any, ...]:
        """The index of every axis."""
        indices: tuple[Any, ...] = self.fields[0]
        return indices

    def _free(self) -> frozenset[str]:
        return super()._free() - {x.name for x in self.indices}


def _names(expr: Expr) -> frozenset[str]:
    return frozenset(s.name for s in expr.free_symbols if s.is_nonnegative and not s.is_positive)
