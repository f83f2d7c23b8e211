"""Nesterov's accelerated gradient: Nesterov 1983; Sutskever et al. 2013, equations 3 and 4."""

from sympy import Eq, Piecewise

from refmath.notation import grad, hyper, slot, state, t
from refmath.rule import Axis, Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
v = state("v", start=0, doc="velocity")
point = slot("point")
g = grad("g", at=point)
alpha = hyper("lr", "1e-2", "[0, oo)", symbol="alpha", doc="learning rate")
mu = hyper("momentum", "0.9", "[0, 1)", symbol="mu", doc="momentum")
tau = hyper("dampening", "0", "[0, 1]", symbol="tau", doc="dampening of the gradient")

fresh, scale, move, weight = slot("fresh"), slot("scale"), slot("move"), slot("weight")
wd = decay(theta, g, alpha)
h = wd.h

nesterov = Rule(
    name="nesterov",
    title="Nesterov's accelerated gradient",
    source="Nesterov 1983; Sutskever, Martens, Dahl and Hinton 2013, equations 3 and 4",
    summary=(
        "Steps along a velocity like momentum, but takes the gradient where the velocity is about "
        "to lead."
    ),
    algorithm=(
        *wd.first,
        let(v[t], mu * v[t - 1] + weight * fresh),
        let(theta[t], wd.after * (wd.kept + move)),
    ),
    gradient=g,
    parameter=theta,
    axes=(
        Axis("rate", {
            "inside": {fresh: -alpha * h, scale: 1},
            "outside": {fresh: h, scale: -alpha},
        }, "the learning rate is kept in the velocity, or multiplies it"),
        Axis("form", {
            "lookahead": {point: theta[t - 1] + scale * mu * v[t - 1], move: scale * v[t]},
            "lookahead_undecayed": {point: theta[t - 1] + scale * v[t - 1], move: scale * v[t]},
            "shifted": {point: theta[t - 1], move: scale * (mu * v[t] + fresh)},
        }, "gradient at theta + mu*v, at theta + v, or rewritten for the look-ahead point itself"),
        Axis("dampening", {
            "no": {weight: 1},
            "yes": {weight: 1 - tau},
            "not_first": {weight: Piecewise((1, Eq(t, 1)), (1 - tau, True))},
        }, "a factor on the gradient in the velocity, not on the gradient in the step"),
        *wd.axes,
    ),
    wrong=(
        Variant("lookahead_stored", "the velocity is updated twice: the look-ahead is stored",
                {v[t]: mu * (mu * v[t - 1] + fresh) + fresh, move: scale * v[t]},
                {"form": "shifted", "dampening": "no"}),
        Variant("old_velocity_wrong_sign",
                "the old velocity enters with the wrong sign: -mu**2*v instead of +mu**2*v",
                {move: scale * ((1 + mu) * fresh - mu**2 * v[t - 1])},
                {"form": "shifted", "dampening": "no"}),
        Variant("no_lookahead", "plain momentum: nothing looks ahead", {move: scale * v[t]},
                {"form": "shifted"}),
        Variant("momentum_missing_in_move", "the step adds v instead of momentum*v",
                {move: scale * (v[t] + fresh)}, {"form": "shifted"}),
        Variant("step_adds", "the step goes uphill", {move: -move}),
        Variant("velocity_reset", "the velocity is set to zero at every step",
                {v[t]: weight * fresh}),
        Variant("lookahead_backwards", "the gradient is taken at theta - mu*v",
                {point: theta[t - 1] - scale * mu * v[t - 1]}, {"form": "lookahead"}),
        Variant("gradient_at_theta", "plain momentum: the gradient is taken at theta",
                {point: theta[t - 1]}, {"form": "lookahead"}),
        *wd.wrong,
    ),
)
