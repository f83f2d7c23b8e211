"""Adapters: optimizers of the frameworks, and plain callables, as subjects of the oracle.

A framework is imported only when one of its optimizers is made; it is recognised by names alone.
"""

import importlib
import sys
from inspect import isclass
from typing import Any

from refmath import conventions
from refmath.conventions import Convention
from refmath.errors import InvalidInput, UnknownName
from refmath.oracle.adapters import plain
from refmath.oracle.adapters.load import load
from refmath.oracle.subject import Subject

__all__ = ["resolve"]

_HERE = "refmath.oracle.adapters"
_ADAPTERS = {"torch": "torch", "keras": "keras", "optax": "optax", "sklearn": "sklearn",
             "jax": "jax", "refmath": "refmath_"}
_BASES = {
    ("torch.optim.optimizer", "Optimizer"): "torch",
    ("keras.src.optimizers.base_optimizer", "BaseOptimizer"): "keras",
    ("sklearn.neural_network._stochastic_optimizers", "BaseOptimizer"): "sklearn",
    ("refmath.optimizers.base", "Optimizer"): "refmath",
}
_FUNCTIONS = {"optax": "optax", "jax.example_libraries.optimizers": "jax"}


def resolve(target: object, convention: str | None = None) -> Subject:
    """The subject that a target stands for.

    Args:
        target: ``torch.optim:Adam``, ``optax:rmsprop``, ``sklearn:adam``, ``mymodule:make``,
            ``path/to/file.py:make``; or the object itself: an optimizer class or function of a
            known framework, a class derived from one, or a callable of one of the shapes of
            ``refmath.oracle.adapters.plain``.
        convention: For an optimizer that derives from a framework's base class alone, how it is
            to be driven: ``torch:Adam``. Elsewhere only its name is checked.

    Raises:
        InvalidInput: Nothing that can be run; the message says what can.
        UnknownName: No such name in the module, or no such convention.
        SubjectError: The target's module raised while it was imported.
    """
    wanted = _wanted(convention)
    if isinstance(target, Subject):
        return target
    found = load(target) if isinstance(target, str) else target
    name = target if isinstance(target, str) else _name(found)
    if not callable(found):
        raise InvalidInput(
            f"{name}: expected a class or function that makes an optimizer, found "
            f"{_brief(found)}; give the class itself, or write make(params, hyper) -> step"
        )
    own = _recognise(found)
    framework = own.framework if own else _framework(found)
    if framework is None:
        return plain.subject(found, name)
    if own is None:
        own = _driven(found, framework, name, wanted)
    adapter = importlib.import_module(f"{_HERE}.{_ADAPTERS[framework]}")
    made: Subject = adapter.subject(found, own, name)
    return made


def _wanted(convention: str | None) -> tuple[str, str | None] | None:
    """``torch:Adam`` as framework and optimizer; the optimizer may be missing."""
    if convention is None:
        return None
    known = conventions.frameworks()
    framework = next(
        (f for f in sorted(known, key=len, reverse=True)
         if convention == f or convention.startswith((f"{f}:", f"{f}.", f"{f} "))),
        None,
    )
    if framework is None:
        raise UnknownName("convention", convention, list(known))
    optimizer = convention[len(framework) + 1 :] or None
    conventions.find(framework, optimizer=optimizer)
    return framework, optimizer


def _recognise(found: Any) -> Convention | None:
    """The convention of an object that a framework offers under its target's name."""
    for convention in conventions.ALL:
        where, _, name = convention.target.partition(":")
        module = sys.modules.get(where)
        if module is not None and getattr(module, name, None) is found:
            return convention
    return None


def _framework(found: Any) -> str | None:
    """The framework that an object comes or derives from, told by names of modules."""
    if isclass(found):
        bases = ((base.__module__, base.__name__) for base in found.__mro__)
        return next((_BASES[base] for base in bases if base in _BASES), None)
    function = getattr(found, "func", found)
    where = f"{getattr(function, '__module__', '')}."
    return next((f for start, f in _FUNCTIONS.items() if where.startswith(f"{start}.")), None)


def _driven(
    found: Any, framework: str, name: str, wanted: tuple[str, str | None] | None
) -> Convention:
    """The convention for an optimizer of a framework that has no convention of its own."""
    if wanted is not None and wanted[0] == framework:
        optimizer = wanted[1] or _brief(found)
        return conventions.find(framework, optimizer=optimizer)[0]
    for base in found.__mro__ if isclass(found) else ():
        own = _recognise(base)
        if own is not None:
            return own
    known = [c.optimizer for c in conventions.find(framework)]
    raise InvalidInput(
        f"{name}: {framework} has no convention for {_brief(found)}; there are "
        f"{', '.join(known)}. If it takes the arguments of one of these, name that as its "
        f"convention ({framework}:{known[0]}); else write a factory make(params, hyper) -> step "
        "and name the rule that it is to compute (--rule)"
    )


def _brief(found: Any) -> str:
    name = getattr(getattr(found, "func", found), "__name__", None)
    return str(name) if name else f"an instance of {type(found).__name__}"


def _name(found: Any) -> str:
    own = _recognise(found)
    if own is not None:
        return own.target
    function = getattr(found, "func", found)
    where = getattr(function, "__module__", None) or type(found).__module__
    return f"{where}:{getattr(function, '__qualname__', type(found).__qualname__)}"
