"""The report of a check: verdict, figures, diagnosis, and the smallest failing case as code."""

import json
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from refmath.emit.cases import Case
from refmath.oracle.code import case_code
from refmath.oracle.judge import Deviation

__all__ = ["Report", "Result", "Verdict", "worst_verdict"]

Verdict = str
ORDER = ("CONFORMS", "VARIANT", "INCONCLUSIVE", "DEVIATES", "FAILED")


@dataclass
class Result:
    """The outcome for one subject in one dtype.

    Attributes:
        subject: Its name.
        rule: The rule it was held against.
        convention: The convention asked for, or None for the canonical form.
        dtype: The format.
        verdict: CONFORMS, VARIANT, DEVIATES, INCONCLUSIVE, or FAILED (the subject itself did).
        cases: How many cases were run.
        worst: The largest use of the bound: distance from the middle over the radius.
        scalars: The format in which the subject computes scalars such as 1 - beta**t.
        first_deviation: Where it first left its ball, in the smallest case.
        diagnosis: What it behaves like, best first.
        switch: How to ask for the form it has, for a VARIANT.
        needs: What must be present for the deviation to show.
        smallest_case: The smallest failing case.
        seconds: Time taken.
        unbounded: Values whose ball is unbounded.
        notes: Anything else worth reading.
        shape: How the subject is called, for the code.
        asks: Whether it takes a gradient function.
    """

    subject: str
    rule: str
    convention: str | None
    dtype: str
    verdict: Verdict
    cases: int = 0
    worst: float = 0.0
    scalars: str | None = None
    first_deviation: Deviation | None = None
    diagnosis: list[str] = field(default_factory=list)
    switch: str | None = None
    needs: list[str] = field(default_factory=list)
    smallest_case: Case | None = None
    seconds: float = 0.0
    unbounded: int = 0
    notes: list[str] = field(default_factory=list)
    shape: str = "factory"
    asks: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As plain data; floats of cases travel as hexadecimal text."""
        deviation = self.first_deviation
        return {
            "subject": self.subject,
            "rule": self.rule,
            "convention": self.convention,
            "dtype": self.dtype,
            "verdict": self.verdict,
            "cases": self.cases,
            "worst": _json_float(self.worst),
            "scalars": self.scalars,
            "first_deviation": None if deviation is None else _deviation(deviation),
            "diagnosis": self.diagnosis,
            "switch": self.switch,
            "needs": self.needs,
            "smallest_case": self._case_data(),
            "unbounded": self.unbounded,
            "seconds": round(self.seconds, 3),
            "notes": self.notes,
        }

    def _case_data(self) -> dict[str, Any] | None:
        if self.smallest_case is None:
            return None
        return {**_case(self.smallest_case), "code": self.code()}

    def summary(self) -> str:
        """What a person should read, in a few lines."""
        head = f"{self.subject} ({self.dtype}): {self.verdict}"
        asked = f"{self.rule}" + (f" as {self.convention} writes it" if self.convention else "")
        lines = [f"{head} against {asked}, {self.cases} cases"]
        lines += [f"  behaves exactly like: {text}" for text in self.diagnosis]
        if self.switch:
            lines.append(f"  if that is what you meant: {self.switch}")
        if self.first_deviation:
            lines.append("  " + describe(self.first_deviation))
        lines += [f"  shows only with: {', '.join(self.needs)}"] if self.needs else []
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    def code(self) -> str:
        """The smallest failing case as Python to copy and paste."""
        if self.smallest_case is None:
            return ""
        return case_code(
            self.smallest_case, self.first_deviation, self.shape, self.subject, self.asks
        )


@dataclass
class Report:
    """The outcome of one check: a result for every dtype.

    Attributes:
        seed: The seed; the same seed gives the same cases.
        results: One a dtype.
    """

    seed: int
    results: list[Result]

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict."""
        return worst_verdict([r.verdict for r in self.results])

    @property
    def gravest(self) -> Result:
        """The result with the gravest verdict."""
        return max(self.results, key=lambda r: ORDER.index(r.verdict))

    @property
    def first_deviation(self) -> Deviation | None:
        """Where the gravest result first leaves its ball."""
        return self.gravest.first_deviation

    @property
    def diagnosis(self) -> list[str]:
        """What the gravest result behaves like."""
        return self.gravest.diagnosis

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"seed": self.seed, "subjects": [r.to_dict() for r in self.results]}

    def to_json(self, indent: int | None = None) -> str:
        """As JSON."""
        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self) -> str:
        text = "\n".join(r.summary() for r in self.results)
        code = self.gravest.code()
        return text + (f"\n\nsmallest case (seed {self.seed}):\n{code}" if code else "")

    def _repr_html_(self) -> str:
        """What notebooks show: a row for every dtype, and what a person should read."""
        head = "".join(f"<th>{x}</th>" for x in ("subject", "rule", "dtype", "verdict", "cases"))
        rows = "".join(
            "<tr>" + "".join(
                f"<td>{escape(str(x))}</td>"
                for x in (r.subject, r.rule, r.dtype, r.verdict, r.cases)
            ) + "</tr>"
            for r in self.results
        )
        return f"<table><tr>{head}</tr>{rows}</table>\n<pre>{escape(str(self))}</pre>"


def worst_verdict(verdicts: list[Verdict]) -> Verdict:
    """The gravest of several verdicts."""
    return max(verdicts, key=ORDER.index)


def _json_float(x: float) -> float | None:
    return x if x - x == 0.0 else None


def _deviation(d: Deviation) -> dict[str, Any]:
    return {
        "step": d.step, "tensor": d.tensor, "element": list(d.element), "quantity": d.quantity,
        "value": repr(d.value), "low": repr(d.low), "high": repr(d.high),
        "radii": _json_float(d.error),
    }


def _hex(array: np.ndarray | None) -> Any:
    if array is None:
        return None
    return {"shape": list(array.shape), "values": [float(x).hex() for x in array.ravel()]}


def _case(case: Case) -> dict[str, Any]:
    return {
        "dtype": case.dtype,
        "params": [_hex(p) for p in case.params],
        "grads": [[_hex(g) for g in row] for row in case.grads],
        "lr": [
            [float(x).hex() for x in r] if isinstance(r, tuple) else float(r).hex()
            for r in case.rates
        ],
        "hyper": {k: float(v).hex() for k, v in case.hyper.items()},
        "switches": dict(case.place),
        "reuse_buffers": case.reuse,
        "restore_after": case.restore,
    }


def describe(d: Deviation) -> str:
    """One line: where, what was found, and what is certified."""
    place = f"element {list(d.element)} of " if d.element else ""
    agrees = f"steps 1 to {d.step - 1} agree; " if d.step > 2 else (
        "step 1 agrees; " if d.step == 2 else ""
    )
    return (
        f"{agrees}step {d.step}: {d.quantity}, {place}tensor {d.tensor} is {d.value!r}, "
        f"certified is [{d.low!r}, {d.high!r}]"
    )
