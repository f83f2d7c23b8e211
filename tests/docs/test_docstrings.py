"""Everything public says what it is."""

import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import refmath

MODULES = ("optimizers", "schedules", "closed_form", "training", "tuning", "plots", "proof")


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The names that a module offers: those it lists, else those without an underscore."""
    for name in getattr(module, "__all__", None) or [n for n in dir(module) if n[0] != "_"]:
        found = getattr(module, name)
        if not isinstance(found, ModuleType) and not name.startswith("__"):
            yield name, found


def documented(found: Any) -> bool:
    """Whether an object has a docstring of its own; data inherit none."""
    if inspect.isclass(found) or callable(found):
        return bool((inspect.getdoc(found) or "").strip())
    return True


def members(found: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class that this package defines."""
    for owner in found.__mro__:
        if not owner.__module__.startswith("refmath"):
            continue
        for name, member in vars(owner).items():
            if not name.startswith("_") and (
                inspect.isfunction(member)
                or isinstance(member, property | classmethod | staticmethod)
                or type(member).__name__ == "cached_property"
            ):
                yield name, getattr(found, name, member) if isinstance(
                    member, classmethod | staticmethod) else member


def silent(module: ModuleType) -> list[str]:
    """The public names without a docstring."""
    out = []
    for name, found in public(module):
        if not documented(found):
            out.append(name)
        if inspect.isclass(found) and found.__module__.startswith("refmath"):
            out += [f"{name}.{m}" for m, x in members(found) if not inspect.getdoc(x)]
    return sorted(set(out))


@pytest.mark.parametrize("name", ["", *MODULES])
def test_public_names_have_docstrings(name: str) -> None:
    """Functions, classes, and the public methods and properties of the classes."""
    module = importlib.import_module(f"refmath.{name}".rstrip("."))
    assert silent(module) == []
    assert inspect.getdoc(module)


@pytest.mark.parametrize("name", MODULES)
def test_public_modules_offer_something(name: str) -> None:
    """Each of the modules has public names, so that the test above has something to see."""
    assert list(public(importlib.import_module(f"refmath.{name}")))


def test_arguments_are_named_in_docstrings() -> None:
    """A docstring with a list of arguments names each argument of the function."""
    wrong = []
    for name in ("", *MODULES):
        module = importlib.import_module(f"refmath.{name}".rstrip("."))
        for label, found in public(module):
            text = inspect.getdoc(found) or ""
            if inspect.isfunction(found) and "\nArgs:" in text:
                given = text.partition("\nArgs:")[2]
                wrong += [f"{module.__name__}.{label}: {p}" for p in
                          inspect.signature(found).parameters if f"{p}" not in given]
    assert wrong == []


def test_a_silent_name_is_seen() -> None:
    """A planted function, method or property without a docstring is found."""
    planted = ModuleType("planted")

    class Kind:
        """A class."""

        def said(self) -> None:
            """Says so."""

        def unsaid(self) -> None:
            pass

        @property
        def held(self) -> int:
            return 1

    Kind.__module__ = "refmath.planted"
    planted.Kind = Kind  # type: ignore[attr-defined]
    planted.bare = lambda: None  # type: ignore[attr-defined]
    assert silent(planted) == ["Kind.held", "Kind.unsaid", "bare"]
    assert refmath.__doc__
