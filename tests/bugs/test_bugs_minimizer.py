"""Bugs of real projects in quasi-Newton methods and line searches: each is caught, and named."""

import importlib
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from minimizer_table import MINIMIZER_BUGS, MinimizerBug

from refmath import check_minimizer
from refmath.optimizers.minimize.line_search import more_thuente, record, strong_wolfe
from refmath.oracle.report import Report

EACH = pytest.mark.parametrize("bug", MINIMIZER_BUGS, ids=str)
WHOLE = {39, 75, 76, 107, 112, 115, 116, 117, 118, 123, 124, 126}


@cache
def report(bug: MinimizerBug) -> Report:
    """What the oracle says of a bug."""
    found: Report = check_minimizer(bug.subject(), bug.rule)
    return found


def test_every_number_has_its_place() -> None:
    """The twelve that show in a whole minimizer are in the table, once."""
    assert {b.id for b in MINIMIZER_BUGS} == WHOLE
    assert len(MINIMIZER_BUGS) == len(WHOLE)


@EACH
def test_caught_and_named(bug: MinimizerBug) -> None:
    """It deviates, the first line of diagnosis names it, and the smallest run is given as code."""
    found = report(bug)
    assert found.verdict == "DEVIATES", str(found)
    assert bug.named in found.diagnosis[0], str(found)
    assert any(bug.shown in text for text in found.gravest.slips), str(found)
    assert found.gravest.code()


@EACH
def test_right_counterpart_conforms(bug: MinimizerBug) -> None:
    """The same code with the one thing put right conforms."""
    found = check_minimizer(bug.subject(fixed=True), bug.rule)
    assert found.verdict == "CONFORMS", str(found)


# --- bugs of one interpolation: what a trial must be, whatever the search makes of it -------------


MORE_THUENTE = importlib.import_module(more_thuente.__module__)
STRONG_WOLFE = importlib.import_module(strong_wolfe.__module__)


def turns_back(case_3: Any) -> int:
    """In how many of 400 lines that still fall, ever less, the next trial is not beyond the last.

    That is case 3 of dcstep with nothing bracketed; the limit is 4 times as far.
    """
    rng, out = np.random.default_rng(3), 0
    for _ in range(400):
        steep, share = float(rng.uniform(0.5, 3)), float(rng.uniform(0.05, 0.95))
        best = record.Trial(0.0, 0.0, -steep)
        new = record.Trial(1.0, -float(rng.uniform(0, 3)), -share * steep)
        out += not case_3(best, new, 5.0) >= new.step
    return out


def case_3_by_sign(best: Any, new: Any, end: float) -> float:
    """Number 109, chokkan/liblbfgs issue 28: the limit is chosen by the sign of theta."""
    theta, _ = MORE_THUENTE._root(best, new, floor=0.0)
    found = MORE_THUENTE._falling_cubic(best, new, math.nan)
    if not math.isnan(found):
        return float(found)
    return end if theta < 0 else float(best.step)


def test_number_109_case_3_of_dcstep() -> None:
    """Where the cubic has no minimum ahead the next trial is the far limit, not the near one.

    That the whole search is SciPy's dcsrch, in every bit, is shown with the line searches.
    """
    assert turns_back(MORE_THUENTE._falling_cubic) == 0
    assert turns_back(case_3_by_sign) > 40


def unclamped(low: Any, high: Any, _third: Any) -> float:
    """Number 119, JuliaNLSolvers/LineSearches.jl PR 207: radicand and bracket are not guarded."""
    a, b = low.step, high.step
    d1 = low.slope + high.slope - 3 * (low.value - high.value) / (a - b)
    with np.errstate(all="ignore"):
        d2 = np.sign(b - a) * np.sqrt(np.float64(d1 * d1 - low.slope * high.slope))
        return float(b - (b - a) * (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2))


def strays(section: Any) -> int:
    """How many of 400 random brackets it leaves, or has no number for."""
    rng, out = np.random.default_rng(5), 0
    for _ in range(400):
        low, high, third = (record.Trial(*rng.normal(size=3).tolist()) for _ in range(3))
        step = section(low, high, third)
        left, right = sorted((low.step, high.step))
        out += not left <= step <= right
    return out


def test_number_119_the_step_stays_in_its_bracket() -> None:
    """Ours does so with every slope and value; the unguarded one leaves many brackets."""
    assert strays(lambda low, high, _: STRONG_WOLFE._section(low, high, None)) == 0
    assert strays(STRONG_WOLFE._section) == 0
    assert strays(unclamped) > 40
