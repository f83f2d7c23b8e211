"""Statements that are decided by finite exact computation: counting, enumeration, series."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from refmath.proof.claim import Engine, Evidence, Statement, Theorem
from refmath.proof.polynomial import BACKENDS

__all__ = ["Computed", "of_parts"]


def of_parts(*parts: Statement) -> dict[str, Callable[[], bool]]:
    """The checks of a statement that follows from others: all of them, by either engine.

    Args:
        parts: Base and step of an induction, for example; each proved by the same two engines.
    """
    def proved(engine: int) -> bool:
        return all(p.engines()[engine][1]() for p in parts)

    names = [b.name for b in BACKENDS]
    return {name: partial(proved, k) for k, name in enumerate(names)}


@dataclass(frozen=True)
class Computed:
    """A statement with a computation for every checker.

    Attributes:
        name: For people.
        checks: Name of a checker, such as ``enumeration``, to a function that says whether it
            finds the statement true. The functions should go different ways.
        fails: Gives the counterexample in words, or None if there is none.
        evidence: EXACT where all cases are computed exactly, RIGOROUS BOUND for balls, EMPIRICAL
            for runs and samples.
        coq: A theorem of the same name as the argument, with its proof.
    """

    name: str
    checks: Mapping[str, Callable[[], bool]]
    fails: Callable[[], str | None] | None = None
    evidence: Evidence = Evidence.EXACT
    coq: Callable[[str], str] | None = None

    def engines(self) -> Sequence[Engine]:
        """The computations."""
        return list(self.checks.items())

    def refute(self) -> str | None:
        """The counterexample, confirmed by the computations."""
        if self.fails is None:
            return None
        found = self.fails()
        return found if found is not None and not any(f() for f in self.checks.values()) else None

    def theorem(self, name: str) -> Theorem | None:
        """The theorem that was written for Coq, if there is one."""
        return None if self.coq is None else Theorem(name, self.coq(name))

    def negation(self, name: str) -> Theorem | None:
        """Not told to Coq."""
        return None
