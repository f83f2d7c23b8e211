"""Running a subject on a case: what it did, or how it failed."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np

from refmath.emit.cases import Case
from refmath.errors import SubjectError
from refmath.formats import FORMATS
from refmath.oracle.subject import Arrays, Configuration, Stepper, Subject

__all__ = ["Trace", "run", "time_limit"]


@dataclass
class Trace:
    """What a subject answered.

    Attributes:
        params: For every step, one float64 array a tensor: the parameters after it.
        states: For every step, arrays by state name, or None where the subject shows no state.
        points: For every step, the points at which the gradient was asked for.
        grads: For every step, the gradients that were handed over.
    """

    params: list[Arrays] = field(default_factory=list)
    states: list[dict[str, Arrays] | None] = field(default_factory=list)
    points: list[Arrays | None] = field(default_factory=list)
    grads: list[list[np.ndarray | None]] = field(default_factory=list)


class _TimeIsOver(BaseException):
    """Raised within a subject whose time is over; its own ``except Exception`` lets it pass."""


@contextlib.contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Stop what runs inside after so many seconds, where signals allow it.

    Raises:
        SubjectError: The time is over; kind ``timeout``.
    """
    usable = (
        seconds is not None
        and hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
    )
    if not usable or seconds is None:
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _TimeIsOver

    old = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TimeIsOver:
        raise SubjectError("timeout", f"did not answer within {seconds:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def run(subject: Subject, case: Case, seconds: float | None = 10.0) -> Trace:
    """Run a subject on a case.

    Raises:
        SubjectError: It raised, hung, changed its inputs, or answered with something that is not
            the parameters' shape or not numbers.
    """
    with time_limit(seconds):
        return _run(subject, case)


def _run(subject: Subject, case: Case) -> Trace:
    first = case.rate(0, 0)
    configuration = Configuration({"lr": first, **case.hyper}, case.place, case.dtype)
    stepper = _guard("making the optimizer", subject.make, _copies(case.params), configuration)
    trace = Trace()
    buffers = [np.empty_like(p) for p in case.params]
    for step in range(case.steps):
        if case.restore == step:
            stepper = _restore(subject, stepper, case, configuration, trace)
        grads = _hand_over(case, step, buffers)
        _step(subject, stepper, case, step, grads, trace)
    return trace


def _copies(arrays: Any) -> Arrays:
    return [np.array(a) for a in arrays]


def _hand_over(case: Case, step: int, buffers: Arrays) -> list[np.ndarray | None]:
    if not case.reuse:
        return [None if g is None else np.array(g) for g in case.grads[step]]
    handed: list[np.ndarray | None] = []
    for buffer, g in zip(buffers, case.grads[step], strict=True):
        if g is not None:
            buffer[...] = g
        handed.append(None if g is None else buffer)
    return handed


def _step(
    subject: Subject,
    stepper: Stepper,
    case: Case,
    step: int,
    grads: list[np.ndarray | None],
    trace: Trace,
) -> None:
    where = f"step {step + 1}"
    rate = case.rates[step]
    lr = list(rate) if isinstance(rate, tuple) else rate
    if subject.takes_gradient_function:
        asked: list[Arrays] = []
        given: list[Arrays] = []
        fmt = FORMATS[case.dtype]

        def gradient(points: Any) -> Arrays:
            asked.append(_values(points, case, where))
            at = [np.asarray(p, dtype=fmt.carrier) for p in asked[-1]]
            own = [np.zeros_like(p) if g is None else g for g, p in zip(grads, at, strict=True)]
            given.append([fmt.round(g + case.slope * p) for g, p in zip(own, at, strict=True)])
            return _copies(given[-1])

        answer = _guard(where, stepper.step, gradient, lr)
        if len(asked) != 1:
            raise SubjectError(
                "type", f"{where}: asked for the gradient {len(asked)} times; once is expected"
            )
        trace.points.append(asked[0])
        trace.grads.append(list(given[0]))
    else:
        listed = list(grads)
        answer = _guard(where, stepper.step, listed, lr)
        if len(listed) != len(grads) or any(a is not b for a, b in zip(listed, grads, strict=True)):
            raise SubjectError("mutated", f"{where}: changed the list of gradients")
        for index, (handed, own) in enumerate(zip(grads, case.grads[step], strict=True)):
            if handed is not None and own is not None and handed.tobytes() != own.tobytes():
                raise SubjectError("mutated", f"{where}: changed the gradient of tensor {index}")
        trace.points.append(None)
        trace.grads.append(list(case.grads[step]))
    trace.params.append(_values(answer, case, where))
    trace.states.append(_state(stepper, case, where))


def _guard(where: str, call: Any, *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except (SubjectError, KeyboardInterrupt, _TimeIsOver):
        raise
    except BaseException as error:  # a subject may raise anything, SystemExit included
        text = f"{where}: {type(error).__name__}: {_first_line(error)}"
        raise SubjectError("raised", text.removesuffix(": ")) from error


def _first_line(error: BaseException) -> str:
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # its text is the subject's as well
        return ""
    return lines[0] if lines else ""


def _numbers(value: Any) -> np.ndarray | None:
    """A value as a float64 array, or None where it does not consist of real numbers."""
    try:
        array = np.asarray(value)
        if array.dtype.kind in "cSUmM":
            return None
        return np.array(array, dtype=np.float64)
    except Exception:  # an object may raise anything when it is to become an array
        return None


def _values(answer: Any, case: Case, where: str) -> Arrays:
    if isinstance(answer, np.ndarray) and len(case.params) == 1:
        answer = [answer]
    if not isinstance(answer, list | tuple) or len(answer) != len(case.params):
        raise SubjectError(
            "shape",
            f"{where}: expected a list of {len(case.params)} parameter arrays, "
            f"found {_describe(answer)}",
        )
    out = []
    for index, (value, param) in enumerate(zip(answer, case.params, strict=True)):
        array = _numbers(value)
        if array is None:
            raise SubjectError(
                "type", f"{where}: tensor {index} does not consist of numbers: {_describe(value)}"
            )
        if array.shape != param.shape:
            raise SubjectError(
                "shape", f"{where}: tensor {index} has shape {array.shape}, not {param.shape}"
            )
        out.append(array)
    return out


def _describe(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    return "None (does step return the parameters?)" if value is None else repr(value)[:80]


def _state(stepper: Stepper, case: Case, where: str) -> dict[str, Arrays] | None:
    show = getattr(stepper, "state", None)
    if not callable(show):
        return None
    found = _guard(f"{where}, state()", show)
    if not isinstance(found, dict):
        return None
    out: dict[str, Arrays] = {}
    for name, arrays in found.items():
        if not isinstance(arrays, list | tuple) or len(arrays) != len(case.params):
            continue
        converted = [_numbers(a) for a in arrays if a is not None]
        kept = [a for a in converted if a is not None]
        if [a.shape for a in kept] == [p.shape for p in case.params]:
            out[name] = kept
    return out


def _restore(
    subject: Subject, stepper: Any, case: Case, configuration: Configuration, trace: Trace
) -> Stepper:
    where = f"save and restore after step {case.restore}"
    saved = _guard(where, stepper.save)
    carrier = FORMATS[case.dtype].carrier
    params = [np.array(p, dtype=carrier) for p in trace.params[-1]]
    fresh: Any = _guard(where, subject.make, params, configuration)
    _guard(where, fresh.load, saved)
    restored: Stepper = fresh
    return restored
