"""The notation of update rules: step counter, states, temporaries, gradients, hyperparameters.

A quantity is indexed by the step: ``m[t - 1]`` is its value before step t, ``m[t]`` after it.
Equality of two quantities includes everything that was declared of them, so that ``m`` of one rule
and ``m`` of another are the same only where they mean the same.
"""

import re
from keyword import iskeyword
from typing import Any, Literal

from sympy import Expr, IndexedBase, Rational, Symbol, sympify

from refmath.domain import Interval, Number, exact
from refmath.errors import DeclarationError

__all__ = ["Hyper", "Quantity", "Slot", "grad", "hyper", "number", "slot", "state", "t", "temp"]

Role = Literal["state", "temp", "grad"]

t: Any = Symbol("t", integer=True, positive=True)
"""The step counter; the first step is t = 1."""

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_TAKEN = ("abs", "maximum", "minimum", "sign", "sqrt", "where")


def number(value: Number) -> Any:
    """An exact SymPy rational: ``number("0.9")`` is 9/10."""
    fraction = exact(value)
    return Rational(fraction.numerator, fraction.denominator)


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name == "t":
        raise DeclarationError(
            f"expected an ASCII name such as 'theta' or 'beta1', found {name!r}"
            + (" (t is the step counter)" if name == "t" else "")
        )
    return name


def _check_argument(name: str) -> str:
    """A name that becomes an argument of the kernel."""
    if iskeyword(name) or name in _TAKEN:
        raise DeclarationError(
            f"{name!r} has a meaning of its own in Python or NumPy; choose another name"
        )
    return _check_name(name)


class Quantity(IndexedBase):
    """Something that has a value at every step: a state, a temporary or the gradient.

    Attributes:
        role: ``state``, ``temp`` or ``grad``.
        start: For a state its value before the first step, an expression in hyperparameters;
            None for the parameter itself, whose start is the caller's.
        at: For a gradient the point at which it is taken.
        doc: What it is, in a few words.
    """

    role: Role
    start: Any
    at: Any
    doc: str
    _content: tuple[Any, ...]

    def __new__(
        cls, name: str, role: Role, *, start: Any = None, at: Any = None, doc: str = ""
    ) -> "Quantity":
        obj: Quantity = super().__new__(cls, _check_argument(name), real=True)
        obj.role = role
        obj.start = None if start is None else sympify(start, strict=True)
        obj.at = None if at is None else sympify(at, strict=True)
        obj.doc = doc
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        # SymPy asks in every comparison, and sorts by it: strings, made once.
        if not hasattr(self, "_content"):
            own = (self.role, str(self.start), str(self.at))
            self._content = (*super()._hashable_content(), *own)
        return self._content

    @property
    def name(self) -> str:
        """The ASCII name."""
        return str(self.label)


class Hyper(Symbol):
    """A hyperparameter: a scalar with a default and a domain.

    Attributes:
        key: The field's name for it, as users write it: ``lr``, ``beta1``, ``eps``.
        default: The exact default, or None where it must be given.
        domain: Where it may lie.
        doc: What it is, in a few words.
    """

    __slots__ = ("_content", "default", "doc", "domain", "key")
    key: str
    default: Any
    domain: Interval
    doc: str
    _content: tuple[Any, ...]

    def __new__(
        cls, key: str, default: Number | None, domain: Interval, symbol: str, doc: str
    ) -> "Hyper":
        obj: Hyper = Symbol.__xnew__(cls, symbol, real=True)
        obj.key = key
        obj.default = None if default is None else exact(default)
        obj.domain = domain
        obj.doc = doc
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        if not hasattr(self, "_content"):
            own = (self.key, str(self.default), str(self.domain))
            self._content = (*super()._hashable_content(), *own)
        return self._content


class Slot(Symbol):
    """A place in a declaration that an axis fills with one of its options."""

    __slots__ = ()

    def __new__(cls, name: str) -> "Slot":
        obj: Slot = Symbol.__xnew__(cls, f"<{name}>", real=True)
        return obj


def state(name: str, start: Any = None, doc: str = "") -> Any:
    """A quantity that is kept from step to step.

    Args:
        name: ASCII name; SymPy turns ``theta`` into the Greek letter.
        start: Its value before the first step; leave it out for the parameter ``theta``.
        doc: What it is, in a few words.
    """
    return Quantity(name, "state", start=_exact_only(name, start), doc=doc)


def temp(name: str, doc: str = "") -> Any:
    """A quantity that lives within one step."""
    return Quantity(name, "temp", doc=doc)


def grad(name: str, at: Expr, doc: str = "gradient of the objective") -> Any:
    """The gradient, and the point at which it is taken: ``theta[t - 1]``, or a look-ahead."""
    return Quantity(name, "grad", at=_exact_only(name, at), doc=doc)


def hyper(
    key: str, default: Number | None, domain: str, *, symbol: str | None = None, doc: str = ""
) -> Any:
    """A hyperparameter.

    Args:
        key: The field's name, as users write it: ``lr``, ``beta1``, ``eps``.
        default: A decimal string, exact; None where there is no customary value.
        domain: An interval such as ``"[0, 1)"``.
        symbol: The mathematical symbol if it differs: ``alpha`` for ``lr``.
        doc: What it is, in a few words.

    Raises:
        DeclarationError: The default lies outside the domain, or is a float.
    """
    interval = Interval.parse(domain)
    _no_float(key, default)
    if default is not None and default not in interval:
        raise DeclarationError(f"the default {key}={default} is outside its domain {interval}")
    return Hyper(_check_argument(key), default, interval, _check_name(symbol or key), doc)


def slot(name: str) -> Any:
    """A place that an axis fills."""
    return Slot(name)


def _exact_only(name: str, value: Any) -> Any:
    if isinstance(value, str):
        raise DeclarationError(
            f"{name}: expected an expression, found the text {value!r}, which is not evaluated; "
            "write symbols and numbers, as in start=0 or start=eps"
        )
    return _no_float(name, value)


def _no_float(name: str, value: Any) -> Any:
    if isinstance(value, float):
        raise DeclarationError(
            f"{name}={value!r} is a binary float, which is not the decimal; write '{value!r}'"
        )
    return value
