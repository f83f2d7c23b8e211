"""Statements that hold along the runs of update rules: proved by induction on the step.

The invariant gives states as expressions in other states, hyperparameters and t (equations), and
relations between them (bounds). It is proved at t = 0 and carried from t - 1 to t, for every
gradient. What follows of a step is proved from the invariant before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice
from typing import Any

from flint import ctx
from sympy import And, Eq, Function, Ge, Integer, Piecewise, S, Symbol, sympify

from refmath.proof.claim import Engine, Evidence, Theorem
from refmath.proof.exact import Undefined, truth, value
from refmath.proof.intervals import atoms_of
from refmath.proof.order import holds
from refmath.proof.polynomial import BACKENDS, Backend
from refmath.proof.runs import Run, g, t
from refmath.proof.search import points

__all__ = ["Along", "Goal"]


@dataclass(frozen=True)
class Goal:
    """One thing to be shown: hypotheses imply a relation."""

    name: str
    relation: Any
    given: tuple[Any, ...]


@dataclass(frozen=True)
class Along:
    """For every gradient and every t: an invariant of runs, and what follows of every step.

    Attributes:
        runs: The runs.
        equations: A state after the step, to an expression in other states, inputs and t.
        bounds: Relations between states that are carried along.
        results: Relations that every step makes true, in states and temporaries after it (``a_m``)
            and before it (``a_m_``).
        given: Hypotheses on hyperparameters and on the gradient ``g`` of every step.
        varying: Hyperparameters that may change from step to step.
        using: As for ``Forall``, for all inequalities.
        script: The last part of Coq's proof, for every goal; None to leave Coq out.
        name: For people.
        steps: How many steps a counterexample may take.
    """

    runs: tuple[Run, ...]
    equations: Mapping[Any, Any] = field(default_factory=dict)
    bounds: tuple[Any, ...] = ()
    results: tuple[Any, ...] = ()
    given: tuple[Any, ...] = ()
    varying: tuple[Any, ...] = ()
    using: tuple[tuple[Any, Any], ...] = ()
    script: str | None = "finish."
    name: str = ""
    steps: int = 3
    tries: int = 3_000
    evidence: Evidence = Evidence.EXACT

    # ------------------------------------------------------------------ what is to be shown
    @cached_property
    def states(self) -> list[Any]:
        """All states after the step."""
        return [r.after(n) for r in self.runs for n in r.states]

    def back(self, expr: Any) -> Any:
        """An expression of one step earlier."""
        change = {r.after(n): r.before(n) for r in self.runs for n in r.states}
        old = {s: Symbol(f"{s.name}_old", real=True) for s in self.varying}
        return sympify(expr).xreplace({**change, **old, t: t - 1})

    @cached_property
    def by_cases(self) -> bool:
        """Whether the first step is written differently from the others."""
        return any(
            rhs.atoms(Piecewise) and any(
                c.has(t) for p in rhs.atoms(Piecewise) for _, c in p.args
            )
            for r in self.runs for _, rhs in r.written()
        )

    def goals(self) -> Iterator[Goal]:
        """Base, step, and what follows."""
        yield from self._base()
        if self.by_cases:
            first = {r.before(n): v for r in self.runs for n, v in zip(
                r.states, r.starts().values(), strict=True)}
            yield from self._step({**first, t: Integer(1)}, (), "first step")
            yield from self._step({}, (Ge(t, 2),), "step")
        else:
            yield from self._step({}, (Ge(t, 1),), "step")

    def _base(self) -> Iterator[Goal]:
        known: dict[Any, Any] = {}
        for r in self.runs:
            known |= r.starts()
        for state, claimed in self.equations.items():
            now = sympify(claimed).xreplace({t: Integer(0)}).xreplace(known)
            yield Goal(f"start of {state}", Eq(known[state], now, evaluate=False), self._inputs())
        for b in atoms_of(self.bounds):
            now = b.xreplace({t: Integer(0)}).xreplace(known)
            yield Goal(f"start of {b}", now, self._inputs())

    def _inputs(self) -> tuple[Any, ...]:
        return tuple(atoms_of(self.given))

    def _before(self) -> dict[Any, Any]:
        """States before the step, by the equations."""
        known = {self.back(s): self.back(e) for s, e in self.equations.items()}
        for _ in known:
            known = {s: e.xreplace(known) for s, e in known.items()}
        return known

    def _step(
        self, first: Mapping[Any, Any], given: Sequence[Any], name: str
    ) -> Iterator[Goal]:
        before = {**self._before(), **first} if not first else dict(first)
        values: dict[Any, Any] = {}
        for r in self.runs:
            for target, rhs in r.steps().items():
                values[target] = _decided(rhs, first).xreplace(before).xreplace(dict(first))
        carried = [] if first else [self.back(b).xreplace(before) for b in atoms_of(self.bounds)]
        known = (*given, *self._inputs(), *carried)
        put = {t: Integer(1)} if first else {}
        for state, claimed in self.equations.items():
            wanted = sympify(claimed).xreplace(values).xreplace(put)
            yield Goal(f"{name} of {state}", Eq(values[state], wanted, evaluate=False), known)
        for b in (*atoms_of(self.bounds), *atoms_of(self.results)):
            now = b.xreplace(values).xreplace(before).xreplace(put)
            yield Goal(f"{name}: {b}", now, known)

    def engines(self) -> Sequence[Engine]:
        """Every goal by normal forms, by two libraries."""
        return [(b.name, partial(self._proved, b)) for b in BACKENDS]

    def _proved(self, backend: type[Backend]) -> bool:
        return all(holds(x.relation, x.given, backend, self.using) for x in self.goals())

    def failing(self) -> list[str]:
        """The goals that the first engine does not prove."""
        return [
            x.name for x in self.goals()
            if not holds(x.relation, x.given, BACKENDS[0], self.using)
        ]

    # ------------------------------------------------------------------ counterexamples
    @cached_property
    def symbols(self) -> list[Any]:
        """Hyperparameters and other constants, the inputs of a step last."""
        found: set[Any] = set()
        for r in self.runs:
            found |= r.hyper_symbols | sympify(r.start).free_symbols
            found |= r.slope().free_symbols - {r.before(n) for n in r.states}
        found |= {s for x in self.given for s in x.free_symbols}
        return sorted(found - {t}, key=lambda s: (s == g or s in self.varying, str(s)))

    @cached_property
    def inputs(self) -> list[Any]:
        """What is new at every step."""
        return [s for s in self.symbols if s == g or s in self.varying]

    @cached_property
    def trace(self) -> tuple[dict[Any, Fraction], list[dict[Any, Fraction]], str] | None:
        """Constants and inputs by step at which something fails, and what."""
        before, ctx.prec = ctx.prec, 256
        try:
            return self._search()
        finally:
            ctx.prec = before

    def _search(self) -> tuple[dict[Any, Fraction], list[dict[Any, Fraction]], str] | None:
        fixed = [s for s in self.symbols if s not in self.inputs]
        for length in range(1, self.steps + 1):
            every = [Symbol(f"{s.name}.{k}") for k in range(length) for s in self.inputs]
            for point in islice(points([*fixed, *every]), self.tries):
                series = [
                    {s: point[Symbol(f"{s.name}.{k}")] for s in self.inputs}
                    for k in range(length)
                ]
                constants = {s: point[s] for s in fixed}
                try:
                    wrong = self._fails(constants, series)
                except Undefined:
                    continue
                if wrong:
                    return constants, series, wrong
        return None

    def _fails(self, constants: dict[Any, Any], series: list[dict[Any, Any]]) -> str | None:
        """What does not hold along a run; None if all does or a hypothesis fails."""
        given = atoms_of(self.given)
        first = {**constants, **series[0]}
        now: dict[Any, Any] = {}
        for r in self.runs:
            now |= {s: value(v, first) for s, v in r.starts().items()}
        for k, inputs in enumerate(series, 1):
            env = {**constants, **inputs, t: Fraction(k)}
            if not all(truth(h, env) for h in given):
                return None
            for r in self.runs:
                for n in r.states:
                    env[r.before(n)] = now[r.after(n)]
            undefined = self._follow(env, k)
            claims = [Eq(s, e, evaluate=False) for s, e in self.equations.items()]
            for claim in (*claims, *atoms_of(self.bounds), *atoms_of(self.results)):
                if claim.free_symbols <= set(env) and truth(claim, env) is False:
                    return f"{claim} fails after step {k}" if not isinstance(claim, Eq) else (
                        f"{claim.lhs} = {claim.rhs} fails after step {k}"
                    )
            if undefined:
                raise undefined
            now = {s: env[s] for s in self.states}
        return None

    def _follow(self, env: dict[Any, Any], step: int) -> Undefined | None:
        """Put the values after a step into ``env``; what has none is left out."""
        for r in self.runs:
            for target, rhs in r.written():
                try:
                    env[target] = value(_split(rhs, step), env)
                except Undefined as fault:
                    return fault
        return None

    def refute(self) -> str | None:
        """Rational inputs after which something fails."""
        if self.trace is None:
            return None
        constants, series, wrong = self.trace
        parts = [f"{s} = {x}" for s, x in sorted(constants.items(), key=lambda p: str(p[0]))]
        parts += [f"{s} = {', '.join(str(x[s]) for x in series)}" for s in self.inputs]
        return f"{'; '.join(parts)}: {wrong}"

    # ------------------------------------------------------------------ Coq
    def theorem(self, name: str) -> Theorem | None:
        """The runs as recursive functions, the invariant by induction."""
        from refmath.proof.along_coq import theorem

        return theorem(self, name)

    def negation(self, name: str) -> Theorem | None:
        """Not told to Coq."""
        return None


def _decided(rhs: Any, first: Mapping[Any, Any]) -> Any:
    """Alternatives on t decided: at the first step, or at a later one."""
    def decide(expr: Any) -> Any:
        for branch, condition in expr.args:
            if condition in (True, S.true):
                return branch
            if condition.free_symbols == {t}:
                known = condition.subs(t, 1 if first else t)
                if isinstance(condition, Eq) and condition.rhs == 1:
                    known = bool(first)
                if known in (True, S.true):
                    return branch
                continue
            return expr
        return expr

    return rhs.replace(lambda e: isinstance(e, Piecewise), decide)


def _split(rhs: Any, step: int) -> Any:
    return rhs.xreplace({t: Integer(step)}) if rhs.atoms(Function) else rhs


def conjunction(relations: Sequence[Any]) -> Any:
    """All of them."""
    return And(*relations)
