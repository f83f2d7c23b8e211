"""The check of a minimizer: all runs, their verdict, and what it behaves like."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from refmath.errors import SubjectError
from refmath.oracle.minimizer.cases import Case
from refmath.oracle.minimizer.hessian import judge_inverse
from refmath.oracle.minimizer.invariance import judge_invariance
from refmath.oracle.minimizer.judge import Judged, Slip, follows, judge
from refmath.oracle.minimizer.recurrence import Recurrence
from refmath.oracle.minimizer.report import MinimizerResult, Reproduction
from refmath.oracle.minimizer.subject import Asked, Minimizer, Run
from refmath.oracle.minimizer.variants import RULES, others

__all__ = ["check_minimizer"]

Done = tuple[Case, Run, Judged]


def check_minimizer(asked: Asked, tick: Callable[[], None] = lambda: None) -> list[MinimizerResult]:
    """Run a minimizer on all cases, in each format that is asked for.

    Further results judge its inverse Hessian, if it has one, and its runs under changes of
    variables, both in float64 alone, and unless it deviates already and is named.
    """
    out = []
    for dtype in asked.dtypes:
        subject = replace(asked.subject, dtype=dtype)
        out += _in_format(replace(asked, subject=subject), dtype == "float64", tick)
    return out


def _in_format(asked: Asked, whole: bool, tick: Callable[[], None]) -> list[MinimizerResult]:
    """The results in one format; whether with those that there are beside the iterates."""
    begun, subject = time.perf_counter(), asked.subject
    done: list[Done] = []
    for case in asked.cases:
        try:
            run = subject.run(case, asked.seconds)
        except SubjectError as error:
            return [_failed(subject, error, len(done) + 1)]
        memory = subject.memory or case.memory
        done.append((case, run, judge(subject.form, subject.conditions, case, run, memory)))
        tick()
    _add_budget(asked, done)
    result = _result(subject, done)
    result.seconds = time.perf_counter() - begun
    if not whole:
        return [result]
    beside = [judge_inverse(subject, [(c, r) for c, r, _ in done])]
    if result.verdict in ("CONFORMS", "VARIANT") or not result.diagnosis:
        beside.append(judge_invariance(asked))
    found = [b for b in beside if b is not None]
    if asked.by_name:
        return [result, *found]
    result.notes += [
        f"finding: {b.rule}: {[*b.diagnosis, *b.slips][0]}" for b in found
        if b.verdict == "DEVIATES"
    ]  # fmt: skip
    return [result]


def _add_budget(asked: Asked, done: list[Done]) -> None:
    """Hold the largest run to half of the evaluations that it took."""
    case, long, judged = max(done, key=lambda d: d[1].evaluations)
    limit = long.evaluations // 2
    try:
        run = asked.subject.within(case, limit, asked.seconds) if limit else None
    except SubjectError as error:
        judged.slips.append(Slip("budget", 0, f"with a limit of {limit} evaluations: {error}"))
        return
    if run is not None and run.evaluations > limit:
        judged.slips.append(Slip("budget", 0, f"computes the function {run.evaluations} times, "
                                 f"where {limit} evaluations are allowed"))  # fmt: skip


def _failed(subject: Minimizer, error: SubjectError, cases: int) -> MinimizerResult:
    result = MinimizerResult(
        subject.name, subject.rule, subject.convention, subject.dtype, "FAILED"
    )
    result.cases, result.diagnosis = cases, [str(error)]
    result.notes.append(f"outcome: {error.kind}")
    return result


def _result(subject: Minimizer, done: Sequence[Done]) -> MinimizerResult:
    result = MinimizerResult(
        subject.name, subject.rule, subject.convention, subject.dtype, "CONFORMS"
    )
    result.cases = len(done)
    judged = sum(j.directions for _, _, j in done)
    finite = [j.worst for _, _, j in done if np.isfinite(j.worst)]
    result.worst = max(finite, default=0.0)
    result.runs = [
        {"case": c.problem.name, "iterations": len(r.x) - 1, "evaluations": r.evaluations,
         "directions": j.directions, "lost": j.lost, "restarts": j.restarts}
        for c, r, j in done
    ]  # fmt: skip
    slips = [(c, r, s) for c, r, j in done for s in j.slips]
    if not slips:
        if not judged:
            result.verdict = "INCONCLUSIVE"
            result.notes.append("no step could be judged: it took none on any run")
        return result
    result.verdict = "DEVIATES"
    result.smallest = _reproduction(slips)
    result.slips = _words(slips)
    if any(s.kind == "direction" for _, _, s in slips):
        _name_direction(subject, done, result, slips)
    else:
        result.diagnosis = _named(subject, slips)
    return result


def _words(slips: Sequence[tuple[Case, Run, Slip]]) -> list[str]:
    """One line for each kind, from the smallest run that shows it, and how many do."""
    out = []
    for kind in dict.fromkeys(s.kind for _, _, s in slips):
        same = [(c, r, s) for c, r, s in slips if s.kind == kind]
        case, _, slip = min(same, key=_size)
        more = f" (and on {len(same) - 1} more runs)" if len(same) > 1 else ""
        out.append(f"on {case.problem.name}: {slip.text}{more}")
    return out


def _size(item: tuple[Case, Run, Slip]) -> int:
    case, run, slip = item
    return int(case.problem.x0.size) * (slip.step or len(run.x))


def _reproduction(slips: Sequence[tuple[Case, Run, Slip]]) -> Reproduction:
    """The smallest run for the gravest slip: a direction before all else."""
    first = [x for x in slips if x[2].kind == "direction"] or list(slips)
    case, run, slip = min(first, key=_size)
    count = max(slip.step, 1) + (0 if slip.kind == "direction" else 1)
    return Reproduction(
        case.problem.name, case.text, case.memory, tuple(run.x[:count]), tuple(run.g[:count]), slip
    )


def _name_direction(
    subject: Minimizer, done: Sequence[Done], result: MinimizerResult,
    slips: Sequence[tuple[Case, Run, Slip]],
) -> None:
    """Name the recurrences that all steps of all runs follow; one in real use is a variant."""
    asked = subject.memory or 0
    declared = replace(RULES[subject.rule], real=True)
    known = [*([declared] if subject.form != RULES[subject.rule] else []),
             *others(subject.rule, asked)]  # fmt: skip
    fitting = [v for v in known if v.kind != "newton" and _fits(v, subject, done)]
    result.diagnosis = list(dict.fromkeys(v.text for v in fitting))[:3]
    rest = [s for _, _, s in slips if s.kind != "direction"]
    if fitting and fitting[0].real and not rest:
        result.verdict, result.switch = "VARIANT", _switch(fitting[0])
        result.diagnosis = [fitting[0].text]
    if not fitting:
        if any("uphill" in s.text for _, _, s in slips if s.kind == "direction"):
            result.diagnosis = ["a step is taken uphill: the direction is not tested for descent"]
        if rest:
            result.diagnosis += _named(subject, slips)


def _fits(variant: Recurrence, subject: Minimizer, done: Sequence[Done]) -> bool:
    judged = 0
    for case, run, _ in done:
        found = follows(variant, run, subject.memory or case.memory)
        if found.slips:
            return False
        judged += found.directions
    return judged > 0


def _switch(variant: Recurrence) -> str | None:
    if variant.kind == "lbfgs" and variant.memory:
        return f"--fix memory={variant.memory}"
    return "--vary first=scaled" if variant.first == "scaled" else None


def _named(subject: Minimizer, slips: Sequence[tuple[Case, Run, Slip]]) -> list[str]:
    """What is wrong with the line search or the report, as far as the slips tell."""
    kinds = {s.kind for _, _, s in slips}
    texts = [s.text for _, _, s in slips]
    if "trials" in kinds:
        return ["the line search leaves its bracket: backtracking goes on from the last trial "
                "point, or an interpolated step is not kept inside"]  # fmt: skip
    if "descent" in kinds:
        return ["the line search accepts steps that rise, as with a slope at 0 of the wrong sign, "
                "or with only one of function and gradient negated"]  # fmt: skip
    if "decrease" in kinds:
        return ["the line search accepts steps that decrease too little: sufficient decrease is "
                "not tested, or with a smaller share than c1"]  # fmt: skip
    if "curvature" in kinds:
        return ["the line search accepts steps that violate the curvature condition"]
    if any("y's is 0" in t for t in texts):
        return ["a pair without curvature is not left out: it divides by y's = 0"]
    for part, said in _REPORTS.items():
        if any(part in t for t in texts):
            return [said]
    return []


_REPORTS: dict[str, str] = {
    "returns fun=": "fun and x of the result belong to different points",
    "returns a gradient": "jac and x of the result belong to different points: it is stale",
    "says n": "evaluations are made that it does not count",
    "returns a point": "the result is not the best point",
    "evaluations are allowed": "the limit on evaluations is not handed down to the line search",
    "gives up": "the line search fails where steps that satisfy its conditions exist",
    "reports success": "a tolerance is met far from the minimum",
    "is not near": "progress is slow: what was learned is not used as it should be",
}


