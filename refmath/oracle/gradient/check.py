"""The check of a gradient in one format: draws cases, runs the function, judges, explains."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from refmath.errors import SubjectError
from refmath.oracle.gradient.cases import PROBES, GradientCase
from refmath.oracle.gradient.conditions import Evidence
from refmath.oracle.gradient.diagnose import explain
from refmath.oracle.gradient.judge import bounds_of, held, judged
from refmath.oracle.gradient.question import Question
from refmath.oracle.gradient.report import GradientResult
from refmath.oracle.gradient.shrink import shrink
from refmath.oracle.gradient.subject import Function
from refmath.oracle.judge import Judgement

__all__ = ["GradientChecker", "GradientTask"]

_EVIDENCE = 4 * len(PROBES)
_CASES = 6 * len(PROBES)
_BUDGETS = {"numpy": 300, "torch": 300, "jax": 60}


@dataclass(frozen=True)
class GradientTask:
    """What is asked.

    Attributes:
        question: The expression and its derivatives.
        function: What is under test.
        seed: The seed.
        examples: Number of cases a dtype, or None for the usual number.
        seconds: Time limit for one case.
    """

    question: Question
    function: Function
    seed: int = 0
    examples: int | None = None
    seconds: float = 10.0

    @property
    def cases(self) -> int:
        """How many cases are run in each dtype."""
        return _CASES if self.examples is None else self.examples


class GradientChecker:
    """One check in one dtype."""

    def __init__(
        self, task: GradientTask, dtype: str, tick: Callable[[], None] = lambda: None
    ) -> None:
        self.task, self.dtype, self.tick = task, dtype, tick
        question = task.question
        self.source = question.source
        self.model = question.model(dtype)
        self.outputs = question.reference(question.asked.form.expr)
        self.result = GradientResult(
            task.function.name, question.asked.name, None, dtype, "CONFORMS",
            wrt=question.asked.wrt, kind=task.function.kind, function=task.function,
        )
        self.judged = 0

    def run(self) -> GradientResult:
        """Run all cases and report."""
        began = time.perf_counter()
        result = self.result
        try:
            self._search()
        except SubjectError as error:
            result.verdict = "FAILED"
            result.diagnosis = [str(error)]
            result.notes.append(f"outcome: {error.kind}")
        result.seconds = time.perf_counter() - began
        return result

    def draw(self, number: int, stream: str = "") -> GradientCase:
        """The case of that number."""
        return self.source.draw(self.dtype, number, self.task.seed, stream)

    def _search(self) -> None:
        for number in range(self.task.cases):
            case = self.draw(number)
            found, _ = self.judge(case)
            self.result.cases += 1
            self.tick()
            if found.deviation is not None:
                self._deviates(case)
                return
            self.judged += found.judged
            self.result.unbounded += found.unbounded
            self.result.worst = max(self.result.worst, found.worst)
        if self.judged == 0:
            self.result.verdict = "INCONCLUSIVE"
            self.result.notes.append("no entry has a bounded ball, so nothing could be judged")

    def judge(self, case: GradientCase) -> tuple[Judgement, Evidence]:
        """Run the function on a case and hold its answer against the bounds."""
        answer = self.task.function.run(case, self.task.seconds)
        bounds = bounds_of(self.outputs, case, self.model)
        evidence = Evidence(case, answer, bounds)
        for name, bound in bounds.items():
            given = answer[name]
            if given.shape != bound.shape or held(bound, given, self.dtype).bad.any():
                evidence.bad.add(name)
        return judged(bounds, answer, self.dtype), evidence

    def _fails(self, case: GradientCase) -> bool:
        self.tick()
        try:
            found, _ = self.judge(case)
        except SubjectError:
            return False
        return found.deviation is not None

    def _deviates(self, case: GradientCase) -> None:
        budget = _BUDGETS[self.task.function.framework]
        small = shrink(case, self.source, self._fails, budget)
        found, _ = self.judge(small)
        result = self.result
        result.verdict = "DEVIATES"
        result.smallest_case, result.first_deviation = small, found.deviation
        diagnosis = explain(self.task.question, self.evidence(small, case), self.dtype, self.tick)
        result.diagnosis, result.needs = diagnosis.texts, diagnosis.needs
        if diagnosis.switch:
            result.verdict, result.switch = "VARIANT", diagnosis.switch

    def evidence(self, small: GradientCase, first: GradientCase) -> list[Evidence]:
        """Runs to explain: those that fail, and fresh ones."""
        out = []
        fresh = (self.draw(n, "why") for n in range(_EVIDENCE))
        for case in (small, first, *fresh):
            try:
                _, found = self.judge(case)
            except SubjectError:
                continue
            out.append(found)
            self.tick()
        return out
