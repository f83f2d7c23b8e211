"""Cosine annealing with warm restarts (SGDR)."""

from sympy import Max, Piecewise, cos, floor, log, pi

from refmath.notation import hyper, slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, cycle, t
from refmath.schedules._common import AHEAD_BEHIND, end, end_fraction, lr

first = count("first", 10, "[1, oo)", symbol="T_0", doc="updates of the first cycle")
mult = hyper("mult", "1", "[1, oo)", symbol="q", doc="each cycle is so many times as long")
shrink = hyper("shrink", "1", "(0, 1]", symbol="m", doc="each cycle begins so many times as high")
bottom, i, x, done, height = (
    slot("bottom"), slot("i"), slot("x"), slot("done"), slot("height")
)
_sum = Piecewise((i, mult <= 1), ((mult**i - 1) / (mult - 1), True))
_log = Piecewise(
    (floor(t / first), mult <= 1),
    (floor(log(1 + t / first * (mult - 1)) / log(mult)), True),
)

cosine_restarts = Schedule(
    name="cosine_restarts",
    title="Cosine annealing with warm restarts",
    source="Loshchilov and Hutter 2017, arXiv:1608.03983v5, equation 5",
    formula=bottom + (lr - bottom) * height * (1 + cos(pi * x)) / 2,
    axes=(
        Axis("final", {
            "absolute": {bottom: end}, "fraction": {bottom: end_fraction * lr},
        }, "the end is a rate, or a fraction of the base rate"),
        Axis("last", {
            "left_out": {x: (t - first * done) / (first * mult**i)},
            "reached": {x: (t - first * done) / Max(first * mult**i - 1, 1)},
        }, "the last update of a cycle is one short of the end, or at it"),
        Axis("height", {"same": {height: 1}, "shrinks": {height: shrink**i}},
             "whether later cycles begin lower"),
        Axis("restart", {
            "counted": {i: cycle(t, first, mult), done: _sum},
            "logarithm": {i: _log, done: _sum},
        }, "the number of restarts is counted, or computed by a logarithm and rounded down"),
    ),
    wrong=(
        Wrong("no_restart", "there is no restart", {x: t / first},
              {"last": "left_out"}),
        Wrong("length_not_multiplied", "later cycles have the length of the first",
              {mult: 1}),
        Wrong("restart_one_late", "the restart is one update late",
              {i: cycle(t - 1, first, mult)}, {"restart": "counted"}),
        Wrong("measured_from_zero", "the time since the restart is measured from t = 0",
              {x: t / (first * mult**i)}, {"last": "left_out"}),
        Wrong("whole_wave", "the cosine runs through a whole period", {x: 2 * x}),
        *AHEAD_BEHIND,
    ),
)
