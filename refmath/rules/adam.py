"""Adam: Kingma and Ba 2015, Algorithm 1. AdamW and AMSGrad are its settings."""

from sympy import Eq, Max, Min, Piecewise, sqrt

from refmath.notation import grad, hyper, slot, state, t, temp
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
m0, v0 = slot("m0"), slot("v0")
m = state("m", start=m0, doc="first moment")
v = state("v", start=v0, doc="second moment")
vmax = state("vmax", start=v0, doc="largest second moment so far")
mhat, vhat = temp("mhat", "corrected first moment"), temp("vhat", "corrected second moment")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "1e-3", "[0, oo)", symbol="alpha", doc="learning rate")
beta1 = hyper("beta1", "0.9", "[0, 1)", doc="decay of the first moment")
beta2 = hyper("beta2", "0.999", "[0, 1)", doc="decay of the second moment")
eps = hyper("eps", "1e-8", "(0, oo)", symbol="epsilon", doc="keeps the denominator off zero")
eps_root = hyper("eps_root", "0", "[0, oo)", symbol="epsilon_r", doc="epsilon inside the root")

direction, root = slot("direction"), slot("root")
c1, c2, power1, power2 = slot("c1"), slot("c2"), slot("power1"), slot("power2")
largest, raw, second = slot("largest"), slot("raw"), slot("second")
wd = decay(theta, g, alpha)
h = wd.h


def _lagging(beta: object) -> Piecewise:
    return Piecewise((1, Eq(t, 1)), (1 - beta ** (t - 1), True))


