"""RMSProp: Tieleman and Hinton 2012; Goodfellow et al. 2016, Algorithm 8.5."""

from sympy import Abs, Eq, Max, Piecewise, sqrt

from refmath.notation import grad, hyper, slot, state, t, temp
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
r0 = slot("r0")
r = state("r", start=r0, doc="average of squared gradients")
c = state("c", start=0, doc="average of gradients")
b = state("b", start=0, doc="velocity")
q = temp("q", doc="what is divided by, before the root")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "1e-3", "[0, oo)", symbol="alpha", doc="learning rate")
rho = hyper("rho", "0.9", "[0, 1)", doc="decay of the average")
eps = hyper("eps", "1e-6", "(0, oo)", symbol="epsilon", doc="keeps the denominator off zero")
mu = hyper("momentum", "0.9", "[0, 1)", symbol="mu", doc="momentum")
start = hyper("initial_accumulator", "0", "[0, oo)", symbol="r_0", doc="start of the average")

mean, variance, corrected = (
    slot(n) for n in ("mean", "variance", "corrected")
)
direction, velocity, fresh, scale, moved = (
    slot(n) for n in ("direction", "velocity", "fresh", "scale", "moved")
)
wd = decay(theta, g, alpha)
h = wd.h

rmsprop = Rule(
    name="rmsprop",
    title="RMSProp",
    source="Tieleman and Hinton 2012; Goodfellow, Bengio and Courville 2016, Algorithm 8.5",
    summary=(
        "Divides each coordinate of the gradient by the root of a decaying average of its "
        "squares."
    ),
    algorithm=(
        *wd.first,
        let(r[t], rho * r[t - 1] + (1 - rho) * h**2),
        let(c[t], mean),
        let(q[t], variance),
        let(b[t], velocity),
        let(theta[t], wd.after * (wd.kept - moved)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("epsilon", {
            "inside": {direction: h / sqrt(q[t] + eps)},
            "outside": {direction: h / (sqrt(q[t]) + eps)},
        }, "inside the root, or beside it"),
        Axis("centered", {
            "no": {mean: None, variance: r[t] / corrected},
            "yes": {mean: rho * c[t - 1] + (1 - rho) * h,
                    variance: Max(r[t] / corrected - (c[t] / corrected) ** 2, 0)},
            "unclamped": {mean: rho * c[t - 1] + (1 - rho) * h,
                          variance: r[t] / corrected - (c[t] / corrected) ** 2},
        }, "divide by the variance: kept at 0 or above, or NaN where rounding makes it negative"),
        Axis("bias_correction", {"no": {corrected: 1}, "yes": {corrected: 1 - rho**t}},
             "whether the averages are corrected for their start"),
        Axis("rate", {
            "inside": {fresh: alpha * direction, scale: 1},
            "outside": {fresh: direction, scale: alpha},
        }, "the learning rate is kept in the velocity, or multiplies it"),
        Axis("momentum", {
            "no": {velocity: None, moved: alpha * direction},
            "yes": {velocity: mu * b[t - 1] + fresh, moved: scale * b[t]},
            "nesterov": {velocity: mu * b[t - 1] + fresh,
                         moved: scale * (mu * b[t] + fresh)},
        }, "none, heavy ball, or Nesterov's shifted form"),
        Axis("start", {
            "zero": {r0: 0}, "one": {r0: 1}, "eps": {r0: eps}, "value": {r0: start},
        }, "where the average starts"),
        *wd.axes,
    ),
    wrong=(
        Variant("decay_exchanged", "rho and 1 - rho are exchanged",
                {r[t]: (1 - rho) * r[t - 1] + rho * h**2}),
        Variant("gradient_not_squared", "the average is of |g|, not of g**2",
                {r[t]: rho * r[t - 1] + (1 - rho) * Abs(h)}),
        Variant("sum_not_average", "the factor 1 - rho is missing",
                {r[t]: rho * r[t - 1] + h**2}),
        Variant("average_before_update", "the step divides by the average before this gradient",
                {variance: r[t - 1]}, {"centered": "no", "bias_correction": "no"}),
        Variant("average_starts_at_gradient", "the average starts at g**2",
                {r[t]: Piecewise((h**2, Eq(t, 1)), (rho * r[t - 1] + (1 - rho) * h**2, True))}),
        Variant("no_root", "the square root is missing", {direction: h / (q[t] + eps)}),
        Variant("epsilon_missing", "epsilon is missing", {direction: h / sqrt(q[t])}),
        Variant("mean_not_squared", "the mean is subtracted, not its square",
                {variance: Max(r[t] / corrected - Abs(c[t]) / corrected, 0)},
                {"centered": "yes"}),
        Variant("variance_adds", "the squared mean is added, not subtracted",
                {variance: r[t] / corrected + (c[t] / corrected) ** 2},
                {"centered": "yes|unclamped"}),
        Variant("step_adds", "the step goes uphill", {direction: -direction}),
        Variant("velocity_reset", "the velocity is set to zero at every step",
                {velocity: fresh}, {"momentum": "yes|nesterov"}),
        *wd.wrong,
    ),
)
