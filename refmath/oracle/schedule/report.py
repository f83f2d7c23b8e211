"""The result of one check of a schedule in one format."""

from dataclasses import dataclass
from typing import Any

from refmath.emit.schedule.cases import ScheduleCase
from refmath.oracle.code import number_text
from refmath.oracle.report import Result

__all__ = ["ScheduleResult"]


@dataclass
class ScheduleResult(Result):
    """The outcome for one schedule in one dtype.

    Attributes:
        smallest_case: The smallest failing case.
        given: Its hyperparameters as the caller gives them.
        keys: Those that the subject takes.
        kind: The run that failed: the plain one, ``again`` or ``restored``.
    """

    smallest_case: Any = None
    given: dict[str, Any] | None = None
    keys: tuple[str, ...] | None = None
    kind: str = ""

    def _case_data(self) -> dict[str, Any] | None:
        case = self.smallest_case
        if not isinstance(case, ScheduleCase):
            return None
        return {
            "dtype": case.dtype, "form": case.place,
            "hyper": {k: _hex(v) for k, v in case.floats.items()},
            "t": list(case.steps), "metrics": [float(m).hex() for m in case.metrics],
            "code": self.code(),
        }

    def summary(self) -> str:
        """What a person should read, in a few lines."""
        asked = self.rule + (f" as {self.convention} writes it" if self.convention else "")
        lines = [f"{self.subject} ({self.dtype}): {self.verdict} against {asked}, "
                 f"{self.cases} cases"]
        like = "" if self.verdict == "FAILED" else "behaves exactly like: "
        lines += [f"  {like}{text}" for text in self.diagnosis]
        if self.switch:
            lines.append(f"  if that is what you meant: {self.switch}")
        d = self.first_deviation
        if d is not None:
            at = "after metric" if self._reacts else "at t ="
            lines.append(f"  {at} {d.step} the rate is {d.value!r}, certified is "
                         f"[{d.low!r}, {d.high!r}]")
        lines += [f"  shows only with: {', '.join(self.needs)}"] if self.needs else []
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    @property
    def _reacts(self) -> bool:
        return isinstance(self.smallest_case, ScheduleCase) and bool(self.smallest_case.metrics)

    def code(self) -> str:
        """The smallest failing case as Python to copy and paste."""
        case, d = self.smallest_case, self.first_deviation
        if not isinstance(case, ScheduleCase):
            return ""
        given = {k: v for k, v in (self.given or {}).items()
                 if self.keys is None or k in self.keys}
        named = ", ".join(f"{k}={_text(v)}" for k, v in given.items())
        lines = [f"# {'make' if self.shape == 'factory' else 'sched'} is {self.subject}"]
        if self.shape == "framework":
            lines = [f"# {self.subject}, form {case.place}", f"hyper = dict({named})"]
        if case.metrics:
            lines.append(f"metrics = [{', '.join(number_text(float(m)) for m in case.metrics)}]")
        elif self.shape == "function":
            at = d.step if d is not None else case.steps[-1]
            lines.append(f"sched({', '.join([str(at), *([named] if named else [])])})")
        elif self.shape == "factory":
            lines.append(f"sched = make({named})")
        if d is not None:
            place = f"after metrics[{d.step}]" if case.metrics else f"at t = {d.step}"
            lines += [f"# {place} the rate is {d.value!r}",
                      f"# certified: [{d.low!r}, {d.high!r}]"]
        return "\n".join(lines)


def _hex(value: Any) -> Any:
    return [float(v).hex() for v in value] if isinstance(value, list) else float(value).hex()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_text(v) for v in value)}]"
    return str(value) if isinstance(value, int) else number_text(float(value))
