"""The oracle itself under test: every wrong recurrence and condition run as a minimizer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.oracle.minimizer.api import minimizer_task
from refmath.oracle.minimizer.balls import Ball
from refmath.oracle.minimizer.check import check_minimizer
from refmath.oracle.minimizer.invariance import CAUSES, judge_invariance
from refmath.oracle.minimizer.recurrence import Recurrence, inverses
from refmath.oracle.minimizer.report import MinimizerResult
from refmath.oracle.minimizer.variants import RULES, others

__all__ = [
    "CONDITIONS", "Caught", "Line", "Wrong", "audit_minimizers", "caught", "minimizer_of",
    "wrong_minimizers",
]  # fmt: skip

Array = Any

C1, C2 = 0.3, 0.6
"""Constants that are asked of a line search: near enough to each other to matter."""


@dataclass(frozen=True)
class Line:
    """What a line search knows of a trial.

    Attributes:
        step: Its step length.
        value0, slope0: At the start of the line.
        value, slope: At the trial.
        before: The value and slope at the start of the last line.
    """

    step: float
    value0: float
    slope0: float
    value: float
    slope: float
    before: tuple[float, float]


Test = Callable[[Line], bool]
Bend = Callable[[Array, list[Array]], Array]


def _decreases(t: Line) -> bool:
    return t.value <= t.value0 + C1 * t.step * t.slope0


def _flattens(t: Line) -> bool:
    return t.slope >= C2 * t.slope0


CONDITIONS: dict[str, tuple[Test, Test]] = {
    "the Wolfe conditions": (_decreases, _flattens),
    "sufficient decrease is not tested": (lambda t: True, _flattens),
    "the slope at 0 has the wrong sign": (
        lambda t: t.value <= t.value0 - C1 * t.step * t.slope0, _flattens
    ),
    "any decrease will do": (lambda t: t.value <= t.value0, _flattens),
    "c1 is a hundredth of what it should be": (
        lambda t: t.value <= t.value0 + C1 / 100 * t.step * t.slope0, _flattens
    ),
    "the step length is missing from sufficient decrease": (
        lambda t: t.value <= t.value0 + C1 * t.slope0, _flattens
    ),
    "sufficient decrease from the last line's start": (
        lambda t: t.value <= t.before[0] + C1 * t.step * t.slope0, _flattens
    ),
    "sufficient decrease the wrong way round": (
        lambda t: t.value >= t.value0 + C1 * t.step * t.slope0, _flattens
    ),
    "the curvature condition is not tested": (_decreases, lambda t: True),
    "the curvature condition the wrong way round": (_decreases, lambda t: t.slope <= C2 * t.slope0),
    "the curvature condition with the slope at the last line's start": (
        _decreases, lambda t: t.slope >= C2 * t.before[1]
    ),
    "c2 is above 1": (_decreases, lambda t: t.slope >= 5 * C2 * t.slope0),
}  # fmt: skip
"""Tests of a trial by what is wrong with them: it decreases enough, it is not too short."""


def minimizer_of(
    rule: Recurrence, tests: tuple[Test, Test] | None = None, double: bool = True,
    bend: Bend = lambda p, g: p,
) -> Callable[..., Any]:
    """A minimizer ``minimize(fun, x0, jac, callback, memory, gtol, maxiter)``.

    Args:
        rule: Where its directions come from; one that does not descend is taken a little way.
        tests: Its conditions; backtracking to sufficient decrease with c1 = 1e-4 if left out.
        double: Whether a line begins with a step of 4, so that there is something to test.
        bend: What becomes of a direction, given the gradients so far.
    """

    def minimize(
        fun: Any, x0: Array, jac: Any, callback: Any, memory: int = 10, gtol: float = 1e-5,
        maxiter: int = 60,
    ) -> Array:
        x, g = [x0], [jac(x0)]
        before, known = (fun(x0), -1.0), inverses(rule, x, g, memory)
        while len(x) <= maxiter and np.abs(g[-1]).max() > gtol:
            p = _direction(next(known), rule.slope(g, len(g) - 1))
            if p is None:
                break
            p = bend(p, g)
            slope = float(p @ g[-1])
            first = 1 / float(np.linalg.norm(g[0])) if len(x) == 1 else 1.0
            if slope >= 0:
                step: float | None = 1e-3 / float(np.linalg.norm(p))
            elif tests is None:
                step = _backtracked(fun, x[-1], p, slope, first)
            else:
                step = _searched(fun, jac, x[-1], p, tests, first * (4 if double else 1), before)
            if step is None:
                break
            before = (fun(x[-1]), slope)
            x.append(x[-1] + step * p)
            g.append(jac(x[-1]))
            if not np.isfinite(x[-1]).all():
                break
            callback(x[-1])
        return x[-1]

    return minimize


def _direction(times: Callable[[Array], Ball] | None, g: Array) -> Array | None:
    """The direction; None if it is 0, no vector of finite numbers, or left open by rounding."""
    if times is None:
        return None
    p = -times(g).mid
    return p if np.isfinite(p).all() and p.any() else None


def _backtracked(fun: Any, x: Array, p: Array, slope: float, step: float) -> float | None:
    value = fun(x)
    for _ in range(60):
        if fun(x + step * p) <= value + 1e-4 * step * slope:
            return step
        step /= 2
    return None


def _searched(
    fun: Any, jac: Any, x: Array, p: Array, tests: tuple[Test, Test], step: float,
    before: tuple[float, float],
) -> float | None:
    """Doubling and bisection to a step that passes both tests."""
    enough, long = tests
    value0, slope0, low, high = fun(x), float(jac(x) @ p), 0.0, np.inf
    for _ in range(50):
        point = x + step * p
        trial = Line(step, value0, slope0, fun(point), float(jac(point) @ p), before)
        if not enough(trial):
            high = step
        elif not long(trial):
            low = step
        else:
            return step
        step = 2 * low if high == np.inf else low + (high - low) / 2
    return None


def started(levelled: bool) -> Callable[..., Any]:
    """BFGS from a first inverse Hessian that is given; `levelled` to a multiple of the identity."""

    def minimize(
        fun: Any, x0: Array, jac: Any, callback: Any, hess_inv0: Any = None, gtol: float = 1e-5,
        maxiter: int = 60,
    ) -> Array:
        x, g, eye = x0, jac(x0), np.eye(x0.size)
        inverse = eye if hess_inv0 is None else np.array(hess_inv0)
        inverse = eye * inverse.diagonal().mean() if levelled else inverse
        for _ in range(maxiter):
            p = -inverse @ g
            step = _backtracked(fun, x, p, float(p @ g), 1.0)
            if step is None or np.abs(g).max() <= gtol:
                break
            x, old = x + step * p, g
            g = jac(x)
            callback(x)
            s, y = step * p, g - old
            if s @ y > 0:
                left = eye - np.outer(s, y) / (y @ s)
                inverse = left @ inverse @ left.T + np.outer(s, s) / (y @ s)
        return x

    return minimize


@dataclass(frozen=True)
class Caught:
    """What the oracle said of one wrong minimizer.

    Attributes:
        rule: What it was held against.
        name: What is wrong with it.
        kind: "recurrence", "condition" or "invariance".
        result: What the oracle says.
        cause: The diagnosis that names it.
    """

    rule: str
    name: str
    kind: str
    result: MinimizerResult
    cause: str

    @property
    def killed(self) -> bool:
        """Whether it does not conform."""
        return self.result.verdict in ("DEVIATES", "VARIANT")

    @property
    def named(self) -> bool:
        """Whether the diagnosis is what is wrong; of a condition, whether there is one."""
        said = self.result.diagnosis
        return bool(said) and (self.kind == "condition" or self.cause in said)


@dataclass(frozen=True)
class Wrong:
    """A wrong minimizer.

    Attributes:
        rule: What it is held against.
        name: What is wrong with it.
        kind: "recurrence", "condition" or "invariance".
        minimize: It.
        cause: Of an invariance, the diagnosis that names it.
    """

    rule: str
    name: str
    kind: str
    minimize: Callable[..., Any]
    cause: str = ""


def wrong_minimizers() -> list[Wrong]:
    """Every wrong recurrence of L-BFGS and BFGS, wrong condition, and breach of an invariance."""
    out = [
        Wrong(rule, wrong.text, "recurrence", minimizer_of(wrong), wrong.text)
        for rule in ("lbfgs", "bfgs")
        for wrong in others(rule, 0)
    ]
    return out + [
        Wrong("lbfgs", name, "condition", minimizer_of(RULES["lbfgs"], tests))
        for name, tests in list(CONDITIONS.items())[1:]
    ] + list(_UNEVEN)


_UNEVEN = (
    Wrong("lbfgs", "L-BFGS whose steps are bounded above, not below", "invariance",
          minimizer_of(RULES["lbfgs"], bend=lambda p, g: np.minimum(p, 0.5)), CAUSES["signs"]),
    Wrong("lbfgs", "L-BFGS with gamma = 1, on 4 f", "invariance",
          minimizer_of(Recurrence("gamma is 1", "lbfgs", gamma="one")), CAUSES["scale"]),
    Wrong("bfgs", "BFGS whose first inverse Hessian is made a multiple of the identity",
          "invariance", started(levelled=True), CAUSES["affine"]),
    Wrong("lbfgs", "L-BFGS with each entry divided by the root of its squares so far",
          "invariance", minimizer_of(RULES["lbfgs"], bend=lambda p, g: p / np.sqrt(
              1e-3 + sum(v * v for v in g))), CAUSES["rotation"]),
)  # fmt: skip
"""Minimizers that break an invariance each."""


def caught(wrong: Wrong) -> Caught:
    """What the oracle says of one."""
    constants = {"c1": C1, "c2": C2} if wrong.kind == "condition" else {}
    task = minimizer_task(wrong.minimize, wrong.rule, constants=constants)
    result = judge_invariance(task) if wrong.kind == "invariance" else check_minimizer(task)[0]
    assert result is not None
    return Caught(wrong.rule, wrong.name, wrong.kind, result, wrong.cause)


def audit_minimizers(tick: Callable[[], None] = lambda: None) -> Iterator[Caught]:
    """Run them all."""
    for wrong in wrong_minimizers():
        yield caught(wrong)
        tick()
