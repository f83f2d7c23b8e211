"""Warm-up, a constant rate, and a linear decay (WSD)."""

from sympy import Piecewise

from refmath.notation import slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND, lr, warmup

stable = count("stable", 50, "[0, oo)", symbol="S", doc="updates at the base rate")
decay = count("decay", 20, "[0, oo)", symbol="D", doc="updates of the decay")
k, n, span = slot("k"), slot("n"), slot("span")
_since = t - warmup - stable

warmup_stable_decay = Schedule(
    name="warmup_stable_decay",
    title="Warm-up, stable, decay",
    source="Hu et al. 2024 (MiniCPM), arXiv:2404.06395v3, section 4.2, with a linear decay to 0",
    formula=Piecewise(
        (lr * k / n, t < warmup),
        (lr, t < warmup + stable),
        (lr * (1 - _since / span), t < warmup + stable + decay),
        (0, True),
    ),
    axes=(
        Axis("counter", {
            "from_one": {k: t + 1, n: warmup + 1}, "from_zero": {k: t, n: warmup},
        }, "the first update is already one step from 0, and W + 1 reach the rate; or it is at 0"),
    ),
    parts={span: decay},
    wrong=(
        Wrong("no_stable", "the decay begins at once", {stable: 0}),
        Wrong("decay_of_all", "the decay is divided by all updates before it, too",
              {span: warmup + stable + decay}),
        *AHEAD_BEHIND,
    ),
)
