"""The inverse Hessian that a minimizer returns, held against its own points and gradients."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from refmath.oracle.minimizer.balls import Ball
from refmath.oracle.minimizer.cases import Case
from refmath.oracle.minimizer.judge import Slip
from refmath.oracle.minimizer.recurrence import Recurrence, inverse
from refmath.oracle.minimizer.report import MinimizerResult, Reproduction
from refmath.oracle.minimizer.subject import Minimizer, Run

__all__ = ["judge_inverse"]

Array = Any

_COARSE = 1e-3
_TEXTS = {
    "secant": "the secant equation H y = s fails on the newest pair",
    "other": "it is not the matrix of the recurrence",
}


@np.errstate(all="ignore")
def judge_inverse(
    subject: Minimizer, done: Sequence[tuple[Case, Run]]
) -> MinimizerResult | None:
    """Judge the matrix that each run returned; None if none did.

    It must satisfy the secant equation on the newest pair that entered, and be the matrix of the
    recurrence; a scaling gamma of 1 in place of the newest pair's is a form of its own.
    """
    runs = [(c, r) for c, r in done if r.inverse is not None and len(r.x) > 1 and not r.broken]
    if not runs:
        return None
    name = f"{subject.rule} hess_inv"
    result = MinimizerResult(subject.name, name, subject.convention, "float64", "CONFORMS")
    found: dict[int, tuple[float, bool]] = {}
    for i, (case, run) in enumerate(runs):
        share = _share(subject.form, subject, case, run)
        if share is None:
            continue
        found[i] = share, share > 1 and _breaks_secant(subject, case, run)
    result.cases = len(found)
    result.worst = max((s for s, _ in found.values() if np.isfinite(s)), default=0.0)
    wrong = [i for i, (s, _) in found.items() if s > 1]
    if not found:
        result.verdict = "INCONCLUSIVE"
        result.notes.append("rounding leaves the matrix open on every run")
    if not wrong:
        return result
    result.verdict = "DEVIATES"
    judged = [runs[i] for i in found]
    result.diagnosis = [
        v.text for v in _variants(subject)
        if all((_share(v, subject, c, r) or 0.0) <= 1 for c, r in judged)
    ][:1]
    secant = [runs[i] for i in wrong if found[i][1]]
    said = _TEXTS["secant" if secant else "other"]
    result.slips = [f"{said}, on {len(secant or wrong)} of {len(found)} runs"]
    case, run = min(secant or [runs[i] for i in wrong], key=lambda p: p[1].x[0].size * len(p[1].x))
    result.smallest = _reproduction(subject, case, run, said)
    return result


def _variants(subject: Minimizer) -> list[Recurrence]:
    form, who = subject.form, subject.rule.upper().replace("LBFGS", "L-BFGS")
    return [
        replace(form, gamma="one", text=f"{who} with gamma = 1"),
        replace(form, rotated=True, text=f"{who}, but with its pairs in the order of the "
                "circular buffer's places"),
        replace(form, rotated=True, gamma="one", text=f"{who}, but with its pairs in the order of "
                "the circular buffer's places once it is full, and gamma = 1"),
        replace(form, backward=True, text=f"{who}, but with its pairs in the wrong order"),
        replace(form, late=1, text=f"{who}, but one pair is missing"),
    ]  # fmt: skip


def _ends(subject: Minimizer, run: Run) -> list[int]:
    """How many points its pairs may come from: the last one may have ended the run."""
    return [k for k in (len(run.x), len(run.x) - 1) if k > 1]


def _share(form: Recurrence, subject: Minimizer, case: Case, run: Run) -> float | None:
    """How much of the bound the matrix takes, with or without the last pair; None if open."""
    assert run.inverse is not None
    n, shares = run.x[0].size, []
    seen = np.stack([run.inverse(e) for e in np.eye(n)], axis=1)
    for k in _ends(subject, run):
        times = inverse(form, run.x[:k], run.g[:k], subject.memory or case.memory)
        if times is None:
            continue
        columns = [times(e) for e in np.eye(n)]
        own = Ball(
            np.stack([c.mid for c in columns], axis=1), np.stack([c.rad for c in columns], axis=1)
        )
        size = float(np.abs(own.mid).max())
        if not np.isfinite(own.rad).all() or float(own.rad.max()) > _COARSE * size:
            continue
        shares.append(float((np.abs(seen - own.mid) / np.maximum(own.rad, 1e-300)).max()))
    return min(shares) if shares else None


def _breaks_secant(subject: Minimizer, case: Case, run: Run) -> bool:
    """Whether H y = s fails, by a thousandth of s, for the last pair and for the one before."""
    assert run.inverse is not None
    for k in _ends(subject, run):
        pair = subject.form.pair(run.x, run.g, k - 2)
        off = np.abs(run.inverse(pair.y.mid) - pair.s.mid).max()
        if off <= _COARSE * float(np.abs(pair.s.mid).max()):
            return False
    return True


def _reproduction(subject: Minimizer, case: Case, run: Run, said: str) -> Reproduction:
    lines = _LINES if subject.name == "scipy:L-BFGS-B" else ()
    slip = Slip("result", 0, said)
    return Reproduction(
        case.problem.name, case.text, case.memory, tuple(run.x[-4:]), tuple(run.g[-4:]), slip, lines
    )


_LINES = (
    "import numpy as np",
    "from scipy.optimize import minimize, rosen, rosen_der",
    "",
    "points = [np.array([-1.2, 1.0])]",
    'result = minimize(rosen, points[0], jac=rosen_der, method="L-BFGS-B", callback=points.append,',
    '                  options={"maxcor": 2, "maxiter": 3})',
    "s = points[-1] - points[-2]",
    "y = rosen_der(points[-1]) - rosen_der(points[-2])",
    "print(result.hess_inv @ y, s)  # the secant equation: these two should be equal",
)
