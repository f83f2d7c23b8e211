"""Proved relations as laws for floating point: what two runs of numeric optimizers must show.

A relation between runs holds exactly. In floating point it holds within the sum of what the runs
may be off, each a certified enclosure of every order of evaluation; where nothing is rounded, as
under a mirrored sign or a power of two, bit for bit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from flint import arb
from sympy import Eq, Ge, Gt
from sympy.core.function import AppliedUndef

from refmath.emit.enclosure import Model, enclosure, model, working_precision
from refmath.proof.along import Along
from refmath.proof.exact import ball, truth, value
from refmath.proof.intervals import atoms_of
from refmath.proof.load import files, load
from refmath.proof.runs import Run, g, t

__all__ = ["Law", "Subject", "Trajectory", "relations"]

Trajectory = list[dict[str, float]]
"""The states of a run after every step, as far as a subject shows them; the parameter always."""
Subject = Callable[[Run, Sequence[Mapping[str, float]], float, Sequence[float]], Trajectory]
"""Runs a rule: the hyperparameters of every step, the start, and the gradients."""


@dataclass(frozen=True)
class Law:
    """A relation between runs, for numbers.

    Attributes:
        claim: The id of the claim.
        statement: The proved statement.
    """

    claim: str
    statement: Along

    @property
    def constants(self) -> list[Any]:
        """The symbols that keep their value along a run."""
        return [s for s in self.statement.symbols if s not in self.statement.inputs]

    @property
    def inputs(self) -> list[Any]:
        """The symbols that have a value for every step."""
        return self.statement.inputs

    def allowed(
        self, constants: Mapping[Any, Fraction], series: Sequence[Mapping[Any, Fraction]]
    ) -> bool:
        """Whether the hypotheses hold."""
        given = atoms_of(self.statement.given)
        return all(
            truth(h, {**constants, **now, t: Fraction(k)})
            for k, now in enumerate(series, 1) for h in given
        )

    def broken(
        self, subject: Subject, constants: Mapping[Any, Fraction],
        series: Sequence[Mapping[Any, Fraction]], *, bitwise: bool = False,
    ) -> str | None:
        """What a subject's runs show against the law; None if nothing.

        Args:
            subject: Runs one rule in float64.
            constants: A value for every constant.
            series: A value for every input, for every step.
            bitwise: Whether the runs must agree without any error.
        """
        with working_precision():
            return self._broken(subject, constants, series, bitwise)

    def _broken(
        self, subject: Subject, constants: Mapping[Any, Fraction],
        series: Sequence[Mapping[Any, Fraction]], bitwise: bool,
    ) -> str | None:
        points = [{**constants, **now, t: Fraction(k)} for k, now in enumerate(series, 1)]
        shown, balls = self._started(points[0])
        paths = {}
        tracks = []
        for run in self.statement.runs:
            hyper = [_hypers(run, p) for p in points]
            slopes = [value(run.slope(), p) for p in points]
            start = value(run.starts()[run.after(run.states[0])], points[0])
            paths[run.name] = subject(
                run, [{k: float(v) for k, v in h.items()} for h in hyper], float(start),
                [float(x) for x in slopes],
            )
            tracks.append(_enclosed(run, hyper, start, slopes))
        for k, point in enumerate(points):
            before = {s: shown[s] for s in shown}
            for run, track in zip(self.statement.runs, tracks, strict=True):
                for name in run.states:
                    old, new = run.before(name), run.after(name)
                    if new in before:
                        shown[old] = before[new]
                    balls[old] = balls[new]
                    balls[new] = track[k][name]
                    if name in paths[run.name][k]:
                        shown[new] = Fraction(paths[run.name][k][name])
                    else:
                        shown.pop(new, None)
            found = self._wrong({**point, **shown}, {**point, **balls}, bitwise)
            if found is not None:
                return f"{found} after step {k + 1}"
        return None

    def _started(self, point: Mapping[Any, Fraction]) -> tuple[dict[Any, Any], dict[Any, Any]]:
        exact = {
            s: value(v, point) for r in self.statement.runs for s, v in r.starts().items()
        }
        return dict(exact), {s: ball(v) for s, v in exact.items()}

    def _wrong(
        self, shown: Mapping[Any, Any], balls: Mapping[Any, Any], bitwise: bool
    ) -> str | None:
        claimed = [Eq(s, e, evaluate=False) for s, e in self.statement.equations.items()]
        for r in (*claimed, *atoms_of(self.statement.bounds), *atoms_of(self.statement.results)):
            if not r.free_symbols <= set(shown):
                continue
            gap = ball(value(r.lhs, shown)) - ball(value(r.rhs, shown))
            spread = ball(value(r.lhs, balls)).rad() + ball(value(r.rhs, balls)).rad()
            room = arb(0) if bitwise else 2 * spread
            if not isinstance(r, Eq | Ge | Gt):
                gap = -gap
            off = abs(gap) if isinstance(r, Eq) else -gap
            if off > room:
                return f"{r.lhs} and {r.rhs} are {float(off.mid()):.3g} apart, allowed {room}"
        return None


def _hypers(run: Run, point: Mapping[Any, Any]) -> dict[str, Any]:
    return {h.key: value(v, point) for h, v in run.values.items()}


def _around(x: Any) -> Any:
    """A ball around a number and its nearest double."""
    exact = ball(x)
    near = arb(float(exact.mid()))
    return near if isinstance(x, Fraction) and Fraction(float(x)) == x else exact.union(near)


def _enclosed(
    run: Run, hypers: Sequence[Mapping[str, Any]], start: Any, slopes: Sequence[Any]
) -> list[dict[str, Any]]:
    """The balls of all states after every step."""
    rounding: Model = model("float64", "float64")
    box = enclosure(run.rec)
    order = [[_around(h[key]) for key in box.keys] for h in hypers]
    track = box.begin(np.array([_around(start)], dtype=object), rounding, order[0])
    out = []
    for hyper, slope in zip(order, slopes, strict=True):
        box.step(track, np.array([_around(slope)], dtype=object), rounding, hyper)
        columns = dict(zip(box.arrays, (c[0] for c in track.arrays), strict=True))
        out.append({**columns, **dict(zip(box.scalars, track.scalars, strict=True))})
    return out


def _exportable(statement: Any) -> TypeGuard[Along]:
    """Whether the gradients of a statement's runs are given numbers, free of the parameter."""
    if not isinstance(statement, Along):
        return False
    own = {s for r in statement.runs for n in r.states for s in (r.before(n), r.after(n))}
    return all(
        not r.slope().free_symbols & own and not r.slope().atoms(AppliedUndef)
        and r.slope().has(g)
        for r in statement.runs
    )


def relations(folder: str | Path, *, controls: bool = False) -> Iterator[Law]:
    """The laws of all claims in a folder that are marked as relations.

    Args:
        folder: A folder of claims: ``proofs/relations``.
        controls: Whether the false neighbours are wanted instead: each is broken by some run.
    """
    for path in files([Path(folder)]):
        claim = load(path).claim
        if claim.relation:
            for statement in claim.controls if controls else claim.holds:
                if _exportable(statement):
                    yield Law(claim.id, statement)
