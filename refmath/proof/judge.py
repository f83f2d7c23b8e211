"""What is known of a claim once its engines, Coq and its controls have run."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from refmath.errors import InvalidInput, RefmathError
from refmath.proof.claim import Claim, Evidence, Statement, Theorem, Verdict
from refmath.proof.coq import check as coq
from refmath.proof.load import Loaded, described, load
from refmath.proof.uses import uses

__all__ = ["Part", "Result", "judge", "judge_file"]

_RANK = {Evidence.EXACT: 0, Evidence.BOUND: 1, Evidence.EMPIRICAL: 2}


@dataclass(frozen=True)
class Part:
    """What came out for one statement.

    Attributes:
        name: For people.
        verdict: What is known of it.
        evidence: How.
        checkers: The engines that proved it, or that confirmed its counterexample.
        counterexample: Where it fails.
        refused: What Coq says where it does not accept the theorem.
        scope: What Coq's theorem says less than the statement.
        dissent: The engines that do not prove what the first one proves.
    """

    name: str
    verdict: Verdict
    evidence: Evidence
    checkers: tuple[str, ...] = ()
    counterexample: str = ""
    refused: str = ""
    scope: str = ""
    dissent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came out for a claim; see ``Claim`` and ``Part``."""

    id: str
    path: str
    title: str
    source: str
    declared: str
    verdict: str
    evidence: str
    checkers: tuple[str, ...]
    control: str
    seconds: float
    holds: tuple[Part, ...] = ()
    printed: tuple[Part, ...] = ()
    controls: tuple[Part, ...] = ()
    assumptions: tuple[str, ...] = ()
    definition: tuple[str, ...] = ()
    relation: bool = False
    faults: tuple[str, ...] = field(default=())
    as_printed: str = ""
    uses: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def as_declared(self) -> bool:
        """Whether the verdict is the declared one, every control failed, and checkers agree."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """The fields as plain data, without what depends on the machine."""
        return {
            "id": self.id, "group": Path(self.path).parent.name, "source": self.source,
            "verdict": self.verdict, "declared": self.declared, "evidence": self.evidence,
            "checkers": list(self.checkers), "control": self.control,
            "path": _from_root(self.path), "statement": self.title,
            "as_printed": self.as_printed, "assumptions": list(self.assumptions),
            "definition": list(self.definition), "uses": dict(self.uses),
            "relation": self.relation,
            "holds": [_data(p) for p in self.holds],
            "printed": [_data(p) for p in self.printed],
            "controls": [_data(p) for p in self.controls], "faults": list(self.faults),
        }


def _from_root(path: str) -> str:
    """A path in the checkout from its root; any other as it is."""
    found = Path(path).resolve()
    root = Path(__file__).parents[2]
    return (found.relative_to(root) if found.is_relative_to(root) else Path(path)).as_posix()


def _data(part: Part) -> dict[str, Any]:
    return {
        "name": part.name, "verdict": part.verdict.value, "evidence": part.evidence.value,
        "checkers": list(part.checkers), "counterexample": part.counterexample,
        "scope": part.scope,
    }


def judge_file(path: str, use_coq: bool) -> Result:
    """The result for one claim file.

    Raises:
        InvalidInput: It is malformed, or what it states raises when it is checked.
    """
    loaded = load(Path(path))
    try:
        return judge(loaded, use_coq)
    except RefmathError as error:
        raise InvalidInput(f"{path}: {error}") from None
    except Exception as error:  # a claim file is anybody's program
        raise InvalidInput(f"{path}: {described(error)}") from None


def judge(loaded: Loaded, use_coq: bool) -> Result:
    """Run everything that a claim asks for."""
    began = time.perf_counter()
    claim = loaded.claim
    holds = [_prove(s) for s in claim.holds]
    printed = [_refute(s) for s in claim.printed]
    controls = [_refute(s) for s in claim.controls]
    if use_coq and coq.available():
        holds = _with_coq(claim.holds, holds, negate=False)
        printed = _with_coq(claim.printed, printed, negate=True)
        controls = _with_coq(claim.controls, controls, negate=True)
    verdict = _verdict(claim, holds, printed)
    decisive = [*holds, *printed]
    evidence = max((p.evidence for p in decisive), key=_RANK.__getitem__, default=Evidence.EXACT)
    faults = tuple(_faults(claim, verdict, decisive, controls))
    return Result(
        claim.id, str(loaded.path), loaded.title, loaded.source, claim.declared.value,
        verdict.value, evidence.value, _checkers(holds), _control(controls or printed),
        time.perf_counter() - began, tuple(holds), tuple(printed), tuple(controls),
        claim.assumptions, claim.definition, claim.relation, faults, loaded.printed, uses(claim),
    )


def _name(statement: Statement, place: int) -> str:
    return statement.name or f"part {place + 1}"


def _prove(statement: Statement) -> Part:
    engines = statement.engines()
    answers = {name: engine() for name, engine in engines}
    agreed = tuple(name for name, proved in answers.items() if proved)
    dissent = tuple(name for name, proved in answers.items() if not proved)
    name = statement.name
    if agreed and agreed[0] == engines[0][0]:
        return Part(name, Verdict.PROVED, statement.evidence, agreed, dissent=dissent)
    found = statement.refute()
    if found is not None:
        return Part(name, Verdict.REFUTED, statement.evidence, (), found)
    return Part(name, Verdict.OPEN, statement.evidence, agreed)


def _refute(statement: Statement) -> Part:
    """A statement that must fail; one that an engine proves has not failed."""
    found = statement.refute()
    if found is not None:
        return Part(statement.name, Verdict.REFUTED, statement.evidence, ("exact point",), found)
    return _prove(statement)


def _with_coq(
    statements: Sequence[Statement], parts: Sequence[Part], *, negate: bool
) -> list[Part]:
    """The parts after Coq was asked for all of them."""
    wanted = Verdict.REFUTED if negate else Verdict.PROVED
    asked: list[tuple[int, Theorem]] = []
    for k, (s, p) in enumerate(zip(statements, parts, strict=True)):
        if p.verdict is wanted:
            made = s.negation(f"refuted_{k}") if negate else s.theorem(f"holds_{k}")
            if made is not None:
                asked.append((k, made))
    out = list(parts)
    for (k, made), answer in zip(asked, coq.check([x for _, x in asked]), strict=True):
        p = out[k]
        checkers = (*p.checkers, "coq") if answer.accepted else p.checkers
        out[k] = replace(p, checkers=checkers, refused=answer.reason,
                         scope=made.scope if answer.accepted else "")
    return out


def _verdict(claim: Claim, holds: Sequence[Part], printed: Sequence[Part]) -> Verdict:
    if any(p.verdict is Verdict.REFUTED for p in holds):
        return Verdict.OPEN if claim.printed else Verdict.REFUTED
    if not holds or any(p.verdict is Verdict.OPEN for p in holds):
        return Verdict.OPEN
    if not claim.printed:
        return Verdict.PROVED
    failed = all(p.verdict is Verdict.REFUTED for p in printed)
    return Verdict.REFUTED if failed else Verdict.OPEN


def _checkers(parts: Sequence[Part]) -> tuple[str, ...]:
    """The checkers that agreed, with the share of statements where it is not all of them."""
    names: dict[str, int] = {}
    for p in parts:
        for n in p.checkers:
            names[n] = names.get(n, 0) + 1
    return tuple(
        n if count == len(parts) else f"{n} ({count} of {len(parts)})"
        for n, count in names.items()
    )


def _control(controls: Sequence[Part]) -> str:
    failed = sum(p.verdict is Verdict.REFUTED for p in controls)
    return f"{failed}/{len(controls)} fail" if controls else "-"


def _faults(
    claim: Claim, verdict: Verdict, decisive: Iterable[Part], controls: Sequence[Part]
) -> Iterable[str]:
    if verdict is not claim.declared:
        yield f"declared {claim.declared.value}, found {verdict.value}"
    for k, p in enumerate(decisive):
        if p.verdict is Verdict.OPEN:
            yield f"{p.name or f'statement {k + 1}'} is not decided"
        elif p.verdict is Verdict.REFUTED and k < len(claim.holds):
            yield f"{p.name or f'statement {k + 1}'} fails at {p.counterexample}"
        if p.refused and k < len(claim.holds):
            yield (f"{p.name or f'statement {k + 1}'}: Coq refuses: {p.refused}; give its proof as "
                   "script=, or leave Coq out of this statement with script=None")
        if p.dissent:
            yield (f"{p.name or f'statement {k + 1}'}: the checkers disagree: {p.checkers[0]} "
                   f"proves it, {', '.join(p.dissent)} does not")
        exact = p.evidence is Evidence.EXACT and p.verdict is Verdict.PROVED
        if exact and len(p.checkers) < 2:
            yield f"{p.name or f'statement {k + 1}'}: no second checker agrees"
    for k, p in enumerate(controls):
        if p.verdict is not Verdict.REFUTED:
            yield f"control {p.name or k + 1} was not refuted: it is {p.verdict.value}"