adam = Rule(
    name="adam",
    title="Adam",
    source="Kingma and Ba 2015, arXiv:1412.6980v9, Algorithm 1",
    summary=(
        "Steps along a decaying average of gradients, divided by the root of a decaying average "
        "of their squares, both corrected for their start at 0."
    ),
    algorithm=(
        *wd.first,
        let(m[t], beta1 * m[t - 1] + (1 - beta1) * h),
        let(v[t], beta2 * v[t - 1] + (1 - beta2) * h**2),
        let(vmax[t], largest),
        let(mhat[t], m[t] / c1),
        let(vhat[t], second),
        let(theta[t], wd.after * (wd.kept - alpha * direction)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("epsilon", {
            "outside": {direction: mhat[t] / (sqrt(root) + eps)},
            "hat": {direction: sqrt(c2) / c1 * m[t] / (sqrt(raw) + eps)},
            "inside": {direction: mhat[t] / sqrt(root + eps)},
        }, "beside the corrected root, beside the raw root (epsilon-hat), or inside the root"),
        Axis("eps_root", {"no": {root: vhat[t]}, "yes": {root: vhat[t] + eps_root}},
             "a second epsilon inside the root"),
        Axis("amsgrad", {
            "no": {largest: None, raw: v[t], second: v[t] / c2},
            "raw": {largest: Max(vmax[t - 1], v[t]), raw: vmax[t], second: vmax[t] / c2},
            "corrected": {largest: Max(vmax[t - 1], v[t] / c2), raw: vmax[t], second: vmax[t]},
        }, "divide by the largest second moment so far, kept raw or corrected"),
        Axis("correct_first", {"yes": {c1: power1}, "no": {c1: 1}}, "bias correction of m"),
        Axis("correct_second", {"yes": {c2: power2}, "no": {c2: 1}}, "bias correction of v"),
        Axis("counter", {
            "from_one": {power1: 1 - beta1**t, power2: 1 - beta2**t},
            "lagging": {power1: _lagging(beta1), power2: _lagging(beta2)},
        }, "the power in the correction: t, or t - 1 with an uncorrected first step"),
        Axis("start", {"zero": {m0: 0, v0: 0}, "eps": {m0: eps, v0: eps}},
             "where the moments start"),
        *wd.axes,
    ),
    wrong=(
        Variant("correction_without_power",
                "both corrections lack the power t: 1 - beta instead of 1 - beta**t",
                {power1: 1 - beta1, power2: 1 - beta2},
                {"correct_first": "yes", "correct_second": "yes", "counter": "from_one"}),
        Variant("first_correction_without_power",
                "the correction of the first moment lacks the power t",
                {power1: 1 - beta1}, {"correct_first": "yes", "counter": "from_one"}),
        Variant("second_correction_without_power",
                "the correction of the second moment lacks the power t",
                {power2: 1 - beta2}, {"correct_second": "yes", "counter": "from_one"}),
        Variant("correction_multiplied", "the moments are multiplied by 1 - beta**t, not divided",
                {c1: 1 / power1, c2: 1 / power2},
                {"correct_first": "yes", "correct_second": "yes"}),
        Variant("correction_one_ahead", "the corrections use the power t + 1",
                {power1: 1 - beta1 ** (t + 1), power2: 1 - beta2 ** (t + 1)},
                {"correct_first": "yes", "correct_second": "yes", "counter": "from_one"}),
        Variant("moments_start_at_gradient",
                "the moments start at g and g**2 instead of 0, yet are corrected",
                {m[t]: Piecewise((h, Eq(t, 1)), (beta1 * m[t - 1] + (1 - beta1) * h, True)),
                 v[t]: Piecewise((h**2, Eq(t, 1)),
                                 (beta2 * v[t - 1] + (1 - beta2) * h**2, True))}),
        Variant("correction_stored", "the corrected moments overwrite the stored moments",
                {m[t]: (beta1 * m[t - 1] + (1 - beta1) * h) / power1,
                 v[t]: (beta2 * v[t - 1] + (1 - beta2) * h**2) / power2, c1: 1, c2: 1},
                {"correct_first": "yes", "correct_second": "yes"}),
        Variant("first_correction_stored",
                "the corrected first moment overwrites the stored first moment",
                {m[t]: (beta1 * m[t - 1] + (1 - beta1) * h) / power1, c1: 1},
                {"correct_first": "yes"}),
        Variant("second_moment_not_squared", "the second moment averages |g|, not g**2",
                {v[t]: beta2 * v[t - 1] + (1 - beta2) * sqrt(h**2)}),
        Variant("betas_swapped", "beta1 and beta2 are exchanged", {beta1: beta2, beta2: beta1}),
        Variant("betas_exchange_roles",
                "beta and 1 - beta are exchanged in both moments",
                {m[t]: (1 - beta1) * m[t - 1] + beta1 * h,
                 v[t]: (1 - beta2) * v[t - 1] + beta2 * h**2}),
        Variant("no_root", "the square root of the second moment is missing",
                {direction: mhat[t] / (vhat[t] + eps)}, {"epsilon": "outside"}),
        Variant("epsilon_missing", "epsilon is missing", {direction: mhat[t] / sqrt(root)},
                {"epsilon": "outside|inside"}),
        Variant("moments_before_update", "the step uses the moments of the step before",
                {mhat[t]: m[t - 1] / c1, second: v[t - 1] / c2}, {"amsgrad": "no"}),
        Variant("step_adds", "the step goes uphill", {direction: -direction}),
        Variant("maximum_not_stored", "the largest second moment is compared but never stored",
                {vmax[t]: vmax[t - 1], raw: Max(vmax[t - 1], v[t]),
                 second: Max(vmax[t - 1], v[t]) / c2}, {"amsgrad": "raw"}),
        Variant("minimum_for_maximum", "the smallest second moment is kept, not the largest",
                {largest: Min(vmax[t - 1], v[t])}, {"amsgrad": "raw"}),
        *wd.wrong,
    ),
)

adamw = adam.derive(
    "adamw", "AdamW", "Loshchilov and Hutter 2019, arXiv:1711.05101v3, Algorithm 2",
    summary="Takes the step of Adam and, apart from it, shrinks every parameter by the learning "
            "rate times the weight decay.",
    defaults={"weight_decay": "1e-2"}, weight_decay="decoupled",
)

amsgrad = adam.derive(
    "amsgrad", "AMSGrad", "Reddi, Kale and Kumar 2018, Algorithm 2 (with epsilon added)",
    summary="Takes the step of Adam with the largest second moment so far, so that the divisor "
            "never shrinks.",
    amsgrad="raw", correct_first="no", correct_second="no",
)
