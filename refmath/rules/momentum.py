"""Momentum (heavy ball): Polyak 1964; Goodfellow et al. 2016, Algorithm 8.2."""

from sympy import Eq, Ne, Piecewise

from refmath.notation import grad, hyper, slot, state, t
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
v = state("v", start=0, doc="velocity")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "1e-2", "[0, oo)", symbol="alpha", doc="learning rate")
mu = hyper("momentum", "0.9", "[0, 1)", symbol="mu", doc="momentum")
tau = hyper("dampening", "0", "[0, 1]", symbol="tau", doc="dampening of the gradient")

velocity, move, weight = slot("velocity"), slot("move"), slot("weight")
updated, after_step = slot("updated"), slot("after_step")
wd = decay(theta, g, alpha)
h = wd.h

momentum = Rule(
    name="momentum",
    title="Momentum",
    source="Polyak 1964; Goodfellow, Bengio and Courville 2016, Algorithm 8.2",
    summary=(
        "Steps along a velocity, a decaying sum of past gradients, like a heavy ball with "
        "friction."
    ),
    algorithm=(
        *wd.first,
        let(v[t], updated),
        let(theta[t], wd.after * (wd.kept + after_step)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("rate", {
            "inside": {velocity: mu * v[t - 1] - alpha * weight * h, move: v[t]},
            "outside": {velocity: mu * v[t - 1] + weight * h, move: -alpha * v[t]},
        }, "the learning rate is kept in the velocity, or multiplies it"),
        Axis("dampening", {
            "no": {weight: 1},
            "yes": {weight: 1 - tau},
            "not_first": {weight: Piecewise((1, Eq(t, 1)), (1 - tau, True))},
            "average": {weight: 1 - mu},
        }, "a factor on the gradient in the velocity; 'average' uses 1 - momentum"),
        Axis("rows", {
            "dense": {updated: velocity, after_step: move},
            "lazy": {updated: Piecewise((velocity, Ne(h, 0)), (v[t - 1], True)),
                     after_step: Piecewise((move, Ne(h, 0)), (0, True))},
        }, "whether coordinates with a zero gradient rest (sparse updates)"),
        *wd.axes,
    ),
    wrong=(
        Variant("velocity_reset", "the velocity is set to zero at every step",
                {velocity: velocity - mu * v[t - 1]}),
        Variant("velocity_not_decayed", "the velocity is never multiplied by the momentum",
                {velocity: velocity + (1 - mu) * v[t - 1]}),
        Variant("velocity_before_update", "the step uses the velocity of the step before",
                {move: v[t - 1]}, {"rate": "inside"}),
        Variant("buffer_before_update", "the step uses the velocity of the step before",
                {move: -alpha * v[t - 1]}, {"rate": "outside"}),
        Variant("rate_squared", "the learning rate multiplies twice",
                {move: alpha * v[t]}, {"rate": "inside"}),
        Variant("dampening_first_only", "only the first gradient is damped",
                {weight: Piecewise((1 - tau, Eq(t, 1)), (1, True))},
                {"dampening": "not_first"}),
        Variant("step_adds", "the step goes uphill", {move: -move}),
        Variant("decay_taken_for_momentum",
                "the weight decay is taken for the momentum, and nothing decays",
                {h: g[t], mu: wd.strength}, {"weight_decay": "coupled"}),
        *wd.wrong,
    ),
)
