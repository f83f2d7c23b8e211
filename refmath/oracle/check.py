"""The check: hold a subject against a rule, shrink what fails, and say what it behaves like."""

import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from refmath import rules
from refmath.emit.cases import Case, draw_case
from refmath.errors import InvalidInput, SubjectError
from refmath.formats import FORMATS, format_of
from refmath.oracle.diagnose import Evidence, Explanation, explain
from refmath.oracle.judge import Deviation, Judgement, judge, scalar_formats
from refmath.oracle.report import Report, Result
from refmath.oracle.run import Trace, run, time_limit
from refmath.oracle.shrink import shrink
from refmath.oracle.subject import Configuration, Subject
from refmath.rule import Rule

__all__ = ["Checker", "Task", "check_subject", "default_formats"]

_EVIDENCE = 40
_BASE_CASES = 100
_PER_POSITION = 8
_MOST_CASES = 600


@dataclass(frozen=True)
class Task:
    """What is asked.

    Attributes:
        subject: The subject.
        form: Positions of switches to the form that is asked for.
        rule: Name of the rule.
        convention: Name of the convention, or None for the canonical form.
        places: The positions of switches to run.
        fixed: Hyperparameters that the subject cannot change.
        extra: Hyperparameters that the subject needs and the form asked for does not have.
        seed: The seed.
        examples: Number of cases a dtype, or None for a number that suits the positions.
        seconds: Time limit for one case.
    """

    subject: Subject
    form: Callable[[Mapping[str, str]], Rule]
    rule: str
    convention: str | None
    places: Sequence[Mapping[str, str]] = ({},)
    fixed: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    examples: int | None = None
    seconds: float = 10.0

    @property
    def cases(self) -> int:
        """How many cases are run in each dtype."""
        if self.examples is not None:
            return self.examples
        return min(_MOST_CASES, _BASE_CASES + _PER_POSITION * (len(self.places) - 1))


def check_subject(
    task: Task, dtypes: Iterable[str] | None = None, tick: Callable[[], None] | None = None
) -> Report:
    """Check a subject in each of its dtypes.

    Args:
        task: What is asked.
        dtypes: Formats to run; where not given, float64 and float32.
        tick: Called after every case, and while a case is shrunk and explained; for progress.

    Raises:
        InvalidInput: A dtype that the subject does not have.
    """
    chosen = default_formats(task.subject) if dtypes is None else list(dtypes)
    if not chosen:
        raise InvalidInput("no dtypes are given; give at least one dtype, or leave them out")
    for name in chosen:
        format_of(name)
        if name not in task.subject.formats:
            raise InvalidInput(
                f"{task.subject.name} cannot be run in {name}; its dtypes are "
                + ", ".join(task.subject.formats)
            )
    return Report(task.seed, [Checker(task, d, tick or _nothing).result() for d in chosen])


def default_formats(subject: Subject) -> list[str]:
    """The formats that are run unless others are asked for."""
    usual = [f for f in subject.formats if f in ("float64", "float32")]
    return usual or list(subject.formats)


def _nothing() -> None:
    """No progress is shown."""


