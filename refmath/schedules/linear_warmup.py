"""Linear warm-up."""

from sympy import Piecewise

from refmath.notation import hyper, slot, state
from refmath.rule import Axis
from refmath.schedule import Recursion, Schedule, Wrong, t
from refmath.schedules._common import BEHIND, lr, start, warmup

start_factor = hyper("start_factor", "1/3", "(0, 1]", symbol="f_start", doc="factor at t = 0")
end_factor = hyper("end_factor", "1", "[0, 1]", symbol="f_end", doc="factor after warm-up")
first, last, k = slot("first"), slot("last"), slot("k")
eta = state("eta", start=Piecewise((start_factor * lr, warmup > 0), (end_factor * lr, True)))
_grown = (end_factor - start_factor) / (
    warmup * start_factor + (t - 1) * (end_factor - start_factor)
)

linear_warmup = Schedule(
    name="linear_warmup",
    title="Linear warm-up",
    source="Goyal et al. 2017, arXiv:1706.02677v2, section 2.2 (gradual warm-up)",
    formula=Piecewise((first + (last - first) * k / warmup, k < warmup), (last, True)),
    recursion=Recursion((
        (eta[t], Piecewise((eta[t - 1], t > warmup), (eta[t - 1] * (1 + _grown), True))),
    )),
    recursive_for={"start": "factor", "end": "factor", "counter": "from_zero"},
    axes=(
        Axis("start", {"value": {first: start}, "factor": {first: start_factor * lr}},
             "the start is a rate, or a factor on the base rate"),
        Axis("end", {"rate": {last: lr}, "factor": {last: end_factor * lr}},
             "the end is the base rate, or a factor on it"),
        Axis("counter", {"from_zero": {k: t}, "from_one": {k: t + 1}},
             "the first update is at the start, or already one step from it"),
    ),
    wrong=(
        Wrong("start_ignored", "the start is 0, whatever was asked for", {first: 0}),
        Wrong("start_added", "the start is added, so that the end is overshot",
              {last: last + first}),
        Wrong("one_longer", "warm-up lasts one update longer", {warmup: warmup + 1}),
        BEHIND,
    ),
)
