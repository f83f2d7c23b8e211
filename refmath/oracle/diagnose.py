"""Diagnosis: which other form, or which wrong one, explains everything that was seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from refmath import conventions, rules
from refmath.emit.mutants import Mutant, mutants
from refmath.errors import RefmathError
from refmath.oracle.case import Case
from refmath.oracle.judge import judge
from refmath.oracle.run import Trace
from refmath.recurrence import Recurrence
from refmath.rule import Rule

__all__ = ["Evidence", "Explanation", "explain"]


@dataclass(frozen=True)
class Evidence:
    """A run that a hypothesis must explain."""

    case: Case
    trace: Trace


@dataclass(frozen=True)
class Explanation:
    """What a subject behaves like.

    Attributes:
        kind: ``form`` (a form in real use), ``wrong`` (a wrong form), ``rule`` (another rule).
        name: Short and unique: ``torch``, ``epsilon=outside``, ``adam:correction_without_power``.
        text: For people.
        switch: How to ask for it on the command line, for a form.
    """

    kind: str
    name: str
    text: str
    switch: str = ""


@dataclass(frozen=True)
class _Hypothesis:
    explanation: Explanation
    rec: Recurrence


def explain(
    form: Rule, evidence: Sequence[Evidence], scalars: str, tick: Callable[[], None] | None = None
) -> list[Explanation]:
    """All explanations of the evidence: forms in real use first; wrong forms only if none fits.

    Args:
        form: What was asked for.
        evidence: Runs of the subject, all under the same switches.
        scalars: The format in which scalars are taken to be computed.
        tick: Called after each hypothesis.
    """
    for stage in (_forms(form), _wrong(form), _other_rules(form), _wrong_forms(form)):
        found: list[_Hypothesis] = []
        for hypothesis in stage:
            if all(_holds(hypothesis.rec, e, scalars) for e in evidence):
                found.append(hypothesis)
            if tick:
                tick()
        if found:
            return _distinct(found)
    return []


def _holds(rec: Recurrence, evidence: Evidence, scalars: str) -> bool:
    missing = {h.key for h in rec.hypers} - set(evidence.case.hyper) - {"lr"}
    if missing or rec.takes_point != (evidence.trace.points[0] is not None):
        return False
    result = judge(rec, evidence.case, evidence.trace, scalars)
    return result.deviation is None and result.judged > 0


def _distinct(found: list[_Hypothesis]) -> list[Explanation]:
    """One explanation a recurrence; a name given by a declaration wins."""
    kept: dict[Recurrence, Explanation] = {}
    for hypothesis in found:
        kept.setdefault(hypothesis.rec, hypothesis.explanation)
    out = list(kept.values())
    named = [e for e in out if e.kind == "wrong" and "." not in e.name]
    return named if named else out


def _forms(form: Rule) -> Iterator[_Hypothesis]:
    """Forms in real use: what frameworks compute, then one or two axes moved."""
    seen = {form.recurrence}
    for convention in conventions.ALL:
        for place in convention.positions(1):
            rule = convention.form(place)
            if rule.name != form.name or rule.recurrence in seen:
                continue
            seen.add(rule.recurrence)
            if place:
                continue
            yield _Hypothesis(_as_convention(rule, convention, form), rule.recurrence)
    for rule, changed in _varied(form, seen):
        switch = " ".join(f"--vary {k}={v}" for k, v in changed.items())
        text = f"{rule.title} with " + ", ".join(f"{k}={v}" for k, v in changed.items())
        name = ",".join(f"{k}={v}" for k, v in changed.items())
        yield _Hypothesis(Explanation("form", name, text, switch), rule.recurrence)


def _as_convention(
    rule: Rule, convention: conventions.Convention, form: Rule
) -> Explanation:
    names = [a.name for a in rule.axes if rule.setting(a.name) != form.setting(a.name)]
    how = ", ".join(f"{n}={rule.setting(n)}" for n in names)
    text = f"{rule.title} as {convention.label} writes it ({how})"
    return Explanation(
        "form", convention.framework, text, f"--convention {convention.framework}"
    )


def _varied(form: Rule, seen: set[Recurrence]) -> Iterator[tuple[Rule, dict[str, str]]]:
    moves = [
        {a.name: o} for a in form.axes for o in a.options if o != form.setting(a.name)
    ]
    pairs = [
        {**first, **second}
        for i, first in enumerate(moves)
        for second in moves[i + 1 :]
        if set(first) != set(second)
    ]
    for changed in (*moves, *pairs):
        try:
            rule = form.vary(**changed)
            rec = rule.recurrence
        except RefmathError:
            continue
        if rec not in seen:
            seen.add(rec)
            yield rule, changed


def _wrong(form: Rule) -> Iterator[_Hypothesis]:
    for mutant in mutants(form):
        yield _Hypothesis(_as_mutant(form, mutant), mutant.rec)


def _as_mutant(form: Rule, mutant: Mutant, of: str = "") -> Explanation:
    return Explanation("wrong", mutant.name, f"{of or form.title}, but {mutant.doc}")


def _other_rules(form: Rule) -> Iterator[_Hypothesis]:
    for rule in rules.ALL.values():
        if rule.name != form.name:
            text = f"{rule.title} ({rule.name}), which is another rule"
            yield _Hypothesis(Explanation("rule", rule.name, text), rule.recurrence)


def _wrong_forms(form: Rule) -> Iterator[_Hypothesis]:
    """Wrong forms of other forms in real use: two slips at once, in effect."""
    seen: set[Recurrence] = set()
    for rule, changed in _varied(form, {form.recurrence}):
        if len(changed) > 1:
            return
        how = ", ".join(f"{k}={v}" for k, v in changed.items())
        for wrong in rule.wrong:
            if rule.applies(wrong):
                rec = rule.variant(wrong)
                if rec not in seen:
                    seen.add(rec)
                    text = f"{rule.title} with {how}, but {wrong.doc}"
                    yield _Hypothesis(Explanation("wrong", wrong.name, text), rec)
