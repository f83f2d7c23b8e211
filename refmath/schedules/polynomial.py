"""Polynomial decay; with power 1 the linear one."""

from typing import Any

from sympy import Eq, Max, Piecewise, ceiling

from refmath.notation import hyper, slot, state
from refmath.rule import Axis
from refmath.schedule import Recursion, Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND, end, lr, start, total, warmup, whole

power = hyper("power", "1", "(0, oo)", symbol="p", doc="power of the decay")
begin = count("begin", 0, "[0, oo)", symbol="B", doc="updates before the decay begins")
elapsed, after, k, n = slot("elapsed"), slot("after"), slot("k"), slot("n")
eta = state("eta", start=lr)


def left(x: Any, y: Any) -> Any:
    """The rate after x of y updates."""
    return end + (lr - end) * (1 - x / y) ** power


_rise = start + (lr - start) * t / warmup
_turns = n * Piecewise((1, Eq(elapsed, 0)), (ceiling(elapsed / n), True))

polynomial = Schedule(
    name="polynomial",
    title="Polynomial decay",
    source="Chen et al. 2018 (DeepLab), equation 2 of arXiv:1606.00915v2; TensorFlow's "
           "polynomial_decay for the end",
    formula=whole,
    axes=(
        Axis("after", {
            "hold": {after: Piecewise((left(elapsed, n), elapsed < n), (end, True))},
            "cycle": {after: left(elapsed, _turns)},
        }, "after the end: stay there, or begin again with a longer total"),
        Axis("begin", {"no": {elapsed: k}, "yes": {elapsed: Max(k - begin, 0)}},
             "the decay begins after some updates"),
        Axis("warmup", {
            "none": {whole: after, k: t, n: total},
            "outside": {whole: Piecewise((_rise, t < warmup), (after, True)), k: t - warmup,
                        n: total},
            "inside": {whole: Piecewise((_rise, t < warmup), (after, True)), k: t - warmup,
                       n: total - warmup},
        }, "linear warm-up first; its updates add to the total, or are part of it"),
    ),
    wrong=(
        Wrong("compounds", "every rate is computed from the one before instead of the base rate",
              recursion=Recursion(((eta[t], Piecewise(
                  (end + (eta[t - 1] - end) * (1 - t / total) ** power, t < total),
                  (end, True))),)), needs={"warmup": "none", "begin": "no", "after": "hold"}),
        Wrong("divides_by_all", "the updates of warm-up count below, not above the line", {
            after: Piecewise(
                (end + (lr - end) * (1 - elapsed / total) ** power, elapsed < n), (end, True)
            ),
        }, {"warmup": "inside", "after": "hold"}),
        Wrong("no_power", "the power is missing", {power: 1}),
        Wrong("end_added", "the end is added instead of reached", {
            after: Piecewise((end + lr * (1 - elapsed / n) ** power, elapsed < n), (end, True)),
        }, {"after": "hold"}),
        Wrong("total_minus_one", "the end is reached one update early", {n: Max(total - 1, 1)},
              {"warmup": "none", "after": "hold"}),
        *AHEAD_BEHIND,
    ),
    requires=(warmup < total,),
)
