"""The one-cycle policy, for the rate and for the momentum."""

from itertools import pairwise
from typing import Any

from sympy import Piecewise, cos, floor, pi

from refmath.notation import hyper, slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND

peak = hyper("lr", "0.1", "[0, oo)", symbol="alpha_max", doc="the highest rate")
total = count("total", 100, "[2, oo)", symbol="T", doc="updates of the cycle")
pct = hyper("pct_start", "0.3", "(0, 1)", symbol="rho", doc="part of the cycle that rises")
pct_final = hyper("pct_final", "0.85", "(0, 1)", symbol="rho_f", doc="part until the last phase")
div = hyper("div_factor", "25", "(0, oo)", symbol="d", doc="peak over the rate at t = 0")
final_div = hyper("final_div_factor", "1e4", "(0, oo)", symbol="d_f",
                  doc="rate at t = 0 over the last")
low_momentum = hyper("base_momentum", "0.85", "[0, 1)", symbol="mu_min", doc="momentum at the peak")
high_momentum = hyper("max_momentum", "0.95", "[0, 1)", symbol="mu_max",
                      doc="momentum at both ends")
whole, up, down, stop, low, high, last = (
    slot(n) for n in ("whole", "up", "down", "stop", "low", "high", "last")
)


def _blend(a: Any, b: Any, begin: Any, finish: Any, shape: str) -> Any:
    """From a to b over the time from ``begin`` to ``finish``."""
    part = (t - begin) / (finish - begin)
    return a + (b - a) * (part if shape == "linear" else 1 - cos(pi * part)) / (
        1 if shape == "linear" else 2
    )


def _phases(shape: str, count_: str, held: bool) -> Any:
    """The phases one after another; the last goes on unless it is held."""
    levels = [(low, 0), (high, up), *([(low, down)] if count_ == "three" else []), (last, stop)]
    pieces: list[Any] = []
    for (a, begin), (b, finish) in pairwise(levels):
        ends = finish is not stop or held
        pieces.append((_blend(a, b, begin, finish, shape), t < finish if ends else True))
    return Piecewise(*pieces, *([(last, True)] if held else []))


_KNOTS = Axis("knots", {
    "minus_one": {up: pct * total - 1, down: 2 * pct * total - 2, stop: total - 1},
    "whole": {up: floor(pct * total), down: floor(pct_final * total), stop: total},
}, "the phases end at T*pct - 1 (and twice that) and T - 1; or at whole numbers, and T")
_PHASES = Axis("phases", {
    f"{shape}_{n}{'' if held else '_extrapolated'}": {whole: _phases(shape, n, held)}
    for held in (True, False) for shape in ("cos", "linear") for n in ("two", "three")
}, "the shape, the number of phases, and whether the last formula goes on after its end")
_LEVELS = Axis("final", {
    "of_start": {low: peak / div, high: peak, last: peak / div / final_div},
    "of_peak": {low: peak / div, high: peak, last: peak / final_div},
}, "the last rate divides the first, or the highest")

one_cycle = Schedule(
    name="one_cycle",
    title="One-cycle policy",
    source="Smith and Topin 2018, arXiv:1708.07120v3, section 3; PyTorch's parametrization",
    formula=whole,
    axes=(_PHASES, _KNOTS, _LEVELS),
    wrong=(
        Wrong("never_below_start", "the last rate is that at t = 0", {last: low}),
        Wrong("peak_late", "the rise takes the part of the fall", {pct: 1 - pct}),
        Wrong("div_ignored", "the cycle starts from 0", {low: 0}),
        *AHEAD_BEHIND,
    ),
)

one_cycle_momentum = Schedule(
    name="one_cycle_momentum",
    title="One-cycle policy, momentum",
    source="Smith 2018, arXiv:1803.09820v2, section 4.3 (momentum against the rate)",
    formula=whole,
    axes=(_PHASES, _KNOTS),
    parts={low: high_momentum, high: low_momentum, last: high_momentum},
    wrong=(
        Wrong("with_the_rate", "the momentum rises with the rate",
              {low: low_momentum, high: high_momentum, last: low_momentum}),
        *AHEAD_BEHIND,
    ),
)
