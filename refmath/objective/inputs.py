"""What an objective is a function of: its variables, with what they mean and where they lie."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from sympy import Expr, Float, Rational, Symbol

from refmath.domain import exact
from refmath.errors import DeclarationError, InvalidInput
from refmath.objective.domains import Domain, Labels, Reals, read_domain
from refmath.tensor import Tensor
from refmath.tensor.evaluate import size_of
from refmath.tensor.node import Variable
from refmath.tensor.sizes import parameter as scalar_symbol
from refmath.tensor.sizes import shown

__all__ = ["Input", "Values", "activation", "exact_array", "given", "parameter"]

Values = Any
"""Exact numbers: whole numbers, decimal strings, fractions, SymPy numbers; nested sequences of
them; or a function of the sizes that returns such, ``lambda n: [1] * n``."""

_ROLES = ("given", "parameter", "activation")


@dataclass(frozen=True)
class Input:
    """A variable of an objective or layer.

    Attributes:
        tensor: A variable of ``tensors``, or a scalar symbol.
        doc: What it is, in a few words.
        domain: Where its entries lie: ``R``, ``(0, oo)``, ``{-1, 1}``, ``rows`` (positive, adding
            up to 1), ``definite``. Class labels have theirs from their declaration.
        role: ``parameter`` (optimized), ``given``, or ``activation`` (a layer's input that the
            backward pass goes through).
        data: Its standard value, exact, where there is one.
    """

    tensor: Any
    doc: str
    domain: str = "R"
    role: str = "given"
    data: Values = None

    def __post_init__(self) -> None:
        tensor = self.tensor
        scalar = isinstance(tensor, Symbol) and tensor == scalar_symbol(tensor.name)
        if not scalar and not isinstance(tensor, Variable):
            raise DeclarationError(
                f"expected a variable, found {tensor!r}; make it by tensors('X[n,d]') or "
                "scalar('lambda')"
            )
        if not self.doc:
            raise DeclarationError(f"{self.name} has no doc; say in a few words what it is")
        if self.role not in _ROLES:
            raise DeclarationError(f"{self.name}: role {self.role!r} is not one of {_ROLES}")
        if self.is_labels and (self.role != "given" or self.domain != "R"):
            raise DeclarationError(f"{self.name} are class labels: given, without another domain")
        if not self.is_labels:
            read_domain(self.domain)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.tensor.name)

    @property
    def shape(self) -> tuple[Any, ...]:
        """Its sizes; none for a scalar."""
        return self.tensor.shape if isinstance(self.tensor, Tensor) else ()

    @property
    def is_labels(self) -> bool:
        """Whether it consists of class labels."""
        return isinstance(self.tensor, Variable) and self.tensor.classes is not None

    @cached_property
    def size_names(self) -> tuple[str, ...]:
        """The names of the sizes in its shape, in order, the number of classes last."""
        parts = [*self.shape, *([self.tensor.classes] if self.is_labels else [])]
        found = [s.name for p in parts for s in sorted(p.free_symbols, key=str)]
        return tuple(dict.fromkeys(found))

    def lengths(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Its shape in numbers."""
        return tuple(size_of(s, sizes) for s in self.shape)

    def where(self, sizes: Mapping[str, int]) -> Domain:
        """The domain of its entries."""
        if self.is_labels:
            return Labels(size_of(self.tensor.classes, sizes))
        return read_domain(self.domain)

    def check(self, value: Any, sizes: Mapping[str, int]) -> None:
        """Hold a value against shape and domain.

        Raises:
            InvalidInput: It does not fit.
        """
        try:
            array = np.asarray(value)
            plain = array if self.is_labels else np.asarray(value, float)
        except (TypeError, ValueError):
            raise InvalidInput(f"{self.name}: expected numbers, found {value!r}") from None
        if plain.shape != self.lengths(sizes):
            raise InvalidInput(
                f"{self.name} has the shape {shown(self.shape)}, that is {self.lengths(sizes)}; "
                f"found {plain.shape}"
            )
        domain = self.where(sizes)
        if not domain.holds(plain):
            raise InvalidInput(f"{self.name} is outside its domain {domain}: found {value!r}")

    def sample(
        self, rng: np.random.Generator, sizes: Mapping[str, int], near: Any = None
    ) -> Any:
        """A random value; near a point, at distances of its own scale, where one is given."""
        shape = self.lengths(sizes)
        if near is None:
            drawn = self.where(sizes).sample(rng, shape)
        else:
            away = Reals().sample(rng, shape) / 16
            drawn = near + (np.abs(near) + 1) * away
        return drawn if shape else drawn.item()


def given(tensor: Any, doc: str, domain: str = "R", data: Values = None) -> Input:
    """A variable that is given, possibly with its standard data."""
    return Input(tensor, doc, domain, "given", data)


def parameter(tensor: Any, doc: str, domain: str = "R") -> Input:
    """A variable that is optimized."""
    return Input(tensor, doc, domain, "parameter")


def activation(tensor: Any, doc: str, domain: str = "R") -> Input:
    """An input of a layer that the backward pass goes through."""
    return Input(tensor, doc, domain, "activation")


def exact_array(
    what: str, values: Values, shape: Sequence[int], sizes: Mapping[str, int]
) -> Any:
    """Declared values as an object array of exact SymPy numbers.

    Raises:
        DeclarationError: Not exact numbers, or not of that shape.
    """
    if callable(values):
        values = _at_sizes(what, values, sizes)
    flat = [_exact(what, x) for x in _leaves(values)]
    if _shape(values) != tuple(shape) or len(flat) != prod(shape):
        raise DeclarationError(
            f"{what}: expected values of shape {tuple(shape)}, found shape {_shape(values)}"
        )
    out = np.empty(len(flat), dtype=object)
    out[:] = flat
    return out.reshape(tuple(shape))


def _at_sizes(what: str, function: Callable[..., Any], sizes: Mapping[str, int]) -> Any:
    names = list(inspect.signature(function).parameters)
    unknown = [x for x in names if x not in sizes]
    if unknown:
        raise DeclarationError(
            f"{what}: a function of {', '.join(unknown)}, which is no size; the sizes are "
            f"{', '.join(sizes)}"
        )
    return function(*(sizes[x] for x in names))


def _leaves(values: Any) -> list[Any]:
    if isinstance(values, list | tuple | np.ndarray):
        return [leaf for part in values for leaf in _leaves(part)]
    return [values]


def _shape(values: Any) -> tuple[int, ...]:
    if isinstance(values, list | tuple | np.ndarray):
        return (len(values), *(_shape(values[0]) if len(values) else ()))
    return ()


def _exact(what: str, value: Any) -> Any:
    if isinstance(value, Expr):
        if not value.free_symbols and value.is_real and not value.has(Float):
            return value
    elif isinstance(value, int | str | Fraction) and not isinstance(value, bool):
        found = exact(value)
        return Rational(found.numerator, found.denominator)
    raise DeclarationError(
        f"{what}: expected an exact real number, found {value!r} of type {type(value).__name__}; "
        "write it as a whole number, a decimal string such as '0.1', or a Fraction"
    )