class Checker:
    """One check in one dtype: draws cases, runs the subject, judges, explains."""

    def __init__(
        self, task: Task, dtype: str, tick: Callable[[], None] = _nothing
    ) -> None:
        self.task, self.dtype, self.tick = task, dtype, tick
        self.levels = scalar_formats(dtype)
        self.level = 0
        self.unbounded = self.judged = 0
        self.worst = 0.0
        self.count = 0
        self.restores = True
        self.is_object = False

    def result(self) -> Result:
        """Run all cases and report."""
        began = time.perf_counter()
        task = self.task
        result = Result(task.subject.name, task.rule, task.convention, self.dtype, "CONFORMS")
        result.asks = task.subject.takes_gradient_function
        try:
            self._search(result)
        except SubjectError as error:
            result.verdict = "FAILED"
            result.diagnosis = [str(error)]
            result.notes.append(f"outcome: {error.kind}")
        result.cases, result.worst = self.count, self.worst
        result.unbounded = self.unbounded
        result.scalars = self.levels[self.level]
        own = task.subject.shape
        result.shape = "object" if own == "factory" and self.is_object else own
        result.seconds = time.perf_counter() - began
        return result

    def _rng(self, *path: object) -> np.random.Generator:
        words = [zlib.crc32(str(p).encode()) for p in (self.task.rule, self.dtype, *path)]
        return np.random.default_rng([self.task.seed, *words])

    def draw(self, number: int, place: Mapping[str, str], stream: str = "") -> Case:
        """The case of that number."""
        subject = self.task.subject
        form = self.task.form(place)
        own = subject.convention
        positive = ("momentum",) if own else ()
        lacks = own.lacks(place) if own and self.task.convention == own.framework else ()
        case = draw_case(
            self._rng(stream, number), form, FORMATS[self.dtype], place=place,
            fixed=self.task.fixed, positive=positive,
            skips=subject.skips and "skips" not in lacks,
            groups=subject.groups, restores=self.restores, zero_d=subject.zero_d,
        )
        return replace(case, hyper={**self.task.extra, **case.hyper})

    def _search(self, result: Result) -> None:
        self.restores = self._can_restore()
        for number in range(self.task.cases):
            place = self.task.places[number % len(self.task.places)]
            case = self.draw(number, place)
            trace = run(self.task.subject, case, self.task.seconds)
            self.count += 1
            self.tick()
            if not self.passes(case, trace):
                self._deviates(result, case)
                return
        if self.judged == 0:
            result.verdict = "INCONCLUSIVE"
            result.notes.append("no value has a bounded ball, so nothing could be judged")

    def _can_restore(self) -> bool:
        case = self.draw(0, self.task.places[0])
        probe = replace(case, restore=None)
        maker = self.task.subject.make
        configuration = Configuration(
            {"lr": probe.rate(0, 0), **probe.hyper}, probe.place, probe.dtype
        )
        try:
            with time_limit(self.task.seconds):
                stepper = maker([np.array(p) for p in probe.params], configuration)
        except KeyboardInterrupt:
            raise
        except BaseException:  # whatever it raises is reported by the run that follows
            return False
        self.is_object = bool(getattr(stepper, "is_object", False))
        return callable(getattr(stepper, "save", None)) and callable(
            getattr(stepper, "load", None)
        )

    def passes(self, case: Case, trace: Trace) -> bool:
        """Whether a run is inside, moving to less precise scalars only where that explains it."""
        for level in range(self.level, len(self.levels)):
            found = self._judge(case, trace, level)
            if found.deviation is None:
                self.level = level
                self.judged += found.judged
                self.unbounded += found.unbounded
                self.worst = max(self.worst, found.worst)
                return True
        return False

    def _judge(self, case: Case, trace: Trace, level: int) -> Judgement:
        rec = self.task.form(case.place).recurrence
        return judge(rec, case, trace, self.levels[level])

    def _fails(self, case: Case) -> bool:
        self.tick()
        try:
            trace = run(self.task.subject, case, self.task.seconds)
        except SubjectError:
            return False
        last = len(self.levels) - 1
        return self._judge(case, trace, last).deviation is not None

    def _deviates(self, result: Result, case: Case) -> None:
        small = shrink(case, self._fails, self.task.form(case.place))
        form = self.task.form(small.place)
        evidence = self.evidence(small, case)
        result.verdict = "DEVIATES"
        result.needs = _needs(small, form, self._fails)
        result.smallest_case = small
        result.first_deviation = self._deviation(evidence[0])
        result.diagnosis = self._rounded_away(result)
        if not result.diagnosis:
            self._explain(result, form, evidence)
        self._earliest(result, evidence)

    def _explain(self, result: Result, form: Rule, evidence: list[Evidence]) -> None:
        explanations: list[Explanation] = []
        for level in range(len(self.levels)):
            explanations = explain(form, evidence, self.levels[level], self.tick)
            if explanations:
                self.level = level
                break
        own = self.task.subject.convention
        if own is not None:  # its own name first, where several fit
            explanations = sorted(explanations, key=lambda e: own.label not in e.text)
        result.first_deviation = self._deviation(evidence[0])
        result.diagnosis = [e.text for e in explanations[:3]]
        if explanations and self._is_variant(explanations[0]):
            result.verdict = "VARIANT"
            result.switch = explanations[0].switch

    def _is_variant(self, found: Explanation) -> bool:
        """A form in real use.

        Where a hyperparameter has no influence, only if a framework writes the form without it and
        it was not asked for beyond the canonical form, or if the subject is that framework's.
        """
        if found.kind != "form" or self.task.subject.convention is not None:
            return found.kind == "form"
        canonical = rules.ALL.get(self.task.rule)
        extra = [k for k in found.idle if canonical is None or k not in canonical.hyper]
        return not found.idle or (found.written and not extra)

    def _rounded_away(self, result: Result) -> list[str]:
        """An epsilon that is 0 in the format explains a division of 0 by 0."""
        case, found = result.smallest_case, result.first_deviation
        if case is None or found is None or np.isfinite(found.value):
            return []
        fmt = FORMATS[self.dtype]
        lost = [k for k, v in case.hyper.items() if v > 0 and float(fmt.round(v)) == 0.0]
        return [
            f"{self.task.rule}, but {k}={case.hyper[k]:g} is 0 in {self.dtype}, so that 0 is "
            "divided by 0 where all gradients were 0"
            for k in lost
        ]

    def _deviation(self, evidence: Evidence) -> Deviation | None:
        """Where a run leaves its ball, by the most precise scalars by which it does."""
        for level in range(self.level, len(self.levels)):
            found = self._judge(evidence.case, evidence.trace, level).deviation
            if found is not None:
                return found
        return None

    def evidence(self, small: Case, first: Case) -> list[Evidence]:
        """Runs to explain: the failing ones and fresh ones under the same switches."""
        out = []
        plain = not small.reuse and small.restore is None
        fresh = (self.draw(n, small.place, "why") for n in range(_EVIDENCE))
        for case in (small, first, *_alone(small), *fresh):
            if case.place != small.place:
                continue
            chosen = replace(case, reuse=False, restore=None) if plain else case
            try:
                out.append(Evidence(chosen, run(self.task.subject, chosen, self.task.seconds)))
            except SubjectError:
                continue
            self.tick()
        return out

    def _earliest(self, result: Result, evidence: list[Evidence]) -> None:
        """Where a run leaves its ball earlier than the smallest case, report that one, shrunk."""
        last, own = len(self.levels) - 1, result.first_deviation
        found = [(self._judge(e.case, e.trace, last).deviation, e.case) for e in evidence]
        steps = [(d.step, c) for d, c in found if d is not None]
        if own is None or not steps:
            return
        step, case = min(steps, key=lambda s: s[0])
        if step < own.step:
            form = self.task.form(case.place)
            small = shrink(case, self._fails, form)
            trace = run(self.task.subject, small, self.task.seconds)
            result.first_deviation = self._deviation(Evidence(small, trace))
            result.smallest_case, result.needs = small, _needs(small, form, self._fails)


