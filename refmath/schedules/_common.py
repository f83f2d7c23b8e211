"""What several schedules share: the rates at both ends, warm-up, and the usual slips."""

from sympy import Max

from refmath.notation import hyper, slot
from refmath.schedule import Wrong, count, t

__all__ = ["AHEAD", "AHEAD_BEHIND", "BEHIND", "end", "end_fraction", "lr", "start", "total",
           "warmup", "whole"]

lr = hyper("lr", "0.1", "[0, oo)", symbol="alpha_0", doc="base learning rate")
end = hyper("end", "0", "[0, oo)", symbol="alpha_end", doc="rate at the end")
end_fraction = hyper(
    "end_fraction", "0", "[0, 1]", symbol="r_end", doc="rate at the end over the base rate"
)
start = hyper("start", "0", "[0, oo)", symbol="alpha_start", doc="rate at t = 0")
total = count("total", 100, "[1, oo)", symbol="T", doc="updates until the end is reached")
warmup = count("warmup", 5, "[0, oo)", symbol="W", doc="updates of warm-up")
whole = slot("whole")

AHEAD = Wrong("one_ahead", "one step ahead: update t has the rate of t + 1", {t: t + 1})
BEHIND = Wrong(
    "one_behind", "one step behind: update t has the rate of t - 1", {t: Max(t - 1, 0)}
)
AHEAD_BEHIND = (AHEAD, BEHIND)
"""Slips of the counter, which every schedule knows."""
