"""refmath: verified reference mathematics for the optimization of deep networks.

Names are loaded when they are first used: ``import refmath.optimizers`` stays free of SymPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refmath import conventions as conventions
    from refmath import optimizers as optimizers
    from refmath import rules as rules
    from refmath.emit.strategies import cases as cases
    from refmath.emit.strategies import hyperparameters as hyperparameters
    from refmath.errors import RefmathError as RefmathError
    from refmath.oracle.api import check as check
    from refmath.oracle.assertion import assert_conforms as assert_conforms
    from refmath.oracle.report import Report as Report
    from refmath.rule import Rule as Rule

__version__ = "0.1.0"

_MODULES = ("conventions", "optimizers", "rules")
_NAMES = {
    "RefmathError": "refmath.errors",
    "Report": "refmath.oracle.report",
    "Rule": "refmath.rule",
    "assert_conforms": "refmath.oracle.assertion",
    "cases": "refmath.emit.strategies",
    "check": "refmath.oracle.api",
    "hyperparameters": "refmath.emit.strategies",
}
__all__ = ["__version__", *_MODULES, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"refmath.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'refmath' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
