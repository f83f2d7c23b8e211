"""One schedule in one format: cases, verdict, the smallest failing case, diagnosis."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from refmath.emit.schedule.cases import ScheduleCase, admissible, draw
from refmath.errors import SubjectError
from refmath.oracle.run import time_limit
from refmath.oracle.schedule.diagnose import Seen, diagnose
from refmath.oracle.schedule.judge import Judged, judge
from refmath.oracle.schedule.report import ScheduleResult
from refmath.oracle.schedule.subject import Answer, ScheduleSubject
from refmath.schedule import Schedule

__all__ = ["ScheduleChecker", "ScheduleTask"]

_CASES = 30
_MOST_FAILING = 6
_MOST_PASSING = 6


@dataclass(frozen=True)
class ScheduleTask:
    """What is to be checked.

    Attributes:
        subject: The schedule under test.
        forms: By position of the framework's switch the form asked for.
        schedule: The name of the schedule asked for.
        convention: The framework asked for, or None.
        fixed: Hyperparameters that are the same in every case, exact.
        seed: The same seed gives the same cases.
        examples: Cases a position, or None.
        seconds: Time limit for one case.
    """

    subject: ScheduleSubject
    forms: Mapping[str, Schedule]
    schedule: str
    convention: str | None = None
    fixed: Mapping[str, Fraction] = field(default_factory=dict)
    seed: int = 0
    examples: int | None = None
    seconds: float = 10.0

    @property
    def cases(self) -> int:
        """How many cases are run in each dtype."""
        return (self.examples or _CASES) * len(self.forms)


@dataclass(frozen=True)
class _Failure:
    case: ScheduleCase
    judged: Judged
    answer: Answer


class ScheduleChecker:
    """Runs a task in one dtype."""

    def __init__(
        self, task: ScheduleTask, dtype: str, tick: Callable[[], None] = lambda: None
    ) -> None:
        self.task, self.dtype, self.tick = task, dtype, tick
        self.subject = task.subject

    def draw(self, place: str, number_: int) -> ScheduleCase:
        """The case of a number in a position."""
        rng = np.random.default_rng([self.task.seed, number_, list(self.task.forms).index(place)])
        form, own = self.task.forms[place], self.subject.convention
        fixed = dict(self.task.fixed)
        if own is None:
            return draw(form, rng, self.dtype, fixed=fixed)
        position = own.position(place)
        for key in form.hyper:
            if key not in position.names and key in own.defaults:
                fixed.setdefault(key, Fraction(own.defaults[key]))
        case = draw(
            form, rng, self.dtype, fixed=fixed, domains=own.intervals, requires=position.requires,
            whole=own.whole, until=own.until,
        )
        return replace(case, place=place)

    def cases(self) -> Iterator[ScheduleCase]:
        """Every case, the first with declared defaults where there are any."""
        for place in self.task.forms:
            for number_ in range(self.task.examples or _CASES):
                yield self.draw(place, number_)

    def form(self, case: ScheduleCase) -> Schedule:
        """The form that a case is held against."""
        return self.task.forms[case.place]

    def run(self, case: ScheduleCase) -> list[Answer]:
        """What the subject answers.

        Raises:
            SubjectError: It failed.
        """
        with time_limit(self.task.seconds):
            return self.subject.run(case, self.form(case))

    def hold(self, case: ScheduleCase, answers: list[Answer], level: str) -> tuple[Judged, Answer]:
        """The first run that deviates, or the plain one with the largest use."""
        form, own = self.form(case).resolved, self.subject.convention
        stepped = own is not None and own.position(case.place).drive in ("sequence", "chain")
        worst = Judged()
        for answer in answers:
            found = judge(form, case, answer, level, stepped)
            if found.deviation is not None:
                return found, answer
            worst.worst = max(worst.worst, found.worst)
            worst.unbounded += found.unbounded
        return worst, answers[0]

    def result(self) -> ScheduleResult:
        """The outcome."""
        began = time.perf_counter()
        task = self.task
        out = ScheduleResult(
            self.subject.name, task.schedule, task.convention, self.dtype, "CONFORMS",
            shape=self.subject.shape, keys=self.subject.keys,
        )
        try:
            self._judge(out)
        except SubjectError as error:
            out.verdict, out.diagnosis = "FAILED", [str(error)]
            out.notes.append(f"outcome: {error.kind}")
        out.seconds = time.perf_counter() - began
        return out

    def _judge(self, out: ScheduleResult) -> None:
        seen: list[tuple[ScheduleCase, list[Answer]]] = []
        for case in self.cases():
            out.smallest_case = case
            out.given = case.arguments(self.form(case).resolved)
            seen.append((case, self.run(case)))
            out.cases += 1
            self.tick()
        out.smallest_case = out.given = None
        levels = [self.dtype]
        if self.subject.narrow and self.dtype == "float64":
            levels.append("float32")
        for level in levels:
            failing = self._failing(out, seen, level)
            if not failing:
                out.scalars = level
                return
        failing = self._failing(out, seen, self.dtype)
        out.scalars = None
        out.verdict = "DEVIATES"
        self._explain(out, seen, failing)

    def _failing(
        self, out: ScheduleResult, seen: list[tuple[ScheduleCase, list[Answer]]], level: str
    ) -> list[_Failure]:
        failing: list[_Failure] = []
        out.worst, out.unbounded = 0.0, 0
        for case, answers in seen:
            judged, answer = self.hold(case, answers, level)
            out.worst = max(out.worst, judged.worst)
            out.unbounded += judged.unbounded
            if judged.deviation is not None:
                failing.append(_Failure(case, judged, answer))
                if len(failing) >= _MOST_FAILING and level != self.dtype:
                    break
        return failing

    def _explain(
        self, out: ScheduleResult, seen: list[tuple[ScheduleCase, list[Answer]]],
        failing: list[_Failure],
    ) -> None:
        kinds = {f.answer.kind for f in failing}
        first = self.shrink(failing[0])
        out.smallest_case, out.first_deviation = first.case, first.judged.deviation
        out.given = first.case.arguments(self.form(first.case).resolved)
        out.kind = first.answer.kind
        if "" not in kinds:
            out.diagnosis = [_KINDS[k] for k in sorted(kinds)]
            return
        bad = [f.case for f in failing][:_MOST_FAILING]
        good = [c for c, _ in seen if c not in bad][:_MOST_PASSING]
        known = {id(c): a for c, a in seen}
        observed = [Seen(c, known[id(c)][0]) for c in (*bad, *good)]
        place = bad[0].place
        same = [s for s in observed if s.case.place == place]
        found = diagnose(self.task.forms[place], same, self.dtype)
        out.diagnosis, out.switch = found.texts, found.switch
        if found.variant:
            out.verdict = "VARIANT"
        elif not found.texts:
            out.notes.append(_ratio(first))
        if out.kind == "again" and not found.texts:
            out.diagnosis = [_KINDS["again"]]

    def shrink(self, failure: _Failure) -> _Failure:
        """A smaller case that fails as well."""
        best = failure
        for _ in range(3):
            before = best
            for smaller in self._smaller(best):
                found = self._fails(smaller)
                if found is not None:
                    best = found
                    break
            if best is before:
                break
        deviation = best.judged.deviation
        assert deviation is not None
        if best.answer.kind == "" and not best.case.metrics:
            kept = tuple(t for t in best.case.steps if t <= deviation.step)
            trimmed = self._fails(replace(best.case, steps=kept, again=(), restore=1))
            best = trimmed or best
        elif best.case.metrics:
            trimmed = self._fails(
                replace(best.case, metrics=best.case.metrics[: deviation.step + 1], restore=1)
            )
            best = trimmed or best
        return best

    def _smaller(self, failure: _Failure) -> Iterator[ScheduleCase]:
        case, form, own = failure.case, self.form(failure.case), self.subject.convention
        domains = {} if own is None else own.intervals
        requires = form.requires if own is None else (
            *form.requires, *own.position(case.place).requires
        )
        for key, value in case.values.items():
            if key in self.task.fixed or isinstance(value, tuple):
                continue
            for simple in (Fraction(1), Fraction(2), Fraction(1, 2), Fraction(4)):
                simpler = simple < value or value.denominator > 8
                values = {**case.values, key: simple}
                if (
                    simple != value and simpler and simple in form.hyper[key].domain
                    and simple in domains.get(key, form.hyper[key].domain)
                    and (own is None or key not in own.whole or simple.denominator == 1)
                    and admissible(values, requires)
                ):
                    yield replace(case, values=values)

    def _fails(self, case: ScheduleCase) -> _Failure | None:
        try:
            answers = self.run(case)
            judged, answer = self.hold(case, answers, self.dtype)
        except (SubjectError, AssertionError):
            return None
        return None if judged.deviation is None else _Failure(case, judged, answer)


_KINDS = {
    "again": "its rate at one t depends on what it was asked before",
    "restored": "it goes on differently after its state was saved and restored",
}


def _ratio(failure: _Failure) -> str:
    d = failure.judged.deviation
    assert d is not None
    middle = (d.low + d.high) / 2
    if not middle:
        return "no known slip explains it; where it first deviates the rate should be 0"
    return f"no known slip explains it; the first rate that deviates is {d.value / middle:.6g} " \
           "times what it should be"
