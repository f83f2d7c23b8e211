"""Exponential decay: a factor for every update, or for every n of them."""

from sympy import Max, Min, Piecewise, exp, floor

from refmath.notation import hyper, slot, state
from refmath.rule import Axis
from refmath.schedule import Recursion, Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND, lr, start, warmup, whole

gamma = hyper("gamma", "0.95", "(0, oo)", doc="factor for every n updates")
steps = count("decay_steps", 1, "[1, oo)", symbol="n", doc="updates for one factor")
begin = count("begin", 0, "[0, oo)", symbol="B", doc="updates before the decay begins")
bound = hyper("end", "0", "[0, oo)", symbol="alpha_end", doc="the rate goes no further than this")
start_factor = hyper("start_factor", "1/3", "(0, 1]", symbol="f", doc="factor at t = 0")
elapsed, exponent, power, limited = (
    slot("elapsed"), slot("exponent"), slot("power"), slot("limited")
)
k = slot("k")
eta = state("eta", start=lr)
_after = Piecewise((start + (lr - start) * t / warmup, t < warmup), (limited, True))
_factor = Piecewise((start_factor + (1 - start_factor) * t / warmup, t < warmup), (1, True))

exponential = Schedule(
    name="exponential",
    title="Exponential decay",
    source="Abadi et al. 2015 (TensorFlow), exponential_decay: alpha_0 * gamma**(t/n)",
    formula=whole,
    recursion=Recursion(((eta[t], eta[t - 1] * gamma ** (1 / steps)),)),
    recursive_for={"staircase": "no", "begin": "no", "end": "none", "warmup": "none"},
    axes=(
        Axis("staircase", {
            "no": {exponent: elapsed / steps},
            "yes": {exponent: floor(elapsed / steps)},
        }, "whether only whole intervals of n updates count"),
        Axis("begin", {
            "no": {elapsed: k},
            "yes": {elapsed: Max(k - begin, 0)},
        }, "the decay begins after some updates"),
        Axis("end", {
            "none": {limited: lr * gamma**exponent},
            "bound": {limited: Piecewise(
                (Max(lr * gamma**exponent, bound), gamma < 1),
                (Min(lr * gamma**exponent, bound), True),
            )},
        }, "a bound below for decay, above for growth"),
        Axis("warmup", {
            "none": {whole: limited, k: t},
            "before": {whole: _after, k: t - warmup},
            "times": {whole: _factor * limited, k: t},
        }, "linear warm-up before the decay, or as a factor on it"),
    ),
    wrong=(
        Wrong("factor_as_rate", "decays by 1 - gamma*t/n instead of gamma**(t/n)",
              {limited: lr * (1 - gamma * exponent)}, {"end": "none", "warmup": "none"}),
        Wrong("natural_exponential", "gamma is taken as the rate of a natural exponential",
              {limited: lr * exp(-gamma * exponent)}, {"end": "none"}),
        Wrong("steps_ignored", "the factor is applied at every update, whatever n is",
              {exponent: elapsed}, {"staircase": "no"}),
        Wrong("factor_lost_at_start", "at t = 0 the base rate overwrites the warm-up's factor",
              {whole: Piecewise((lr, t < 1), (_factor * limited, True))},
              {"warmup": "times"}),
        *AHEAD_BEHIND,
    ),
)
