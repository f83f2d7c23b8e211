"""Exponential warm-up."""

from sympy import Piecewise, exp

from refmath.notation import hyper, slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, t
from refmath.schedules._common import lr

tau = hyper("tau", "1000", "(0, oo)", doc="updates after which 1 - 1/e of the rate is reached")
first = hyper("start", "1e-3", "(0, oo)", symbol="alpha_start", doc="rate at t = 0")
steps = count("warmup", 5, "[1, oo)", symbol="W", doc="updates of warm-up")
k, shape = slot("k"), slot("shape")

exponential_warmup = Schedule(
    name="exponential_warmup",
    title="Exponential warm-up",
    source="Ma and Yarats 2021, arXiv:1910.04209v3, section 5 (exponential warm-up, t from 1)",
    formula=shape,
    axes=(
        Axis("shape", {
            "saturating": {shape: lr * (1 - exp(-k / tau))},
            "geometric": {shape: Piecewise(
                (first * (lr / first) ** (k / steps), k < steps), (lr, True)
            )},
        }, "approaches the rate for ever, or grows by a factor until it is reached"),
        Axis("counter", {"from_one": {k: t + 1}, "from_zero": {k: t}},
             "the first update is already one step from the start, or at it"),
    ),
    wrong=(
        Wrong("one_ahead", "one step ahead: update t has the rate of t + 1", {t: t + 1}),
        Wrong("decays", "decays instead of growing", {shape: lr * exp(-k / tau)},
              {"shape": "saturating"}),
        Wrong("linear", "grows linearly", {
            shape: Piecewise((first + (lr - first) * k / steps, k < steps), (lr, True)),
        }, {"shape": "geometric"}),
    ),
)
