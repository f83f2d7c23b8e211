"""Diagnosis: which other form, or which wrong one, explains everything that was seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from refmath import conventions, rules
from refmath.emit.cases import Case
from refmath.emit.equality import separated
from refmath.emit.mutants import Mutant, mutants, named
from refmath.errors import RefmathError
from refmath.notation import number
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
        idle: Hyperparameters of the form asked for that then have no influence.
        written: Whether a framework writes the form, other than the canonical one.
    """

    kind: str
    name: str
    text: str
    switch: str = ""
    idle: tuple[str, ...] = ()
    written: bool = False


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
    stages = (
        _written(form), _moved(form, 1), _named(form), _wrong(form), _moved(form, 2),
        _other_rules(form), _wrong_forms(form),
    )
    shown = _shown(form, evidence)
    silent: list[_Hypothesis] = []
    for stage in stages:
        found: list[_Hypothesis] = []
        for hypothesis in stage:
            if _explains(hypothesis.rec, evidence, scalars):
                found.append(hypothesis)
            if tick:
                tick()
        full = [h for h in found if shown <= {q.name for q in h.rec.states}]
        if full:
            return [_idle(e, r, form) for r, e in _distinct(full).items()]
        silent = silent or found
    return [_idle(e, r, form) for r, e in _distinct(silent).items()]


def _shown(form: Rule, evidence: Sequence[Evidence]) -> set[str]:
    """The states of the form that the subject shows; what explains these too comes first."""
    seen = {name for e in evidence for states in e.trace.states for name in states or ()}
    return seen & {q.name for q in form.recurrence.states}


def _idle(explanation: Explanation, rec: Recurrence, form: Rule) -> Explanation:
    """Say which hyperparameters have no influence, if some of those asked for do not."""
    idle = tuple(k for k in form.hyper if k not in {h.key for h in rec.hypers})
    if not idle or explanation.kind != "form":
        return explanation
    verb = "has" if len(idle) == 1 else "have"
    text = f"{explanation.text}: {' and '.join(idle)} {verb} no influence"
    return replace(explanation, text=text, idle=idle)


def _explains(rec: Recurrence, evidence: Sequence[Evidence], scalars: str) -> bool:
    judged = 0
    for e in evidence:
        missing = {h.key for h in rec.hypers} - set(e.case.hyper) - {"lr"}
        if missing or (rec.takes_point and e.trace.points[0] is None):
            return False
        result = judge(rec, e.case, e.trace, scalars)
        if result.deviation is not None:
            return False
        judged += result.judged
    return judged > 0


def _distinct(found: list[_Hypothesis]) -> dict[Recurrence, Explanation]:
    """One explanation a recurrence; names given by a declaration win over systematic ones."""
    kept: dict[Recurrence, Explanation] = {}
    for hypothesis in found:
        kept.setdefault(hypothesis.rec, hypothesis.explanation)
    named = {r: e for r, e in kept.items() if e.kind == "wrong" and "." not in e.name}
    return named or kept


def _written(form: Rule) -> Iterator[_Hypothesis]:
    """The canonical form and what frameworks write."""
    seen = {form.recurrence}
    canonical = rules.get(form.name) if form.name in rules.ALL else form
    if canonical.recurrence not in seen:
        seen.add(canonical.recurrence)
        same = [
            c.label for c in conventions.ALL
            if c.framework != "refmath" and c.form({}).recurrence == canonical.recurrence
        ]
        shown = f", as {same[0]} writes it" if same else ""
        text = f"{form.title} in its canonical form ({_how(canonical, form)}){shown}"
        switch = "leave out --convention and --vary"
        yield _Hypothesis(Explanation("form", "canonical", text, switch), canonical.recurrence)
    written: dict[Recurrence, list[conventions.Convention]] = {}
    for convention in conventions.ALL:
        rec = _with_constants(convention, form)
        if convention.form({}).name == form.name and rec not in seen:
            written.setdefault(rec, []).append(convention)
    for rec, those in written.items():
        yield _Hypothesis(_as_written(those, form), rec)


def _with_constants(convention: conventions.Convention, form: Rule) -> Recurrence:
    """What a convention computes, with its defaults for what the form asked for does not have."""
    rule = convention.form({})
    change = {
        symbol: number(convention.defaults[key])
        for key, symbol in rule.hyper.items()
        if key not in form.hyper and key in convention.defaults
    }
    return rule.recurrence.map(lambda e: e.xreplace(change)) if change else rule.recurrence


def _moved(form: Rule, count: int) -> Iterator[_Hypothesis]:
    """Forms with other options on so many axes."""
    for rule, changed in _varied(form, count):
        switch = " ".join(f"--vary {k}={v}" for k, v in changed.items())
        text = f"{rule.title} with " + ", ".join(f"{k}={v}" for k, v in changed.items())
        name = ",".join(f"{k}={v}" for k, v in changed.items())
        yield _Hypothesis(Explanation("form", name, text, switch), rule.recurrence)


def _how(rule: Rule, form: Rule) -> str:
    names = [a.name for a in rule.axes if rule.setting(a.name) != form.setting(a.name)]
    return ", ".join(f"{n}={rule.setting(n)}" for n in names)


def _as_written(those: list[conventions.Convention], form: Rule) -> Explanation:
    rule = those[0].form({})
    labels = [c.label for c in those]
    shown = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
    verb = "writes" if len(labels) == 1 else "write"
    text = f"{rule.title} as {shown} {verb} it ({_how(rule, form)})"
    name = _asked(those[0])
    return Explanation("form", name, text, f"--convention {name}", written=True)


def _asked(convention: conventions.Convention) -> str:
    """How to ask for a convention: by its framework alone, unless that has several."""
    try:
        conventions.pick(convention.framework, convention.rule)
    except RefmathError:
        return f"{convention.framework}:{convention.optimizer}"
    return convention.framework


def _varied(form: Rule, count: int) -> Iterator[tuple[Rule, dict[str, str]]]:
    seen = {form.recurrence}
    moves = [
        [(a.name, o) for o in a.options if o != form.setting(a.name)]
        for a in form.axes
        if not a.intent
    ]
    for axes in combinations(moves, count):
        for chosen in product(*axes):
            changed = dict(chosen)
            try:
                rule = form.vary(**changed)
                rec = rule.recurrence
            except RefmathError:
                continue  # a combination that contradicts itself
            if rec not in seen:
                seen.add(rec)
                yield rule, changed


def _named(form: Rule) -> Iterator[_Hypothesis]:
    """The named wrong forms, before time is spent on making every small slip."""
    for mutant in named(form):
        if separated(form.recurrence, mutant.rec):
            yield _Hypothesis(_as_mutant(form, mutant), mutant.rec)


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
    for rule, changed in _varied(form, 1):
        how = ", ".join(f"{k}={v}" for k, v in changed.items())
        for wrong in rule.wrong:
            if rule.applies(wrong):
                rec = rule.variant(wrong)
                if rec not in seen:
                    seen.add(rec)
                    text = f"{rule.title} with {how}, but {wrong.doc}"
                    yield _Hypothesis(Explanation("wrong", wrong.name, text), rec)
