"""The runs of update rules in Coq: recursive functions over the reals, and induction."""

from collections.abc import Sequence
from typing import Any

from sympy import And, Sum, Symbol
from sympy.core.function import AppliedUndef

from refmath.proof.along import Along
from refmath.proof.claim import Theorem
from refmath.proof.coq.printer import Printer, Unprintable, identifier
from refmath.proof.intervals import atoms_of
from refmath.proof.runs import Run, t

__all__ = ["theorem"]


class _Text:
    """Writes one theorem."""

    def __init__(self, claim: Along) -> None:
        self.claim = claim
        self.varying = set(claim.inputs)

    def printer(self, whole: tuple[int, str], step: str) -> Printer:
        """Prints where t is so many successors of a name; inputs are those of a step."""

        def other(show: Printer, expr: Any) -> str | None:
            if isinstance(expr, Symbol) and expr in self.varying:
                return f"({identifier(expr)} {step})"
            if isinstance(expr, Symbol) and expr.name.endswith("_old"):
                raise Unprintable("an input of the step before")
            if isinstance(expr, AppliedUndef):
                return f"({expr.func.__name__} {step} {show.expr(expr.args[0])})"
            if isinstance(expr, Sum):
                return self._sum(show, expr)
            if expr.func.__name__ == "growth":
                place, *rest = expr.args
                values = " ".join(show.expr(x) for x in rest)
                return f"(growth {values} {show.natural(place)})"
            return None

        return Printer({t: whole}, other)

    def _sum(self, show: Printer, expr: Any) -> str:
        ((index, first, last),) = expr.limits
        if first != 1:
            raise Unprintable(f"a sum from {first}")
        inner = Printer({**show.whole, index: (0, "j")}, show.other)
        return f"(total (fun j => {inner.expr(expr.function)}) {show.natural(last)})"

    # ------------------------------------------------------------------ parts
    def variables(self) -> list[str]:
        """The inputs, as variables of the section."""
        out = [
            f"Variable {identifier(s)} : {'nat -> R' if s in self.varying else 'R'}."
            for s in self.claim.symbols
        ]
        if any(r.slope().atoms(AppliedUndef) for r in self.claim.runs):
            out.append("Variable G : nat -> R -> R.")
        return out

    def hypotheses(self) -> list[str]:
        """The assumptions."""
        out = []
        show = self.printer((0, "j"), "j")
        for k, h in enumerate(atoms_of(self.claim.given)):
            every = "forall j : nat, " if h.free_symbols & {*self.varying, t} else ""
            out.append(f"Hypothesis Hyp{k} : {every}{show.relation(h)}.")
        return out

    def lets(self, run: Run, show: Printer) -> str:
        """The steps of a rule, one below the other."""
        return "\n".join(
            f"    let {identifier(x)} := {show.expr(rhs)} in" for x, rhs in run.written()
        )

    def function(self, run: Run) -> str:
        """A rule as a recursive function."""
        show = self.printer((1, "k"), "(S k)")
        before = [identifier(run.before(n)) for n in run.states]
        after = [identifier(run.after(n)) for n in run.states]
        starts = [self.printer((0, "0"), "0%nat").expr(v) for v in run.starts().values()]
        return (
            f"Fixpoint run_{run.name} (n : nat) : {_product(len(after))} := match n with\n"
            f"  | O => {_tuple(starts)}\n"
            f"  | S k => let {_pattern(before)} := run_{run.name} k in\n"
            f"{self.lets(run, show)}\n    {_tuple(after)}\n  end."
        )

    def opened(self, body: str, names: Any, at: str) -> str:
        """A proposition about the states of all runs after ``at`` steps."""
        out = body
        for r in reversed(self.claim.runs):
            states = [identifier(names(r, n)) for n in r.states]
            out = f"let {_pattern(states)} := run_{r.name} {at} in\n  {out}"
        return out

    def invariant(self) -> str:
        """The invariant at n."""
        show = self.printer((0, "n"), "n")
        parts = [f"{identifier(s)} = {show.expr(e)}" for s, e in self.claim.equations.items()]
        parts += [show.relation(b) for b in atoms_of(self.claim.bounds)]
        return " /\\ ".join(parts) or "True"

    def carried(self) -> str:
        """The invariant of the states after n steps."""
        return self.opened(self.invariant(), Run.after, "n")

    def result(self) -> str:
        """What follows of step n + 1."""
        show = self.printer((1, "n"), "(S n)")
        out = show.relation(And(*self.claim.results))
        for r in reversed(self.claim.runs):
            out = f"{self.lets(r, show)}\n  {out}"
        return self.opened(out, Run.before, "n")

    def specialize(self) -> str:
        """Hypotheses on the inputs of the step at hand."""
        out = []
        for k, h in enumerate(atoms_of(self.claim.given)):
            if h.free_symbols & {*self.varying, t}:
                out.append(f"pose proof (Hyp{k} (S n)) as Now{k}.")
        return " ".join(out)

    def facts(self) -> str:
        """What the inequalities are made of."""
        show = self.printer((1, "n"), "(S n)")
        out = []
        for weight, fact in self.claim.using:
            out.append(
                f"assert (0 <= {show.expr(weight)} * {show.expr(fact)}) by "
                "(apply Rmult_le_pos; first [apply pow2_ge_0 | assumption | lra | nra])."
            )
        return " ".join(out)

    def opening(self) -> str:
        """The states before the step get names."""
        out = []
        for r in self.claim.runs:
            names = [identifier(r.before(x)) for x in r.states]
            out.append(
                f"destruct (run_{r.name} n) as {_destruct(names)}." if len(names) > 1 else
                f"revert IH; generalize (run_{r.name} n); intros {names[0]} IH."
            )
        return " ".join(out)

    def text(self, name: str) -> str:
        """Definitions, the invariant by induction, and what follows of a step."""
        claim = self.claim
        count = len(claim.equations) + len(atoms_of(claim.bounds))
        parts = " & ".join(f"Inv{k}" for k in range(count))
        intro = f"destruct IH as ({parts})." if count > 1 else "pose proof IH as Inv0."
        folded = " ".join(f"run_{r.name}" for r in claim.runs)
        plain = f"cbn [{folded} pow total INR Nat.eqb]"
        unfold = (
            f"{self.specialize()} {self.opening()} cbv beta iota zeta in *. {intro} subst. "
            f"cbn [pow total Nat.eqb] in *. rewrite ?S_INR in *. {self.facts()}"
        )
        finish = f"repeat split; ({_body(claim.script)})"
        lines = [
            "Section Runs.", *self.variables(), *self.hypotheses(),
            *(self.function(r) for r in claim.runs),
            f"Theorem invariant : forall n : nat,\n  {self.carried()}.",
            f"Proof. induction n as [|n IH].\n  - {plain}. {finish}.\n"
            f"  - cbn [{folded}]. {unfold} {finish}.\nQed.",
        ]
        if claim.results:
            lines += [
                f"Theorem result : forall n : nat,\n  {self.result()}.",
                f"Proof. intro n. pose proof (invariant n) as IH. {unfold} {finish}. Qed.",
            ]
        lines.append("End Runs.")
        both = "(@invariant, @result)" if claim.results else "@invariant"
        lines.append(f"Definition {name} := {both}.")
        return "\n".join(lines)


def theorem(claim: Along, name: str) -> Theorem | None:
    """The claim in Coq, or None if it is out of its reach."""
    if claim.script is None or (claim.by_cases and claim.script == "finish."):
        return None
    try:
        return Theorem(name, _Text(claim).text(name))
    except Unprintable:
        return None


def _body(script: str | None) -> str:
    return (script or "").strip().rstrip(".")


def _product(count: int) -> str:
    return " * ".join(["R"] * count)


def _tuple(parts: Sequence[str]) -> str:
    return "(" + ", ".join(parts) + ")" if len(parts) > 1 else parts[0]


def _pattern(names: Sequence[str]) -> str:
    return f"'({', '.join(names)})" if len(names) > 1 else names[0]


def _destruct(names: Sequence[str]) -> str:
    """An introduction pattern for a nested pair."""
    out = names[0]
    for x in names[1:]:
        out = f"[{out} {x}]"
    return out


