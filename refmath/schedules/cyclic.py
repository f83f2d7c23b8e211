"""Cyclical learning rates."""

from sympy import Piecewise, floor

from refmath.notation import hyper, slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND, lr

peak = hyper("max_lr", "1", "[0, oo)", symbol="alpha_max", doc="the highest rate")
up = count("up", 2000, "[1, oo)", symbol="n_up", doc="updates of a rise")
down = count("down", 2000, "[1, oo)", symbol="n_down", doc="updates of a fall")
gamma = hyper("gamma", "1", "(0, 1]", doc="factor on the height for every update")
scale, s = slot("scale"), slot("s")
_cycle = floor(t / (up + down))
_since = t - (up + down) * _cycle
_part = 1 + t / (up + down) - floor(1 + t / (up + down))
_rise = up / (up + down)

cyclic = Schedule(
    name="cyclic",
    title="Cyclical learning rate",
    source="Smith 2017, arXiv:1506.01186v6, section 3.1",
    formula=lr + (peak - lr) * s * scale,
    axes=(
        Axis("scale", {
            "triangular": {scale: 1},
            "triangular2": {scale: 2 ** (-_cycle)},
            "exp_range": {scale: gamma**t},
        }, "cycles of equal height, each of half the height, or falling with every update"),
        Axis("phase", {
            "counted": {
                s: Piecewise((_since / up, _since <= up), ((up + down - _since) / down, True)),
            },
            "fraction": {
                s: Piecewise((_part / _rise, _part <= _rise), ((1 - _part) / (1 - _rise), True)),
            },
        }, "the place in the cycle is counted in updates, or a fraction of the cycle"),
    ),
    wrong=(
        Wrong("no_fall", "a saw tooth: no fall between two rises", {s: _since / (up + down)}),
        Wrong("halves_at_once", "the first cycle is halved already", {scale: scale / 2},
              {"scale": "triangular2"}),
        Wrong("falls_by_cycle", "the height falls with every cycle, not with every update",
              {scale: gamma**_cycle}, {"scale": "exp_range"}),
        *AHEAD_BEHIND,
    ),
)
