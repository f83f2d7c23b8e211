"""Auditing the oracle of schedules: does it catch and name every wrong form?"""

from dataclasses import dataclass, field

from refmath.emit.schedule.cases import ScheduleCase
from refmath.emit.schedule.mutants import ScheduleMutant, equivalent, mutants
from refmath.emit.schedule.numpy import kernel_of
from refmath.oracle.schedule.check import ScheduleChecker, ScheduleTask
from refmath.oracle.schedule.subject import Answer, ScheduleSubject
from refmath.schedule import Resolved, Schedule

__all__ = ["ScheduleAudit", "audit_schedule", "form_subject", "forms"]

_TRIES = 60


@dataclass
class ScheduleAudit:
    """The mutation score of one form of a schedule.

    Attributes:
        schedule: The form.
        total: Wrong forms that differ from it.
        named: Those that the declaration names.
        equal: Slips proved to change nothing: what, and why.
        survivors: Wrong forms that no case told apart.
        diagnosed: Named wrong forms whose diagnosis has them.
        missed: Named wrong forms with another diagnosis: name and what was said.
    """

    schedule: Schedule
    total: int = 0
    named: int = 0
    equal: list[tuple[str, str]] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)
    diagnosed: int = 0
    missed: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The name with its settings."""
        settings = " ".join(f"{k}={v}" for k, v in self.schedule.settings.items())
        return f"{self.schedule.name} {settings}".strip()


def forms(schedule: Schedule) -> list[Schedule]:
    """The canonical form, and one further form for each named wrong form that needs one."""
    out = [schedule]
    for wrong in schedule.wrong:
        if not any(f.applies(wrong) for f in out):
            settings = {k: v.split("|")[0] for k, v in wrong.needs.items()}
            out.append(schedule.vary(**settings))
    return out


def form_subject(form: Resolved, name: str) -> ScheduleSubject:
    """A form, computed by its NumPy kernel, as a subject."""

    def run(case: ScheduleCase, _: Schedule) -> list[Answer]:
        rates = kernel_of("rate", form).run(case.inputs, case.floats)
        steps = case.steps or tuple(range(len(case.metrics)))
        return [Answer("", steps, tuple(float(r) for r in rates))]

    return ScheduleSubject(name, run, shape="factory")


def audit_schedule(schedule: Schedule, *, diagnose: bool = True, seed: int = 0) -> ScheduleAudit:
    """Run every wrong form of a form as a subject and see it caught, and named."""
    found = ScheduleAudit(
        schedule, equal=[(m.doc, why) for m, why in equivalent(schedule)]
    )
    for mutant in mutants(schedule):
        found.total += 1
        found.named += mutant.named
        checker = _checker(schedule, mutant, seed)
        if not _caught(checker):
            found.survivors.append(f"{mutant.name}: {mutant.doc}")
        elif mutant.named and diagnose:
            texts = checker.result().diagnosis
            if any(text.endswith(f"but {mutant.doc}") for text in texts):
                found.diagnosed += 1
            else:
                found.missed.append((mutant.name, texts))
    return found


def _checker(schedule: Schedule, mutant: ScheduleMutant, seed: int) -> ScheduleChecker:
    subject = form_subject(mutant.form, mutant.name)
    return ScheduleChecker(
        ScheduleTask(subject, {"": schedule}, schedule.name, seed=seed), "float64"
    )


def _caught(checker: ScheduleChecker) -> bool:
    for number in range(_TRIES):
        case = checker.draw("", number)
        judged, _ = checker.hold(case, checker.run(case), "float64")
        if judged.deviation is not None:
            return True
    return False
