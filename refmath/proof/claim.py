"""The record of a claim: what is stated, what is assumed, what must hold, and what must fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from refmath.errors import DeclarationError

__all__ = ["Claim", "Engine", "Evidence", "Statement", "Theorem", "Verdict"]

Engine = tuple[str, Callable[[], bool]]
"""Name of a checker, and whether it proves the statement."""


class Verdict(Enum):
    """What is known of a claim."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    OPEN = "OPEN"


class Evidence(Enum):
    """How it is known."""

    EXACT = "EXACT"
    BOUND = "RIGOROUS BOUND"
    EMPIRICAL = "EMPIRICAL"


@dataclass(frozen=True)
class Theorem:
    """A theorem for Coq.

    Attributes:
        name: Its identifier.
        text: Definitions, statement and proof.
        scope: What it says less than the statement, for people: ``n = 2``; empty for all of it.
    """

    name: str
    text: str
    scope: str = ""


class Statement(Protocol):
    """Something that can be proved by engines, refuted by a counterexample, and told to Coq."""

    name: str
    evidence: Evidence

    def engines(self) -> Sequence[Engine]:
        """The engines that can prove it, the first of them first."""

    def refute(self) -> str | None:
        """The smallest counterexample that is found, in words; None if there is none."""

    def theorem(self, name: str) -> Theorem | None:
        """The same for Coq; None if it is out of its reach."""

    def negation(self, name: str) -> Theorem | None:
        """For Coq, that the counterexample is one; None if it is out of its reach."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim; a file in ``proofs/`` has one, and its docstring has statement and source.

    Attributes:
        id: The row of the ledger (``T9``), or a name of its own.
        declared: The verdict that must come out.
        holds: The statements that must be proved: of a refuted claim the corrected form.
        printed: What the source says, where it is wrong: each must be refuted.
        controls: False neighbours: each must be refuted.
        assumptions: What is assumed, one condition an entry.
        definition: The declarations that a definition points to, as ``module:name``.
        relation: Whether the oracle relies on it: it is then exported as a property test.
    """

    id: str
    declared: Verdict = Verdict.PROVED
    holds: tuple[Statement, ...] = ()
    printed: tuple[Statement, ...] = ()
    controls: tuple[Statement, ...] = ()
    assumptions: tuple[str, ...] = ()
    definition: tuple[str, ...] = ()
    relation: bool = False

    def __post_init__(self) -> None:
        if not self.id or not self.id.replace("-", "").replace("_", "").isalnum():
            raise DeclarationError(f"expected an id of letters and digits, found {self.id!r}")
        for name in ("holds", "printed", "controls", "assumptions", "definition"):
            if not isinstance(getattr(self, name), tuple):
                raise DeclarationError(
                    f"{self.id}: expected a tuple as {name}=, found "
                    f"{type(getattr(self, name)).__name__}; a tuple of one ends in a comma: (x,)"
                )
        if self.declared is Verdict.REFUTED and not self.printed:
            raise DeclarationError(
                f"{self.id} is declared REFUTED, but nothing is printed that fails; "
                "put the source's statement into printed="
            )
        if self.declared is Verdict.PROVED and self.printed:
            raise DeclarationError(
                f"{self.id} is declared PROVED, but has a printed statement that must fail; "
                "move it to controls=, or declare the claim REFUTED"
            )
        if self.declared is not Verdict.OPEN and not self.holds:
            raise DeclarationError(f"{self.id} states nothing that holds; give it holds=(...)")
        if self.declared is Verdict.PROVED and not self.controls:
            raise DeclarationError(
                f"{self.id} has no negative control; give it a false neighbour in controls=(...)"
            )
