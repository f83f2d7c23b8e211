"""NAdam: Dozat 2016, Algorithm 2 with the momentum schedule of its section 3.

The schedule is mu_t = beta1 (1 - 0.96**(t psi) / 2), with psi = 0.004.
"""

from sympy import sqrt

from refmath.notation import grad, hyper, number, slot, state, t, temp
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
m = state("m", start=0, doc="first moment")
v = state("v", start=0, doc="second moment")
p = state("p", start=1, doc="product of the momenta so far")
mu, ahead = temp("mu", "momentum of this step"), temp("ahead", "momentum of the next step")
n, vhat = temp("n", "look-ahead first moment"), temp("vhat", "corrected second moment")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "2e-3", "[0, oo)", symbol="alpha", doc="learning rate")
beta1 = hyper("beta1", "0.9", "[0, 1)", doc="decay of the first moment")
beta2 = hyper("beta2", "0.999", "[0, 1)", doc="decay of the second moment")
eps = hyper("eps", "1e-8", "(0, oo)", symbol="epsilon", doc="keeps the denominator off zero")
eps_root = hyper("eps_root", "0", "[0, oo)", symbol="epsilon_r", doc="epsilon inside the root")
psi = hyper("momentum_decay", "4e-3", "[0, oo)", symbol="psi", doc="speed of the schedule")

product, now, then, look, second, direction, root = (
    slot(s) for s in ("product", "now", "then", "look", "second", "direction", "root")
)
wd = decay(theta, g, alpha)
h = wd.h
half, base = number("1/2"), number("0.96")

nadam = Rule(
    name="nadam",
    title="NAdam",
    source="Dozat 2016, Algorithm 2 and section 3",
    summary=(
        "Takes the step of Adam with a look-ahead on the first moment, as Nesterov does with the "
        "velocity."
    ),
    algorithm=(
        *wd.first,
        let(mu[t], now),
        let(ahead[t], then),
        let(p[t], product),
        let(m[t], beta1 * m[t - 1] + (1 - beta1) * h),
        let(v[t], beta2 * v[t - 1] + (1 - beta2) * h**2),
        let(n[t], look),
        let(vhat[t], second),
        let(theta[t], wd.after * (wd.kept - alpha * direction)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("momentum", {
            "schedule": {
                now: beta1 * (1 - half * base ** (t * psi)),
                then: beta1 * (1 - half * base ** ((t + 1) * psi)),
                product: p[t - 1] * mu[t],
                look: ahead[t] * m[t] / (1 - p[t] * ahead[t]) + (1 - mu[t]) * h / (1 - p[t]),
            },
            "schedule_fast": {
                now: beta1 * (1 - half * base**t),
                then: beta1 * (1 - half * base ** (t + 1)),
                product: p[t - 1] * mu[t],
                look: ahead[t] * m[t] / (1 - p[t] * ahead[t]) + (1 - mu[t]) * h / (1 - p[t]),
            },
            "constant": {
                now: None, then: None, product: None,
                look: beta1 * m[t] / (1 - beta1 ** (t + 1)) + (1 - beta1) * h / (1 - beta1**t),
            },
            "constant_same_power": {
                now: None, then: None, product: None,
                look: (beta1 * m[t] + (1 - beta1) * h) / (1 - beta1**t),
            },
        }, "Dozat's schedule of the momentum, the same without its factor psi, or the constant "
           "beta1 with powers t + 1 and t, or t"),
        Axis("correct_second", {
            "yes": {second: v[t] / (1 - beta2**t)},
            "decayed": {second: beta2 * v[t] / (1 - beta2**t)},
            "no": {second: v[t]},
        }, "bias correction of v, with a further factor beta2, or none"),
        Axis("epsilon", {
            "outside": {direction: n[t] / (sqrt(root) + eps)},
            "hat": {direction: n[t] / (sqrt(root) + eps / sqrt(1 - beta2**t))},
        }, "beside the corrected root, or beside the raw root (epsilon-hat)"),
        Axis("eps_root", {"no": {root: vhat[t]}, "yes": {root: vhat[t] + eps_root}},
             "a second epsilon inside the root"),
        *wd.axes,
    ),
    wrong=(
        Variant("product_not_updated", "the product of momenta stays at its first value",
                {product: beta1 * (1 - half * base**psi)}, {"momentum": "schedule"}),
        Variant("momenta_exchanged", "the momenta of this step and the next are exchanged",
                {now: then, then: now}, {"momentum": "schedule|schedule_fast"}),
        Variant("gradient_weight_uses_beta1", "the gradient is weighted by 1 - beta1",
                {look: ahead[t] * m[t] / (1 - p[t] * ahead[t]) + (1 - beta1) * h / (1 - p[t])},
                {"momentum": "schedule|schedule_fast"}),
        Variant("same_power", "both parts are corrected with the same product",
                {look: ahead[t] * m[t] / (1 - p[t]) + (1 - mu[t]) * h / (1 - p[t])},
                {"momentum": "schedule|schedule_fast"}),
        Variant("no_lookahead", "plain Adam with the schedule: nothing looks ahead",
                {look: m[t] / (1 - p[t])}, {"momentum": "schedule|schedule_fast"}),
        Variant("second_moment_not_squared", "the second moment averages |g|, not g**2",
                {v[t]: beta2 * v[t - 1] + (1 - beta2) * sqrt(h**2)}),
        Variant("second_correction_without_power",
                "the correction of the second moment lacks the power t",
                {second: v[t] / (1 - beta2)}, {"correct_second": "yes"}),
        Variant("no_root", "the square root of the second moment is missing",
                {direction: n[t] / (vhat[t] + eps)}, {"epsilon": "outside"}),
        Variant("epsilon_missing", "epsilon is missing", {direction: n[t] / sqrt(root)}),
        Variant("moment_before_update", "the look-ahead uses the moment of the step before",
                {look: ahead[t] * m[t - 1] / (1 - p[t] * ahead[t])
                 + (1 - mu[t]) * h / (1 - p[t])}, {"momentum": "schedule|schedule_fast"}),
        Variant("step_adds", "the step goes uphill", {direction: -direction}),
        Variant("betas_swapped", "beta1 and beta2 are exchanged", {beta1: beta2, beta2: beta1}),
        *wd.wrong,
    ),
)
