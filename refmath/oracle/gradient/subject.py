"""Somebody's function of tensors: how it is called, in which framework, and what it answers."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from inspect import Parameter, signature
from typing import Any

import numpy as np

from refmath.errors import InvalidInput, SubjectError, UnknownName
from refmath.oracle.gradient.arrays import FRAMEWORKS, Arrays, arrays_of
from refmath.oracle.gradient.cases import GradientCase
from refmath.oracle.run import time_limit

__all__ = ["KINDS", "Call", "Function", "arguments_of", "understood"]

KINDS = ("gradient", "loss", "loss-and-gradient", "hessian", "layer-backward")
"""What a function may return."""

_ALIASES = {"lambda": ("lam", "lambda_", "lmbda"), "rho": ("l1_ratio",)}


@dataclass(frozen=True)
class Call:
    """How arguments are handed over.

    Attributes:
        names: Our names of the variables, in the order in which they are handed over.
        keywords: Theirs, where they go by name; None by position.
    """

    names: tuple[str, ...]
    keywords: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Function:
    """A function under test.

    Attributes:
        name: As it is shown.
        call: The function.
        how: How arguments are handed over.
        framework: ``numpy``, ``torch`` or ``jax``.
        kind: One of ``KINDS``.
        wrt: The names of the variables that derivatives are taken by.
        automatic: Whether the framework differentiates what the function returns.
    """

    name: str
    call: Callable[..., Any]
    how: Call
    framework: str
    kind: str
    wrt: tuple[str, ...]
    automatic: bool = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """What is compared: ``value``, and the derivatives by name."""
        if self.kind == "loss":
            return ("value", *(self.wrt if self.automatic else ()))
        return ("value", *self.wrt) if self.kind == "loss-and-gradient" else self.wrt

    def run(self, case: GradientCase, seconds: float | None) -> dict[str, Any]:
        """The outputs on a case, as arrays of doubles.

        Raises:
            SubjectError: It raised, hung, changed its inputs, or did not return numbers.
        """
        arrays = arrays_of(self.framework)
        with time_limit(seconds), arrays.settings(case.dtype):
            given = {k: _handed(arrays, case, k) for k in self.how.names}
            answer = _guard(lambda: self._run(given))
            _unchanged(arrays, given, case)
            if self.automatic:
                return {k: _numbers(arrays.number(answer[k]), k) for k in self.outputs}
            return self._named(arrays, answer)

    @cached_property
    def _run(self) -> Callable[[Mapping[str, Any]], Any]:
        arrays = arrays_of(self.framework)
        if self.automatic:
            return arrays.differentiated(self.called, self.wrt, 2 if self.kind == "hessian" else 1)
        return arrays.compiled(self.called)

    def called(self, given: Mapping[str, Any]) -> Any:
        """What it returns for arrays by our names."""
        values = [given[k] for k in self.how.names]
        if self.how.keywords is None:
            return self.call(*values)
        return self.call(**dict(zip(self.how.keywords, values, strict=True)))

    def _named(self, arrays: Arrays, answer: Any) -> dict[str, Any]:
        """An answer by the names of its outputs."""
        wanted = self.outputs
        parts = _parts(answer, wanted)
        return {k: _numbers(arrays.number(x), k) for k, x in zip(wanted, parts, strict=True)}


def _handed(arrays: Arrays, case: GradientCase, name: str) -> Any:
    value = case.values[name]
    return arrays.make(value, case.dtype) if np.ndim(value) else value


def _unchanged(arrays: Arrays, given: Mapping[str, Any], case: GradientCase) -> None:
    for name, array in given.items():
        own = np.asarray(case.values[name])
        if own.ndim and not np.array_equal(np.asarray(arrays.number(array)), own):
            raise SubjectError("mutated", f"changed its argument {name}")


def _parts(answer: Any, wanted: Sequence[str]) -> list[Any]:
    """The parts of an answer, in the order of their names."""
    if isinstance(answer, Mapping):
        if set(answer) != set(wanted):
            raise SubjectError(
                "shape", f"expected a dict of {', '.join(wanted)}, found one of "
                f"{', '.join(map(str, answer))}"
            )
        return [answer[k] for k in wanted]
    if len(wanted) == 1:
        single = isinstance(answer, tuple | list) and len(answer) == 1 and np.ndim(answer[0])
        return [answer[0] if single else answer]
    if isinstance(answer, tuple | list):
        flat = list(answer)
        if len(flat) == 2 and len(wanted) > 2 and wanted[0] == "value":
            flat = [flat[0], *_parts(flat[1], wanted[1:])]
        if len(flat) == len(wanted):
            return flat
        if len(flat) == 2 and wanted[0] == "value" and isinstance(flat[1], Mapping | tuple | list):
            return [flat[0], *_parts(flat[1], wanted[1:])]
    raise SubjectError(
        "shape", f"expected {len(wanted)} arrays ({', '.join(wanted)}), found {_described(answer)}"
    )


def _described(value: Any) -> str:
    if value is None:
        return "None (does the function return its result?)"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"an array of shape {tuple(shape)}"
    return repr(value)[:60]


def _numbers(value: Any, name: str) -> Any:
    """A result as an array of doubles."""
    try:
        array = np.asarray(value)
        if array.dtype.kind in "cSUmM" or array.dtype == object:
            raise TypeError
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise SubjectError(
            "type", f"{_output(name)} does not consist of numbers: {_described(value)}"
        ) from None


def _output(name: str) -> str:
    return "the value" if name == "value" else f"the derivative by {name}"


def _guard(call: Callable[[], Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return call()
    except (SubjectError, KeyboardInterrupt):
        raise
    except (Exception, SystemExit) as error:
        lines = str(error).strip().splitlines()
        text = ": ".join([type(error).__name__, *lines[:1]])
        raise SubjectError("raised", text) from error


# --- what a function takes and returns ----------------------------------------------------------


def arguments_of(
    call: Callable[..., Any],
    name: str,
    names: Sequence[str],
    argnames: Sequence[str] | Mapping[str, str] | None,
    ordered: bool,
) -> Call:
    """How a function takes the variables: by name, or by position.

    Args:
        call: The function.
        name: As it is shown.
        names: Our names of the variables, in their declared order.
        argnames: Our names in the order of its arguments, or by its own names.
        ordered: Whether the variables have a declared order.

    Raises:
        InvalidInput: Its arguments do not fit.
    """
    if argnames is not None:
        return _as_told(argnames, names)
    try:
        given = list(signature(call).parameters.values())
    except (TypeError, ValueError):
        return Call(tuple(names))
    found = _by_name(given, names) or (_by_position(given, names) if ordered else None)
    if found is None:
        shown = f"({', '.join(p.name for p in given)})"
        raise InvalidInput(
            f"{name}{shown}: expected arguments called {', '.join(names)}; name them so, or say "
            f"which is which by argnames, for example argnames={list(names)!r}"
        )
    return found


def _by_name(given: Sequence[Parameter], names: Sequence[str]) -> Call | None:
    """By keyword, where the arguments are called like variables; some may be left out."""
    usable = {p.name for p in given if p.kind in (
        Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY
    )}
    required = {p.name for p in given if p.default is Parameter.empty and p.kind not in (
        Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL
    )}
    pairs = []
    for name in names:
        own = [a for a in (name, *_ALIASES.get(name, ())) if a in usable]
        if own or any(p.kind is Parameter.VAR_KEYWORD for p in given):
            pairs.append((name, own[0] if own else name))
    if not pairs or not required <= {theirs for _, theirs in pairs}:
        return None
    return Call(tuple(n for n, _ in pairs), tuple(t for _, t in pairs))


def _by_position(given: Sequence[Parameter], names: Sequence[str]) -> Call | None:
    """In their declared order, where the number of arguments fits."""
    places = [p for p in given if p.kind in (
        Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD
    )]
    least = len([p for p in places if p.default is Parameter.empty])
    several = any(p.kind is Parameter.VAR_POSITIONAL for p in given)
    fits = least <= len(names) and (several or len(names) <= len(places))
    return Call(tuple(names)) if fits else None


def _as_told(argnames: Sequence[str] | Mapping[str, str], names: Sequence[str]) -> Call:
    if isinstance(argnames, str):
        argnames = argnames.replace(",", " ").split()
    ours = list(argnames.values()) if isinstance(argnames, Mapping) else list(argnames)
    for one in ours:
        if one not in names:
            raise UnknownName("variable", one, list(names))
    if isinstance(argnames, Mapping):
        return Call(tuple(ours), tuple(argnames))
    return Call(tuple(ours))


def understood(
    function: Function, case: GradientCase, kind: str | None, framework: str | None,
    shapes: Mapping[str, tuple[int, ...]], seconds: float | None,
) -> Function:
    """The function with its framework and kind, as its answer on a case shows them.

    Args:
        function: With what is known.
        case: Some case.
        kind: As told, or None.
        framework: As told, or None.
        shapes: The shape of each derivative on that case.
        seconds: Time limit.

    Raises:
        InvalidInput: A kind or framework that does not exist or is not installed.
        SubjectError: It fails with every kind of array.
    """
    if kind is not None and kind not in KINDS:
        raise UnknownName("kind of function", kind, list(KINDS))
    if framework is not None and framework not in FRAMEWORKS:
        raise UnknownName("framework", framework, list(FRAMEWORKS))
    loaded = [f for f in FRAMEWORKS if f == "numpy" or f in sys.modules]
    tried = [framework] if framework else loaded
    first: SubjectError | None = None
    for one in tried:
        arrays = arrays_of(one)
        try:
            with time_limit(seconds), arrays.settings(case.dtype):
                given = {k: _handed(arrays, case, k) for k in function.how.names}
                answer = _guard(lambda given=given: function.called(given))  # type: ignore[misc]
        except SubjectError as error:
            first = first or error
            continue
        own = one if framework else _framework_of(answer, one)
        return _with_kind(replace(function, framework=own), answer, kind, shapes)
    assert first is not None
    raise first


def _framework_of(answer: Any, called: str) -> str:
    """JAX's functions take NumPy's arrays; what they return tells."""
    leaf = answer
    while isinstance(leaf, tuple | list | dict) and leaf:
        leaf = next(iter(leaf.values())) if isinstance(leaf, dict) else leaf[0]
    module = type(leaf).__module__.split(".")[0]
    return "jax" if module in ("jax", "jaxlib") else called


def _with_kind(
    function: Function, answer: Any, kind: str | None, shapes: Mapping[str, tuple[int, ...]]
) -> Function:
    scalar = _is_scalar(answer) and any(shapes.values())
    kind = kind or _kind_of(answer, scalar, list(shapes.values()))
    automatic = function.framework != "numpy" and (
        kind == "loss" or (kind == "hessian" and scalar)
    )
    return replace(function, kind=kind, automatic=automatic)


def _kind_of(answer: Any, scalar: bool, shapes: Sequence[tuple[int, ...]]) -> str:
    """What an answer looks like."""
    if scalar:
        return "loss"
    if isinstance(answer, tuple | list) and answer and _is_scalar(answer[0]):
        nested = len(answer) == 2 and isinstance(answer[1], tuple | list | dict)
        if nested or len(answer) == len(shapes) + 1:
            return "loss-and-gradient"
    first = answer[0] if isinstance(answer, tuple | list) and len(answer) == len(shapes) else answer
    square = shapes[0] * 2
    return "hessian" if square and np.shape(first) == square else "gradient"


def _is_scalar(value: Any) -> bool:
    if isinstance(value, tuple | list | dict) or value is None:
        return False
    return getattr(value, "shape", ()) == () or np.ndim(value) == 0
