"""Auditing the oracle itself: does it kill every wrong form, and is its bound sound and tight?"""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from refmath import rules
from refmath.emit.cases import Case, draw_case
from refmath.emit.mutants import Mutant, equivalent, mutants
from refmath.emit.orders import RandomOrder
from refmath.errors import SubjectError
from refmath.formats import FORMATS
from refmath.oracle.adapters.kernel import kernel_subject
from refmath.oracle.adapters.load import rule_named
from refmath.oracle.check import Checker, Task
from refmath.oracle.judge import judge, scalar_formats
from refmath.oracle.run import Trace, run
from refmath.recurrence import Recurrence
from refmath.rule import Rule

__all__ = ["BoundAudit", "MutantAudit", "audit_bound", "audit_mutants", "forms"]

_TRIES = 60
_SMALL_RUNS = 60


@dataclass
class MutantAudit:
    """The mutation score of one form of a rule.

    Attributes:
        rule: The form.
        named: Wrong forms that the declaration names.
        systematic: Wrong forms made by single slips.
        equal: Slips proved to change nothing, left out.
        survivors: Wrong forms that no case told apart.
        diagnosed: Named wrong forms whose diagnosis was the right one alone.
        missed: Named wrong forms with another diagnosis: name and what was said.
    """

    rule: Rule
    named: int = 0
    systematic: int = 0
    equal: int = 0
    survivors: list[str] = field(default_factory=list)
    diagnosed: int = 0
    missed: list[tuple[str, list[str]]] = field(default_factory=list)


def forms(rule: Rule) -> list[Rule]:
    """The canonical form, and one further form for each named wrong form that needs one."""
    out = [rule]
    for wrong in rule.wrong:
        if not any(f.applies(wrong) for f in out):
            settings = {k: v.split("|")[0] for k, v in wrong.needs.items()}
            out.append(rule.vary(**settings))
    return out


def audit_mutants(
    form: Rule, *, diagnose: bool = True, seed: int = 0, tick: Callable[[], None] | None = None
) -> MutantAudit:
    """Run every wrong form of a form as a subject and see it caught, and named."""
    found = MutantAudit(form, equal=len(equivalent(form)))
    for mutant in mutants(form):
        found.named += mutant.named
        found.systematic += not mutant.named
        checker = _checker(form, mutant, seed)
        checker.restores = False
        case = _killing_case(checker)
        if case is None:
            found.survivors.append(f"{mutant.name}: {mutant.doc}")
        elif mutant.named and diagnose:
            _diagnose(found, form, mutant, seed)
        if tick:
            tick()
    return found


def _checker(form: Rule, mutant: Mutant, seed: int) -> Checker:
    asks = form.recurrence.takes_point or mutant.rec.takes_point
    subject = kernel_subject(
        mutant.rec, mutant.name, shows_state=False, gradient_function=asks
    )
    task = Task(subject, lambda _: form, form.name, None, seed=seed)
    return Checker(task, "float64")


def _killing_case(checker: Checker) -> Case | None:
    for number in range(_TRIES):
        case = checker.draw(number, {})
        try:
            trace = run(checker.task.subject, case, None)
        except SubjectError:
            return case
        if not checker.passes(case, trace):
            return case
    return None


def _diagnose(found: MutantAudit, form: Rule, mutant: Mutant, seed: int) -> None:
    result = _checker(form, mutant, seed).result()
    if len(result.diagnosis) == 1 and mutant.doc in result.diagnosis[0]:
        found.diagnosed += 1
    else:
        found.missed.append((mutant.name, result.diagnosis))


@dataclass
class BoundAudit:
    """How the certified bound of a form held in one format.

    Attributes:
        rule: The form.
        dtype: The format.
        steps: Element-steps evaluated.
        outside: How many runs left their balls with a finite value.
        lost: How many runs lost a value to overflow or division by zero, which no bound covers.
        judged: How many values were held against a bounded ball.
        unbounded: How many values have an unbounded ball, and could not be judged.
        uses: The worst use of each run of ten steps on 2 tensors of 8 elements.
        first: The first run outside, for people.
    """

    rule: Rule
    dtype: str
    steps: int = 0
    outside: int = 0
    lost: int = 0
    judged: int = 0
    unbounded: int = 0
    uses: list[float] = field(default_factory=list)
    first: str = ""

    @property
    def median(self) -> float:
        """The median over runs of the worst use."""
        return statistics.median(self.uses) if self.uses else 0.0


def audit_bound(form: Rule, dtype: str, steps: int, seed: int = 0) -> BoundAudit:
    """Evaluate a form in random orders and hold every value against its ball.

    Args:
        form: The form.
        dtype: The format.
        steps: At least so many element-steps.
        seed: The seed.
    """
    found = BoundAudit(form, dtype)
    rng = np.random.default_rng([seed, len(form.name), list(FORMATS).index(dtype)])
    levels = scalar_formats(dtype)[:2]
    while found.steps < steps:
        small = len(found.uses) < _SMALL_RUNS
        shapes = ((8,), (2, 4)) if small else ((64,),)
        case = draw_case(rng, form, FORMATS[dtype], shapes=shapes, steps=10)
        scalars = levels[int(rng.integers(len(levels)))]
        trace = _random_run(form.recurrence, case, scalars, rng)
        result = judge(form.recurrence, case, trace, scalars)
        found.judged += result.judged
        found.unbounded += result.unbounded
        found.steps += case.steps * sum(p.size for p in case.params)
        if result.deviation is not None and np.isfinite(result.deviation.value):
            found.outside += 1
            found.first = found.first or f"{scalars}: {result.deviation} {case.hyper}"
        elif result.deviation is not None:
            found.lost += 1
        elif result.judged and small:
            found.uses.append(result.worst)
    return found


def _random_run(rec: Recurrence, case: Case, scalars: str, rng: np.random.Generator) -> Trace:
    trace = Trace()
    tensors = [RandomOrder(rec, FORMATS[case.dtype], scalars, rng) for _ in case.params]
    for order, theta in zip(tensors, case.params, strict=True):
        order.start(theta, {"lr": case.rate(0, 0), **case.hyper})
    for step in range(case.steps):
        hyper = {"lr": case.rate(step, 0), **case.hyper}
        states = [
            o.step(g, hyper) for o, g in zip(tensors, case.grads[step], strict=True)
            if g is not None
        ]
        names = list(states[0])
        as_float = [{n: np.asarray(s[n], dtype=np.float64) for n in names} for s in states]
        trace.params.append([s[names[0]] for s in as_float])
        trace.states.append({n: [s[n] for s in as_float] for n in names[1:]})
        trace.points.append(None)
        trace.grads.append(list(case.grads[step]))
    return trace


def all_forms(names: list[str]) -> Iterator[Rule]:
    """Every audited form of the rules of these names, all rules if none is given."""
    for name in names or list(rules.ALL):
        yield from forms(rule_named(name))
