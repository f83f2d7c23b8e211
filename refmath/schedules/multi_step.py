"""Multi-step decay: a factor, or another value, at given updates."""

from sympy import Piecewise

from refmath.notation import hyper, slot, state
from refmath.rule import Axis
from refmath.schedule import (
    Recursion,
    Schedule,
    Wrong,
    entry,
    passed,
    passed_before,
    product,
    series,
    t,
)
from refmath.schedules._common import AHEAD, lr

gamma = hyper("gamma", "0.1", "(0, oo)", doc="factor at every milestone")
milestones = series("milestones", (30, 60), "[1, oo)", symbol="m", whole=True,
                    doc="updates at which the rate changes")
values = series("values", ("0.1", "0.01", "0.001"), "[0, oo)", symbol="v",
                longer_than="milestones", doc="the rates between the milestones")
scales = series("scales", ("0.1", "0.5"), "(0, oo)", symbol="f", longer_than=None,
                doc="a factor for every milestone")
drops, rate = slot("drops"), slot("rate")
eta = state("eta", start=lr)

multi_step = Schedule(
    name="multi_step",
    title="Multi-step decay",
    source="He, Zhang, Ren and Sun 2016, section 4.2 (divided by 10 at given updates)",
    formula=rate,
    recursion=Recursion((
        (eta[t], eta[t - 1] * gamma ** (passed(milestones, t) - passed(milestones, t - 1))),
    )),
    recursive_for={"values": "factor", "boundary": "at"},
    axes=(
        Axis("boundary", {
            "at": {drops: passed(milestones, t)},
            "after": {drops: passed_before(milestones, t)},
        }, "the update t = m itself has the new rate, or still the old one"),
        Axis("values", {
            "factor": {rate: lr * gamma**drops},
            "list": {rate: entry(values, drops)},
            "scales": {rate: lr * product(scales, drops)},
        }, "one factor for all milestones, a list of rates, or a factor for each"),
    ),
    wrong=(
        Wrong("twice_at_milestone",
              "at a milestone the factor is applied twice, for that update alone",
              {rate: lr * gamma ** (2 * drops - passed(milestones, t - 1))},
              {"values": "factor", "boundary": "at"}),
        Wrong("first_milestone_only", "only the first milestone counts",
              {rate: lr * Piecewise((gamma, drops > 0), (1, True))}, {"values": "factor"}),
        Wrong("never", "the rate never changes", {rate: lr}, {"values": "factor|scales"}),
        AHEAD,
    ),
)
