"""Plain callables as subjects: ``sched(t)``, ``sched(t, **hyper)`` or ``make(**hyper)``."""

import inspect
from collections.abc import Callable
from typing import Any

from refmath.emit.schedule.cases import ScheduleCase
from refmath.errors import InvalidInput, SubjectError
from refmath.oracle.schedule.subject import Answer, ScheduleSubject, number, raised
from refmath.schedule import Schedule

__all__ = ["plain_subject"]


def plain_subject(found: Any, name: str, schedule: Schedule) -> ScheduleSubject:
    """The subject of a callable.

    Raises:
        InvalidInput: It is not callable, or takes what the schedule does not have.
    """
    if not callable(found):
        raise InvalidInput(
            f"{name}: expected a function sched(t) or make(**hyper), found {type(found).__name__}"
        )
    first, keys, several = _signature(found)
    known = set(schedule.hyper)
    if several:
        keys = tuple(known)
    metric = "metrics" if schedule.reacts else "t"
    if first is None or first in known:
        taken = keys if first is None else (first, *keys)
        _refuse(name, schedule, taken, known, metric)
        return ScheduleSubject(
            name, lambda case, form: _made(found, case, form, taken), shape="factory", keys=taken
        )
    _refuse(name, schedule, keys, known, metric)
    return ScheduleSubject(
        name, lambda case, form: _asked(found, case, form, keys), shape="function", keys=keys
    )


def _refuse(
    name: str, schedule: Schedule, taken: tuple[str, ...], known: set[str], metric: str
) -> None:
    unknown = [k for k in taken if k not in known]
    if unknown:
        raise InvalidInput(
            f"{name} takes {', '.join(unknown)}, which {schedule.name} does not have; its "
            f"hyperparameters are {', '.join(sorted(known))}. Write sched({metric}, ...) or "
            "make(...) with these names, those not taken given by --fix"
        )


def _signature(found: Callable[..., Any]) -> tuple[str | None, tuple[str, ...], bool]:
    """The first argument if it is positional, the others, and whether any may follow."""
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return "t", (), False
    several = any(p.kind is p.VAR_KEYWORD for p in parameters)
    named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD,
                                                 p.KEYWORD_ONLY)]
    if named and named[0].kind is not named[0].KEYWORD_ONLY:
        return named[0].name, tuple(p.name for p in named[1:]), several
    return None, tuple(p.name for p in named), several


def _call(function: Callable[..., Any], where: str, *args: Any, **kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    except SubjectError:
        raise
    except Exception as error:
        raise raised(error, where) from error


def _asked(
    found: Any, case: ScheduleCase, form: Schedule, keys: tuple[str, ...]
) -> list[Answer]:
    """A function of t (or of the metrics) and of hyperparameters."""
    given = {k: v for k, v in case.arguments(form.resolved).items() if k in keys}
    if form.reacts:
        metrics = [float(m) for m in case.metrics]
        rates = _call(found, "given the metrics", metrics, **given)
        return [_listed(rates, len(metrics))]

    def ask(t: int) -> float:
        return number(_call(found, f"at t = {t}", t, **given))

    return _in_turn(ask, case)


def _listed(rates: Any, count: int) -> Answer:
    try:
        values = [number(r) for r in rates]
    except TypeError:
        values = []
    if len(values) != count:
        raise SubjectError("shape", f"expected {count} rates, one a metric, found {rates!r}")
    return Answer("", tuple(range(count)), tuple(values))


def _in_turn(ask: Callable[[int], float], case: ScheduleCase) -> list[Answer]:
    """Every t in turn, then some of them once more, out of order and twice."""
    every = [ask(t) for t in range(max(case.steps) + 1)]
    out = [Answer("", case.steps, tuple(every[t] for t in case.steps))]
    again = tuple(case.steps[i] for i in case.again for _ in range(2))
    return [*out, Answer("again", again, tuple(ask(t) for t in again))]


def _made(
    found: Any, case: ScheduleCase, form: Schedule, keys: tuple[str, ...]
) -> list[Answer]:
    """A factory: it gives a function of t, a function of nothing, or an object with step()."""
    given = {k: v for k, v in case.arguments(form.resolved).items() if k in keys}
    made = _call(found, "when it is made", **given)
    if form.reacts:
        step = made if callable(made) else made.step
        rates = []
        for m in case.metrics:
            answer = _call(step, f"given the metric {float(m)!r}", float(m))
            rates.append(number(_read(made) if answer is None else answer))
        return [Answer("", tuple(range(len(rates))), tuple(rates))]
    if callable(made) and _signature(made)[0] is not None:
        return _in_turn(lambda t: number(_call(made, f"at t = {t}", t)), case)
    rates, wanted = [], set(case.steps)
    for t in range(max(case.steps) + 1):
        if callable(made):
            rate = _call(made, f"at t = {t}")
        else:
            if t:
                _call(made.step, f"in step {t}")
            rate = _read(made)
        rates += [number(rate)] if t in wanted else []
    return [Answer("", case.steps, tuple(rates))]


def _read(made: Any) -> Any:
    """The rate of an object."""
    for name in ("get_last_lr", "get_lr"):
        if hasattr(made, name):
            return _call(getattr(made, name), name)
    if hasattr(made, "lr"):
        return made.lr
    raise SubjectError(
        "type", "what make() returns should be a function of t, or have step() and lr"
    )