def _alone(case: Case) -> Iterable[Case]:
    """Each tensor by itself, where several are needed: a subject may have a path for each."""
    for i in range(len(case.params)) if len(case.params) > 1 else ():
        yield replace(
            case,
            params=(case.params[i],),
            grads=tuple((row[i],) for row in case.grads),
            rates=tuple((r[i],) if isinstance(r, tuple) else r for r in case.rates),
        )


def _needs(case: Case, form: Rule, fails: Callable[[Case], bool]) -> list[str]:
    """What must be present for the deviation to show; the case is shrunk already."""
    needs = [f"{k}={v}" for k, v in case.place.items()]
    for key, value in case.hyper.items():
        default = form.default(key) if key in form.hyper else None
        if default is not None and value != float(default):
            needs.append(f"{key}={value:g}")
    if case.reuse:
        needs.append("the caller's gradient buffers reused (a state aliases the gradient?)")
    if case.restore is not None:
        needs.append(f"the state saved and restored after step {case.restore}")
    if any(g is None for row in case.grads for g in row):
        needs.append("a tensor without a gradient at some step")
    if any(isinstance(r, tuple) for r in case.rates):
        needs.append("different learning rates in one step")
    if len(case.params) > 1:
        equal = len({p.shape for p in case.params}) == 1 and not fails(_unequal(case))
        needs.append(f"{len(case.params)} tensors" + (" of equal shape" if equal else ""))
    if any(p.ndim > 1 for p in case.params):
        needs.append("a tensor with more than one axis")
    elif any(p.size > 1 for p in case.params):
        needs.append("a tensor with several elements")
    return needs


def _unequal(case: Case) -> Case:
    """The same case with one element more, a copy, in the first tensor."""

    def longer(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else np.append(array, array.ravel()[-1:])

    params = (np.append(case.params[0], case.params[0].ravel()[-1:]), *case.params[1:])
    grads = tuple((longer(row[0]), *row[1:]) for row in case.grads)
    return replace(case, params=params, grads=grads)
