"""Inverse time decay: Robbins and Monro's rate, with a power."""

from sympy import floor

from refmath.notation import hyper, slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND, lr

rate = hyper("rate", "1", "[0, oo)", symbol="r", doc="decay for n updates")
steps = count("decay_steps", 1, "[1, oo)", symbol="n", doc="updates for one rate")
power = hyper("power", "1", "[0, oo)", symbol="p", doc="power of the decay")
elapsed = slot("elapsed")

inverse_time = Schedule(
    name="inverse_time",
    title="Inverse time decay",
    source="Robbins and Monro 1951, section 2; with a power: Polyak and Juditsky 1992",
    formula=lr / (1 + rate * elapsed) ** power,
    axes=(
        Axis("staircase", {"no": {elapsed: t / steps}, "yes": {elapsed: floor(t / steps)}},
             "whether only whole intervals of n updates count"),
    ),
    wrong=(
        Wrong("root_for_power", "the power is halved", {power: power / 2}),
        *AHEAD_BEHIND,
    ),
)
