"""What a rule does at its edges: the first step, a gradient of 0, an epsilon of 0."""

from typing import Any

import numpy as np
from page import lines_of, table
from rule_forms import decay_section

from refmath.notation import number
from refmath.rule import Rule

__all__ = ["edges_section", "first_step"]

SIZES = ("1", "1e-3", "1e-8", "0")
"""Gradients of the first step."""


def first_step(rule: Rule, gradient: float, **hyper: float) -> float:
    """How far the kernel moves the parameter 0 at step 1: positive against the gradient."""
    kernel = rule.kernel()
    theta = np.zeros(1)
    with np.errstate(all="ignore"):
        after = kernel(**{"theta": theta, kernel.gradient: np.full(1, gradient)}, t=1, **hyper)
    return float(-after["theta"][0]) + 0.0


def _shown(value: float) -> str:
    return "NaN (0/0)" if np.isnan(value) else f"{value:.4g}"


def edges_section(rule: Rule) -> str:
    """Facts that decide whether two implementations agree on the first step."""
    start = "The first step has $t = 1$, and states start at the values above."
    points = [start, *_states(rule), *_zero(rule)]
    rate = first_rate(rule)
    steps = [_shown(first_step(rule, float(g))) for g in SIZES]
    head = ["", *(f"$g_1$ = {g}" for g in SIZES)]
    rows = [[f"step, with {rate}", *steps]]
    if "eps" in rule.hyper:
        bare = [_shown(first_step(rule, float(g), eps=0.0)) for g in SIZES]
        rows.append(["step, with eps = 0", *bare])
    return "\n\n".join([
        "## The first step, and zeros", lines_of(points), table(head, rows),
        "Where weight decay enters, and what sees it:", decay_section(rule),
    ])


def first_rate(rule: Rule) -> str:
    """The default learning rate, for people."""
    return f"lr = {float(number(rule.default('lr'))):g}"


def _states(rule: Rule) -> list[str]:
    rec = rule.recurrence
    kept = [q for q in rec.states[1:] if q.name not in rec.scalars]
    shared = [q for q in rec.states[1:] if q.name in rec.scalars]

    def names(found: list[Any]) -> str:
        return ", ".join(f"`{q.name}`" for q in found)

    out = []
    if kept:
        out.append(f"{names(kept)}: one entry for each of the parameter's, in its shape and dtype.")
    if shared:
        out.append(f"{names(shared)}: one number for the whole tensor, kept in double precision.")
    if not (kept or shared):
        out.append("Nothing is kept between steps.")
    if rec.takes_point:
        out.append("The gradient is taken at the look-ahead point, not at the parameter.")
    return out


def _zero(rule: Rule) -> list[str]:
    still = first_step(rule, 0.0)
    out = []
    if still == 0:
        out.append("A coordinate whose gradient is 0 at the first step does not move"
                   + (", as long as epsilon is not 0." if "eps" in rule.hyper else "."))
    if "eps" in rule.hyper and np.isnan(first_step(rule, 0.0, eps=0.0)):
        out.append("With epsilon = 0 (or an epsilon that the dtype rounds to 0) it becomes NaN, "
                   "and stays NaN.")
    if "eps" in rule.hyper and first_step(rule, 1.0, eps=0.0) == 0:
        out.append("With epsilon = 0 nothing ever moves: epsilon starts the motion.")
    return out
