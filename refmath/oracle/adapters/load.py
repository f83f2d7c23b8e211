"""From ``MODULE:NAME`` or ``FILE.py:NAME`` to the object of that name."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from refmath import conventions, rules
from refmath.errors import DeclarationError, InvalidInput, SubjectError, UnknownName
from refmath.oracle.adapters.keras import choose_backend
from refmath.rule import Rule

__all__ = ["load", "rule_named"]

_PACKAGES = {"torch": "torch", "keras": "keras", "optax": "optax", "jax": "jax",
             "sklearn": "scikit-learn"}
_MANY = 40


def load(target: str) -> Any:
    """The object that a target names; its module is imported.

    The current directory joins ``sys.path``, and so does the directory of a file.

    Raises:
        InvalidInput: The target is not of that form, or there is no such module or file.
        UnknownName: The module has no such name.
        SubjectError: The module raised while it was imported.
    """
    where, colon, name = _full(target).rpartition(":")
    if not (colon and where and name):
        raise InvalidInput(
            f"expected MODULE:NAME or FILE.py:NAME, found {target!r}; {_cure(target)}"
        )
    is_file = where.endswith(".py") or os.sep in where
    module = _from_file(Path(where)) if is_file else _from_path(where)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise UnknownName(f"name in {where}", name, _names(found, part))
        found = getattr(found, part)
    return found


def rule_named(name: str) -> Rule:
    """The rule of that name, or the one that MODULE:NAME or FILE.py:NAME declares.

    Raises:
        UnknownName: There is no such rule.
        InvalidInput: The target names something else, or nothing that can be imported.
        DeclarationError: Its declaration is not one.
    """
    if ":" not in name:
        return rules.get(name)
    try:
        found = load(name)
    except SubjectError as error:
        cause = error.__cause__
        if isinstance(cause, DeclarationError):
            raise cause from error
        raise InvalidInput(str(error)) from error
    if not isinstance(found, Rule):
        raise InvalidInput(
            f"expected a declared rule (refmath.rule.Rule) in {name}, found a "
            f"{type(found).__name__}"
        )
    return found


def _full(target: str) -> str:
    """``sklearn:adam`` stands for the target of that framework's optimizer of that name."""
    framework, _, name = target.partition(":")
    for convention in conventions.ALL:
        own = convention.optimizer
        if convention.framework == framework and name.lower() in (
            own.lower(), own.lower().removesuffix("optimizer")
        ):
            return convention.target or target
    return target


def _cure(target: str) -> str:
    if target.endswith(".py"):
        return f"name what the file defines, as in {target}:make"
    head, dot, tail = target.rpartition(".")
    return f"write {head}:{tail}" if dot else f"write for example {target}:make"


def _from_path(name: str) -> ModuleType:
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    if name.split(".")[0] == "keras":
        choose_backend()
    try:
        with _importing(name):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or name
        raise InvalidInput(
            f"there is no module {missing!r} to import; {_missing(missing)}"
        ) from error


def _missing(module: str) -> str:
    if module in _PACKAGES:
        return f"install it: pip install {_PACKAGES[module]}"
    if module in conventions.frameworks():
        return (
            f"refmath knows the conventions of {module} but does not run it: write a factory "
            f"make(params, hyper) -> step, and name the convention ({module})"
        )
    return "run from the directory that holds it, or name its file: path/to/file.py:make"


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise InvalidInput(f"there is no file {str(path)!r} (in {os.getcwd()})")
    whole = path.resolve()
    if str(whole.parent) not in sys.path:
        sys.path.insert(0, str(whole.parent))
    # A name of its own, so that adam.py of the user is not mixed up with another adam.
    name = f"refmath_subject_{abs(hash(str(whole))):x}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, whole)
    if spec is None or spec.loader is None:
        raise InvalidInput(f"{str(path)!r} is no Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _importing(str(path)):
            spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, ModuleNotFoundError):
            raise _raised(str(path), error) from error
        raise
    return module


@contextmanager
def _importing(name: str) -> Iterator[None]:
    """What an import raises is the subject's failure, unless the module itself is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise _raised(name, error) from error
        raise
    except (Exception, SystemExit) as error:
        raise _raised(name, error) from error


def _raised(name: str, error: BaseException) -> SubjectError:
    return SubjectError("raised", f"importing {name} raised {type(error).__name__}: {error}")


def _names(module: Any, wanted: str) -> list[str]:
    """What could have been meant: all the public callables, or of many those that are close."""
    public = [
        n for n in dir(module) if not n.startswith("_") and callable(getattr(module, n, None))
    ]
    package = module.__name__.partition(".")[0] if isinstance(module, ModuleType) else ""
    home = [n for n in public if _package(getattr(module, n)) == package]
    public = home or public
    if len(public) <= _MANY:
        return public
    return get_close_matches(wanted, public, n=8, cutoff=0.3) or public[:_MANY]


def _package(found: Any) -> str:
    return str(getattr(found, "__module__", None) or "").partition(".")[0]
