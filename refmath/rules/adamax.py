"""AdaMax: Kingma and Ba 2015, Algorithm 2, with the epsilon that implementations add."""

from sympy import Abs, Eq, Max, Piecewise

from refmath.notation import grad, hyper, number, slot, state, t
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
m = state("m", start=0, doc="first moment")
u = state("u", start=0, doc="decaying maximum of |g|")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "2e-3", "[0, oo)", symbol="alpha", doc="learning rate")
beta1 = hyper("beta1", "0.9", "[0, 1)", doc="decay of the first moment")
beta2 = hyper("beta2", "0.999", "[0, 1)", doc="decay of the maximum")
eps = hyper("eps", "1e-8", "(0, oo)", symbol="epsilon", doc="keeps the denominator off zero")

size, bottom, c1 = slot("size"), slot("bottom"), slot("c1")
wd = decay(theta, g, alpha)
h = wd.h

adamax = Rule(
    name="adamax",
    title="AdaMax",
    source="Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 2 (with epsilon added)",
    summary=(
        "Steps along a decaying average of gradients, divided by a decaying maximum of their "
        "sizes."
    ),
    algorithm=(
        *wd.first,
        let(m[t], beta1 * m[t - 1] + (1 - beta1) * h),
        let(u[t], Max(beta2 * u[t - 1], size)),
        let(theta[t], wd.after * (wd.kept - alpha / c1 * m[t] / bottom)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("epsilon", {
            "division": {size: Abs(h), bottom: u[t] + eps},
            "maximum": {size: Abs(h) + eps, bottom: u[t]},
            "none": {size: Abs(h), bottom: u[t]},
            "tiny": {size: Abs(h), bottom: u[t] + number("1e-32")},
        }, "added to u when dividing, kept within the maximum, absent, or a tiny constant"),
        Axis("correct_first", {"yes": {c1: 1 - beta1**t}, "no": {c1: 1}}, "bias correction of m"),
        *wd.axes,
    ),
    wrong=(
        Variant("correction_without_power", "the correction lacks the power t",
                {c1: 1 - beta1}, {"correct_first": "yes"}),
        Variant("correction_multiplied", "m is multiplied by 1 - beta1**t, not divided",
                {c1: 1 / c1}, {"correct_first": "yes"}),
        Variant("maximum_not_decayed", "the maximum is never decayed",
                {u[t]: Max(u[t - 1], size)}),
        Variant("sum_for_maximum", "the maximum is a sum: beta2*u + |g|",
                {u[t]: beta2 * u[t - 1] + size}),
        Variant("gradient_squared", "the maximum is of g**2, not of |g|",
                {u[t]: Max(beta2 * u[t - 1], h**2)}, {"epsilon": "division|none"}),
        Variant("sign_lost", "the maximum is of g, not of |g|",
                {u[t]: Max(beta2 * u[t - 1], h)}, {"epsilon": "division|none"}),
        Variant("moment_before_update", "the step uses the first moment of the step before",
                {theta[t]: wd.after * (wd.kept - alpha / c1 * m[t - 1] / bottom)}),
        Variant("moment_starts_at_gradient", "the first moment starts at g, yet is corrected",
                {m[t]: Piecewise((h, Eq(t, 1)), (beta1 * m[t - 1] + (1 - beta1) * h, True))}),
        Variant("step_adds", "the step goes uphill",
                {theta[t]: wd.after * (wd.kept + alpha / c1 * m[t] / bottom)}),
        Variant("betas_swapped", "beta1 and beta2 are exchanged", {beta1: beta2, beta2: beta1}),
        *wd.wrong,
    ),
)
