"""The nodes of tensor expressions, in index form. Equal expressions are one object.

A node is made by the functions of ``build``, which bring it to its normal form; nothing else makes
one. Sums over indices, products, broadcasts, transpositions and diagonals are all a ``Product``.
"""

from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from sympy import Basic, Integer, Symbol

from refmath.tensor.operators import Operators
from refmath.tensor.sizes import Size, shown

__all__ = [
    "Affine", "FirstMax", "Inverse", "LogDet", "Map", "OneHot", "Product", "Reduce", "Sum",
    "Tensor", "Variable", "is_placeholder", "placeholder",
]

Labels = tuple[int, ...]

_KNOWN: "WeakValueDictionary[tuple[Any, ...], Tensor]" = WeakValueDictionary()


@cache
def placeholder(index: int) -> Any:
    """The symbol that stands for the argument of that number in a ``Map``."""
    return Symbol(f"x{index}", real=True, commutative=True, placeholder=True)


def is_placeholder(symbol: Any) -> bool:
    """Whether a symbol stands for an argument of a ``Map``."""
    return "placeholder" in symbol.assumptions0


@lru_cache(maxsize=4096, typed=True)
def _text(value: Any) -> str:
    """Text by which fields are sorted and told apart: the same in every run."""
    if isinstance(value, tuple):
        return "(" + " ".join(map(_text, value)) + ")"
    if not isinstance(value, Basic) or value.is_Integer:
        return str(value)
    names = sorted(s.name for s in value.free_symbols if not is_placeholder(s))
    return f"{value} of {names}"  # a scalar may have the name of a placeholder


class Tensor(Operators):
    """A tensor expression of symbolic size.

    Attributes:
        shape: The size of each axis.
        children: The expressions that it is made of.
    """

    __slots__ = ("__weakref__", "children", "fields", "key", "shape")
    order: ClassVar[int] = 0
    shape: tuple[Size, ...]
    children: "tuple[Tensor, ...]"
    fields: tuple[Any, ...]
    key: tuple[Any, ...]

    def __new__(
        cls, shape: tuple[Size, ...], children: "tuple[Tensor, ...]", *fields: Any
    ) -> "Tensor":
        identity = (cls, shape, children, fields)
        known = _KNOWN.get(identity)
        if known is None:
            known = super().__new__(cls)
            known.shape, known.children, known.fields = shape, children, fields
            text = f"{cls.__name__}|{_text(shape)}|{_text(fields)}"
            digest = blake2b(text.encode(), digest_size=12)
            for child in children:
                digest.update(child.key[-1])
            known.key = (cls.order, known._shallow(), digest.digest())
            _KNOWN[identity] = known
        return known

    def __reduce__(self) -> Any:
        return type(self), (self.shape, self.children, *self.fields)

    def _shallow(self) -> str:
        """What nodes of a kind are sorted by, before their digests."""
        return _text(self.fields)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        try:
            return self.text()
        except Exception:  # a repr must not raise
            return f"<{type(self).__name__} of shape {shown(self.shape)}>"


class Variable(Tensor):
    """A named tensor that is given: real numbers, or class labels.

    Attributes:
        name: Its name.
        classes: For class labels their number; labels are 0, ..., classes - 1. None for reals.
        symmetric: For a matrix, whether it is symmetric.
    """

    __slots__ = ()
    order = 1

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.fields[0])

    @property
    def classes(self) -> Any:
        """The number of classes of labels; None for real numbers."""
        return self.fields[1]

    @property
    def symmetric(self) -> bool:
        """Whether it is a symmetric matrix."""
        return bool(self.fields[2])

    def _shallow(self) -> str:
        return self.name


class Map(Tensor):
    """A scalar function of tensors of one shape, elementwise.

    Attributes:
        expr: A SymPy expression in ``placeholder(0)``, ...; one a child.
    """

    __slots__ = ()
    order = 2

    @property
    def expr(self) -> Any:
        """The scalar expression."""
        return self.fields[0]


class Reduce(Tensor):
    """The maximum, or log-sum-exp, over some axes of the only child.

    Attributes:
        kind: ``max`` or ``logsumexp``.
        axes: The axes of the child that vanish, ascending.
    """

    __slots__ = ()
    order = 3

    @property
    def kind(self) -> str:
        """``max`` or ``logsumexp``."""
        return str(self.fields[0])

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that vanish."""
        axes: tuple[int, ...] = self.fields[1]
        return axes


class FirstMax(Tensor):
    """1 at the first maximum over some axes of the only child, in reading order, else 0."""

    __slots__ = ()
    order = 4

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes over which the maximum is taken."""
        axes: tuple[int, ...] = self.fields[0]
        return axes


class OneHot(Tensor):
    """From labels of shape s to zeros and ones of shape (*s, classes)."""

    __slots__ = ()
    order = 5


class Inverse(Tensor):
    """The inverse of a square matrix."""

    __slots__ = ()
    order = 6


class LogDet(Tensor):
    """The logarithm of the absolute value of the determinant of a square matrix."""

    __slots__ = ()
    order = 7


class Sum(Tensor):
    """The sum of its children, all of one shape."""

    __slots__ = ()
    order = 8


class Product(Tensor):
    """A product of tensors with labelled axes, summed over the labels that are not its own.

    Its own axes carry the labels 0, 1, ..., rank - 1. The entry at these indices is the
    coefficient times the sum, over all other labels, of the product of the factors' entries.

    Attributes:
        coefficient: A SymPy expression in scalars and sizes.
        labels: For every child the labels of its axes.
        sizes: The size of every label.
    """

    __slots__ = ()
    order = 9

    @property
    def coefficient(self) -> Any:
        """The scalar factor."""
        return self.fields[0]

    @property
    def labels(self) -> tuple[Labels, ...]:
        """The labels of each child's axes."""
        labels: tuple[Labels, ...] = self.fields[1]
        return labels

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The size of every label, those of the own axes first."""
        sizes: tuple[Size, ...] = self.fields[2]
        return sizes

    @property
    def factors(self) -> tuple[tuple[Tensor, Labels], ...]:
        """Every child with its labels."""
        return tuple(zip(self.children, self.labels, strict=True))


class Affine(Tensor):
    """1 where an affine form of the indices is 0, else 0: deltas, slices, windows.

    Attributes:
        coefficients: One whole number an axis.
        offset: The entry is 1 where the indices times the coefficients add up to this.
    """

    __slots__ = ()
    order = 10

    @property
    def coefficients(self) -> tuple[int, ...]:
        """One whole number an axis."""
        coefficients: tuple[int, ...] = self.fields[0]
        return coefficients

    @property
    def offset(self) -> Any:
        """What the form must add up to."""
        return self.fields[1]

    @property
    def is_delta(self) -> bool:
        """Whether it is 1 where two indices are equal."""
        same = len(self.shape) == 2 and self.shape[0] == self.shape[1]
        return same and self.coefficients == (1, -1) and self.offset == Integer(0)
