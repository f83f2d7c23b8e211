"""Reduce the rate when a metric stops improving: a recurrence over metrics."""

from typing import Any

from sympy import Abs, And, Eq, Max, Min, Piecewise

from refmath.notation import hyper, slot, state, temp
from refmath.rule import Axis
from refmath.schedule import Recursion, Schedule, Wrong, count, metric, t
from refmath.schedules._common import lr

factor = hyper("factor", "0.1", "(0, 1)", symbol="f", doc="factor of a reduction")
patience = count("patience", 10, "[0, oo)", symbol="P", doc="epochs without improvement")
threshold = hyper("threshold", "1e-4", "[0, 1)", symbol="delta", doc="least improvement")
cooldown = count("cooldown", 0, "[0, oo)", symbol="C", doc="epochs of rest after a reduction")
floor = hyper("min_lr", "0", "[0, oo)", symbol="alpha_min", doc="the rate goes no lower")
eps = hyper("eps", "1e-8", "[0, oo)", symbol="epsilon", doc="a smaller reduction is not made")

seen = state("seen", start=0, doc="1 after the first epoch")
best = state("best", start=0, doc="best metric so far")
bad = state("bad", start=0, doc="epochs without improvement")
rest = state("rest", start=0, doc="epochs of rest that are left, if above 0")
eta = state("eta", start=lr, doc="rate")
better, cooled, waited, due, lower = (
    temp("better"), temp("cooled"), temp("waited"), temp("due"), temp("lower")
)
gain, idle, late, moved, ready = (slot(x) for x in ("gain", "idle", "late", "moved", "ready"))
_rests = rest[t - 1] > 0


def _flag(cond: Any) -> Any:
    return Piecewise((1, cond), (0, True))


reduce_on_plateau = Schedule(
    name="reduce_on_plateau",
    title="Reduce on plateau",
    source="PyTorch's ReduceLROnPlateau and Keras's callback of that name; no paper defines it",
    formula=None,
    recursion=Recursion((
        (seen[t], 1),
        (better[t], Piecewise((1, Eq(seen[t - 1], 0)), (gain, True))),
        (best[t], Piecewise((metric, better[t] > 0), (best[t - 1], True))),
        (cooled[t], rest[t - 1] - 1),
        (waited[t], Piecewise((0, better[t] > 0), (idle, True))),
        (due[t], late),
        (lower[t], Max(factor * eta[t - 1], floor)),
        (eta[t], Piecewise((moved, due[t] > 0), (eta[t - 1], True))),
        (rest[t], Piecewise((cooldown, due[t] > 0), (cooled[t], True))),
        (bad[t], Piecewise((0, due[t] > 0), (waited[t], True))),
    )),
    axes=(
        Axis("mode", {
            "min": {ready: best[t - 1] - metric}, "max": {ready: metric - best[t - 1]},
        }, "whether less is better, or more", intent=True),
        Axis("threshold", {
            "relative": {gain: _flag(ready > threshold * best[t - 1])},
            "absolute": {gain: _flag(ready > threshold)},
            "relative_size": {gain: _flag(ready > threshold * Abs(best[t - 1]))},
        }, "the least improvement: times the best metric, absolute, or times the best's size"),
        Axis("patience", {
            "exceeded": {late: _flag(waited[t] > patience)},
            "reached": {late: _flag(And(waited[t] >= patience, waited[t] > 0))},
        }, "reduced after more than P epochs without improvement, or after P of them"),
        Axis("cooldown", {
            "all_rest": {idle: Piecewise((0, _rests), (bad[t - 1] + 1, True))},
            "last_counts": {idle: Piecewise((0, cooled[t] > 0), (1, _rests),
                                            (bad[t - 1] + 1, True))},
        }, "no epoch of the rest counts as bad, or its last one does"),
        Axis("least", {
            "eps": {moved: Piecewise((lower[t], eta[t - 1] - lower[t] > eps), (eta[t - 1], True))},
            "none": {moved: Min(lower[t], eta[t - 1])},
        }, "a reduction by no more than epsilon is not made, or every one is"),
    ),
    wrong=(
        Wrong("patience_ignored", "patience is ignored: every epoch without improvement reduces",
              {late: _flag(waited[t] > 0)}),
        Wrong("count_kept", "the count of bad epochs is kept after a reduction",
              {bad[t]: waited[t]}),
        Wrong("count_not_reset", "an improvement does not reset the count of bad epochs",
              {waited[t]: Piecewise((bad[t - 1], better[t] > 0), (idle, True))}),
        Wrong("best_is_last", "the metric is held against the last one, not the best",
              {best[t]: metric}),
        Wrong("best_is_first", "the best metric stays the first",
              {best[t]: Piecewise((metric, Eq(seen[t - 1], 0)), (best[t - 1], True))}),
        Wrong("cooldown_ignored", "there is no rest after a reduction", {rest[t]: 0}),
        Wrong("threshold_ignored", "any improvement counts, however small",
              {gain: _flag(ready > 0)}),
        Wrong("no_floor", "the lowest rate is ignored", {floor: 0}),
    ),
)
