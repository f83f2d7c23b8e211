"""AdaGrad: Duchi, Hazan and Singer 2011; Goodfellow et al. 2016, Algorithm 8.4."""

from sympy import Abs, Eq, Piecewise, sqrt

from refmath.notation import grad, hyper, number, slot, state, t
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
r0 = slot("r0")
r = state("r", start=r0, doc="sum of squared gradients")
b = state("b", start=0, doc="average of the directions")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "1e-2", "[0, oo)", symbol="alpha", doc="learning rate")
eps = hyper("eps", "1e-7", "(0, oo)", symbol="epsilon", doc="keeps the denominator off zero")
start = hyper("initial_accumulator", "0", "[0, oo)", symbol="r_0", doc="start of the sum")
lr_decay = hyper("lr_decay", "0", "[0, oo)", symbol="gamma", doc="decay of the learning rate")
mu = hyper("momentum", "0.9", "[0, 1)", symbol="mu", doc="decay of the average of directions")

rate, direction, guarded, moved, average = (
    slot(n) for n in ("rate", "direction", "guarded", "moved", "average")
)
wd = decay(theta, g, alpha)
h = wd.h

adagrad = Rule(
    name="adagrad",
    title="AdaGrad",
    source="Duchi, Hazan and Singer 2011; Goodfellow, Bengio and Courville 2016, Algorithm 8.4",
    summary=(
        "Divides each coordinate of the step by the root of the sum of all its squared gradients "
        "so far."
    ),
    algorithm=(
        *wd.first,
        let(r[t], r[t - 1] + h**2),
        let(b[t], average),
        let(theta[t], wd.after * (wd.kept - rate * moved)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("epsilon", {
            "outside": {direction: h / (sqrt(r[t]) + eps)},
            "inside": {direction: h / sqrt(r[t] + eps)},
            "none": {direction: h / sqrt(r[t])},
        }, "beside the root, inside the root, or absent"),
        Axis("guard", {
            "no": {guarded: direction},
            "yes": {guarded: Piecewise((0, Eq(r[t], 0)), (direction, True))},
        }, "whether a coordinate whose gradients were all zero rests instead of 0/0"),
        Axis("start", {"zero": {r0: 0}, "value": {r0: start}, "eps": {r0: eps}},
             "where the sum starts"),
        Axis("lr_decay", {
            "no": {rate: alpha},
            "from_zero": {rate: alpha / (1 + (t - 1) * lr_decay)},
            "from_one": {rate: alpha / (1 + t * lr_decay)},
        }, "a decay of the learning rate of its own, and where its counter starts"),
        Axis("average", {
            "no": {average: None, moved: guarded},
            "yes": {average: mu * b[t - 1] + (1 - mu) * guarded, moved: b[t]},
        }, "whether directions are averaged"),
        *wd.axes,
    ),
    wrong=(
        Variant("not_accumulated", "the sum forgets all but the last square", {r[t]: h**2}),
        Variant("gradient_not_squared", "|g| is summed, not g**2", {r[t]: r[t - 1] + Abs(h)}),
        Variant("sum_before_update", "the step divides by the sum before this gradient",
                {direction: h / (sqrt(r[t - 1]) + eps)}, {"epsilon": "outside"}),
        Variant("no_root", "the square root is missing", {direction: h / (r[t] + eps)},
                {"epsilon": "outside"}),
        Variant("halved", "the sum is an average: r/2 + g**2/2",
                {r[t]: number("1/2") * r[t - 1] + number("1/2") * h**2}),
        Variant("step_adds", "the step goes uphill", {direction: -direction}),
        *wd.wrong,
    ),
)
