"""One check in a process of its own, so that a subject that crashes or hangs harms nothing else.

Reads one JSON object from standard input; writes JSON lines: ticks, and at the end the results or
an error. Whatever the subject prints goes to standard error.
"""

import importlib
import json
import os
import sys
import time
from typing import Any, TextIO

from refmath.domain import exact
from refmath.errors import RefmathError, SubjectError
from refmath.oracle.api import task
from refmath.oracle.check import check_subject, default_formats
from refmath.oracle.report import Report, Result

__all__ = ["main"]

_KINDS: tuple[str, ...] = ("refmath.oracle.minimizer.api", "refmath.oracle.schedule.api")
"""Modules that judge something else than update rules; each has ``claims`` and ``run``."""

_EVERY = 0.1
"""Seconds between two signs of life, if there are any."""


def main() -> None:
    """Run the check described on standard input."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        _check(job, out)
    except SubjectError as error:
        _say(out, results=[_failed(job, error)])
    except RefmathError as error:
        _say(out, error=str(error))
    out.flush()
    os._exit(0)


def _check(job: dict[str, Any], out: TextIO) -> None:
    said = _Said(out)
    if job.get("objective") is not None:
        _check_gradient(job, out, said)
        return
    for name in _KINDS:
        other = importlib.import_module(name)
        if other.claims(job["target"], job["rule"]):
            results = other.run(job, lambda total: _say(out, total=total), said.tick)
            _say(out, results=[described(r) for r in results])
            return
    asked = task(
        job["target"], job["rule"], job["convention"], vary=job["vary"],
        switches=job["switches"], fixed=job["fixed"], seed=job["seed"],
        examples=job["examples"], seconds=job["seconds"],
    )
    formats = job["dtypes"] or default_formats(asked.subject)
    _say(out, total=asked.cases * len(formats))
    report: Report = check_subject(asked, formats, said.tick)
    _say(out, results=[described(r) for r in report.results])


def _check_gradient(job: dict[str, Any], out: TextIO, said: "_Said") -> None:
    from refmath.oracle.gradient.api import default_dtypes, gradient_task, run_task

    asked = gradient_task(
        job["target"], job["objective"], job["wrt"] or None, vary=job["vary"],
        constants={k: float(exact(v)) for k, v in job["fixed"].items()}, seed=job["seed"],
        examples=job["examples"], seconds=job["seconds"],
    )
    formats = job["dtypes"] or default_dtypes(asked)
    _say(out, total=asked.cases * len(formats))
    found = run_task(asked, formats, said.tick)
    _say(out, results=[described(r) for r in found.results])


class _Said:
    """Signs of life, not too many of them."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._pending, self._last = out, 0, time.monotonic()

    def tick(self) -> None:
        """Count one case, and tell of it if it is time."""
        self._pending += 1
        if time.monotonic() > self._last + _EVERY:
            _say(self._out, ticks=self._pending)
            self._pending, self._last = 0, time.monotonic()


def described(result: Result) -> dict[str, Any]:
    """A result as plain data with its texts for people."""
    return {**result.to_dict(), "summary": result.summary(), "code": result.code()}


def _failed(job: dict[str, Any], error: SubjectError) -> dict[str, Any]:
    objective = job.get("objective")
    result = Result(job["target"], job["rule"] or "?", job["convention"], "?", "FAILED")
    if objective is not None:
        from refmath.oracle.gradient.report import GradientResult

        result = GradientResult(job["target"], objective, None, "?", "FAILED")
    result.diagnosis = [str(error)]
    result.notes.append(f"outcome: {error.kind}")
    return described(result)


def _say(out: TextIO, **message: Any) -> None:
    out.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
