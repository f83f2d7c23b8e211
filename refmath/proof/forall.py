"""Statements about all real numbers that satisfy some hypotheses."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

from sympy import And, Ge, Gt, Lt, Mul, Rational, factor_list, fraction, together
from sympy.logic.boolalg import Boolean, BooleanAtom

from refmath.errors import DeclarationError
from refmath.proof.claim import Engine, Evidence, Theorem
from refmath.proof.coq.printer import Printer, Unprintable, identifier
from refmath.proof.intervals import atoms_of
from refmath.proof.order import holds, sign_known
from refmath.proof.polynomial import BACKENDS
from refmath.proof.search import counterexample

__all__ = ["Forall", "shown_point"]


def shown_point(point: dict[Any, Fraction]) -> str:
    """A point for people."""
    return ", ".join(f"{s} = {x}" for s, x in sorted(point.items(), key=lambda p: str(p[0])))


@dataclass(frozen=True)
class Forall:
    """For all values of the symbols: hypotheses imply a relation.

    Attributes:
        relation: An equation or inequality, or a conjunction of them.
        given: Hypotheses, relations too.
        using: Pairs of a weight and of a square or hypothesis: what an inequality is made of.
        script: The proof for Coq, where the common one does not find it; None to leave Coq out.
            ``signs.`` is for inequalities of rational functions, factor by factor; ``combine.``
            for those that are the sum of ``using``.
        name: For people.
        tries: How many points a search for a counterexample visits.

    Raises:
        DeclarationError: A relation is a constant: SymPy decided it when it was built.
    """

    relation: Any
    given: tuple[Any, ...] = ()
    using: tuple[tuple[Any, Any], ...] = ()
    script: str | None = "finish."
    name: str = ""
    tries: int = 20_000
    evidence: Evidence = Evidence.EXACT

    def __post_init__(self) -> None:
        if not isinstance(self.relation, bool | Boolean):
            raise DeclarationError(f"expected a relation, found {self.relation}")
        for x in (self.relation, *getattr(self.relation, "args", ()), *self.given):
            if isinstance(x, bool | BooleanAtom):
                raise DeclarationError(
                    f"expected a relation with both of its sides, found {x}"
                    f"{' in ' + repr(self.name) if self.name else ''}: SymPy evaluated it when it "
                    "was built; write Eq(left, right, evaluate=False), or Le, Lt, Ge, Gt alike"
                )

    def engines(self) -> Sequence[Engine]:
        """The normal form, by two libraries."""
        return [
            (b.name, partial(holds, self.relation, self.given, b, self.using)) for b in BACKENDS
        ]

    @cached_property
    def point(self) -> dict[Any, Fraction] | None:
        """The counterexample."""
        return counterexample(atoms_of([self.relation]), self.given, self.tries)

    def refute(self) -> str | None:
        """The simplest rational point at which it fails."""
        return None if self.point is None else (shown_point(self.point) or "no variable at all")

    @property
    def symbols(self) -> list[Any]:
        """All variables."""
        found = {s for r in (self.relation, *self.given) for s in r.free_symbols}
        return sorted(found, key=str)

    def theorem(self, name: str) -> Theorem | None:
        """The same over Coq's reals."""
        if self.script is None:
            return None
        show = Printer()
        try:
            parts = [show.relation(r) for r in (*atoms_of(self.given), self.relation)]
            facts = [self._fact(show, w, f) for w, f in self.using]
            own = {"signs.": self._by_signs, "combine.": self._combined}.get(self.script)
            script = own(show) if own else self.script
        except Unprintable:
            return None
        head = f"forall {' '.join(map(identifier, self.symbols))} : R, " if self.symbols else ""
        body = " -> ".join(parts)
        begin = "intros. quotients." if own else "intros."
        proof = f"{begin} {' '.join(facts)} {script}"
        text = f"Theorem {name} : {head}{body}.\nProof. {proof} Qed."
        return Theorem(name, text)

    def _by_signs(self, show: Printer) -> str:
        """An inequality as a quotient of products, each factor with a sign of its own."""
        relation = self.relation
        gap = relation.lhs - relation.rhs
        gap = gap if isinstance(relation, Ge | Gt) else -gap
        sides = [self._signed(part) for part in fraction(together(gap))]
        top, bottom = (show.expr(x) for x in sides)
        way = "<" if isinstance(relation, Gt | Lt) else "<="
        left, right = show.expr(relation.lhs), show.expr(relation.rhs)
        first, last = (left, right) if isinstance(relation, Ge | Gt) else (right, left)
        return (
            f"assert (SignsT : 0 {way} {top}) by positive. "
            f"assert (SignsB : 0 < {bottom}) by positive. "
            f"assert (SignsQ : {first} - {last} = {top} / {bottom}) by (field; nonzero). "
            f"assert (0 {way} {top} / {bottom}) by (unfold Rdiv; "
            f"apply {'Rmult_lt_0_compat' if way == '<' else 'Rmult_le_pos'}; "
            "[exact SignsT | first [apply Rinv_0_lt_compat; exact SignsB "
            "| apply Rlt_le, Rinv_0_lt_compat; exact SignsB]]). lra."
        )

    def _combined(self, show: Printer) -> str:
        """An inequality as the sum of its facts, each times its weight."""
        relation = self.relation
        sides = [show.expr(relation.lhs), show.expr(relation.rhs)]
        first, last = sides if isinstance(relation, Ge | Gt) else sides[::-1]
        parts = [
            show.expr(f) if w == 1 else f"{show.expr(w)} * {show.expr(f)}" for w, f in self.using
        ]
        return f"assert (Sum : {first} - {last} = {' + '.join(parts)}) by (field; nonzero). lra."

    def _signed(self, part: Any) -> Any:
        """A polynomial as a product of factors that are positive where that is known."""
        constant, factors = factor_list(part)
        out, sign = [], 1
        for factor, times in factors:
            if times != int(times):
                raise Unprintable(f"{part} is no polynomial")
            flip = sign_known(factor, self.given) < 0
            sign *= (-1) ** int(times) if flip else 1
            out += [-factor if flip else factor] * int(times)
        return Mul(constant * sign, *out, evaluate=False) if out else constant

    @staticmethod
    def _fact(show: Printer, weight: Any, fact: Any) -> str:
        goal = f"0 <= {show.expr(fact)}"
        known = f"assert ({goal}) by (first [apply pow2_ge_0 | lra | positive | nra])."
        if weight == 1:
            return known
        both = f"assert (0 <= {show.expr(weight)} * {show.expr(fact)}) by (apply Rmult_le_pos; "
        return f"{known} {both}first [assumption | lra | positive | nra])."

    def negation(self, name: str) -> Theorem | None:
        """That the hypotheses hold at the counterexample, and the relation does not."""
        if self.point is None:
            return None
        show = Printer()
        values = {s: Rational(x.numerator, x.denominator) for s, x in self.point.items()}
        try:
            given = [show.relation(r) for r in atoms_of(self.given)]
            goal = show.relation(And(self.relation))
            numbers = [show.expr(values[s]) for s in self.symbols]
        except Unprintable:
            return None
        body = " /\\ ".join([*given, f"~ {goal}"])
        if self.symbols:
            body = f"exists {' '.join(map(identifier, self.symbols))} : R, {body}"
        chosen = f"exists {', '.join(numbers)}. " if numbers else ""
        text = (
            f"Theorem {name} : {body}.\nProof. {chosen}repeat split; "
            "first [lra | (intro; lra) | (intro; nra) | (intros [? ?]; lra) | nra]. Qed."
        )
        return Theorem(name, text)
