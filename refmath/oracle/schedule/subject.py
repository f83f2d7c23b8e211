"""A schedule under test, and what it answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from refmath.conventions.schedule import ScheduleConvention
from refmath.emit.schedule.cases import ScheduleCase
from refmath.errors import SubjectError
from refmath.schedule import Schedule

__all__ = ["Answer", "ScheduleSubject", "number", "raised"]


@dataclass(frozen=True)
class Answer:
    """The rates of one run.

    Attributes:
        kind: Empty for the plain run; ``again`` where t was asked for out of order and twice,
            ``restored`` where the state was saved and restored on the way.
        steps: Every t, or the number of every metric.
        rates: The rates.
    """

    kind: str
    steps: tuple[int, ...]
    rates: tuple[float, ...]


@dataclass(frozen=True)
class ScheduleSubject:
    """A schedule under test.

    Attributes:
        name: What people call it.
        run: From a case and the form asked for to the answers, the plain one first.
        dtypes: The formats that it can be run in.
        convention: The framework's convention, where it is one.
        shape: How it is called, for the code: ``function``, ``factory`` or ``framework``.
        keys: The hyperparameters that it takes, or None for all.
        narrow: Whether scalars may be computed in float32 where the format is float64.
    """

    name: str
    run: Callable[[ScheduleCase, Schedule], list[Answer]]
    dtypes: tuple[str, ...] = ("float64",)
    convention: ScheduleConvention | None = None
    shape: str = "function"
    keys: tuple[str, ...] | None = None
    narrow: bool = False


def number(value: Any) -> float:
    """A rate as a float.

    Raises:
        SubjectError: It is none.
    """
    while isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    try:
        return float(value)
    except (TypeError, ValueError):
        raise SubjectError("type", f"expected a rate, one number, found {value!r}") from None


def raised(error: Exception, where: str) -> SubjectError:
    """What a subject raised, as our error."""
    lines = str(error).strip().splitlines()
    text = ": ".join([type(error).__name__, *lines[:1]])
    return SubjectError("raised", f"{where}: {text}")
