"""Adadelta: Zeiler 2012, Algorithm 1, with the learning rate that implementations add."""

from sympy import Abs, sqrt

from refmath.notation import grad, hyper, slot, state, t, temp
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
r = state("r", start=0, doc="average of squared gradients")
x = state("x", start=0, doc="average of squared directions")
d = temp("d", doc="direction")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "1", "[0, oo)", symbol="alpha", doc="learning rate (1 in the paper)")
rho = hyper("rho", "0.95", "[0, 1)", doc="decay of both averages")
eps = hyper("eps", "1e-6", "(0, oo)", symbol="epsilon", doc="starts the motion")

top, bottom, averaged = slot("top"), slot("bottom"), slot("averaged")
wd = decay(theta, g, alpha)
h = wd.h

adadelta = Rule(
    name="adadelta",
    title="Adadelta",
    source="Zeiler 2012, arXiv:1212.5701, Algorithm 1",
    summary=(
        "Divides the gradient by its decaying root mean square and multiplies it by that of past "
        "steps, so that no learning rate is needed."
    ),
    algorithm=(
        *wd.first,
        let(r[t], rho * r[t - 1] + (1 - rho) * h**2),
        let(d[t], top / bottom * h),
        let(x[t], rho * x[t - 1] + (1 - rho) * averaged**2),
        let(theta[t], wd.after * (wd.kept - alpha * d[t])),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("epsilon", {
            "inside": {top: sqrt(x[t - 1] + eps), bottom: sqrt(r[t] + eps)},
            "outside": {top: sqrt(x[t - 1]) + eps, bottom: sqrt(r[t]) + eps},
        }, "inside both roots, or beside them"),
        Axis("accumulate", {"direction": {averaged: d[t]}, "step": {averaged: alpha * d[t]}},
             "whether x averages the direction, or the step with the learning rate in it"),
        *wd.axes,
    ),
    wrong=(
        Variant("decay_multiplies_sum", "(rho*r + (1 - rho)) * g**2: a misplaced parenthesis",
                {r[t]: (rho * r[t - 1] + (1 - rho)) * h**2}),
        Variant("roots_exchanged", "the two roots are exchanged", {top: bottom, bottom: top}),
        Variant("direction_average_not_updated", "the average of directions is never updated",
                {x[t]: x[t - 1]}),
        Variant("direction_not_squared", "x averages |d|, not d**2",
                {x[t]: rho * x[t - 1] + (1 - rho) * Abs(averaged)}),
        Variant("gradient_not_squared", "r averages |g|, not g**2",
                {r[t]: rho * r[t - 1] + (1 - rho) * Abs(h)}),
        Variant("average_before_update", "the step divides by the average before this gradient",
                {bottom: sqrt(r[t - 1] + eps)}, {"epsilon": "inside"}),
        Variant("gradient_averaged_for_direction", "x averages g**2 like r",
                {x[t]: rho * x[t - 1] + (1 - rho) * h**2}),
        Variant("direction_after_update",
                "the step is evaluated again with the average of directions already updated",
                {theta[t]: wd.after * (
                    wd.kept - alpha * sqrt(x[t] + eps) / sqrt(r[t] + eps) * h)},
                {"epsilon": "inside"}),
        Variant("step_adds", "the step goes uphill",
                {theta[t]: wd.after * (wd.kept + alpha * d[t])}),
        Variant("decay_exchanged", "rho and 1 - rho are exchanged", {rho: 1 - rho}),
        *wd.wrong,
    ),
)
