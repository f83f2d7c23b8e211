"""A line search held against its declared conditions, order of trials, domain and defaults."""

import inspect
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.oracle.minimizer.searches.conditions import flat, sufficient
from refmath.oracle.minimizer.searches.declared import ACCEPTED, DEFAULTS, REFUSED
from refmath.oracle.minimizer.searches.lines import (
    NOWHERE,
    WIDE,
    Asked,
    Line,
    TooMany,
    lines,
    rough,
    ties,
    walls,
)
from refmath.oracle.minimizer.searches.minpack import Expected, expected
from refmath.oracle.minimizer.searches.orders import (
    Broken,
    End,
    Setting,
    follow_armijo,
    follow_strong,
    follow_weak,
)

__all__ = ["complaint", "trace"]

Search = Callable[..., Any]
_CONSTANTS = ((1e-4, 0.9), (1e-3, 0.1), (0.25, 0.5), (1e-4, 1e-3))
_LIMITS = (
    (1e-14, 1e-100, 1e100), (0.1, 0.0, 1e10), (1e-3, 1e-3, 50.0), (0.0, 0.0, 4.0),
    (1e-3, 2.0, 5.0), (0.0, 0.0, 1e10),
)  # fmt: skip
_FOLLOW = {"armijo": follow_armijo, "weak_wolfe": follow_weak, "strong_wolfe": follow_strong}
_OPTIONS: dict[str, tuple[dict[str, Any], ...]] = {
    "armijo": ({}, {"shrink": 0.25}, {"shrink": 0.8, "max_evaluations": 3}),
    "weak_wolfe": ({}, {"max_evaluations": 3}),
    "strong_wolfe": (
        {}, {"max_step": 3.0}, {"max_doublings": 2, "max_sections": 3}, {"max_step": 0.5},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One search that is asked for.

    Attributes:
        line: The line.
        at: What is given.
        expected: What dcsrch does, for More and Thuente's.
    """

    line: Line
    at: Setting
    expected: Expected | None = None


def complaint(name: str, search: Search, count: int = 300, seed: int = 0) -> str | None:
    """What is wrong with a line search; None if nothing is found.

    Args:
        name: "armijo", "exact", "weak_wolfe", "strong_wolfe" or "more_thuente".
        search: A function like that of `refmath.optimizers.minimize.line_search`.
        count: How many lines it is run on.
        seed: Of the lines.
    """
    found = _usage(name, search)
    if found:
        return found
    if name == "exact":
        return _exact(search)
    for job in jobs(name, count, seed):
        try:
            _judge(name, search, job)
        except Broken as why:
            return f"{job.line.label}: {why}"
    return None


def trace(name: str, search: Search, count: int, seed: int) -> Iterator[Any]:
    """All that can be seen of a search: its trials and what it returns, line by line."""
    for job in jobs(name, count, seed):
        asked = Asked(job.line)
        found = _run(name, search, asked, job.at)
        yield repr([(t.step, t.value, t.slope) for t in asked.trials]) + repr(
            (found.step, found.value, found.slope, found.evaluations, found.reason.name)
        )


@cache
def jobs(name: str, count: int, seed: int) -> tuple[Job, ...]:
    """What a search is asked for, the ties and walls first."""
    rng = np.random.default_rng(seed + 1)
    out = []
    every = [*ties(), *walls(), *rough(count, seed), *lines(count, seed)]
    for place, line in enumerate(every):
        tie = place < len(ties())
        step = 1.0 if tie else float(rng.uniform(1, 9.9) * 10.0 ** rng.integers(-3, 3))
        c1, c2 = (0.25, 0.5) if tie else _CONSTANTS[place % 4]
        if line.label.startswith("rough"):
            c1, c2 = (0.5, 0.625) if place % 2 else (0.25, 0.5)
        elif line.label == NOWHERE and name == "armijo":
            step = 1e-310
        at = Setting(line.f(0.0), line.df(0.0), step, c1, c2, {})
        if name == "more_thuente":
            out.append(_with_dcsrch(line, at, place, tie))
        else:
            options = _OPTIONS[name]
            some = options if place % 5 == 0 else options[:1]
            out += [Job(line, replace(at, options=given)) for given in some]
    return tuple(out)


def _with_dcsrch(line: Line, at: Setting, place: int, tie: bool) -> Job:
    xtol, low, high = _LIMITS[place // 4 % 6]
    if tie:
        xtol, low, high = ((0.0, 0.0, 8.0), (0.0, 1.0, 8.0), (0.5, 0.0, 1.0))[place % 3]
    if line.label == WIDE:
        at, (xtol, low, high) = replace(at, step=0.66 * 2.0), (0.0, 0.5, 1.5)
    budget = (20, 120, 4, 6, 3)[place % 5]
    step = min(max(at.step, low), high)
    options = {"xtol": xtol, "min_step": low, "max_step": high, "max_evaluations": budget}
    wanted = expected(line, step, (at.c1, at.c2), (xtol, low, high), budget)
    return Job(line, replace(at, step=step, options=options), wanted)


def _run(name: str, search: Search, asked: Asked, at: Setting) -> Any:
    given: dict[str, Any] = {"step": at.step, "c1": at.c1, **at.options}
    functions: tuple[Any, ...] = (asked.phi,)
    if name != "armijo":
        given["c2"], functions = at.c2, (asked.phi, asked.dphi)
    return search(*functions, at.value0, at.slope0, **given)


def _judge(name: str, search: Search, job: Job) -> None:
    asked = Asked(job.line)
    try:
        found = _run(name, search, asked, job.at)
    except TooMany as why:
        raise Broken(str(why)) from None
    except Exception as error:
        raise Broken(f"raises {type(error).__name__}: {error}") from None
    _record(asked, found, job.at)
    if job.expected is None:
        end: End | None = _FOLLOW[name](asked.trials, job.at)
    else:
        end = _dcsrch(asked, job.expected)
    if end is not None and (found.reason.name, found.step) != (end.reason, end.step):
        raise Broken(
            f"ends with {found.reason.name} at {found.step!r}, where {end.reason} at {end.step!r} "
            "is declared"
        )
    _conditions(name, found, job.at)


def _dcsrch(asked: Asked, wanted: Expected) -> End | None:
    own = [t.step for t in asked.trials]
    if not wanted.reason:
        own = own[: len(wanted.steps)]
    if own != list(wanted.steps):
        raise Broken(f"its trials {own[:6]} are not those of dcsrch, {list(wanted.steps)[:6]}")
    if not all(math.isfinite(t.step) for t in asked.trials):
        raise Broken("a trial is no finite number")
    return End(wanted.reason, wanted.step) if wanted.reason else None


def _record(asked: Asked, found: Any, at: Setting) -> None:
    """The record is true: evaluations are counted, value and slope are those at the step."""
    if found.evaluations != len(asked.trials):
        raise Broken(f"says {found.evaluations} evaluations, and made {len(asked.trials)}")
    value, slope = at.value0, at.slope0
    if found.step:
        mine = [t for t in asked.trials if t.step == found.step]
        if not mine:
            raise Broken(f"returns {found.step!r}, which it did not try")
        value, slope = mine[-1].value, asked.line.df(found.step)
    if not (math.isfinite(found.value) and found.value == value):
        raise Broken(f"returns the value {found.value!r} at {found.step!r}, where it is {value!r}")
    if found.slope is not None and found.slope != slope:
        raise Broken(f"returns the slope {found.slope!r} at {found.step!r}, where it is {slope!r}")


def _conditions(name: str, found: Any, at: Setting) -> None:
    """What is returned decreases enough, but for a shortest step; what is found is flat too."""
    enough = sufficient(found.value, at.value0, at.slope0, found.step, at.c1)
    if enough is False and found.reason.name != "SHORTEST":
        raise Broken(f"returns {found.step!r}, which does not decrease enough")
    if found.found != (found.reason.name == "FOUND"):
        raise Broken(f"says found={found.found} with the reason {found.reason.name}")
    if found.found and name != "armijo":
        strong = name != "weak_wolfe"
        if found.slope is None or flat(found.slope, at.slope0, at.c2, strong=strong) is False:
            raise Broken(f"returns {found.step!r}, where the slope is beyond c2")


def _usage(name: str, search: Search) -> str | None:
    """Defaults, what is refused, and what is not."""
    parameters = inspect.signature(search).parameters
    own = {k: p.default for k, p in parameters.items() if p.default is not p.empty}
    if own != DEFAULTS[name]:
        return f"its defaults are {own}, declared are {DEFAULTS[name]}"
    for given in REFUSED[name]:
        said = _attempt(search, given)
        if said != "InvalidInput":
            return f"{_shown(given)} is to be refused, found {said or 'no error'}"
    for given in ACCEPTED[name]:
        said = _attempt(search, given)
        if said:
            return f"{_shown(given)} is to be accepted, found {said}"
    return None


def _attempt(search: Search, given: Mapping[str, Any]) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            search(**given)
    except InvalidInput:
        return "InvalidInput"
    except Exception as error:
        return type(error).__name__
    return ""


def _shown(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{k}={v!r}" for k, v in given.items() if not callable(v))


def _exact(search: Search) -> str | None:
    """In fractions: the step, value and slope of the minimum along a direction."""
    rng = np.random.default_rng(0)
    for n in (1, 2, 3):
        for _ in range(20):
            root = rng.integers(-4, 5, (n, n))
            hessian = (root.T @ root + np.eye(n, dtype=int)).astype(object)
            g = np.array([Fraction(int(x)) for x in rng.integers(1, 5, n)])
            d = -g * Fraction(int(rng.integers(1, 4)), 3)
            for bend, matrix in ((1, hessian), (0, 0 * hessian), (-1, -hessian)):
                found = search(Fraction(7), g, d, lambda v, m=matrix: np.dot(m, v))
                slope, curvature = np.dot(g, d), np.dot(d, np.dot(matrix, d))
                step = -slope / curvature if bend > 0 else 0
                wanted = (
                    step, 7 + step * slope + step * step * curvature / 2,
                    0 if bend > 0 else slope, 0, "FOUND" if bend > 0 else "CONCAVE",
                )  # fmt: skip
                own = (found.step, found.value, found.slope, found.evaluations, found.reason.name)
                if own != wanted or not isinstance(found.evaluations, int):
                    return f"n = {n}: returns {own}, where {wanted} is the minimum"
                if found.found != (bend > 0):
                    return f"n = {n}: says found={found.found}"
    return None
