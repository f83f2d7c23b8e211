"""Cosine annealing."""

from typing import Any

from sympy import Eq, Max, Piecewise, cos, floor, pi

from refmath.notation import hyper, slot, state
from refmath.rule import Axis
from refmath.schedule import Recursion, Schedule, Wrong, t
from refmath.schedules._common import (
    AHEAD_BEHIND,
    end,
    end_fraction,
    lr,
    start,
    total,
    warmup,
    whole,
)

power = hyper("power", "1", "(0, oo)", symbol="p", doc="power of the cosine's half wave")
after, bottom, fall, k, n, x = (
    slot("after"), slot("bottom"), slot("fall"), slot("k"), slot("n"), slot("x")
)
eta = state("eta", start=lr)
_power = ((1 + cos(pi * x)) / 2) ** power
_rise = Piecewise((start + (lr - start) * t / warmup, t < warmup), (after, True))


def _ratio(a: Any, b: Any) -> Any:
    return (1 + cos(pi * a / total)) / (1 + cos(pi * b / total))


_turned = Eq(t - 1 - total - 2 * total * floor((t - 1 - total) / (2 * total)), 0)

cosine = Schedule(
    name="cosine",
    title="Cosine annealing",
    source="Loshchilov and Hutter 2017, arXiv:1608.03983v5, equation 5, within one run",
    formula=whole,
    recursion=Recursion(((eta[t], Piecewise(
        (eta[t - 1] + (lr - end) * (1 - cos(pi / total)) / 2, _turned),
        (end + (eta[t - 1] - end) * _ratio(t, t - 1), True),
    )),)),
    recursive_for={"after": "rise", "warmup": "none", "power": "no", "final": "absolute"},
    axes=(
        Axis("after", {
            "hold": {after: Piecewise((bottom + fall, k < n), (bottom, True))},
            "rise": {after: bottom + fall},
        }, "after the end: stay there, or follow the cosine up again"),
        Axis("final", {
            "absolute": {bottom: end}, "fraction": {bottom: end_fraction * lr},
        }, "the end is a rate, or a fraction of the base rate"),
        Axis("power", {
            "no": {fall: (lr - bottom) * (1 + cos(pi * x)) / 2, x: k / n},
            "yes": {fall: (lr - bottom) * _power, x: k / n},
        }, "a power of the half wave"),
        Axis("warmup", {
            "none": {whole: after, k: t, n: total},
            "outside": {whole: _rise, k: t - warmup, n: total},
            "inside": {whole: _rise, k: t - warmup, n: total - warmup},
        }, "linear warm-up first; its updates add to the total, or are part of it"),
    ),
    wrong=(
        Wrong("whole_division", "k/T is a division of whole numbers", {x: floor(k / n)},
              {"after": "rise"}),
        Wrong("whole_wave", "the cosine runs through a whole period", {x: 2 * k / n}),
        Wrong("quarter_wave", "the cosine runs through a quarter of a period", {x: k / (2 * n)}),
        Wrong("no_half", "the factor 1/2 is missing", {fall: 2 * fall}),
        Wrong("pi_missing", "pi is missing", {x: x / pi}),
        Wrong("total_minus_one", "the end is reached one update early", {n: Max(total - 1, 1)},
              {"warmup": "none"}),
        Wrong("warmup_counted_again", "the updates of warm-up are counted again after it",
              {k: t}, {"warmup": "outside"}),
        Wrong("end_added", "the end is added instead of reached",
              {fall: lr * (1 + cos(pi * x)) / 2}, {"power": "no"}),
        *AHEAD_BEHIND,
    ),
    requires=(warmup < total,),
)
